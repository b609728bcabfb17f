import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { version } from "../../src/version.js";
import { type Installed, packAndInstall, userProgram } from "../support/packed.js";

const bin = (name: string) => resolve("node_modules", name);
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
let user: Installed;

beforeAll(() => {
  user = packAndInstall();
});
afterAll(() => user?.dispose());

describe("the packed tarball, installed elsewhere", () => {
  it("holds what is needed, no sources, no tests and no debug kernel", () => {
    for (const file of ["dist/index.js", "dist/workerd.js", "dist/cli.js", "dist/sample.js", "dist/kernel.wasm"]) {
      expect(user.files).toContain(file);
    }
    for (const entry of ["rules", "presets", "numerics", "sobol", "sobol-21201", "options"]) {
      const types = `dist/types/${entry}/index.d.ts`;
      for (const file of [`dist/${entry}.js`, `dist/${entry}.workerd.js`, types]) expect(user.files).toContain(file);
    }
    for (const kernel of ["rules", "numerics", "options", "kernel"]) {
      for (const file of [`dist/${kernel}.wasm`, `dist/${kernel}.scalar.wasm`]) expect(user.files).toContain(file);
    }
    for (const file of ["LICENSE", "README.md", "METHODS.md", "dist/THIRD-PARTY.md", "schema/market.json"]) {
      expect(user.files).toContain(file);
    }
    expect(
      user.files.filter((file) => /^(src|test|assembly|bench|build|page|scripts)\/|debug\.|\.wat$/.test(file)),
    ).toEqual([]);
  });

  it("brings no other package with it", () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.peerDependencies).toBeUndefined();
    expect(manifest.scripts.postinstall ?? manifest.scripts.install).toBeUndefined();
    const { dependencies } = JSON.parse(user.npm("ls", "--all", "--json"));
    expect(Object.keys(dependencies)).toEqual(["margrave"]);
    expect(dependencies.margrave.dependencies).toBeUndefined();
  });

  it("runs when imported, and when required", () => {
    writeFileSync(join(user.folder, "import.mjs"), 'import { version } from "margrave";\nconsole.log(version);\n');
    writeFileSync(join(user.folder, "require.cjs"), 'console.log(require("margrave").version);\n');
    expect(user.run(process.execPath, "import.mjs").trim()).toBe(version);
    expect(user.run(process.execPath, "--no-warnings", "require.cjs").trim()).toBe(version);
    expect(version).toBe(manifest.version);
  });

  /** Whether what the entries throw is of the core's own class, and the numbers of a margin, as a script prints them. */
  const entries = (imports: string) => `${imports}
    const thrown = (work) => { try { return work(); } catch (error) { return error; } };
    const errors = [() => composedRule({}), () => composed([]), () => preset("none")].map(thrown);
    console.log(errors.every((error) => error instanceof InvalidInputError), composed(composedRule(preset("aave-v3"))).name);`;

  it("runs with rules and presets when imported and when required, their errors being of the core's own classes", () => {
    const names = { margrave: "{ InvalidInputError }", "margrave/rules": "{ composed, composedRule }" };
    const all = Object.entries({ ...names, "margrave/presets": "{ preset }" });
    const imported = all.map(([from, what]) => `import ${what} from "${from}";`).join("\n");
    const required = all.map(([from, what]) => `const ${what} = require("${from}");`).join("\n");
    writeFileSync(join(user.folder, "rules.mjs"), entries(imported));
    writeFileSync(join(user.folder, "rules.cjs"), entries(required));
    expect(user.run(process.execPath, "rules.mjs").trim()).toBe("true composed");
    expect(user.run(process.execPath, "--no-warnings", "rules.cjs").trim()).toBe("true composed");
  });

  it("draws random numbers when imported, its errors being of the core's own classes", () => {
    const script = `
      import { createEngine, InvalidInputError } from "margrave";
      import { philox, randomUniform } from "margrave/numerics";
      const thrown = (work) => { try { return work(); } catch (error) { return error; } };
      const numbers = randomUniform(createEngine(), philox({ seed: 1 }), { count: 3 });
      console.log(numbers.length, thrown(() => philox({ seed: -1 })) instanceof InvalidInputError);`;
    writeFileSync(join(user.folder, "numerics.mjs"), script);
    expect(user.run(process.execPath, "numerics.mjs").trim()).toBe("3 true");
  });

  it("prices options when imported, its errors being of the core's own classes", () => {
    const script = `
      import { createEngine, InvalidInputError } from "margrave";
      import { optionPrice } from "margrave/options";
      const thrown = (work) => { try { return work(); } catch (error) { return error; } };
      const option = { type: "call", spot: 1, strike: 1, years: 1, volatility: 0 };
      const engine = createEngine();
      const price = optionPrice(engine, { ...option, strike: 0.25 });
      console.log(price, thrown(() => optionPrice(engine, { ...option, years: -1 })) instanceof InvalidInputError);`;
    writeFileSync(join(user.folder, "options.mjs"), script);
    expect(user.run(process.execPath, "options.mjs").trim()).toBe("0.75 true");
  });

  it("exports its kernel, its schemas and its manifest by path", () => {
    const script = `
      import { readFileSync } from "node:fs";
      import { createEngineAsync } from "margrave";
      const read = (path) => readFileSync(new URL(import.meta.resolve("margrave/" + path)));
      for (const file of ["rules.wasm", "numerics.wasm", "options.wasm"]) {
        const { length } = WebAssembly.Module.exports(new WebAssembly.Module(read(file)));
        if (!(length > 0)) throw new Error(file + " exports nothing");
      }
      const engine = await createEngineAsync({ source: new Uint8Array(read("kernel.wasm")) });
      console.log(engine.memory.kept, JSON.parse(read("schema/market.json")).type, JSON.parse(read("package.json")).name);`;
    writeFileSync(join(user.folder, "paths.mjs"), script);
    expect(user.run(process.execPath, "paths.mjs").trim()).toBe("0 object margrave");
  });

  it("type-checks a user's program, strictly and with its declarations checked too", () => {
    writeFileSync(join(user.folder, "program.ts"), userProgram);
    const options = { strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true, types: [] };
    const modules = { module: "nodenext", target: "es2022", lib: ["es2022", "dom", "esnext.disposable"] };
    const config = { compilerOptions: { ...options, ...modules }, files: ["program.ts"] };
    writeFileSync(join(user.folder, "tsconfig.json"), JSON.stringify(config));
    user.run(process.execPath, bin("typescript/bin/tsc"), "-p", ".");
    const wrong = userProgram.replace("createEngine()", "createEngine({ buidl: 1 })");
    writeFileSync(join(user.folder, "program.ts"), wrong);
    expect(() => user.run(process.execPath, bin("typescript/bin/tsc"), "-p", ".")).toThrow(/buidl/);
    const misspelt = userProgram.replace("{ exact: true }", "{ exakt: true }");
    writeFileSync(join(user.folder, "program.ts"), misspelt);
    expect(() => user.run(process.execPath, bin("typescript/bin/tsc"), "-p", ".")).toThrow(/exakt/);
  });

  it("runs its command by npx", () => {
    expect(user.npm("exec", "--no", "--", "margrave", "--version").trim()).toBe(version);
    expect(user.npm("exec", "--no", "--", "margrave", "report", "--help")).toMatch(/--accounts/);
  });

  it("satisfies publint and the type checkers' resolution rules", () => {
    user.run(process.execPath, bin("publint/src/cli.js"), "run", "--strict", user.tarball);
    const wasm = ["--exclude-entrypoints", "kernel.wasm", "rules.wasm", "numerics.wasm", "options.wasm"];
    user.run(
      process.execPath,
      bin("@arethetypeswrong/cli/dist/index.js"),
      user.tarball,
      "--profile",
      "esm-only",
      ...wasm,
    );
  });

  it("gives the same numbers where the runtime hands over compiled modules instead of bytes", async () => {
    const run = async (conditions: string[]) => {
      const outfile = join(user.folder, `program-${conditions.join("-") || "default"}.mjs`);
      await build({
        stdin: { contents: userProgram, resolveDir: user.folder, loader: "ts" },
        bundle: true,
        format: "esm",
        conditions,
        outfile,
        plugins: [
          {
            name: "wasm-modules",
            setup({ onLoad }) {
              onLoad({ filter: /\.wasm$/ }, ({ path }) => ({
                contents: `import { readFileSync } from "node:fs";
                  export default new WebAssembly.Module(readFileSync(${JSON.stringify(path)}));`,
                resolveDir: user.folder,
              }));
            },
          },
        ],
        external: ["node:*"],
      });
      const { digits, single } = await import(/* @vite-ignore */ outfile);
      return { digits, single, text: readFileSync(outfile, "utf8") };
    };
    const inlined = await run([]);
    expect(inlined.digits).toMatch(/\d/);
    expect(inlined.single).toBe(true);
    const handed = await run(["workerd"]);
    expect(handed).toMatchObject({ digits: inlined.digits, single: true });
    expect(handed.text).toMatch(/rules\.wasm/);
    expect(inlined.text).not.toMatch(/rules\.wasm/);
  });
});

describe("the sources of the package", () => {
  it("the core imports nothing, least of all from Node", () => {
    const text = readFileSync("dist/index.js", "utf8");
    expect(text).not.toMatch(/^import\b/m);
    expect(text).not.toMatch(/["']node:|\brequire\(|\bimport\(/);
  });

  it("the lockfiles name no registry", () => {
    for (const file of ["package-lock.json", "bench/package-lock.json"]) {
      const { packages } = JSON.parse(readFileSync(file, "utf8"));
      const named = Object.entries<{ resolved?: string }>(packages).filter(([, entry]) => entry.resolved !== undefined);
      expect(named).toEqual([]);
    }
  });

  it("what is bundled is listed with its licence", () => {
    const text = readFileSync("dist/THIRD-PARTY.md", "utf8");
    const listed = [...text.matchAll(/^## (\S+) [\d.]+$/gm)].map((match) => match[1]);
    expect(listed).toEqual(
      expect.arrayContaining(["@assemblyscript/loader", "tiny-inflate", "commander", "papaparse", "ajv"]),
    );
    expect(text.match(/^Licence: /gm)).toHaveLength(listed.length);
  });
});

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

  it("exports its kernel, its schemas and its manifest by path", () => {
    const script = `
      import { readFileSync } from "node:fs";
      import { createEngineAsync } from "margrave";
      const read = (path) => readFileSync(new URL(import.meta.resolve("margrave/" + path)));
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
  });

  it("runs its command by npx", () => {
    expect(user.npm("exec", "--no", "--", "margrave", "--version").trim()).toBe(version);
    expect(user.npm("exec", "--no", "--", "margrave", "report", "--help")).toMatch(/--accounts/);
  });

  it("satisfies publint and the type checkers' resolution rules", () => {
    user.run(process.execPath, bin("publint/src/cli.js"), "run", "--strict", user.tarball);
    const wasm = ["--exclude-entrypoints", "kernel.wasm"];
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
    const digits = (conditions: string[]) => run(conditions);
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
      return (await import(/* @vite-ignore */ outfile)).digits;
    };
    const inlined = await digits([]);
    expect(inlined).toMatch(/\d/);
    expect(await digits(["workerd"])).toBe(inlined);
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

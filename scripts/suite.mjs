// The tests as bundles for a plain Node process, which starts in a fraction of the time that the test runner takes: what
// `npm run mutate -- --binary` tries each fault on. Kernels are those that the process is given.
import { createHash } from "node:crypto";
import { fork } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { build } from "esbuild";
import { builds, modules } from "./modules.mjs";
import { root } from "./setup.mjs";
import { sharedFiles } from "./shared-files.mjs";

/** Tests of the bits alone: a hash notices whatever a change does, and says nothing of whether it is right. */
export const BIT_TESTS = ["test/bits.test.ts", "test/numerics-bits.test.ts"];
/** Tests over the folder beside the repository, of which a clone by itself has none. */
export const SHARED_TESTS = ["test/golden.test.ts", "test/vectors.test.ts"];

/** Every test file that is of what the program computes, needs no files or processes, and is none of the others above. */
export function testFiles() {
  const others = [...BIT_TESTS, ...SHARED_TESTS, "test/inlined.test.ts"];
  return readdirSync(join(root, "test"), { recursive: true })
    .map((name) => `test/${name.split(sep).join("/")}`)
    .filter((path) => path.endsWith(".test.ts") && !/^test\/node\/|-perturb\.test\.ts$/.test(path))
    .filter((path) => !others.includes(path))
    .sort();
}

/** What stands in the sources and tests that this is about, as a hash. */
export function stampOfSuite() {
  const hash = createHash("sha256");
  for (const folder of ["assembly", "src", "test"]) {
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
      if (name.endsWith(".ts"))
        hash
          .update(name)
          .update("\0")
          .update(readFileSync(join(root, folder, name)));
    }
  }
  return hash.digest("hex");
}

/** The kernels in a folder, as a process is given them: every build in base64. `build` is the one to take for each. */
export function kernelsIn(folder, builds = { simd: "simd", scalar: "scalar", debug: "debug" }) {
  return Object.fromEntries(
    modules.flatMap(({ prefix }) =>
      Object.entries(builds).map(([build, name]) => [
        `${prefix}${build}`,
        readFileSync(join(folder, `${prefix}${name}.wasm`)).toString("base64"),
      ]),
    ),
  );
}

/** Bundle test files into `folder`, to be run by `Runner`s. */
export async function bundleTests(paths, folder) {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: {
      "plain-vitest": "scripts/plain-vitest.mjs",
      ...Object.fromEntries(paths.map((path) => [path, path])),
    },
    absWorkingDir: root,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "error",
    plugins: [standIns],
  });
  return folder;
}

/** A process with kernels of its own that bundled tests are run in, one file after the other. */
export class Runner {
  /** @param builds   the builds that tests over every build take, as in MARGRAVE_BUILDS */
  constructor(folder, kernels, builds) {
    this.folder = folder;
    this.kernels = kernels;
    this.child = fork(join(root, "scripts/suite-runner.mjs"), {
      cwd: root,
      env: { ...process.env, MARGRAVE_BUILDS: builds },
      execArgv: ["--max-old-space-size=2048"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.ended = false;
    this.child.once("exit", () => {
      this.ended = true;
      this.settle?.({ failure: { name: "the process", message: "ended" }, hits: {}, took: 0 });
    });
  }

  /** Run a file: { failure, hits, took }. What has not ended after `limit` ms counts as failed, and so does what ends the process. */
  run(file, limit) {
    return new Promise((done) => {
      const failed = (message) => ({ failure: { name: "the process", message }, hits: {}, took: limit });
      if (this.ended) {
        done(failed("ended"));
        return;
      }
      const late = setTimeout(() => {
        this.stop();
        this.settle(failed(`is not at its end after ${limit} ms`));
      }, limit);
      this.settle = (result) => {
        clearTimeout(late);
        this.child.removeAllListeners("message");
        this.settle = undefined;
        done(result);
      };
      this.child.on("message", (message) => {
        if (message.ended === file) this.settle?.(message);
      });
      const path = join(this.folder, `${file}.mjs`);
      this.child.send({ kernels: this.kernels, vitest: join(this.folder, "plain-vitest.mjs"), file, path });
      this.kernels = undefined;
    });
  }

  stop() {
    this.ended = true;
    this.child.kill("SIGKILL");
  }
}

const ofVitest = createRequire(createRequire(join(root, "package.json")).resolve("vitest/package.json"));
const shared = sharedFiles(join(root, "../shared"));

/** Vitest, the folder beside the repository, and the kernels, which a global of the process holds in base64. */
const standIns = {
  name: "stand-ins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: join(root, "scripts/plain-vitest.mjs") }));
    onResolve({ filter: /^(@vitest\/expect|chai)$/ }, ({ path }) => ({
      path: createRequire(ofVitest.resolve("@vitest/expect")).resolve(path),
    }));
    onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: "shared" }));
    onLoad({ filter: /./, namespace: "shared" }, ({ path }) => ({
      contents: shared.load(shared.resolveId(path)),
      loader: "js",
    }));
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const name = relative(root, path).split(sep).join("/");
      for (const { prefix, inlined } of modules) {
        for (const build of builds) {
          if (name !== `src/wasm/${prefix}${build}.ts`) continue;
          const bytes = `globalThis.margraveKernels["${prefix}${build}"]`;
          return { contents: `export const bytes = ${bytes};\nexport const hash = "under test";\n` };
        }
        if (name === inlined) {
          const of = (build) =>
            `${build}: () => ({ source: Uint8Array.from(atob(${build}.bytes), (c) => c.charCodeAt(0)), hash: ${build}.hash })`;
          const from = `${relative(dirname(name), "src/wasm")}/${prefix}`;
          const imports = ["simd", "scalar"].map((build) => `import * as ${build} from "./${from}${build}.js";\n`);
          return {
            contents: `${imports.join("")}export const packaged = { ${of("simd")}, ${of("scalar")} };\n`,
            resolveDir: dirname(path),
          };
        }
      }
      return undefined;
    });
  },
};

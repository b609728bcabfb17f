// `npm run bench -- [--only ID,…] [--json FILE] [--smoke] [--processes N] [--versions] [--native]`: the cases of bench/cases
// against their peers. bench/README.md says what each option does.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { installed, node, npm, root } from "./setup.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "string" },
    smoke: { type: "boolean", default: false },
    processes: { type: "string", default: "1" },
    versions: { type: "boolean", default: false },
    native: { type: "boolean", default: false },
  },
});
const { only, json, smoke, versions } = values;
const processes = Number(values.processes);
if (!Number.isInteger(processes) || processes < 1)
  throw new Error(`--processes must be a whole number of at least 1, got ${values.processes}`);
const folder = resolve(root, "bench");
if (!installed(folder)) npm(["ci", "--no-audit", "--no-fund"], folder);
node("scripts/build.mjs", "--kernel");

const { loadTypeScript } = await import("./load-typescript.mjs");
const files = readdirSync(resolve(folder, "cases")).filter((file) => file.endsWith(".ts"));
const imports = files
  .sort()
  .map((file, i) => `import { cases as c${i} } from "./bench/cases/${file.replace(/ts$/, "js")}";`);
const { main, native, report, cases } = await loadTypeScript(
  "bench",
  `${imports.join("\n")}
   export { main, native, report } from "./bench/run.js";
   export const cases = [${files.map((_, i) => `...c${i}`).join(", ")}];`,
  // Next to the peers, so that their names resolve; a Node of its own each, since one may run while another is loaded.
  { outfile: resolve(folder, `node_modules/.margrave/bench-${process.versions.node}.mjs`) },
);

/** The Nodes of other versions that CI lays beside the repository's own, where they are. */
function others() {
  const laid = ["n22", "n24"].map((name) => resolve(root, `build/nodes/node_modules/${name}/bin/node`));
  const found = laid.filter((path) => existsSync(path));
  if (found.length === 0) console.log("--versions: SKIPPED, since build/nodes holds no other Node");
  return found;
}

/** Rows of `processes` runs of this script under `executable`, one after the other, its failures shown. */
function runs(executable) {
  const into = mkdtempSync(join(tmpdir(), "margrave-bench-"));
  try {
    return Array.from({ length: processes }, (_, i) => {
      const file = join(into, `${i}.json`);
      const args = [process.argv[1], "--json", file, ...(only === undefined ? [] : ["--only", only])];
      execFileSync(executable, args, { stdio: ["ignore", "ignore", "inherit"] });
      return JSON.parse(readFileSync(file, "utf8"));
    });
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

let failed = 0;
if (smoke || (processes === 1 && !versions)) failed += await main(cases, values);
else {
  report(process.versions.node, runs(process.execPath), json);
  for (const executable of versions ? others() : []) {
    report(execFileSync(executable, ["--version"], { encoding: "utf8" }).trim().slice(1), runs(executable));
  }
}
if (values.native && !smoke) failed += native(resolve(folder, "native"));
process.exitCode = failed === 0 ? 0 : 1;

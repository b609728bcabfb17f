// `npm run golden -- [--dir DIR] [--json FILE] [--strict]`: every golden file of a folder against every build.
// Exits with 1 where a case missed, with --strict also where a file has no check, and with 2 on a bad argument.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readGolden } from "./shared-files.mjs";
import { loadTypeScript } from "./load-typescript.mjs";
import { node, root } from "./setup.mjs";

const { dir, json, strict } = options();
const files = readGolden(dir);
if (files === null) fail(`--dir must be a folder of golden files, got ${dir}, which does not exist`);
if (Object.keys(files).length === 0) fail(`--dir must be a folder of golden files, got ${dir}, which holds no JSON`);

node("scripts/build.mjs", "--kernel");
const { run, checks, builds } = await loadTypeScript(
  "golden",
  `export { run } from "./test/golden/runner.js";
   export { checks } from "./test/golden/registry.js";
   export { builds } from "./test/support/builds.js";`,
);
const reports = builds.map((kernel) => run(files, checks, kernel));
const merged = reports[0].files.map((first, i) => {
  const same = reports.map((report) => report.files[i]);
  const worst = same.reduce((a, b) => (b.worst > a.worst ? b : a));
  return {
    ...first,
    passed: Math.min(...same.map(({ passed }) => passed)),
    worst: worst.worst,
    worstAt: worst.worstAt,
    failures: same.flatMap(({ failures }, b) => failures.map((failure) => `[${reports[b].build}] ${failure}`)),
  };
});
const { unchecked } = reports[0];

const width = Math.max(4, ...merged.map(({ file }) => file.length));
console.log(`builds: ${reports.map(({ build }) => build).join(", ")}; folder: ${dir}`);
console.log(`${"file".padEnd(width)}    run passed  numbers  worst error / tolerance`);
for (const { file, run: ran, passed, compared, worst, worstAt } of merged) {
  const counts = `${String(ran).padStart(6)} ${String(passed).padStart(6)} ${String(compared).padStart(8)}`;
  console.log(`${file.padEnd(width)} ${counts}  ${worst.toPrecision(3).padEnd(9)} ${worst > 0 ? worstAt : ""}`);
}
for (const { file, skipped } of merged) {
  for (const { field, reason, cases } of skipped)
    console.log(`not compared: ${file} ${field} (${cases} cases): ${reason}`);
}
for (const file of unchecked) console.log(`no check for ${file}`);
for (const { failures } of merged) {
  for (const failure of failures.slice(0, 20)) console.error(failure);
  if (failures.length > 20) console.error(`... and ${failures.length - 20} more of this file`);
}
const cases = merged.reduce((sum, { run: ran }) => sum + ran, 0);
const passed = merged.reduce((sum, { passed: good }) => sum + good, 0);
console.log(`${passed} of ${cases} cases passed on ${reports.length} builds; ${unchecked.length} files have no check`);
if (json !== undefined) {
  // JSON has no Infinity, which is what a missed exact value has for its worst ratio.
  const text = JSON.stringify({ dir, builds: reports, unchecked }, (_, v) => (v === Infinity ? "Infinity" : v), 2);
  writeFileSync(json, `${text}\n`);
}
process.exitCode = passed < cases || cases === 0 || (strict && unchecked.length > 0) ? 1 : 0;

function options() {
  try {
    const { values } = parseArgs({
      options: { dir: { type: "string" }, json: { type: "string" }, strict: { type: "boolean", default: false } },
    });
    return { ...values, dir: resolve(values.dir ?? join(root, "../shared/golden")) };
  } catch (error) {
    return fail(error.message);
  }
}

function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}

// `npm run vectors -- [--dir DIR] [--json FILE]`: the worked cases of venues and protocols against the product.
// Exits with 1 where a case missed, a file is malformed or nothing ran, and with 2 on a bad argument.
import { statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readVectors } from "./shared-files.mjs";
import { loadTypeScript } from "./load-typescript.mjs";
import { node, root } from "./setup.mjs";

const { dir, json } = options();
const files = readVectors(dir);

node("scripts/build.mjs", "--kernel");
const { run, bySystem, checks, createEngine } = await loadTypeScript(
  "vectors",
  `export { bySystem, run } from "./test/vectors/runner.js";
   export { checks } from "./test/vectors/registry.js";
   export { createEngine } from "./src/engine.js";`,
);
const engine = createEngine();
const report = run(files, checks, { engine });
const systems = bySystem(report);

console.log(`build: ${engine.build}; folder: ${dir}`);
const width = Math.max(6, ...systems.map(({ system }) => system.length));
console.log(`${"system".padEnd(width)}    run passed   values  worst error  of tolerance`);
for (const { system, run: ran, passed, compared, worst, worstAt, worstRatio } of systems) {
  const counts = `${String(ran).padStart(6)} ${String(passed).padStart(6)} ${String(compared).padStart(8)}`;
  const error = worst === 0 ? "exact        " : `${worst.toPrecision(3).padEnd(12)} `;
  const ratio = worstRatio === 0 ? "" : worstRatio.toPrecision(3);
  console.log(`${system.padEnd(width)} ${counts}  ${error}${ratio.padEnd(12)}${worst > 0 ? ` ${worstAt}` : ""}`);
}
for (const { file, skipped } of report.files) {
  for (const { field, reason, places } of skipped) {
    console.log(`not compared: ${file} ${field} (${places} ${places === 1 ? "place" : "places"}): ${reason}`);
  }
}
for (const file of report.later) console.log(`not in scope: ${file}, of a model that is not in this version`);
for (const { failures } of report.files) {
  for (const failure of failures.slice(0, 20)) console.error(failure);
  if (failures.length > 20) console.error(`... and ${failures.length - 20} more of this file`);
}
const total = (key) => systems.reduce((sum, one) => sum + one[key], 0);
const [ran, passed] = [total("run"), total("passed")];
const broken = report.files.some(({ failures }) => failures.length > 0);
if (ran === 0) console.error(`${dir} holds no case that could be run`);
const left = total("left");
console.log(
  `${passed} of ${ran} cases passed${left === 0 ? "" : `; nothing is compared of ${left} others, as said above`}`,
);
if (json !== undefined) {
  // JSON has no Infinity, which is what a value that is no number has for its worst error.
  const text = JSON.stringify(
    { dir, build: engine.build, systems, ...report },
    (_, v) => (v === Infinity ? "Infinity" : v),
    2,
  );
  try {
    writeFileSync(json, `${text}\n`);
  } catch (error) {
    fail(`--json must be a file that can be written: ${error.message}`);
  }
}
process.exitCode = broken || ran === 0 ? 1 : 0;

function options() {
  let values;
  try {
    ({ values } = parseArgs({ options: { dir: { type: "string" }, json: { type: "string" } } }));
  } catch (error) {
    return fail(error.message);
  }
  const folder = resolve(values.dir ?? join(root, "../shared/vectors"));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    fail(`--dir must be a folder of vector files, got ${folder}, which is none`);
  }
  return { ...values, dir: folder };
}

function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}

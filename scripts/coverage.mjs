// `npm run coverage -- [--branches] [FILES…]`: which lines and branches of the sources in assembly/ do the tests reach? Counters
// are put into the sources (scripts/instrument.mjs), the debug build is compiled of them with and without SIMD, and the tests
// that need nothing beside the repository run on both in Node, those of the bits alone left out. A line is covered where every
// statement that begins on it has run in one of the two. Exits with 1 below 97 % of lines, or where an uncovered line has no
// explanation in scripts/coverage-explained.mjs, or an explanation no line. Leaves lcov.info, coverage.json, and by test file
// the functions that it reaches in reach.json, all in build/coverage/.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import asc from "assemblyscript/asc";
import { explained } from "./coverage-explained.mjs";
import { instrument } from "./instrument.mjs";
import { modules, sourcesOf } from "./modules.mjs";
import { node, root } from "./setup.mjs";
import { bundleTests, kernelsIn, Runner, stampOfSuite, testFiles } from "./suite.mjs";

const REQUIRED = 0.97;
/** A test file takes no longer than this, in ms. */
const LIMIT = 300_000;
/** How the compiler calls what it writes; nothing of that name is written to disk. */
const OUT = "./out.wasm";
const folder = join(root, "build", "coverage");

const { values, positionals } = parseArgs({
  options: { branches: { type: "boolean", default: false } },
  allowPositionals: true,
});
const tests = positionals.length > 0 ? positionals : testFiles();
node("scripts/build.mjs", "--kernel");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const began = performance.now();
const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
const sources = instrumented();
for (const module of modules) for (const simd of [true, false]) await compile(module, simd);
const bundles = await bundleTests(tests, join(folder, "tests"));
console.log(`kernels with counters and ${tests.length} test files made in ${seconds(began)}`);
const ran = performance.now();
const results = await runAll();
console.log(`tests run in ${seconds(ran)}`);
const hits = new Map();
for (const result of results) {
  for (const [counter, count] of Object.entries(result.hits)) {
    hits.set(Number(counter), (hits.get(Number(counter)) ?? 0n) + BigInt(count));
  }
}
const failed = results.filter(({ failure }) => failure !== null);
for (const { file, failure } of failed) console.error(`${file}: ${failure.name}: ${failure.message}`);
report();
if (positionals.length === 0 && failed.length === 0) writeReach();

/** Every test file on the instrumented builds, as many at a time as there are processors. */
async function runAll() {
  const open = [...tests];
  const out = [];
  const kernels = kernelsIn(folder, { simd: "simd", debug: "simd", scalar: "scalar" });
  const work = async () => {
    const runner = new Runner(bundles, kernels, "debug,scalar");
    for (let file = open.shift(); file !== undefined; file = open.shift()) {
      out.push({ file, ...(await runner.run(file, LIMIT)) });
    }
    runner.stop();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return out;
}

/** Every source of a module with its counters. */
function instrumented() {
  let next = 0;
  const paths = new Set(modules.flatMap((module) => sourcesOf(module)));
  return new Map(
    [...paths].sort().map((path) => {
      const original = readFileSync(join(root, path), "utf8");
      return [path, { original: original.split("\n"), ...instrument(path, original, () => next++) }];
    }),
  );
}

/** The debug build of a module of the instrumented sources, to build/coverage/. */
async function compile({ config, prefix }, simd) {
  const settings = JSON.parse(readFileSync(join(root, config), "utf8"));
  const { sourceMap: _, textFile: __, ...target } = settings.targets.debug;
  const feature = simd ? { enable: ["simd"] } : { enable: [], disable: ["simd"] };
  settings.targets = { coverage: { ...target, ...feature, outFile: OUT } };
  const written = new Map();
  const { error, stderr } = await asc.main(["--config", "coverage.json", "--target", "coverage"], {
    stderr: asc.createMemoryStream(),
    readFile: (name) => (name === "coverage.json" ? JSON.stringify(settings) : (sources.get(name)?.text ?? null)),
    writeFile: (name, contents) => written.set(name, contents),
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`${config} with counters does not compile: ${error.message}\n${stderr}`);
  writeFileSync(join(folder, `${prefix}${simd ? "simd" : "scalar"}.wasm`), written.get(OUT));
}

/** Lines and branches of a source, with how often each was reached. */
function measured([path, { original, statements, branches, functions }]) {
  const count = (counter) => hits.get(counter) ?? 0n;
  const lines = new Map();
  for (const { line, counter } of statements) {
    const known = lines.get(line);
    const here = count(counter);
    lines.set(line, known === undefined || here < known ? here : known);
  }
  return {
    path,
    lines: [...lines].sort(([a], [b]) => a - b).map(([line, hit]) => ({ line, hit, text: original[line - 1].trim() })),
    branches: branches.map(({ line, kind, arms }) => ({ line, kind, arms: arms.map(count) })),
    functions: functions.map(({ name, line, counter }) => ({ name, line, hit: count(counter) })),
  };
}

function report() {
  const files = [...sources].map(measured);
  const armsOf = ({ branches }) => branches.flatMap(({ arms }) => arms);
  const reached = (list) => list.filter((hit) => hit > 0n).length;
  const share = (good, all) => (all === 0 ? "   -   " : `${((100 * good) / all).toFixed(1).padStart(5)} %`);
  const width = Math.max(...files.map(({ path }) => path.length));
  const row = (name, lines, arms) =>
    `${name.padEnd(width)} ${`${reached(lines)}/${lines.length}`.padStart(11)} ${share(reached(lines), lines.length)} ${`${reached(arms)}/${arms.length}`.padStart(11)} ${share(reached(arms), arms.length)}`;
  console.log(`${"source".padEnd(width)} ${"lines".padStart(19)} ${"branches".padStart(19)}`);
  for (const file of files) {
    const lines = file.lines.map(({ hit }) => hit);
    if (lines.length > 0) console.log(row(file.path, lines, armsOf(file)));
  }
  const lines = files.flatMap((file) => file.lines.map(({ hit }) => hit));
  console.log(row("all", lines, files.flatMap(armsOf)));

  const left = new Map(explained.map((one) => [`${one.file}\n${one.source}`, one]));
  let unexplained = 0;
  for (const { path, lines } of files) {
    for (const { line, text } of lines.filter(({ hit }) => hit === 0n)) {
      const key = `${path}\n${text}`;
      const reason = explained.find((one) => `${one.file}\n${one.source}` === key)?.reason;
      left.delete(key);
      if (reason === undefined) unexplained++;
      console.log(`${path}:${line}: not reached: ${text}\n  ${reason ?? "UNEXPLAINED"}`);
    }
  }
  for (const { file, source } of left.values()) {
    console.error(`scripts/coverage-explained.mjs explains what is covered or gone: ${file}: ${source}`);
  }
  for (const { path, branches } of files) {
    for (const { line, kind, arms } of branches) {
      const never = arms.flatMap((hit, i) => (hit === 0n ? [i] : []));
      if (values.branches && never.length > 0) {
        const which = kind === "if" ? never.map((i) => ["true", "false"][i]).join(" and ") : never.join(", ");
        console.log(`${path}:${line}: ${kind} never went to ${which}`);
      }
    }
  }
  write(files);
  const good = reached(lines) / lines.length;
  if (good < REQUIRED)
    console.error(`${(100 * good).toFixed(2)} % of lines are covered, ${100 * REQUIRED} % are required`);
  if (unexplained > 0) console.error(`${unexplained} lines are neither covered nor explained`);
  if (failed.length > 0) console.error(`${failed.length} test files fail on the kernels with counters`);
  const right = failed.length === 0 && good >= REQUIRED && unexplained === 0 && left.size === 0;
  process.exitCode = right ? 0 : 1;
}

/** build/coverage/lcov.info and coverage.json. */
function write(files) {
  const lcov = files.map(({ path, lines, branches, functions }) =>
    [
      `SF:${path}`,
      ...functions.flatMap(({ name, line, hit }) => [`FN:${line},${name}`, `FNDA:${hit},${name}`]),
      ...branches.flatMap(({ line, arms }, i) => arms.map((hit, j) => `BRDA:${line},${i},${j},${hit}`)),
      ...lines.map(({ line, hit }) => `DA:${line},${hit}`),
      "end_of_record\n",
    ].join("\n"),
  );
  writeFileSync(join(folder, "lcov.info"), lcov.join(""));
  const text = JSON.stringify(files, (_, value) => (typeof value === "bigint" ? Number(value) : value), 2);
  writeFileSync(join(folder, "coverage.json"), `${text}\n`);
}

/** build/coverage/reach.json: by test file, how long it took on both builds and which functions it reached. */
function writeReach() {
  const functions = [...sources].flatMap(([path, source]) =>
    source.functions.map(({ name, counter }) => ({ name: `${path.replace(/\.ts$/, "")}/${name}`, counter })),
  );
  const reach = results.map(({ file, took, hits }) => ({
    file,
    took,
    functions: functions.filter(({ counter }) => hits[counter] !== undefined).map(({ name }) => name),
  }));
  writeFileSync(join(folder, "reach.json"), `${JSON.stringify({ stamp: stampOfSuite(), reach }, null, 1)}\n`);
}

// `npm run mutate -- --binary [--count N] [--seed S] [--in PATTERN] [--only ID] [--list] [--json FILE]`: does the suite notice
// when the compiled program is wrong? One instruction or constant of a simd kernel is changed (scripts/wasm-faults.mjs), and
// the tests run on it in plain processes (scripts/suite.mjs) until the first failure: those that reach the function, as
// `npm run coverage` saw, and those over the shared folder, the quickest first. What hangs or dies is caught. A fault that survives meets the tests of the bits alone, which do not count. Faults are drawn by a seed, one of every
// function in turn; constants moved by an ulp are a tenth of as many more, and told apart. Exits with 1 where fewer than 90 % are
// caught of what scripts/mutants-binary.mjs does not explain.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { modules } from "./modules.mjs";
import { survivors } from "./mutants-binary.mjs";
import { node, root } from "./setup.mjs";
import { BIT_TESTS, bundleTests, kernelsIn, Runner, SHARED_TESTS, stampOfSuite, testFiles } from "./suite.mjs";
import { faultsOf, faulty } from "./wasm-faults.mjs";

const REQUIRED = 0.9;
const { values } = parseArgs({
  options: {
    binary: { type: "boolean" },
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    in: { type: "string", default: "" },
    only: { type: "string" },
    list: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
node("scripts/build.mjs", "--kernel");
const bytesOf = new Map(modules.map(({ prefix }) => [prefix, readFileSync(join(root, `build/${prefix}simd.wasm`))]));
const faults = modules.flatMap(({ name, prefix }) => {
  const text = readFileSync(join(root, `build/${prefix}simd.wat`), "utf8");
  return faultsOf(bytesOf.get(prefix), text).map((fault) => ({ prefix, ...fault, id: `${name} ${fault.id}` }));
});
const known = new Set(faults.map(({ id }) => id));
const explained = new Map(survivors.map(({ id, reason }) => [id, reason]));
const gone = survivors.filter(({ id }) => !known.has(id));

const among = faults.filter(({ id }) => new RegExp(values.in).test(id));
const chosen =
  values.only === undefined
    ? [
        ...drawn(
          among.filter(({ kind }) => kind !== "ulp"),
          Number(values.count),
        ),
        ...drawn(
          among.filter(({ kind }) => kind === "ulp"),
          Math.ceil(Number(values.count) / 10),
        ),
      ]
    : values.only
        .split(",")
        .map((id) => faults.find((fault) => fault.id === id) ?? fail(`--only must be ids of faults, got ${id}`));
if (chosen.length === 0) fail(`--in must match faults, got ${values.in}`);
if (values.list) {
  for (const { id, kind } of chosen) console.log(`${kind.padEnd(16)} ${id}`);
  process.exit(0);
}

const reach = reached();
const hasShared = existsSync(join(root, "../shared/golden"));
const shared = SHARED_TESTS.filter((file) => hasShared && existsSync(join(root, file)));
if (!hasShared) console.log("MISSING ../shared: the golden files and worked cases catch nothing in this run");
const bits = BIT_TESTS.filter((file) => existsSync(join(root, file)));
// Within the repository, since the bundles leave packages to be found from where they stand.
const bundles = await bundleTests([...new Set([...testFiles(), ...shared, ...bits])], join(root, "build", "suite"));
const sound = kernelsIn(join(root, "build"));
const usual = await baseline();

const began = performance.now();
const results = [];
const open = [...chosen];
await Promise.all(
  Array.from({ length: Math.min(availableParallelism(), chosen.length) }, async () => {
    for (let fault = open.shift(); fault !== undefined; fault = open.shift()) {
      const result = await attempt(fault);
      results.push(result);
      const where = result.failure === null ? "" : ` (${result.failure.file}: ${result.failure.name})`;
      console.log(`${result.outcome.padEnd(16)} ${seconds(result.took).padStart(7)}  ${result.id}${where}`);
    }
  }),
);
report();

/** Faults drawn by the seed: scopes in a random order, of each in turn a kind that it has and a fault of that kind. */
function drawn(list, count) {
  let state = Number(values.seed) >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = (items) => items[Math.floor(random() * items.length)];
  const scopes = new Map();
  for (const fault of list) {
    const scope = `${fault.prefix}${fault.scope}`;
    scopes.set(scope, [...(scopes.get(scope) ?? []), fault]);
  }
  const order = [...scopes.values()].map((own) => ({ own, key: random() })).sort((a, b) => a.key - b.key);
  const out = [];
  const taken = new Set();
  while (out.length < Math.min(count, list.length)) {
    for (const { own } of order) {
      if (out.length === count) break;
      const left = own.filter((fault) => !taken.has(fault));
      if (left.length === 0) continue;
      const kind = pick([...new Set(left.map((fault) => fault.kind))]);
      const fault = pick(left.filter((one) => one.kind === kind));
      taken.add(fault);
      out.push(fault);
    }
  }
  return out;
}

/** What `npm run coverage` saw of which test file reaches what, or sees now where the sources or tests are others. */
function reached() {
  const path = join(root, "build/coverage/reach.json");
  const read = () => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { stamp: null, reach: [] });
  if (read().stamp !== stampOfSuite()) {
    console.log(
      "npm run coverage has not seen these sources and tests: runs now, to know which test reaches which function",
    );
    spawnSync(process.execPath, [join(root, "scripts/coverage.mjs")], { stdio: "ignore" });
  }
  const { stamp, reach } = read();
  if (stamp !== stampOfSuite())
    fail("npm run coverage does not run its tests to their end: it must, before faults are put in");
  return reach;
}

/** Run every test file that is wanted without a fault: all must pass. How long each takes, in ms. */
async function baseline() {
  const from = performance.now();
  const took = new Map();
  const open = [...new Set(chosen.flatMap(filesOf))];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const runner = new Runner(bundles, sound, "simd");
      for (let file = open.shift(); file !== undefined; file = open.shift()) {
        const result = await runner.run(file, 600_000);
        if (result.failure !== null)
          fail(`${file} must pass before faults are put in: ${result.failure.name}: ${result.failure.message}`);
        took.set(file, result.took);
      }
      runner.stop();
    }),
  );
  console.log(
    `${took.size} test files pass without a fault in ${seconds(performance.now() - from)}; ${chosen.length} of ${faults.length} faults`,
  );
  return took;
}

/** The test files that reach a fault, and those over the shared folder: the others never run it. */
function filesOf({ scope }) {
  const near = reach.filter(({ functions }) => scope === "constants" || functions.includes(scope));
  return [...near.map(({ file }) => file), ...shared];
}

async function attempt(fault) {
  const from = performance.now();
  const bytes = Buffer.from(faulty(bytesOf.get(fault.prefix), fault)).toString("base64");
  const kernels = { ...sound, [`${fault.prefix}simd`]: bytes };
  const quickest = filesOf(fault).sort((a, b) => usual.get(a) - usual.get(b));
  const failure = await first(kernels, quickest);
  const took = () => performance.now() - from;
  if (failure !== null) return { ...fault, outcome: "caught", failure, took: took() };
  const hashed = await first(kernels, bits);
  const outcome = hashed === null ? "survived" : "bits only";
  return { ...fault, outcome, failure: hashed, took: took() };
}

/** The first test that fails on `kernels`, in a process of their own; null where all pass. */
async function first(kernels, files) {
  const runner = new Runner(bundles, kernels, "simd");
  try {
    for (const file of files) {
      // A fault that makes a loop endless is caught by this.
      const { failure } = await runner.run(file, 10_000 + 5 * (usual.get(file) ?? 20_000));
      if (failure !== null) return { file, ...failure };
    }
    return null;
  } finally {
    runner.stop();
  }
}

function report() {
  const judged = results.filter(({ kind }) => kind !== "ulp");
  const ulps = results.filter(({ kind }) => kind === "ulp");
  const of = (list, ...outcomes) => list.filter(({ outcome }) => outcomes.includes(outcome));
  const share = (part, whole) => `${part} of ${whole}${whole === 0 ? "" : `, ${((100 * part) / whole).toFixed(1)} %`}`;
  const missed = of(judged, "survived", "bits only");
  const right = missed.filter(({ id }) => explained.has(id));
  const caught = of(judged, "caught").length;
  const rest = judged.length - right.length;
  console.log(`took ${seconds(performance.now() - began)}`);
  for (const kind of new Set(judged.map((fault) => fault.kind))) {
    const own = judged.filter((fault) => fault.kind === kind);
    console.log(`  ${kind.padEnd(20)} ${share(of(own, "caught").length, own.length)}`);
  }
  console.log(
    `caught without the tests of the bits: ${share(caught, judged.length)} of all, ${share(caught, rest)} of those not explained`,
  );
  console.log(`caught with them: ${share(caught + of(judged, "bits only").length, judged.length)}`);
  if (ulps.length > 0) {
    console.log(
      `constants moved by an ulp, apart: ${share(of(ulps, "caught").length, ulps.length)} caught, ${share(of(ulps, "caught", "bits only").length, ulps.length)} with the tests of the bits`,
    );
  }
  for (const { id, outcome } of missed) {
    const only = outcome === "bits only" ? " (the bits alone differ)" : "";
    console.log(explained.has(id) ? `survives rightly: ${id}: ${explained.get(id)}` : `survivor: ${id}${only}`);
  }
  for (const { id } of of(judged, "caught").filter(({ id }) => explained.has(id)))
    console.log(`explained, but caught: ${id}`);
  for (const { id } of gone) console.log(`explained, but no longer a fault of this build: ${id}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  process.exitCode = caught >= REQUIRED * rest ? 0 : 1;
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

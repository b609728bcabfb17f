// `npm run mutate -- [--count N] [--seed S] [--only ID,…] [--in PATTERN] [--likely] [--json FILE]`: does the suite notice
// when the program is wrong? Each fault of scripts/mutants.mjs is put into a copy of the tree, the kernel built where it is
// hit, and the Node suite run on the simd build until the first failure; a fault that survives then meets the bit-hash tests
// alone. Exits with 1 where fewer than 90 % are caught without those tests, or a fault no longer fits the source. --likely runs
// only the tests that notice a fault first, for a busy machine: what survives there has yet to meet the rest.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { modules, sourcesOf } from "./modules.mjs";
import { mutants } from "./mutants.mjs";
import { node, root } from "./setup.mjs";

// The compiled kernels have a script of their own.
if (process.argv.includes("--binary")) {
  await import("./mutate-binary.mjs");
  process.exit();
}

const REQUIRED = 0.9;
const BIT_TESTS = ["test/bits.test.ts", "test/numerics-bits.test.ts"];
/** Where a fault is most likely noticed: tried first, as most faults are, and cheaper than the whole suite. */
const likely = [
  [
    /^(assembly\/(simd\/(power|wide|turn|elementary|\w+-pair)|stats\/(incomplete|log-gamma|error|normals|normal-pair))|src\/numerics\/(elementary|special))/,
    ["test/numerics/elementary.test.ts", "test/numerics/special.test.ts"],
  ],
  [/^(assembly|src)\/options/, ["test/options"]],
  [
    /^(assembly\/(random|covariance\/(shrinkage|nonlinear|ewma-centred|present|hayashi-yoshida|carried|stream)|linalg\/eigen|stats\/(moments|modified|age-weighted|kernel-smoothed|delta-gamma))|src\/numerics)/,
    ["test/numerics"],
  ],
  [/^assembly\/linalg\/(eigen|tridiagonal|triangular|cholesky-panels|rank-one|ldlt|gemm|nearest)/, ["test/numerics"]],
  [/^assembly\/rules\/(overlay|pre-trade|fill)/, ["test/rules/pre-trade-lean.test.ts", "test/rules/pre-trade.test.ts"]],
  [
    /^assembly\/rules\/table/,
    ["test/rules/kernels-table.test.ts", "test/rules/mixed.test.ts", "test/rules/composed.test.ts"],
  ],
  [
    /^assembly\/rules\/(solo|pair|order|pools)/,
    ["test/rules/solo.test.ts", "test/rules/mixed.test.ts", "test/rules/kernels-table.test.ts"],
  ],
  [
    /^assembly\/rules/,
    [
      "test/rules/differential.test.ts",
      "test/rules/solo.test.ts",
      "test/rules/edges.test.ts",
      "test/rules/composed.test.ts",
    ],
  ],
  [
    /^src\/rules\/(sizing|venue-price)/,
    [
      "test/rules/sizing-loans.test.ts",
      "test/rules/sizing-contracts.test.ts",
      "test/rules/sizing-libraries.test.ts",
      "test/rules/venue-price.test.ts",
      "test/vectors.test.ts",
    ],
  ],
  [/^src\/rules\/(exact|interest|balances)/, ["test/rules/exact.test.ts", "test/rules/balances.test.ts"]],
  [
    /^src\/rules\/(pieces|along|liquidation-prices)/,
    ["test/rules/roots.test.ts", "test/rules/along.test.ts", "test/rules/liquidation-prices.test.ts"],
  ],
  [/^src\/rules\/largest/, ["test/rules/largest.test.ts", "test/rules/limits.test.ts"]],
  [/^src\/rules\/(limits|health-target)/, ["test/rules/limits.test.ts", "test/rules/health-target.test.ts"]],
  [
    /^src\/rules/,
    [
      "test/rules/differential.test.ts",
      "test/rules/composed.test.ts",
      "test/rules/lines.test.ts",
      "test/rules/entries.test.ts",
    ],
  ],
  [/^assembly\/(liquidation|models\/backtest)/, ["test/kernels", "test/models"]],
  [/^(assembly\/arena|src\/memory)/, ["test/memory.test.ts"]],
  [/^(assembly|src)\/(simd|stats|linalg|covariance)/, ["test/kernels"]],
  [/^assembly\/(instruments|book)/, ["test/kernels", "test/models"]],
  [/^(assembly|src)\/(models|liquidation)/, ["test/models"]],
  [/^src\/(book|market)/, ["test/documents.test.ts", "test/models"]],
];
/** A fault that makes a loop endless is caught by this, in ms; then by three times what the sound suite takes. */
let timeout = 600_000;

const { values } = parseArgs({
  options: {
    count: { type: "string" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    in: { type: "string", default: "" },
    likely: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const chosen = choose();
node("scripts/build.mjs", "--kernel");

const base = mkdtempSync(join(tmpdir(), "margrave-mutants-"));
const tree = join(base, "tree");
process.once("exit", () => rmSync(base, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
// Tests read the shared data beside the repository.
if (existsSync(join(root, "../shared"))) symlinkSync(resolve(root, "../shared"), join(base, "shared"));
copyTree();

const sound = await suite(...(values.likely ? new Set(chosen.flatMap(where)) : []));
if (sound.code !== 0) {
  console.error(`the suite must pass before faults are put in:\n${sound.output.slice(-3000)}`);
  process.exit(1);
}
timeout = Math.max(60_000, 3 * sound.took);
console.log(`the suite passes without a fault in ${seconds(sound.took)}; ${chosen.length} of ${mutants.length} faults`);

const results = [];
for (const mutant of chosen) {
  const result = await attempt(mutant);
  results.push(result);
  console.log(
    `${result.outcome.padEnd(16)} ${seconds(result.took).padStart(7)}  ${mutant.id}: ${mutant.fault} (${mutant.file})`,
  );
}

const count = (...outcomes) => results.filter(({ outcome }) => outcomes.includes(outcome)).length;
const stale = count("does not fit");
const harmless = count("survives rightly");
const judged = results.length - stale - harmless;
const without = count("caught");
const withBits = without + count("bits only");
console.log(`caught by the suite without the bit-hash tests: ${without} of ${judged}, ${share(without)}`);
console.log(`caught with it: ${withBits} of ${judged}, ${share(withBits)}`);
for (const { id, file, fault, outcome, survives } of results) {
  if (outcome === "survived") console.log(`survivor: ${id}, ${fault} (${file})`);
  if (outcome === "survives rightly") console.log(`survives rightly: ${id}, ${fault}: ${survives}`);
  if (outcome === "does not fit") console.log(`no longer in the source: ${id} (${file})`);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
process.exitCode = stale === 0 && without >= REQUIRED * judged ? 0 : 1;

/** The faults to try: some by id, or those in files that match a pattern: all, or `count` of them drawn by `seed`. */
function choose() {
  if (values.only !== undefined) {
    return values.only.split(",").map((wanted) => {
      const one = mutants.find(({ id }) => id === wanted);
      if (one === undefined) throw new Error(`--only must be ids of scripts/mutants.mjs, got ${wanted}`);
      return one;
    });
  }
  const among = mutants.filter(({ file }) => new RegExp(values.in).test(file));
  if (among.length === 0) throw new Error(`--in must match files of scripts/mutants.mjs, got ${values.in}`);
  if (values.count === undefined) return among;
  let state = Number(values.seed) >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return among
    .map((mutant) => ({ mutant, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, Number(values.count))
    .map(({ mutant }) => mutant);
}

/** Everything the Node suite needs, and the kernels as built. */
function copyTree() {
  const paths = [
    "assembly",
    "src",
    "test",
    "scripts",
    "schema",
    "bench",
    "page",
    ...modules.map(({ config }) => config),
  ];
  for (const path of [...paths, "package.json", "tsconfig.json", "vitest.config.ts", "README.md", "METHODS.md"]) {
    if (!existsSync(join(root, path))) continue;
    const filter = (source) => !/[\\/]node_modules$/.test(source);
    cpSync(join(root, path), join(tree, path), { recursive: true, filter });
  }
  cpSync(join(root, "build"), join(tree, "build"), {
    recursive: true,
    filter: (path) => !/[\\/](vite|nodes|.*\.mjs)$/.test(path),
  });
  // Engines of the tree take the bytes of the simd builds, so that a fault is in every test and not in those alone that
  // take a build by name.
  for (const { inlined, prefix } of modules) {
    const of = (name) =>
      `${name}: () => ({ source: Uint8Array.from(atob(${name}.bytes), (c) => c.charCodeAt(0)), hash: ${name}.hash })`;
    const from = relative(dirname(inlined), "src/wasm");
    const imports = ["simd", "scalar"].map((name) => `import * as ${name} from "./${from}/${prefix}${name}.js";\n`);
    writeFileSync(
      join(tree, inlined),
      `${imports.join("")}export const packaged = { ${of("simd")}, ${of("scalar")} };\n`,
    );
  }
  // The sound kernels, apart: those of the repository may be built anew while this runs.
  cpSync(join(tree, "src/wasm"), join(base, "wasm"), { recursive: true });
  symlinkSync(resolve(root, "node_modules"), join(tree, "node_modules"));
}

async function attempt(mutant) {
  const began = performance.now();
  const path = join(tree, mutant.file);
  const source = existsSync(path) ? readFileSync(path, "utf8") : "";
  const faulty = edited(source, mutant);
  if (faulty === null) return { ...mutant, outcome: "does not fit", took: 0 };
  writeFileSync(path, faulty);
  const kernel = mutant.file.startsWith("assembly/");
  let outcome;
  try {
    if (kernel && !(await build(mutant.file))) outcome = "caught";
    else if ((await suite(...where(mutant))).code !== 0) outcome = "caught";
    else if (!values.likely && (await suite()).code !== 0) outcome = "caught";
    else if (mutant.survives !== undefined) outcome = "survives rightly";
    else if ((await suite(...BIT_TESTS)).code !== 0) outcome = "bits only";
    else outcome = "survived";
  } finally {
    writeFileSync(path, source);
    if (kernel) cpSync(join(base, "wasm"), join(tree, "src/wasm"), { recursive: true });
  }
  return { ...mutant, outcome, took: performance.now() - began };
}

/** The source with the fault in, null where the place is not found or not the only one. */
function edited(source, { find, replace, nth }) {
  const places = source.split(find).length - 1;
  if (places === 0 || (nth === undefined && places !== 1) || (nth ?? 0) >= places) return null;
  let at = source.indexOf(find);
  for (let i = 0; i < (nth ?? 0); i++) at = source.indexOf(find, at + 1);
  return source.slice(0, at) + replace + source.slice(at + find.length);
}

/** Build the simd kernels that a file is in, of the tree alone. False where one does not compile, which is a way to be caught. */
async function build(file) {
  for (const module of modules.filter((module) => sourcesOf(module, tree).includes(file))) {
    const { config, prefix } = module;
    const { code } = await run(["node_modules/assemblyscript/bin/asc.js", "--config", config, "--target", "simd"]);
    if (code !== 0) return false;
    const bytes = readFileSync(join(tree, `build/${prefix}simd.wasm`));
    writeFileSync(
      join(tree, `src/wasm/${prefix}simd.ts`),
      `export const bytes: string = "${bytes.toString("base64")}";\nexport const hash: string = "mutant";\n`,
    );
  }
  return true;
}

function where({ file }) {
  const [, folders] = likely.find(([pattern]) => pattern.test(file)) ?? [];
  return (folders ?? ["test/models"]).filter((path) => existsSync(join(tree, path)));
}

/** The Node suite on the simd build, or parts of it: all but what is about the package, the bench and the tools. */
function suite(...parts) {
  const left = ["test/node/**", "test/*-perturb.test.ts", "test/inlined.test.ts"];
  if (!BIT_TESTS.some((test) => parts.includes(test))) left.push(...BIT_TESTS);
  const exclude = left.flatMap((pattern) => ["--exclude", pattern]);
  return run(["node_modules/vitest/vitest.mjs", "run", "--project", "node", "--bail", "1", ...exclude, ...parts]);
}

function run(args) {
  return new Promise((done) => {
    const began = performance.now();
    const env = { ...process.env, MARGRAVE_BUILDS: "simd" };
    const child = spawn(process.execPath, args, { cwd: tree, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    // Its whole group, since a test worker in an endless loop does not answer its parent.
    const stop = setTimeout(() => process.kill(-child.pid, "SIGKILL"), timeout);
    child.once("close", (code) => {
      clearTimeout(stop);
      done({ code: code ?? 1, output, took: performance.now() - began });
    });
  });
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function share(caught) {
  return judged === 0 ? "none judged" : `${((100 * caught) / judged).toFixed(1)} %`;
}

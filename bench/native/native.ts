import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "../../src/engine.js";
import { random } from "../books.js";
import { allAgreeing } from "../case.js";
import { COUNT, resident, SCENARIOS, sample } from "../cases/options.js";
import { median } from "../measure.js";

/** Work that native code does too. Its program gets the numbers as rows × columns, and leaves the result in a file. */
interface NativeCase {
  readonly what: "covariance" | "cholesky" | "tail" | "grid";
  readonly work: string;
  readonly rows: number;
  readonly columns: number;
  readonly relative: number;
  values(): Float64Array;
  /** ours over the same numbers, and its result afterwards */
  prepare(values: Float64Array): { readonly run: () => unknown; readonly result: () => Float64Array };
}

const covarianceOf = (columns: number, rows: number): NativeCase => ({
  what: "covariance",
  work: `sample covariance of ${columns} assets over ${rows} dates`,
  rows,
  columns,
  relative: 1e-11,
  values: () => {
    const uniform = random();
    return Float64Array.from({ length: rows * columns }, () => 0.02 * (uniform() - 0.5));
  },
  prepare: (values) => {
    const { memory } = createEngine();
    const { kernel } = memory;
    const x = memory.keep(values.byteLength);
    memory.scope(() => kernel.transpose(rows, columns, memory.copy(values), x));
    const mean = memory.keep(8 * columns);
    const out = memory.keep(8 * columns * columns);
    const scratch = memory.keep(kernel.sampleScratch(columns));
    return {
      run: () => kernel.sampleCovariance(columns, rows, x, rows - 1, mean, out, scratch),
      result: () => memory.f64(out, columns * columns),
    };
  },
});

const choleskyOf = (n: number): NativeCase => ({
  what: "cholesky",
  work: `Cholesky factor of order ${n}`,
  rows: n,
  columns: n,
  relative: 1e-9,
  values: () =>
    Float64Array.from({ length: n * n }, (_, k) => 1 / (1 + Math.abs(Math.floor(k / n) - (k % n)))).map((value, k) =>
      Math.floor(k / n) === k % n ? value + 2 : value,
    ),
  prepare: (values) => {
    const { memory } = createEngine();
    const given = memory.keepCopy(values);
    const a = memory.keep(values.byteLength);
    const [from, to] = [memory.f64(given, n * n), memory.f64(a, n * n)];
    return {
      run: () => {
        to.set(from);
        return memory.kernel.cholesky(n, a);
      },
      result: () => to.map((value, k) => (k % n > Math.floor(k / n) ? 0 : value)),
    };
  },
});

const tailOf = (n: number): NativeCase => ({
  what: "tail",
  work: `exact VaR and ES at 99 % of ${n} observations`,
  rows: 1,
  columns: n,
  relative: 1e-12,
  values: () => {
    const uniform = random();
    return Float64Array.from({ length: n }, () => uniform() + uniform() + uniform() - 1.5);
  },
  prepare: (values) => {
    const { memory } = createEngine();
    const x = memory.keepCopy(values);
    const scratch = memory.keep(memory.kernel.tailScratch(n));
    const out = memory.keep(24);
    return {
      run: () => memory.kernel.tailStatistics(x, n, 0.01, scratch, out),
      result: () => memory.f64(out, 2),
    };
  },
});

/** Columns of the options, then moves, scales and shifts of the scenarios, one after the other. */
const gridOf: NativeCase = {
  what: "grid",
  work: `prices of ${COUNT} options in ${SCENARIOS} scenarios of price and volatility`,
  rows: 1,
  columns: 5 * COUNT + 3 * SCENARIOS,
  relative: 1e-13,
  values: () => {
    const { type, forward, strike, years, volatility, moves, scales, shifts } = sample();
    return Float64Array.from(
      [type, forward, strike, years, volatility, moves, scales, shifts].flatMap((one) => [...one]),
    );
  },
  prepare: () => {
    const run = resident(sample());
    return { run, result: run };
  },
};

const CASES = [
  ...[64, 256, 512].map((n) => covarianceOf(n, 1000)),
  ...[256, 512].map(choleskyOf),
  ...[100_000, 1_000_000].map(tailOf),
  gridOf,
];

const ROUNDS = 3;
const OURS_MS = 400;

/** A native side: how its program is called. */
interface Side {
  readonly name: string;
  readonly command: string;
  readonly leading: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** numpy on one thread, where there is one; a type of core that the environment imposes would only slow it. */
function numpy(folder: string): Side | string {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...rest } = process.env;
  const env = { ...rest, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  try {
    const version = output("python3", ["-c", "import numpy; print(numpy.__version__)"], env);
    return { name: `numpy ${version}`, command: "python3", leading: [join(folder, "native.py")], env };
  } catch (error) {
    return `numpy SKIPPED: python3 with numpy does not run here (${firstLine(error)})`;
  }
}

/** What gcc makes of bench/native/native.c for this very processor. */
function gcc(folder: string, into: string): Side | string {
  const program = join(into, "native");
  try {
    execFileSync("gcc", ["-O3", "-march=native", "-o", program, join(folder, "native.c"), "-lm"], { stdio: "pipe" });
    const version = output("gcc", ["-dumpfullversion"], process.env);
    return { name: `gcc ${version} -O3 -march=native`, command: program, leading: [], env: process.env };
  } catch (error) {
    return `gcc SKIPPED: it does not compile here (${firstLine(error)})`;
  }
}

function output(command: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  return execFileSync(command, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

/** Median ns of ours over some time. */
function ours(run: () => unknown): number {
  const times: number[] = [];
  const until = performance.now() + OURS_MS;
  while (performance.now() < until || times.length < 9) {
    const began = performance.now();
    run();
    times.push(1e6 * (performance.now() - began));
  }
  return median(times);
}

/**
 * Ours beside numpy and gcc, where they are, in alternating rounds: who wins, and by how much. Results are compared first.
 * `folder` is where native.py and native.c are. Returns how many disagreed or failed.
 */
export function native(folder: string): number {
  const into = mkdtempSync(join(tmpdir(), "margrave-native-"));
  let failed = 0;
  try {
    const found = [numpy(folder), gcc(folder, into)];
    for (const side of found) if (typeof side === "string") console.log(side);
    const sides = found.filter((side) => typeof side !== "string");
    for (const each of sides.length === 0 ? [] : CASES) {
      const values = each.values();
      const [source, target] = [join(into, "given.f64"), join(into, "result.f64")];
      writeFileSync(source, values);
      const { run, result } = each.prepare(values);
      run();
      const expected = result().slice();
      for (const { name, command, leading, env } of sides) {
        try {
          const args = [...leading, each.what, String(each.rows), String(each.columns), source, target];
          const ratios: number[] = [];
          for (let round = 0; round < ROUNDS; round++) {
            const own = ours(run);
            ratios.push(Number(output(command, args, env)) / own);
          }
          const bytes = readFileSync(target);
          const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
          allAgreeing(each.work, theirs, expected, each.relative);
          console.log(`${each.work}: ${verdict(median(ratios), name)} (rounds ${ratios.map(short).join(", ")})`);
        } catch (error) {
          failed++;
          console.error(`${each.work}, ${name}: ${firstLine(error)}`);
        }
      }
    }
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
  return failed;
}

function verdict(ratio: number, name: string): string {
  if (ratio >= 1) return `ours is ${short(ratio)} times as fast as ${name}`;
  return `${name} WINS, ${short(1 / ratio)} times as fast as ours; ours at ${short(ratio)} of it`;
}

const short = (x: number) => x.toPrecision(3);

import { createEngine } from "../../src/engine.js";
import { ewmaStream } from "../../src/numerics/index.js";
import { random } from "../books.js";
import { allAgreeing, type BenchCase } from "../case.js";

const ROWS = 64;
const DECAY = 0.94;

/** Rows of returns with a common factor. */
function rowsOf(columns: number): readonly Float64Array[] {
  const uniform = random();
  return Array.from({ length: ROWS }, () => {
    const common = uniform() - 0.5;
    return Float64Array.from({ length: columns }, () => 0.02 * (common + uniform() - 0.5));
  });
}

/** S ← decay·S + (1 − decay)·x·x' of the lower triangle in place. */
function plainPush(s: Float64Array, x: Float64Array, first: boolean): void {
  const n = x.length;
  const [kept, taken] = first ? [0, 1] : [DECAY, 1 - DECAY];
  for (let i = 0, at = 0; i < n; i++) {
    const own = taken * (x[i] as number);
    for (let j = 0; j <= i; j++, at++) s[at] = kept * (s[at] as number) + own * (x[j] as number);
  }
}

/** The same as ours in JavaScript: newer rows heavier, four of them in one pass over the triangle. */
function batchedPush(s: Float64Array, rows: readonly Float64Array[], weights: readonly number[]): void {
  const [x, y, z, w] = rows as readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  const [a, b, c, d] = weights as readonly [number, number, number, number];
  const n = x.length;
  for (let i = 0, at = 0; i < n; i++) {
    const p = a * (x[i] as number);
    const q = b * (y[i] as number);
    const r = c * (z[i] as number);
    const t = d * (w[i] as number);
    for (let j = 0; j <= i; j++, at++) {
      s[at] =
        (s[at] as number) + p * (x[j] as number) + q * (y[j] as number) + r * (z[j] as number) + t * (w[j] as number);
    }
  }
}

function plain(s: Float64Array, rows: readonly Float64Array[]): Float64Array {
  for (const [t, row] of rows.entries()) plainPush(s, row, t === 0);
  return s;
}

function batched(s: Float64Array, rows: readonly Float64Array[]): Float64Array {
  s.fill(0);
  for (let t = 0; t < rows.length; t += 4) {
    const weights = [t, t + 1, t + 2, t + 3].map((age) => (age === 0 ? 1 : (1 - DECAY) / DECAY ** age));
    batchedPush(s, rows.slice(t, t + 4), weights);
  }
  const by = DECAY ** (rows.length - 1);
  for (let k = 0; k < s.length; k++) s[k] = (s[k] as number) * by;
  return s;
}

const PEERS = [
  { name: "js", peer: "the recursion on the lower triangle in place, typed arrays", run: plain },
  { name: "js-batched", peer: "as ours does it: newer rows heavier, four in one pass, typed arrays", run: batched },
] as const;

export const cases: readonly BenchCase[] = [64, 256].flatMap((columns) =>
  PEERS.map(({ name, peer, run }) => ({
    id: `streaming.ewma.${columns}.${name}`,
    work: `${ROWS} rows of ${columns} assets pushed into an exponentially weighted covariance`,
    subject: "ewmaStream, push by push",
    peer,
    prepare: async () => {
      const engine = createEngine();
      const rows = rowsOf(columns);
      const triangle = new Float64Array((columns * (columns + 1)) / 2);
      const stream = ewmaStream(engine, columns, { decay: DECAY });
      return {
        // The stream goes on and on: what a row costs does not depend on those before it.
        subject() {
          for (const row of rows) stream.push(row);
          return stream;
        },
        peer: () => run(triangle, rows),
        agree() {
          const once = ewmaStream(engine, columns, { decay: DECAY });
          for (const row of rows) once.push(row);
          const { matrix } = once.covariance();
          once.dispose();
          const expected = run(triangle, rows);
          const lower = Array.from({ length: columns }, (_, i) => [
            ...matrix.subarray(i * columns, i * columns + i + 1),
          ]);
          allAgreeing("covariance", lower.flat(), expected, 1e-12);
        },
        dispose: () => stream.dispose(),
      };
    },
  })),
);

import { createEngine } from "../../src/engine.js";
import { varianceTicker } from "../../src/numerics/index.js";
import { random } from "../books.js";
import { agreeing, type BenchCase, type Prepared } from "../case.js";

const TRIP = 4096;

interface Given {
  readonly n: number;
  readonly covariance: Float64Array;
  readonly exposures: Float64Array;
  readonly changes: readonly { readonly index: number; readonly change: number }[];
}

/** Positive definite: a common factor, and a variance of each asset's own. */
function given(n: number): Given {
  const uniform = random();
  const beta = Float64Array.from({ length: n }, () => 0.01 + 0.02 * uniform());
  const covariance = Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return (beta[i] as number) * (beta[j] as number) + (i === j ? 1e-4 : 0);
  });
  const out = Array.from({ length: TRIP / 2 }, () => ({
    index: Math.floor(n * uniform()),
    change: 1000 * (uniform() - 0.5),
  }));
  const back = out.map(({ index, change }) => ({ index, change: -change }));
  return {
    n,
    covariance,
    exposures: Float64Array.from({ length: n }, () => 1e4 * (uniform() - 0.5)),
    changes: [...out, ...back],
  };
}

/** w'Σw as best it is done here: rows of the triangle, four sums a row. */
function quadratic(n: number, c: Float64Array, w: Float64Array): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let [a, b, d, e] = [0, 0, 0, 0];
    let j = 0;
    for (; j + 4 <= i; j += 4) {
      a += (c[row + j] as number) * (w[j] as number);
      b += (c[row + j + 1] as number) * (w[j + 1] as number);
      d += (c[row + j + 2] as number) * (w[j + 2] as number);
      e += (c[row + j + 3] as number) * (w[j + 3] as number);
    }
    for (; j < i; j++) a += (c[row + j] as number) * (w[j] as number);
    total += (w[i] as number) * (2 * (a + b + (d + e)) + (c[row + i] as number) * (w[i] as number));
  }
  return total;
}

/** Ours against a variance computed anew, by `make`, after each change. */
async function against(
  n: number,
  subject: "tick" | "whatIf",
  make: (all: Given) => { readonly variance: (w: Float64Array) => number; readonly dispose?: () => void },
): Promise<Prepared> {
  const all = given(n);
  const { covariance, exposures, changes } = all;
  const ticker = varianceTicker(createEngine(), { columns: n, covariance, exposures });
  const { variance, dispose } = make(all);
  const held = exposures.slice();
  const turn = { subject: 0, peer: 0 };
  const next = (side: "subject" | "peer") => changes[turn[side]++ % TRIP] as (typeof changes)[number];
  const peer = ({ index, change }: { readonly index: number; readonly change: number }) => {
    const before = held[index] as number;
    held[index] = before + change;
    const value = variance(held);
    if (subject === "whatIf") held[index] = before;
    return value;
  };
  return {
    subject: () => {
      const { index, change } = next("subject");
      return ticker[subject](index, change);
    },
    peer: () => peer(next("peer")),
    agree: () => {
      for (const each of changes) agreeing("variance", ticker[subject](each.index, each.change), peer(each));
    },
    dispose: () => {
      ticker.dispose();
      dispose?.();
    },
  };
}

/** The full recompute in the kernel: exposures written in place, then w'Σw by SIMD inner products. */
function kernelAnew({ n, covariance }: Given) {
  const { memory } = createEngine();
  const c = memory.keepCopy(covariance);
  const w = memory.keep(8 * n);
  const g = memory.keep(8 * n);
  const view = memory.f64(w, n);
  return {
    variance: (held: Float64Array) => {
      view.set(held);
      return memory.kernel.quadraticForm(n, c, w, g);
    },
  };
}

const SIZES = [64, 256, 1000];

export const cases: readonly BenchCase[] = [
  ...SIZES.map((n) => ({
    id: `variance-ticker.tick.${n}.recompute`,
    work: `variance of ${n} exposures after the change of one`,
    subject: "varianceTicker, tick(): a row, g = Σw kept",
    peer: "w'Σw anew in the kernel, SIMD",
    prepare: () => against(n, "tick", kernelAnew),
  })),
  {
    id: "variance-ticker.tick.256.js-recompute",
    work: "variance of 256 exposures after the change of one",
    subject: "varianceTicker, tick()",
    peer: "w'Σw anew in JavaScript, half the matrix",
    prepare: () =>
      against(256, "tick", ({ n, covariance }) => ({ variance: (held) => quadratic(n, covariance, held) })),
  },
  {
    id: "variance-ticker.what-if.256.recompute",
    work: "what the variance of 256 exposures would be if one changed",
    subject: "varianceTicker, whatIf(): O(1)",
    peer: "w'Σw anew in the kernel, SIMD",
    prepare: () => against(256, "whatIf", kernelAnew),
  },
];

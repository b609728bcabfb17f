import { createEngine } from "../../src/engine.js";
import { random } from "../books.js";
import { agreeing, type BenchCase } from "../case.js";

/**
 * How many observations, and as many vectors of them as it takes that none is still in a cache, nor its branches remembered,
 * when its turn comes again.
 */
const SIZES = [
  [10_000, 160],
  [100_000, 16],
  [1_000_000, 6],
] as const;
const ALPHA = 0.01;

/** VaR and expected shortfall from sorted P&L, worst first. */
function tailOfSorted(sorted: Float64Array): { valueAtRisk: number; expectedShortfall: number } {
  const count = sorted.length * ALPHA;
  let sum = 0;
  for (let i = 0; i < count; i++) sum -= sorted[i] as number;
  return { valueAtRisk: -(sorted[count - 1] as number), expectedShortfall: sum / count };
}

export const cases: readonly BenchCase[] = SIZES.map(([observations, count]) => ({
  id: `historical.tail.${observations}.float64array-sort`,
  work: `exact VaR and ES at 99 % of ${observations} observations, other ones each time`,
  subject: "selection in the kernel",
  peer: "a copy, Float64Array.sort and a sum",
  prepare: async () => {
    const { memory } = createEngine();
    const { kernel } = memory;
    const uniform = random();
    const vectors = Array.from({ length: count }, () =>
      Float64Array.from({ length: observations }, () => uniform() + uniform() + uniform() - 1.5),
    );
    const resident = vectors.map((values) => memory.keepCopy(values));
    const scratch = memory.keep(kernel.tailScratch(observations));
    const out = memory.keep(24);
    const sorted = new Float64Array(observations);
    const turn = { subject: 0, peer: 0 };
    const subject = (which: number) =>
      kernel.tailStatistics(resident[which] as number, observations, ALPHA, scratch, out);
    const peer = (which: number) => {
      sorted.set(vectors[which] as Float64Array);
      return tailOfSorted(sorted.sort());
    };
    return {
      subject: () => subject(turn.subject++ % count),
      peer: () => peer(turn.peer++ % count),
      agree: () => {
        for (let which = 0; which < Math.min(count, 16); which++) {
          subject(which);
          const [valueAtRisk = Number.NaN, expectedShortfall = Number.NaN] = memory.f64(out, 2);
          const expected = peer(which);
          agreeing("VaR", valueAtRisk, expected.valueAtRisk, 0);
          agreeing("ES", expectedShortfall, expected.expectedShortfall, 1e-12);
        }
      },
    };
  },
}));

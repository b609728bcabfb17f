import { ageWeightedTail, cornishFisherTail, kernelSmoothedTail, modifiedTail } from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Tails of samples and of moments, over sizes around the ends of vectors, ties, and confidences out to where nα is below 1. */
export const section: Section = {
  name: "tails",
  functions: { ageWeightedTail, cornishFisherTail, kernelSmoothedTail, modifiedTail },
  results: (engine) => {
    const uniform = random(23);
    const confidences = [0.5, 0.95, 0.99, 0.9999];
    const samples = [1, 2, 3, 7, 8, 9, 16, 33, 100, 257].map((n) => {
      const pnl = Float64Array.from(
        { length: n },
        () => 0.02 * (uniform() + uniform() - 1) + 0.1 * uniform() * uniform() * uniform(),
      );
      const tied = pnl.map((x) => Math.round(128 * x) / 128);
      return confidences.flatMap((confidence) =>
        [pnl, tied].map((x) => [
          modifiedTail(engine, { pnl: x, confidence }),
          modifiedTail(engine, { pnl: x, confidence, shortfall: "operational" }),
          [0.9, 0.99, 1].map((decay) => ageWeightedTail(engine, { pnl: x, decay, confidence })),
          [null, 0, 0.001].map((bandwidth) => kernelSmoothedTail(engine, { pnl: x, confidence, bandwidth })),
        ]),
      );
    });
    const moments = Array.from({ length: 2000 }, () =>
      cornishFisherTail(engine, {
        deviation: uniform(),
        skewness: 4 * uniform() - 2,
        excessKurtosis: 10 * uniform() - 1,
        confidence: 0.9 + 0.099 * uniform(),
      }),
    );
    return [samples, moments];
  },
  bits: "790b4b6366a09580",
};

import { philox, randomBits, randomNormal, randomUniform, xoshiro } from "../../../src/numerics/index.js";
import type { Section } from "./section.js";

/** Both generators, from their beginning and at places far into a stream. */
export const section: Section = {
  name: "random",
  functions: { philox, randomBits, randomNormal, randomUniform, xoshiro },
  results: (engine) => {
    const generators = [philox({ seed: 11, stream: 3 }), philox({ seed: 2n ** 64n - 1n }), xoshiro({ seed: 11 })];
    return generators.flatMap((generator) => [
      randomNormal(engine, generator, { count: 200_000 }),
      randomUniform(engine, generator, { from: 100_001, count: 100_001 }),
      new Uint32Array(randomBits(engine, generator, { from: 7, count: 10_000 }).buffer),
    ]);
  },
  bits: "7906507fae254a8e",
};

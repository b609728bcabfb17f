/**
 * A seeded workload of more than a million results over the public functions of `margrave/numerics`, in sections that each
 * carry the hash of their own bits. test/numerics-bits.test.ts runs it on every build in Node and in browsers, scripts/bits.mjs
 * on other versions of Node.
 *
 * To add a section for your functions:
 * 1. `test/support/bits/NAME.ts` exports `section`: its name (that of the file), the functions it is of, and `results`, which
 *    computes them on an engine that has the kernels of numerics. Make inputs with + − × ÷ and `random` only, which every
 *    engine rounds alike; return numbers, f64 arrays, or results as they come, nested as you like. A hundred milliseconds on
 *    the debug build and some ten thousand numbers are a good size.
 * 2. One line here.
 * 3. `node scripts/bits.mjs --write` writes the hash into the section's file, where all builds agree on it.
 */
export { section as functions } from "./bits/functions.js";
export { section as eigen } from "./bits/eigen.js";
export { section as gaps } from "./bits/gaps.js";
export { section as matrices } from "./bits/matrices.js";
export { section as monteCarlo } from "./bits/monte-carlo.js";
export { section as nonlinear } from "./bits/nonlinear.js";
export { section as options } from "./bits/options.js";
export { section as optionBooks } from "./bits/option-books.js";
export { section as random } from "./bits/random.js";
export { section as sobol } from "./bits/sobol.js";
export { section as shrinkage } from "./bits/shrinkage.js";
export { section as tails } from "./bits/tails.js";
export { section as streaming } from "./bits/streaming.js";
export { section as tickers } from "./bits/tickers.js";
export { section as scenarioMeasures } from "./bits/scenario-measures.js";

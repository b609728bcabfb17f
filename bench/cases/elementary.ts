import { createEngine } from "../../src/engine.js";
import { elementary, type ElementaryFunctions } from "../../src/numerics/index.js";
import { random } from "../books.js";
import { agreeing, allAgreeing, type BenchCase } from "../case.js";
import { quantile } from "./random.js";

const COUNT = 100_000;

/** Arguments, the same in every run. */
function spread(low: number, high: number): Float64Array {
  const draw = random();
  return Float64Array.from({ length: COUNT }, () => low + (high - low) * draw());
}

/** Φ(x) as margrave computes it, with Math.exp, but for the rounding of x². */
function normalCdf(x: number): number {
  const y = Math.abs(x);
  const above =
    (((((((((3.444844248133779e-7 * y + 1.0054509410486508e-5) * y + 0.00014553684829116332) * y +
      0.0013539352612631115) *
      y +
      0.00888536708955921) *
      y +
      0.04276593666335417) *
      y +
      0.15255574190361323) *
      y +
      0.39847762044180396) *
      y +
      0.7320234267813366) *
      y +
      0.8608879306762593) *
      y +
    0.5;
  const below =
    ((((((((((8.634943994072101e-7 * y + 2.5202917575868965e-5) * y + 0.000365670273326713) * y +
      0.0034190153254793935) *
      y +
      0.022635392167119316) *
      y +
      0.11054171261622948) *
      y +
      0.4039518693304244) *
      y +
      1.0994979979374775) *
      y +
      2.176350294818652) *
      y +
      2.9744450028664335) *
      y +
      2.5196604221553853) *
      y +
    1;
  const tail = (Math.exp(-0.5 * y * y) * above) / below;
  return x < 0 ? tail : 1 - tail;
}

/** Say where a peer is further than `allowed` from what is right, relative to it, and by how much. */
function faults(peer: string, x: Float64Array, actual: Float64Array, right: Float64Array, allowed: number): void {
  let [count, worst, at] = [0, 0, 0];
  for (const [i, value] of right.entries()) {
    const error = Math.abs((actual[i] ?? 0) - value) / Math.abs(value);
    if (!(error > allowed)) continue;
    count++;
    if (error > worst) [worst, at] = [error, x[i] ?? 0];
  }
  if (count > 0) {
    console.log(`${peer}: ${count} of ${x.length} are off by more than ${allowed}, at worst by ${worst} at ${at}`);
  }
}

type Mapped = (functions: ElementaryFunctions, x: Float64Array, into: Float64Array) => Float64Array;

/** A case of one function over COUNT numbers, into an array that is kept, beside `peer` in a loop. */
function functionCase(
  id: string,
  work: string,
  peerName: string,
  x: Float64Array,
  mapped: Mapped,
  peerOf: () => Promise<(x: number) => number>,
  agree: (right: Float64Array, theirs: Float64Array) => void,
): BenchCase {
  return {
    id: `elementary.${id}`,
    work: `${work} of ${COUNT} numbers`,
    subject: "elementary, into an array that is kept",
    peer: peerName,
    prepare: async () => {
      const functions = elementary(createEngine());
      const peer = await peerOf();
      const [ours, theirs] = [new Float64Array(COUNT), new Float64Array(COUNT)];
      const subject = () => mapped(functions, x, ours);
      const loop = () => {
        for (let i = 0; i < COUNT; i++) theirs[i] = peer(x[i] as number);
        return theirs;
      };
      return { subject, peer: loop, agree: () => agree(subject(), loop()) };
    },
  };
}

/** The standard normal distribution of jstat. */
async function jstat(): Promise<{ readonly cdf: (x: number) => number; readonly quantile: (p: number) => number }> {
  // A name that the type checker does not follow: it is installed with the benchmark only.
  const name = "jstat";
  const { default: library } = await import(name);
  const { normal } = library;
  return { cdf: (x) => normal.cdf(x, 0, 1), quantile: (p) => normal.inv(p, 0, 1) };
}

const close = (relative: number) => (right: Float64Array, theirs: Float64Array) => {
  for (const [i, value] of right.entries()) agreeing(`result ${i}`, theirs[i] ?? Number.NaN, value, relative);
};
const [central, tails, probabilities] = [spread(-8, 8), spread(-37, 8), spread(0, 1)];
const cdf: Mapped = (functions, x, into) => functions.normalCdf(x, into);
const quantiles: Mapped = (functions, x, into) => functions.normalQuantile(x, into);

export const cases: readonly BenchCase[] = [
  functionCase(
    "exp.100000.js-math",
    "e^x",
    "Math.exp",
    spread(-20, 20),
    (functions, x, into) => functions.exp(x, into),
    async () => Math.exp,
    close(1e-15),
  ),
  functionCase(
    "log.100000.js-math",
    "log x",
    "Math.log",
    spread(1e-3, 1e3),
    (functions, x, into) => functions.log(x, into),
    async () => Math.log,
    close(1e-14),
  ),
  functionCase(
    "pow.100000.js-math",
    "x^2.5",
    "Math.pow",
    spread(1e-3, 1e3),
    (functions, x, into) => functions.pow(x, 2.5, into),
    async () => (x) => x ** 2.5,
    close(1e-14),
  ),
  functionCase(
    "normal-cdf.100000.js",
    "Φ(x)",
    "the same quotient of polynomials and Math.exp",
    central,
    cdf,
    async () => normalCdf,
    close(1e-13),
  ),
  functionCase(
    "normal-cdf.100000.jstat",
    "Φ(x) from -37",
    "jstat",
    tails,
    cdf,
    async () => (await jstat()).cdf,
    (right, theirs) => {
      allAgreeing("Φ", theirs, right, 1e-7);
      faults("jstat", tails, theirs, right, 1e-6);
    },
  ),
  functionCase(
    "normal-quantile.100000.js",
    "Φ⁻¹(p)",
    "Wichura's AS 241 in JavaScript",
    probabilities,
    quantiles,
    async () => quantile,
    close(1e-12),
  ),
  functionCase(
    "normal-quantile.100000.jstat",
    "Φ⁻¹(p)",
    "jstat",
    probabilities,
    quantiles,
    async () => (await jstat()).quantile,
    (right, theirs) => {
      allAgreeing("Φ⁻¹", theirs, right, 1e-6);
      faults("jstat", probabilities, theirs, right, 1e-9);
    },
  ),
];

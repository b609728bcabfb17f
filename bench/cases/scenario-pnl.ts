import { createEngine } from "../../src/engine.js";
import { random } from "../books.js";
import { allAgreeing, type BenchCase } from "../case.js";

const FACTORS = 1000;
const SCENARIOS = 1000;

/** The best that plain JavaScript does here: four columns in one pass over the result, as the kernel does it. */
function byFour(exposures: Float64Array, returns: Float64Array, out: Float64Array): Float64Array {
  const rows = out.length;
  out.fill(0);
  for (let f = 0; f < exposures.length; f += 4) {
    const [a, b, c, d] = [
      exposures[f] as number,
      exposures[f + 1] as number,
      exposures[f + 2] as number,
      exposures[f + 3] as number,
    ];
    const p = f * rows;
    const q = p + rows;
    const r = q + rows;
    const s = r + rows;
    for (let t = 0; t < rows; t++) {
      out[t] =
        (out[t] as number) +
        a * (returns[p + t] as number) +
        b * (returns[q + t] as number) +
        c * (returns[r + t] as number) +
        d * (returns[s + t] as number);
    }
  }
  return out;
}

export const cases: readonly BenchCase[] = [
  {
    id: "scenario-pnl.dense.1000x1000.js-typed",
    work: `P&L of ${FACTORS} exposures under ${SCENARIOS} scenarios`,
    subject: "scenarioPnl in the kernel, everything resident",
    peer: "typed arrays in JavaScript, four columns in a pass",
    prepare: async () => {
      const { memory } = createEngine();
      const uniform = random();
      const returns = Float64Array.from({ length: FACTORS * SCENARIOS }, () => 0.02 * (uniform() - 0.5));
      const exposures = Float64Array.from({ length: FACTORS }, () => 1e4 * (uniform() - 0.5));
      const order = memory.keepCopy(Uint32Array.from({ length: FACTORS }, (_, f) => f));
      const exposure = memory.keepCopy(exposures);
      const matrix = memory.keepCopy(returns);
      const out = memory.keep(8 * SCENARIOS);
      const theirs = new Float64Array(SCENARIOS);
      const subject = () => memory.kernel.scenarioPnl(SCENARIOS, FACTORS, order, exposure, matrix, out);
      const peer = () => byFour(exposures, returns, theirs);
      return {
        subject,
        peer,
        agree: () => {
          subject();
          allAgreeing("P&L", memory.f64(out, SCENARIOS), peer());
        },
      };
    },
  },
];

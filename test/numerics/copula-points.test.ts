import { describe, expect, it } from "vitest";
import { chiSquareDistribution, simulate, studentTCopula, uniformPoints } from "../../src/numerics/index.js";
import { sobol } from "../../src/sobol/index.js";
import { normalDistribution, studentTDistribution } from "../../src/stats.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";

describe.each(numericsBuilds)("points under a t copula ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("take the number behind those of the factors for what all of a path are divided by", () => {
    const normal = normalDistribution(engine);
    const student = studentTDistribution(engine);
    const chiSquare = chiSquareDistribution(engine);
    const nu = 5;
    const n = 3;
    const source = sobol({ dimensions: n + 1, scramble: 7 });
    const correlation = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    for (const paths of [2, 4, 6, 131]) {
      const u = uniformPoints(engine, source, { count: paths });
      const copula = studentTCopula({ degreesOfFreedom: nu });
      const found = simulate(engine, { correlation, copula, source, paths });
      for (let k = 0; k < paths; k++) {
        const at = (d: number) => u[k * (n + 1) + d] ?? Number.NaN;
        const factor = Math.sqrt(nu / chiSquare.quantile(at(n), nu));
        for (let i = 0; i < n; i++) {
          const wanted = normal.quantile(student.cdf(normal.quantile(at(i)) * factor, nu));
          const off = Math.abs((found[i * paths + k] ?? Number.NaN) - wanted);
          expect(off).toBeLessThanOrEqual(tolerance.simulatedMove * Math.max(1, Math.abs(wanted)));
        }
      }
    }
  });
});

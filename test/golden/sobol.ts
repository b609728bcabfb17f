import type { Memory } from "../../src/memory.js";
import { normalPoints, uniformPoints } from "../../src/numerics/index.js";
import { sobol } from "../../src/sobol/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, GoldenCase } from "./comparison.js";

function points(memory: Memory, golden: GoldenCase, from: number, count: number): readonly (readonly number[])[] {
  numericsOn(memory);
  const dimensions = golden.input?.dim as number;
  const flat = uniformPoints({ memory }, sobol({ dimensions }), { from, count });
  return Array.from({ length: count }, (_, k) => Array.from(flat.subarray(k * dimensions, (k + 1) * dimensions)));
}

export const checks: Checks = {
  "rng/sobol": (memory, golden) => {
    const exact = () => 0;
    const { skip, n, index, coords } = golden.input ?? {};
    if (golden.expected.points !== undefined) {
      const actual = points(memory, golden, skip as number, n as number);
      return [{ field: "points", expected: golden.expected.points, actual, tolerance: exact }];
    }
    const [point = []] = points(memory, golden, index as number, 1);
    const values = (coords as readonly number[]).map((d) => point[d]);
    // Multiples of 2^−32 below 2^21: their sum is exact in any order.
    const sumAll = point.reduce((sum, x) => sum + x, 0);
    return [
      { field: "values", expected: golden.expected.values, actual: values, tolerance: exact },
      { field: "sumAll", expected: golden.expected.sumAll, actual: sumAll, tolerance: exact },
    ];
  },

  "rng/sobol_mc_call": (memory, golden) => {
    numericsOn(memory);
    const { n, skip, F, K, T, sigma } = golden.input as Readonly<Record<string, number>>;
    const z = normalPoints({ memory }, sobol({ dimensions: 1 }), { from: skip as number, count: n as number });
    const v = (sigma as number) * Math.sqrt(T as number);
    const strike = K as number;
    const paid = Array.from(z, (x) => Math.max((F as number) * Math.exp(v * x - (v * v) / 2) - strike, 0));
    const mean = paid.reduce((sum, x) => sum + x, 0) / z.length;
    const total = z.reduce((sum, x) => sum + x, 0);
    return [
      { field: "mcPrice", expected: golden.expected.mcPrice, actual: mean, tolerance: tolerance.sobolCall },
      { field: "sumZ", expected: golden.expected.sumZ, actual: total, tolerance: tolerance.sobolSum },
    ];
  },
};

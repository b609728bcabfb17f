import { binomialFunctions, kupiec, trafficLight } from "../../src/stats.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, GoldenCase } from "./comparison.js";

const decimals = "50-digit copy of a field that is compared";

/** A number of a case's input. */
export function input(golden: GoldenCase, name: string): number {
  const value = golden.input?.[name];
  if (typeof value !== "number") throw new TypeError(`${golden.id}: input.${name} is not a number`);
  return value;
}

/** Special functions, straight from the kernel. */
export const checks: Checks = {
  "special/normal_cdf": ({ kernel }, golden) => {
    const x = input(golden, "x");
    const { cdf, sf, logcdf, pdf } = golden.expected;
    return [
      { field: "cdf", expected: cdf, actual: kernel.normalCdf(x), tolerance: tolerance.normalCdf },
      { field: "sf", expected: sf, actual: kernel.normalSurvival(x), tolerance: tolerance.normalCdf },
      { field: "logcdf", expected: logcdf, actual: kernel.normalLogCdf(x), tolerance: tolerance.normalCdf },
      { field: "pdf", expected: pdf, actual: kernel.normalPdf(x), tolerance: tolerance.normalCdf },
      { field: "cdf50", skipped: decimals },
      { field: "sf50", skipped: decimals },
    ];
  },
  "special/normal_quantile": ({ kernel }, golden) => {
    const p = input(golden, "p");
    const actual = kernel.normalQuantile(p);
    return [
      { field: "z", expected: golden.expected.z, actual, tolerance: tolerance.normalQuantile(p) },
      { field: "z50", skipped: decimals },
    ];
  },
  "special/student_t_cdf": ({ kernel }, golden) => {
    const x = input(golden, "x");
    const nu = input(golden, "nu");
    const { cdf, pdf } = golden.expected;
    return [
      { field: "cdf", expected: cdf, actual: kernel.studentTCdf(x, nu), tolerance: tolerance.studentTCdf(nu) },
      { field: "pdf", expected: pdf, actual: kernel.studentTPdf(x, nu), tolerance: tolerance.studentTCdf(nu) },
      { field: "cdf50", skipped: decimals },
    ];
  },
  "special/student_t_quantile": ({ kernel }, golden) => {
    const p = input(golden, "p");
    const nu = input(golden, "nu");
    const actual = kernel.studentTQuantile(p, nu);
    return [
      { field: "t", expected: golden.expected.t, actual, tolerance: tolerance.studentTQuantile(p, nu) },
      { field: "t50", skipped: decimals },
    ];
  },
  "special/binomial": ({ kernel }, golden) => {
    const [k, n, p] = [input(golden, "k"), input(golden, "n"), input(golden, "p")];
    const { pmf, cdf, upper } = golden.expected;
    return [
      { field: "pmf", expected: pmf, actual: kernel.binomialMass(k, n, p), tolerance: tolerance.binomial },
      { field: "cdf", expected: cdf, actual: kernel.binomialCdf(k, n, p), tolerance: tolerance.binomial },
      { field: "upper", expected: upper, actual: kernel.binomialUpper(k, n, p), tolerance: tolerance.binomial },
    ];
  },
  "backtest/kupiec": (memory, golden) => {
    const [n, x, p] = [input(golden, "T"), input(golden, "x"), input(golden, "p")];
    const { lr, pValue, binomUpper, binomCdf } = golden.expected;
    const result = kupiec(memory, n, x, p);
    const binomial = binomialFunctions(memory);
    const allowed = tolerance.kupiecRatio(n, p);
    return [
      { field: "lr", expected: lr, actual: result.likelihoodRatio, tolerance: allowed },
      { field: "pValue", expected: pValue, actual: result.pValue, tolerance: tolerance.kupiecPValue },
      { field: "expected", skipped: "the product of two inputs" },
      { field: "z_normal", skipped: "the normal approximation of the test is not offered" },
      ...(binomUpper === undefined
        ? [] // the files leave them out above 10,000 observations
        : [
            {
              field: "binomUpper",
              expected: binomUpper,
              actual: binomial.upper(x, n, p),
              tolerance: tolerance.binomial,
            },
            { field: "binomCdf", expected: binomCdf, actual: binomial.cdf(x, n, p), tolerance: tolerance.binomial },
          ]),
    ];
  },
  "backtest/traffic_light": (memory, golden) => {
    const [n, p] = [input(golden, "T"), input(golden, "p")];
    const { zones } = golden.expected;
    if (!Array.isArray(zones)) throw new TypeError(`${golden.id}: no zones`);
    const actual = zones.map((_, x) => {
      const { zone, cumulative } = trafficLight(memory, n, x, p);
      return { x, cum: cumulative, exactUpper: binomialFunctions(memory).upper(x, n, p), zone };
    });
    const start = (zone: string) => actual.findIndex((entry) => entry.zone === zone);
    const { yellowStart, redStart } = golden.expected;
    const multipliers = "multipliers of capital are the supervisor's, not offered";
    return [
      { field: "zones", expected: zones, actual, tolerance: tolerance.binomial },
      { field: "yellowStart", expected: yellowStart, actual: start("yellow"), tolerance: tolerance.exact },
      { field: "redStart", expected: redStart, actual: start("red"), tolerance: tolerance.exact },
      { field: "baselPlusFactor1996", skipped: multipliers },
      { field: "baselMAR99Multiplier", skipped: multipliers },
    ];
  },
};

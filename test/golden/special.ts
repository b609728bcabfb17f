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
  "special/chi2": ({ kernel }, golden) => {
    const actual = kernel.chiSquareTail(input(golden, "x"), input(golden, "df"));
    return [
      { field: "sf", expected: golden.expected.sf, actual, tolerance: tolerance.chiSquare },
      { field: "cdf", skipped: "the lower tail is not offered: p-values are upper tails" },
      { field: "sf50", skipped: decimals },
    ];
  },
};

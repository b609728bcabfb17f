import { studentTDistribution, tails } from "../../src/stats.js";
import {
  betaFunctions,
  chiSquareDistribution,
  elementary,
  errorFunctions,
  gammaFunctions,
} from "../../src/numerics/index.js";
import type { Memory } from "../../src/memory.js";
import { normalDistribution } from "../../src/stats.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase } from "./comparison.js";
import { input } from "./special.js";

const decimals = "50-digit copy of a field that is compared";

/** The engine's memory with the numerics of its own build. */
function owner(memory: Memory): { readonly memory: Memory } {
  numericsOn(memory);
  return { memory };
}

/** Computes a published constant from the input of its case, by the start of the case's id. */
const CONSTANTS: Readonly<Record<string, (memory: Memory, golden: GoldenCase) => number>> = {
  AS241_: (memory, golden) => normalDistribution({ memory }).quantile(input(golden, "p")),
  t975_: (memory, golden) => studentTDistribution({ memory }).quantile(input(golden, "p"), input(golden, "df")),
  chi2_: (memory, golden) =>
    chiSquareDistribution(owner(memory)).upperQuantile(input(golden, "upper"), input(golden, "df")),
  "ES97.5_normal": (memory) =>
    tails({ memory }).normal({ mean: 0, deviation: 1, confidence: 0.975, horizon: 1 }).expectedShortfall,
  VaR99_normal: (memory) =>
    tails({ memory }).normal({ mean: 0, deviation: 1, confidence: 0.99, horizon: 1 }).valueAtRisk,
  // Observations after which the weights λ^k of an exponential average come to less than the tolerance.
  RM_days_: (memory, golden) => {
    const { log } = elementary(owner(memory));
    const [share = Number.NaN, decay = Number.NaN] = log(
      Float64Array.of(input(golden, "tolerance"), input(golden, "lambda")),
    );
    return share / decay;
  },
  // −5000 u² with u standard normal: its quantile at 1 − p is 5000 times that of χ² with one degree of freedom at p.
  ORE_neg_gamma_chi2: (memory, golden) =>
    0.5 * input(golden, "gamma") * chiSquareDistribution(owner(memory)).quantile(1 - input(golden, "p"), 1),
};

/** Why the package does not compute a published constant, by the start of the case's id. */
const ABSENT: Readonly<Record<string, string>> = {
  Hull_EWMA: "one step of a recursion: covariance by exponential weights is offered over a history",
  Hull_GARCH: "GARCH is not offered",
  QL_garch: "GARCH is not offered",
  Hull_VaR_two_asset: "z is given as 2.33: the package takes a confidence and has the quantile from it",
  Deribit_inverse_call: "a payoff at expiry, computed by the option instrument and checked with its golden files",
  Danish: "extreme value fits are not offered",
  AS_Z2: "critical values of the Z2 test are not offered",
};

function starting<T>(table: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.entries(table).find(([start]) => id.startsWith(start))?.[1];
}

/** Special functions of the numerics, through the public functions. */
export const checks: Checks = {
  "special/betainc": (memory, golden) => {
    const actual = betaFunctions(owner(memory)).lower(input(golden, "a"), input(golden, "b"), input(golden, "x"));
    return [
      { field: "I", expected: golden.expected.I, actual, tolerance: tolerance.incompleteBeta },
      { field: "I50", skipped: decimals },
    ];
  },
  "special/chi2": (memory, golden) => {
    const [x, df] = [input(golden, "x"), input(golden, "df")];
    const chiSquare = chiSquareDistribution(owner(memory));
    const { sf, cdf } = golden.expected;
    return [
      { field: "sf", expected: sf, actual: chiSquare.survival(x, df), tolerance: tolerance.chiSquare },
      { field: "cdf", expected: cdf, actual: chiSquare.cdf(x, df), tolerance: tolerance.chiSquare },
      { field: "sf50", skipped: decimals },
    ];
  },
  "special/erf": (memory, golden) => {
    const x = input(golden, "x");
    const { erf, erfc, erfcx } = golden.expected;
    const functions = errorFunctions(owner(memory));
    return [
      { field: "erf", expected: erf, actual: functions.erf(x), tolerance: tolerance.errorFunction },
      { field: "erfc", expected: erfc, actual: functions.erfc(x), tolerance: tolerance.errorFunction },
      { field: "erfcx", expected: erfcx, actual: functions.erfcx(x), tolerance: tolerance.errorFunction },
      ...["erf50", "erfc50", "erfcx50"].map((field) => ({ field, skipped: decimals })),
    ];
  },
  "special/lgamma": (memory, golden) => {
    const x = input(golden, "x");
    const { lgamma, digamma } = golden.expected;
    const functions = gammaFunctions(owner(memory));
    return [
      { field: "lgamma", expected: lgamma, actual: functions.logGamma(x), tolerance: tolerance.logGamma },
      { field: "digamma", expected: digamma, actual: functions.digamma(x), tolerance: tolerance.logGamma },
      { field: "lgamma50", skipped: decimals },
    ];
  },
  "published/constants": (memory, golden) => {
    const id = golden.id ?? "";
    const { published, fullPrecision } = golden.expected;
    const limit: Comparison = { field: "publishedTol", skipped: "the tolerance of `published`" };
    const compute = starting(CONSTANTS, id);
    if (compute === undefined) {
      const skipped = starting(ABSENT, id) ?? "";
      if (skipped === "") return [limit];
      return [{ field: "published", skipped }, { field: "fullPrecision", skipped }, limit];
    }
    const actual = compute(memory, golden);
    const allowed = Number(golden.expected.publishedTol);
    return [
      { field: "published", expected: published, actual, tolerance: () => allowed },
      { field: "fullPrecision", expected: fullPrecision, actual, tolerance: tolerance.publishedFull },
      limit,
    ];
  },
};

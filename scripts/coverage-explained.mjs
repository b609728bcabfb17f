// Why lines of the kernels are not covered by `npm run coverage`: each by its file and what stands on the line. An explanation of a
// line that is covered, or no longer there, is an error.

const eigenLimit =
  "the iterations end far below their limit for every matrix of finite numbers; kept so that none is endless";
const eigenUnderflow =
  "both numbers of a step's rotation are 0, which the test against NOTHING before it leaves to an underflow that no matrix is known to reach";
const weighted =
  "instruments that weigh their base join their P&L to a balance or position, and fills under such a rule go the long way";
const refused =
  "an open order that the rule refuses makes its pool a bad one where orders are read, before any kernel runs";
const unchecked = "arguments outside the domain are refused where they come in; kept for kernels that call this one";

export const explained = [
  ["assembly/linalg/eigen.ts", "if (!ended) return 0;", eigenLimit],
  ["assembly/linalg/eigen.ts", "return false;", eigenLimit],
  [
    "assembly/linalg/nearest-correlation.ts",
    "if (!(curved > 0)) return;",
    "the curvature along a direction is that of a positive definite form and above 0; kept against a division by what rounding leaves",
  ],
  ["assembly/linalg/tridiagonal.ts", "if (step == MOST_STEPS) return false;", eigenLimit],
  ["assembly/linalg/tridiagonal.ts", "set(d, i + 1, entry(d, i + 1) - p);", eigenUnderflow],
  ["assembly/linalg/tridiagonal.ts", "set(e, m, 0);", eigenUnderflow],
  ["assembly/linalg/tridiagonal.ts", "break;", eigenUnderflow],
  ["assembly/linalg/tridiagonal.ts", "if (r == 0 && i >= l) continue;", eigenUnderflow],
  [
    "assembly/liquidation/excess-along.ts",
    "if (moves * quote != 0.0) store<f64>(along, 1.0, CURVED);",
    "of a linear contract quoted in an asset that itself moves; the books of these tests quote theirs in the numeraire",
  ],
  [
    "assembly/liquidation/excess-along.ts",
    "return 0.0;",
    "behind a last tier that has an end, which no rule document can state: the last tier is open",
  ],
  [
    "assembly/liquidation/roots.ts",
    "if (excessAt(along, dip) <= 0.0) return between(along, from, dip);",
    "an excess that dips below 0 and is above it again before the next break: curved as only inverse contracts beside one another make it",
  ],
  [
    "assembly/models/collateral-lines.ts",
    "if (curve == 0) return;",
    "nothing is gathered for an asset without a curve, so that the line before returns; kept against reading curve 0",
  ],
  [
    "assembly/rules/fill-lean.ts",
    "if ((load<u32>(instrumentCurve(variant, i), COUNTS_AS) & WEIGHTS_BASE) != 0) return false;",
    weighted,
  ],
  [
    "assembly/rules/fill-lean.ts",
    "if ((load<u32>(instrumentCurve(variant, <usize>instrument), COUNTS_AS) & WEIGHTS_BASE) != 0) fits = false;",
    weighted,
  ],
  [
    "assembly/rules/fill-lean.ts",
    "if ((load<u32>(curves, COUNTS_AS) & REQUIRES) == 0) return costs;",
    "an instrument without a rate weighs its base, and is left to rules/fill before",
  ],
  [
    "assembly/rules/fill-lean.ts",
    "if (slotStatus(variant, <usize>slot) != OK) return false;",
    "an instrument has the status of the asset that it settles in, and is left to rules/fill before",
  ],
  [
    "assembly/rules/pools.ts",
    "if (orders == ORDERS_REFUSED && orderCount(extras, k) > 0) return UNSUPPORTED;",
    refused,
  ],
  [
    "assembly/rules/pools.ts",
    "if (spot == ORDERS_REFUSED && spotOrderCount(extras, s) > 0) return UNSUPPORTED;",
    refused,
  ],
  [
    "assembly/options/implied.ts",
    "return NaN;",
    "the steps end far below their limit for every quote that has a volatility; kept so that none goes on from a wrong place",
  ],
  [
    "assembly/stats/delta-gamma.ts",
    "if (++turn == MOST_TURNS) return 0;",
    "the bracket is found in far fewer turns for every form whose moments are finite; kept so that none is endless",
  ],
  [
    "assembly/stats/kernel-smoothed.ts",
    "if (turn == MOST) return 0;",
    "Newton inside a bracket halves it where it does not converge, and ends far below the limit; kept so that none is endless",
  ],
  [
    "assembly/stats/kernel-smoothed.ts",
    "if (!(density > 0)) return 0;",
    "no mass at the quantile, which lies among the observations or within a few bandwidths of them",
  ],
  [
    "assembly/stats/incomplete-beta.ts",
    "if (!(a > 0 && a < Infinity && b > 0 && b < Infinity && x >= 0 && x <= 1)) return NaN;",
    unchecked,
  ],
  ["assembly/stats/incomplete-gamma.ts", "if (!(a > 0 && a < Infinity && x >= 0)) return NaN;", unchecked],
  ["assembly/stats/incomplete-gamma.ts", "if (!(a > 0 && a < Infinity && p >= 0 && p <= 1)) return NaN;", unchecked],
  [
    "assembly/stats/kernel-smoothed.ts",
    "if (then == from || then == to) break;",
    "the bracket is two neighbouring numbers; the step is below its own rounding before it is",
  ],
].map(([file, source, reason]) => ({ file, source, reason }));

/** Every tolerance of the suite, each with its reason. Nothing else in the tests may state one. */
export const tolerance = {
  /** Elementary functions against the host's: both are within about one ulp of the truth, so they differ by a few. */
  elementaryRelative: 4e-16 * 4,
  /** A central difference with step 1e-5 of a smooth function with third derivative of the order of its value: 1e-10. */
  centralDifference: 1e-9,
  /** Sums over the lines of one pool in another order: a few ulp of the sum of their magnitudes. */
  poolSumRelative: 1e-14,
} as const;

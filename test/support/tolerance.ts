/** Every tolerance of the suite, each with its reason. Nothing else in the tests may state one. */
export const tolerance = {
  /** Elementary functions against the host's: both are within about one ulp of the truth, so they differ by a few. */
  elementaryRelative: 4e-16 * 4,
} as const;

/** Every tolerance of the suite, each with its reason. Nothing else in the tests may state one. */
export const tolerance = {
  /** Elementary functions against the host's: both are within about one ulp of the truth, so they differ by a few. */
  elementaryRelative: 4e-16 * 4,

  // Numerics.
  /** Order statistics, counts and zones: the same number. */
  exact: () => 0,
  /** Own elementary functions against 1,024-bit arithmetic, in units of the last place, the reference's rounding included. */
  elementaryUlps: 1.5,
  /** Sine and cosine of a turn against the host's of a rounded product with 2π: its half-ulp of up to π, and some. */
  turn: 8e-16,
  /** log Γ and ψ against 1,024-bit arithmetic: a sum or two, each of a few half-ulps of what cancels at most threefold. */
  logGammaRelative: 1.2e-15,
  /** Away from its zero at 1.4616 by 0.1, where ψ is 0.1 and what it is made of 0.7. */
  digammaRelative: 3e-15,
  digammaAbsolute: 3e-16,
  /** erf, erfc, erfcx: a quotient of polynomials, an exponential and their product, each within an ulp or two. */
  errorRelative: 1.6e-15,
  /** Incomplete gamma and beta functions: riskmath demands 1e-12 to 1e-13. */
  incompleteRelative: 2e-14,
  /** Two functions each within its own 1e-13; the argument ν/(ν + t²) rounded costs ν ulps. */
  otherWay: 2e-13,
  /** special/normal_cdf: "cdf.rel, sf.rel, logcdf.rel, pdf.rel 4e-15; subnormal results (|v|<2.3e-308): abs 1e-322". */
  normalCdf: (expected: number) => (Math.abs(expected) < 2.3e-308 ? 1e-322 : 4e-15 * Math.abs(expected)),
  /** special/normal_quantile: "rel<=1e-15 for p in [1e-300,1-1e-16], abs 1e-16 near p=0.5; subnormal p rel 1e-13". */
  normalQuantile: (p: number) => (expected: number) =>
    Math.max(1e-16, (p < 2.3e-308 ? 1e-13 : 1e-15) * Math.abs(expected)),
  /** special/student_t_cdf: "cdf.rel, pdf.rel 1e-13; nu=1e6,1e8 rows: allow rel 1e-11". */
  studentTCdf: (nu: number) => (expected: number) => (nu >= 1e6 ? 1e-11 : 1e-13) * Math.abs(expected),
  /** special/student_t_quantile: "t.rel 1e-12; 1e-10 for nu>=1e6; p=0.499999 abs 1e-15". */
  studentTQuantile: (p: number, nu: number) => (expected: number) =>
    p === 0.499999 ? 1e-15 : (nu >= 1e6 ? 1e-10 : 1e-12) * Math.abs(expected),
  /** special/binomial: "rel 1e-12". */
  binomial: (expected: number) => 1e-12 * Math.abs(expected),
  /** special/chi2: "rel 1e-13". */
  chiSquare: (expected: number) => 1e-13 * Math.abs(expected),
  /** special/betainc: "rel 1e-12". */
  incompleteBeta: (expected: number) => 1e-12 * Math.abs(expected),
  /** special/erf: "rel 4e-15"; of a subnormal number a few units of its last place, as for normal_cdf. */
  errorFunction: (expected: number) => (Math.abs(expected) < 2.3e-308 ? 1e-322 : 4e-15 * Math.abs(expected)),
  /** special/lgamma: "pass if rel<=1e-14 OR abs<=1e-15 (zeros at 1 and 2)". */
  logGamma: (expected: number) => Math.max(1e-14 * Math.abs(expected), 1e-15),
  /** published/constants states none for its recomputed values: that of the quantiles' own files, the loosest of which it is. */
  publishedFull: (expected: number) => 1e-12 * Math.abs(expected),
  /** var/parametric_normal: "rel 1e-14, abs 1e-15*(|mu|+sigma)". */
  parametricNormal: (mean: number, deviation: number) => (expected: number) =>
    Math.max(1e-14 * Math.abs(expected), 1e-15 * (Math.abs(mean) + deviation)),
  /** var/parametric_t: "rel 1e-12". */
  parametricT: (expected: number) => 1e-12 * Math.abs(expected),
  /** var/cornish_fisher: "rel 1e-12". */
  cornishFisher: (expected: number) => 1e-12 * Math.abs(expected),
  /** var/delta_gamma: "moments.rel 1e-12", "cf.rel 1e-11", "exact.rel (Fourier/Davies kernels) 1e-08". */
  cumulants: (expected: number) => 1e-12 * Math.abs(expected),
  deltaGammaExpanded: (expected: number) => 1e-11 * Math.abs(expected),
  deltaGammaExact: (expected: number) => 1e-8 * Math.abs(expected),
  /** decomposition/euler_modified: "rel_to_max|component| 1e-10"; times that. Its moments, of which none is stated, to the same. */
  modifiedDecomposition: 1e-10,
  /** published/performanceanalytics_edhec: "published 0.000101", "fullPrecision.rel 1e-11". */
  publishedReturns: 0.000101,
  performanceAnalytics: (expected: number) => 1e-11 * Math.abs(expected),
  /** var/brw: "rel 1e-12". */
  ageWeighted: (expected: number) => 1e-12 * Math.abs(expected),
  /** var/kernel: "VaR.rel 1e-10", "ES.rel 1e-10"; the bandwidth, of which none is stated, to the same. */
  kernelSmoothed: (expected: number) => 1e-10 * Math.abs(expected),
  /** A cubic of z and a polynomial of degree 6 of h against the same in another order: ulps of their largest terms. */
  expansion: 64 * 2 ** -52,
  /** 4,000 midpoints of a function whose second derivative grows like its logarithm at one end. */
  midpointSum: 1e-6,
  /** Moments of at most 70 numbers about a plain mean, in another order; fourth powers add up to n. */
  moments: 1e-13,
  /** A level of 2^24 leaves observations of a hundredth exact, since they are multiples of 2^−20; the mean is not. */
  highLevel: 1e-6,
  /** Observations of a hundredth moved by up to 50: an ulp of that each. */
  shifted: 64 * 2 ** -52,
  /** Weights by powers of the host against exponentials, over up to 600 observations of a few units, by a tail of 1 %. */
  weightedTail: 1e-11,
  /** Probability of a quantile ÷ the one asked for: the host's roots, and the nodes' last digits over some hundred of them. */
  invertedShare: 1e-11,
  /** Such a quantile in deviations. */
  invertedTail: 1e-12,
  /** Lugannani and Rice's approximation, in deviations, over forms of one to forty factors: the worst is one whose end is near. */
  saddlepoint: 0.06,
  saddlepointSlight: 0.001,
  /** A probability by some thousand cosines, with the mass beyond 80 deviations and what is left of the sum. */
  plainInversion: 1e-10,
  /** 400 midpoints over a tail, with levels that are rounded to twelve decimals. */
  quantileGrid: 1e-5,
  /** A measure of a weighted sum in another order of products, of the gross weight times the moves' size. */
  sharedTotal: 1e-11,
  /** A central difference of 1e-4 in weights of hundreds, of measures of tens: rounding of 1e-13 by twice the step. */
  differenceSlope: 1e-7,
  /** Moments of 40 rows by nested sums over at most five columns. */
  coskewness: 1e-12,
  /** The same kernels on four times the numbers: exact but for roots that stop a last digit apart. */
  scaledShares: 1e-11,
  /** P&L of two exposures on 60 moves in another order: ulps of an amount of a few hundred, and what moments make of them. */
  modelled: 1e-13,
  /** n^(−1/5) by the host's power against an exponential. */
  bandwidth: 1e-13,
  /** A root of a sum of up to 300 normal tails in two orders: their last digits, by a density that may be small there. */
  smoothedRoot: 1e-11,
  /** var/historical: "rel 1e-14"; n·alpha is compared to the same. */
  historical: (expected: number) => 1e-14 * Math.abs(expected),
  /** backtest/kupiec: "lr.abs 1e-12*(1+T*p*40)", "pValue.rel 1e-9". */
  kupiecRatio: (observations: number, p: number) => () => 1e-12 * (1 + observations * p * 40),
  kupiecPValue: (expected: number) => 1e-9 * Math.abs(expected),
  /** Φ⁻¹ of 2⁻³³, the smallest coordinate of a point: −6.34, rounded up. */
  sobolFarthest: 6.4,
  /** rng/sobol_mc_call: "mcPrice.rel 1e-12, sumZ.abs 1e-10". */
  sobolCall: (expected: number) => 1e-12 * Math.abs(expected),
  sobolSum: () => 1e-10,
  /** var/monte_carlo_given_randoms: "rel 1e-10". */
  monteCarlo: (expected: number) => 1e-10 * Math.abs(expected),
  /** A move through a cdf and a quantile of either side: 1e-12 of the t quantile, and what the factor's condition leaves. */
  simulatedMove: 1e-10,
  /** The same P&L summed in another order: a few ulp of the largest. */
  simulatedTail: 1e-12,
  /** The logarithm, sine and cosine of the host within an ulp or two, on a radius of at most 8.6. */
  boxMuller: 1e-14,
  /** 40,000 points on the steps of a sample of 400: a step is not halved by more than one point in a hundred. */
  simulatedShortfall: 1e-2,
  /** At ν = 1e8 the t quantile is z + (z³ + z)/(4ν) from the normal one: 4e-8 at z = 2.3, and the shortfall likewise. */
  studentTLimit: 2e-7,
  /** Closed forms on the host's arithmetic, absolute: ½ minus a number near it. */
  studentTClosed: 4e-16,
  /** p back from its own quantile: t's last digit costs up to ν·2⁻⁵³ in the tail, z² of those for large ν. */
  studentTRound: 1e-12,
  /** Means over a tail against a left-to-right sum of at most 10,000 weighted terms: that reference loses n half-ulps. */
  tailMean: 2e-13,
  /** Two products and a sum on either side. */
  quantile: 4 * 2 ** -52,
  /** Blocks of eight in three additions, compensated beyond: (log2(8) + 1) half-ulps of the sum of absolute values. */
  compensatedSum: 4 * 2 ** -53,
  /** A selection that goes quadratic on 100,000 numbers takes seconds, a linear one a millisecond. */
  quickMilliseconds: 1000,
  /** A central difference with step 1e-5 of a smooth function with third derivative of the order of its value: 1e-10. */
  centralDifference: 1e-9,
  /**
   * Pools with options against plain sums with the host's exp and log, of the sum of magnitudes, each option's forward among
   * them: prices are right to an ulp or two of the forward on either side, and a P&L is the difference of two of them.
   */
  optionBook: 4e-15,
  /** The coefficients of a P&L of second order as differences of it at moves of one, a hundred times those that it is of. */
  optionSecondOrder: 4e-13,
  /** A volatility from a mark that was made of one: a few ε (1 + price ÷ (σ vega)), then prices that it makes. */
  optionFromMark: 1e-12,
  /** A quadratic form of one normal move against bisection on its probability: what `exact` promises of a tail. */
  optionExact: 1e-8,
  /** The same by its approximations, at a curvature that matters: a few per cent, five at most. */
  optionApproximate: 0.05,
  /** Sums over the lines of one pool in another order: a few ulp of the sum of their magnitudes. */
  poolSumRelative: 1e-14,
  /**
   * Where a rule rounds, sums in another order may fall on the other side of a step: one unit for a term at most, though
   * a term may be rounded twice (its value, then its weighted value). Times the terms of a pool.
   */
  composedSteps: 2,
  /** Excess at a reported liquidation level, of the sum of the magnitudes in it: the root is exact to a few ulp of the move. */
  rootRelative: 1e-11,
  /** A relative move to either side of a root that leaves it, but not the piece of the excess that it is on. */
  besideRoot: 1e-6,
  /** Decimal places of a price of some 100,000 from its relative move: two roundings. */
  priceDigits: 8,
  /** Liquidation prices recorded from a venue, which rounds its own inputs. */
  recordedPriceRelative: 1e-6,
  /** golden/systemic, boundary: "1e-6 (design point), 1e-9 otherwise". */
  boundaryRelative: 1e-9,
  /** Without drift a breach within is twice as likely as one at the end; one side goes through a logarithm of up to 1,800. */
  reflectionRelative: 1e-12,
  /** The worked example of the data model, computed independently in double precision. */
  workedExampleRelative: 1e-14,

  // linear algebra and covariance

  /** n terms added in two orders: each is within n·eps/2 of the exact sum of magnitudes, and 4 roundings beside it. */
  reorderedSum: (n: number) => (n + 4) * Number.EPSILON,
  /** Higham (2002), theorem 10.3: |L·L' − A| ≤ (n + 1)·eps·sqrt(a_ii·a_jj), twice for the product taken here. */
  backward: (n: number) => 2 * (n + 2) * Number.EPSILON,
  /** Two Cholesky factors of matrices whose condition number is below 1e5: eps times that, and some. */
  factorRelative: 1e-10,
  /** Logarithms against the host's: each within an ulp or two of the truth; absolute below 1, where they come from log1p. */
  elementaryAbsolute: (expected: number) => 4 * Number.EPSILON * Math.abs(expected),
  /** Matrices of up to 3,000 rows, relative to sqrt(s_ii·s_jj); the reference centres by an uncompensated mean. */
  covariance: 1e-13,
  /** The same over tens of thousands of rows, where the reference's left-to-right sums lose about rows·eps/2. */
  longCovariance: 1e-11,
  /** Added to the diagonal of a correlation matrix before a factor is asked for: what rounding may take from it. */
  semidefinite: 1e-12,
  /** Hourly log returns of a few per cent from b − a on one side and b/a on the other. */
  logReturnAbsolute: 1e-15,
  /** LUNA's largest true move over a day in 2021 to 2025 is below twentyfold; over its gap it would be 1e5-fold. */
  largestLunaReturn: 20,
  /** Weighted sums of up to 600 rows left to right, and a factor that loses what λ does not leave of its square. */
  weightedCovariance: 1e-12,
  /** Vectors added to a triangle one after the other: one rounding of an element each, of its size or less, on either side. */
  streamed: (updates: number) => 2 * (updates + 8) * Number.EPSILON,
  /** Matrices of the same eigenvectors, each of which is off by p ε of the largest eigenvalue: of both norms. */
  commuting: (p: number) => 8 * p * Number.EPSILON,
  /** Shrinkage intensity and what is mixed with it, against the double sums over assets; both cancel a few digits. */
  shrinkage: 1e-10,
  /** A sum of n logarithms of pivots that are good to about 1e-13 each. */
  logDeterminant: (n: number) => (n + 1) * 1e-12,
  /**
   * cov/sample: "cov.rel_to_sqrt(sii*sjj) 1e-13", "correlation.abs 1e-13"; "price/offset cases: two-pass or Welford must
   * reach rel 1e-9*(relative to sqrt(sii sjj))".
   */
  goldenSample: (id = "") => (/^(price|offset)/.test(id) ? 1e-9 : 1e-13),
  /** The files state none for a mean; relative to the largest observation, about ten half-ulps times a few. */
  goldenMean: 2e-15,
  /** cov/returns: "rel 4e-16". */
  goldenReturns: (expected: number) => 4e-16 * Math.abs(expected),
  /** cov/nist_numacc: "nistSd.LRE >=9 NumAcc1-3, >=8 NumAcc4": that many digits; asked of the mean too. */
  nistDigits:
    (id = "") =>
    (expected: number) =>
      (id.startsWith("NumAcc4") ? 1e-8 : 1e-9) * Math.abs(expected),
  /** cov/nist_numacc: "meanExactF64.rel 1e-15". */
  nistMean: (expected: number) => 1e-15 * Math.abs(expected),
  /** cov/nist_numacc: "sdExactF64.rel ... compensated two-pass: 1e-12". */
  nistDeviation: (expected: number) => 1e-12 * Math.abs(expected),
  /** cov/lw_identity, cov/lw_constant_correlation, cov/big500: "delta.abs 1e-10", "cov.rel_to_maxabs 1e-10". */
  goldenShrinkage: 1e-10,
  /** cov/ewma: "rel_to_sqrt(sii*sjj) 1e-13". */
  goldenEwma: 1e-13,
  /** cov/ewma states none: a quotient of two sums of up to 300 terms. */
  goldenEffectiveRows: (expected: number) => 1e-13 * Math.abs(expected),
  /** cov/missing: "rel_to_sqrt(sii*sjj) 1e-12". */
  goldenMissing: 1e-12,
  /** cov/hayashi_yoshida: "rel 1e-10". */
  goldenAsynchronous: (expected: number) => 1e-10 * Math.abs(expected),
  /**
   * cov/streaming: "1e-12 (offset cases: 1e-12 + 4*(base/sd)*eps growth, i.e. <=1e-6)"; taken from the first row on, the offset
   * costs nothing. "mean.rel 1e-14".
   */
  goldenStream: 1e-12,
  goldenStreamMean: (expected: number) => 1e-14 * Math.abs(expected),
  /** cov/lw_analytical_nonlinear, cov/lw_qis: "cov.rel_to_maxabs 1e-09". */
  goldenNonlinear: 1e-9,
  /**
   * The same files: "eigShrunk.rel 1e-09"; of nearly_collinear_p4, whose smallest is 1e-34 of the largest, what rounding of the
   * observations leaves of it: 4 n ε of the largest.
   */
  goldenSpectrum:
    (id = "", n: number, norm: number) =>
    (expected: number) =>
      Math.max(1e-9 * Math.abs(expected), id.startsWith("nearly_collinear") ? 4 * n * 1.1e-16 * norm : 0),
  /** cov/big500: "cov.rel_to_sqrt 1e-12". */
  goldenBigCovariance: 1e-12,
  /** cov/big500: "trace/frob2/portfolioVar.rel 1e-11". */
  goldenBigSums: (expected: number) => 1e-11 * Math.abs(expected),
  /** linalg/cholesky: "max|L|*n*cond2*1.1e-16; when that exceeds 1e-6 skip the forward check and use backward only". */
  goldenFactor: (n: number, condition: number, largest: number) => {
    const allowed = largest * n * condition * 1.1e-16;
    return allowed > 1e-6 ? null : allowed;
  },
  /** linalg/cholesky: "logdet.abs n*cond2*1.1e-16"; a sum of n logarithms cannot do better than its own rounding. */
  goldenDeterminant: (n: number, condition: number) => (expected: number) =>
    Math.max(n * condition * 1.1e-16, 4 * Number.EPSILON * Math.abs(expected)),
  /** linalg/cholesky: "backward ||LL^T-A||_F <= 8 n eps ||A||_F". */
  goldenBackward: (n: number, norm: number) => 8 * n * Number.EPSILON * norm,
  /** linalg/eigen_symmetric: "values.abs_rel_to_norm 4*n*1.1e-16", "vectors.abs n*1.1e-16/minRelGap". */
  goldenEigenvalue: (n: number, norm: number) => 4 * n * 1.1e-16 * norm,
  goldenEigenvector: (n: number, gap: number) => (n * 1.1e-16) / gap,
  /** What a ticker's own bound may be at most after some hundred ticks, relative to the largest numbers it saw: thousands of ulp. */
  tickerBound: 1e-10,
  /** Higham (2002), theorem 10.4: (3n + 1)·eps of |L|·|L'|·|x|, and what forming the residual adds. */
  solved: (n: number) => (4 * n + 8) * Number.EPSILON,
  /** Conditions of the nearest correlation, of matrices about 1: a residual of 1e-13, and some n ε in products of three. */
  nearestCondition: 1e-12,
  /** linalg/chol_rank1: "abs_rel_to_maxabs 1e-13". */
  goldenRankOne: (largest: number) => 1e-13 * largest,
  /**
   * linalg/ldlt: "max|L|*n*cond2*1.1e-16; when that exceeds 1e-6 skip the forward check". Held with the condition number of the
   * matrix scaled to a unit diagonal, on which elimination depends, relative to √(a_ii/a_jj) for L and to a_jj for D: tighter where
   * the file skips. Of the singular ones, all of small numbers, nothing may differ but the last digits.
   */
  goldenLdlt: (n: number, condition: number) => (condition > 1e15 ? 4 * Number.EPSILON : n * condition * 1.1e-16),
  /** linalg/ldlt: "backward ||LDL^T-A||_F <= 8 n eps ||A||_F when all |L|<1e3", here of the matrix scaled to a unit diagonal. */
  goldenLdltBackward: (n: number, norm: number) => 8 * n * Number.EPSILON * norm,
  /** linalg/nearest_correlation: "X.abs 1e-08 ... with Newton 1e-12 is reachable", "frobDistance.abs 1e-09"; held to the note. */
  goldenNearest: 1e-12,
  /** published/matrices states its own; a published value of 14 digits, and Rosser's are exact. */
  publishedWilkinson: 5e-13,
  /** linalg/eigen_clip: "abs 1e-12". */
  goldenClip: 1e-12,
  /** cov/big500: "lwCholLogDet.abs 1e-07". */
  goldenLogDeterminant: 1e-7,

  /**
   * options/black_scholes: "price.rel 1.1e-16*8*(1+cond)", "abs 1e-15*max(S,K)"; options/black76_extreme: the same with 16 and
   * no absolute part "while price>1e-300", "below 1e-300: abs 1e-300".
   */
  goldenOptionPrice: (halves: number, condition: number, scale: number) => (expected: number) =>
    Math.max(1.1e-16 * halves * (1 + condition) * Math.abs(expected), 1e-15 * scale, 1e-300),
  /** options/black_scholes: "greeks.rel 1e-13*(1+d1^2)  (1e-12 outside |d1|<8)", "abs 1e-15*max(S,K)"; extreme vegas likewise. */
  goldenGreek: (distance: number, scale: number) => (expected: number) =>
    Math.max(
      (Math.abs(distance) < 8 ? 1e-13 * (1 + distance * distance) : 1e-12) * Math.abs(expected),
      1e-15 * scale,
      1e-300,
    ),
  /**
   * options/implied_vol: "sigma.rel 2.2e-16*8*(1+cond)"; its note demands 5e-15 for cond <= 1, which is more: the smaller of the two.
   */
  goldenImplied: (condition: number) => (expected: number) =>
    Math.min(2.2e-16 * 8 * (1 + condition), condition <= 1 ? 5e-15 : 1) * expected,
  /** The same demand of a volatility from a price that was rounded once more. */
  impliedRoundTrip: (condition: number) => 2.2e-16 * 8 * (1 + condition),
  /** wasm.md: "price error <= 1e-15·F", of the larger of underlying and strike; the price kernel is far within that. */
  gridAbsolute: 1e-15,
  /** A total variance of the order of 1 after a logarithm of the host, a spline's elimination and some ten roundings. */
  exampleRounding: 20 * 2 ** -52,
  /**
   * Deribit 2026, 0.05 < |delta| < 0.95 and more than 7 days: the bounds that the chains were seen to hold (1.1e-3, and 5.4e-5 for
   * 90 %), which printed marks and volatilities of four decimals allow.
   */
  deribitVolatility: 0.0015,
  deribitVolatilityMost: 6e-5,
  /** Of a price below 1e-290, which f64 may not tell from 0. */
  vanishingPrice: 1e-289,
  /** options/inverse: "rel 1e-13*(1+d1^2)". */
  goldenInverse: (distance: number) => (expected: number) => 1e-13 * (1 + distance * distance) * Math.abs(expected),
  /** options/inverse_linear_payoffs: "rel 1e-15". */
  goldenInversePayoff: (expected: number) => 1e-15 * Math.abs(expected),
  /** Call less put against forward less strike: riskmath demands "put-call parity exact to 2 ulp", of the largest of them. */
  optionParity: 2 * 2 ** -52,
  /** published/option_tables: "full 1e-13"; "published publishedTol". */
  goldenOptionTable: (expected: number) => 1e-13 * Math.abs(expected),

  /** Equity before and after a trade at the mark: some twenty products and sums, each within an ulp of the largest. */
  equityRelative: 20 * 2 ** -52,
  /** Decimal places of an average entry price of some 50,000, written in another order of operations: a few ulp. */
  averageEntryDigits: 9,
  // Risk of books.
  /** decomposition/euler_parametric: "rel 1e-12". */
  decomposition: (expected: number) => 1e-12 * Math.abs(expected),
  /**
   * decomposition/euler_parametric: "hedged/basis cases: compare component sums and totals with abs 1e-12*sum|w_i| sqrt(C_ii):
   * cancellation is inherent"; times that sum.
   */
  hedgedDecomposition: 1e-12,
  /** decomposition/euler_historical: "rel_to_max|component| 1e-12"; times that. */
  historicalDecomposition: 1e-12,
  /** "|sum component - total| <= 1e-12 * sum|component|"; times that sum. */
  componentSum: 1e-12,
  /** Deviations of windows of 30 moves of a hundredth or so against plain sums, relative to the gross exposure. */
  rollingRelative: 1e-14,
  /** backtest/kupiec: "lr.abs 1e-12*(1+T*p*40)". */
  likelihoodRatio: (tests: number, p: number) => 1e-12 * (1 + tests * p * 40),
  /** A rolling backtest of 38,000 windows takes well under a second; a sort or a full covariance per window takes minutes. */
  backtestMilliseconds: 8000,
  /** P&L of a few exposures, each of a few terms, against the same in another order: ulps of the exposures' magnitude. */
  exposureRelative: 2e-15,
  /** A variance of up to 12 exposures against a careful sum: ulps of (sum of |exposure| × deviation)². */
  varianceRelative: 1e-14,
  /** Health factors are recorded with two decimals: half of the last, and what the tenth digit of the totals may add. */
  recordedHealthFactor: 0.005 + 1e-9,
  /** The same where several collaterals share the chain's total by another source's prices, which are some 0.5 % off. */
  recordedHealthFactorMixed: 0.006,
  /** Account values are printed to 1e-6 of some 1e3 and sums of twelve printed positions. */
  recordedPrintedRelative: 1e-6,
  /** A price, as a share of today's, at which a long has lost all but a rounding of its value. */
  nearlyNoPrice: 1e-9,
  /** Three products and a quotient on either side, in another order. */
  loanHealthRelative: 4 * 2 ** -52,
  /** Examples printed to the cent, from inputs printed likewise. */
  printedMoney: 0.01,
  /** Examples printed in full: a few products of decimals. */
  printedExample: 1e-9,
  /** The root of a line in the relative move, put back into the price: a few roundings of sums of loan and debt. */
  loanPriceRelative: 1e-14,
  /** Marginal sums over at most some fifteen brackets against rate × notional − amount, which cancel: of the notional. */
  bracketRelative: 1e-14,
  /** Some ten products and sums in another order. */
  importedMargin: 1e-14,
  /** A published deduction is a decimal; ours a sum of at most some fifteen products of decimals, each an ulp of the total. */
  publishedDeduction: (published: number) => 1e-12 * Math.max(1, published),
  /** A quotient of two decimals times its divisor: one ulp each. */
  importedProduct: (product: number) => 2 ** -52 * product,
  /** Axioms compare sums of at most some twenty terms, taken in another order: a few hundred ulp of their size. */
  axiomRelative: 1e-13,

  // Worked cases of venues and protocols: the greater of `relative` × |expected| and `absolute`.
  /** vectors/README.md: "f64 that rounds where the chain does: <= 1e-12 relative"; also what random250 of Aave demands. */
  chainFast: { relative: 1e-12 },
  /** The same of a quotient that the chain rounds down to its last place and the fast path does not. */
  chainQuotient: { relative: 1e-12, absolute: 1 },
  /** The same of a difference of two sums, which loses what they share: a few ulp of their size; and a step of rounding. */
  chainDifference: (scale: number, step = 0) => ({ relative: 1e-12, absolute: 1e-14 * scale + step }),
  /** aave-v3/spec_cases: health factors of 20 decimals, where exact mode has the chain's 18. */
  aaveSpecHealth: { absolute: 1e-18 },
  /** comet/README.md: "rates 1e8 wei/yr, as upstream". */
  cometSpecRate: { absolute: 1e8 },
  /** "The f64 path agrees to 1e-9 relative or one unit of the protocol's integer": a unit for each number added up. */
  integerFast: (terms = 1) => ({ relative: 1e-9, absolute: terms }),
  /** mango-v4/README.md: "1e-9 rel / 1e-6 abs (library is I80F48)", and "perp liq price 1e-4", where its search stops. */
  mangoFixed: { relative: 1e-9, absolute: 1e-6 },
  mangoSearch: { relative: 1e-4, absolute: 2e-3 },
  /** A weight, or a ratio of numbers of ours, against one of a protocol's integers: the relative part of `integerFast`. */
  integerRatio: { relative: 1e-9 },
  /** synthetix-v3: 1e-7, the decimals that the repository's own tests assert. */
  synthetixAsserted: { absolute: 1e-7 },
  /** Numbers that a venue prints in full: a few ulp of f64. */
  venueExact: { relative: 1e-12 },
  /** binance-cross-liq: half of what the source prints, thousandths of margins and cents of profits and prices. */
  venueThousandths: { absolute: 0.0005 },
  venueCents: { absolute: 0.005 },
  /** hyperliquid-liq states its own: recorded prices, rounded by those who recorded them. */
  hyperliquidRecorded: { relative: 1e-4 },
  /** kamino/README.md: "1e-15 rel (the SDK uses Decimal precision 20)", of numbers below 1e-9 as of 1e-9. */
  kaminoDigits: { relative: 1e-15, absolute: 1e-24 },
  /** verify/check_marginfi.py: the client's values, and its liquidation prices, which it computes in doubles. */
  marginfiValue: { relative: 1e-9, absolute: 1e-7 },
  marginfiPrice: { relative: 1e-6, absolute: 1e-6 },

  // Solvers of composed rules.
  /** Some thirty sums of lines with slopes up to 100 within a move of 1: a few ulp of 3,000. */
  pieceAbsolute: 1e-11,
  /** A step beyond a limit at which a level must no longer hold, relative: larger than what `rootRelative` may be wrong by. */
  limitStep: 1e-6,
  /** An excess as a quadratic of the move against sums of magnitudes: some fifty products and sums of that size. */
  piecesRelative: 1e-12,
  /** A pool after a fill against the same pool after a change, whose sums are in another order: ulps, and a rounded unit of 0.01. */
  preTradeRelative: 1e-11,
  /** An excess after a fill as the one before and what changes, against the pool added up anew: some twenty sums of that size. */
  leanFillRelative: 1e-12,
} as const;

/** Fails unless |actual − expected| is at most `allowed`, saying by how much it is off. */
export function near(actual: number, expected: number, allowed: number, label: string): void {
  if (Object.is(actual, expected) || Math.abs(actual - expected) <= allowed) return;
  throw new Error(`${label}: ${actual} is ${Math.abs(actual - expected)} from ${expected}, allowed ${allowed}`);
}

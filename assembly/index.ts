/** The ABI: what the wrapper may call, by layer. No logic here. */
export { arenaFloor, arenaFree, arenaKeep, arenaKept, arenaMark, arenaRelease, arenaReserve } from "./arena";
// simd: elementary functions
export { exponential, exponentialM1 } from "./simd/exponential";
export { logarithm, logarithm1p } from "./simd/logarithm";
// stats
export { binomialCdf, binomialMass, binomialQuantile, binomialUpper, kupiec } from "./stats/binomial";
export { chiSquareTail } from "./stats/gamma";
export { erfc, normalCdf, normalLogCdf, normalPdf, normalQuantile, normalSurvival } from "./stats/normal";
export { quantileOf } from "./stats/quantile";
export { selectSmallest } from "./stats/select";
export { studentTCdf, studentTPdf, studentTQuantile } from "./stats/student-t";
export { mean, sum } from "./stats/sum";
export { tailRows, tailScratch, tailStatistics } from "./stats/tail";
// linalg
export { axpy } from "./linalg/axpy";
export { cholesky, logDeterminant } from "./linalg/cholesky";
export { dot } from "./linalg/dot";
export { scenarioPnl } from "./linalg/gemv";
export { transpose } from "./linalg/pack";
export { quadraticForm } from "./linalg/quadratic";
export { syrk, syrkScratch } from "./linalg/syrk";
// covariance
export { firstNonFinite } from "./covariance/centre";
export { ewmaCovariance, ewmaScratch } from "./covariance/ewma";
export { ledoitWolf, ledoitWolfScratch } from "./covariance/ledoit-wolf";
export { countMissing, gather, returnRows, returnRowsScratch, seriesReturns } from "./covariance/returns";
export { correlationOf, sampleCovariance, sampleScratch } from "./covariance/sample";
export { bookDescribe, bookSlots, descriptorBytes } from "./book/book";
export { bookExposures, bookExposuresBound, bookExposuresScratch } from "./book/exposure";
export { marketDescribe } from "./book/market";
export { bookValue } from "./book/value";
export { collateralOutputBytes, collateralPools, collateralScratch } from "./models/collateral";
export { collateralLines } from "./models/collateral-lines";
export { curveDescribe, ruleDescribe } from "./models/rule";
export { exceptions, rollingQuantile, rollingScratch } from "./models/backtest";
export {
  decomposeHistorical,
  decomposeParametric,
  decompositionScratch,
  historicalDecompositionScratch,
} from "./models/decomposition";
export { mapExposures, riskColumnBytes, riskColumns } from "./models/factor-exposures";
export { historicalPools, historicalScratch } from "./models/historical";
export { parametricPools, parametricScratch } from "./models/parametric";
export { liquidationDistance } from "./liquidation/distance";
export { liquidationLevels, liquidationScratch } from "./liquidation/levels";
export { breachProbabilities } from "./liquidation/probability";

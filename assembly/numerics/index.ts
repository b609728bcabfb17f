/** The ABI of the third module: numbers that no margin call needs, on the first module's memory. No logic here. */
export {
  exponentials,
  exponentialsM1,
  firstNaN,
  logarithms,
  logarithms1p,
  powers,
  sinCosTurns,
} from "../simd/elementary";
export { erfcs, normalCdfs, normalLogCdfs, normalPdfs, normalQuantiles, normalSurvivals } from "../stats/normals";
export { philoxBits, philoxBlock } from "../random/philox";
export { sobolPoints, sobolScratch } from "../random/sobol";
export { normalInverses, normalInversesScratch } from "../stats/normal-inverses";
export { firstOutside, normals, uniformOf, uniforms } from "../random/uniform";
export { splitmixBits, xoshiroBits } from "../random/xoshiro";
export { shrinkDiagonal, shrinkOracle, shrinkSingleFactor, singleFactorScratch } from "../covariance/shrinkage";
export { choleskyPanels, panelsLogDeterminant } from "../linalg/cholesky-panels";
export { eigenScratch, eigenSymmetric } from "../linalg/eigen";
export { gemm, gemmScratch } from "../linalg/gemm";
export { ldlt, ldltScratch } from "../linalg/ldlt";
export { newtonScratch, newtonStep, positiveDiagonal } from "../linalg/nearest-correlation";
export { rankOne, rankOneScratch } from "../linalg/rank-one";
export { lowerBytes, lowerProduct, packLower, solveLower, unpackLower } from "../linalg/triangular";
export { carriedReturns } from "../covariance/carried";
export { ewmaCentre } from "../covariance/ewma-centred";
export { overlapCovariance } from "../covariance/hayashi-yoshida";
export { analyticalSpectrum, inverseSpectrum, spectrumFloor } from "../covariance/nonlinear";
export { pairwiseCovariance, presentEwma } from "../covariance/present";
export { centralMoments } from "../stats/moments";
export { expandedTail, modifiedTail } from "../stats/modified";
export { ageWeights, weightedTail } from "../stats/age-weighted";
export { smoothedGradient, smoothedTail } from "../stats/kernel-smoothed";
export {
  firstBeyond,
  momentsMeans,
  momentsMerge,
  momentsRebuilt,
  momentsStep,
  rankUpdate,
  scaleAll,
  triangleMatrix,
} from "../covariance/stream";
export { scenarioTail, scenarioTick } from "../models/scenario-ticker";
export { varianceAfter, varianceTick } from "../models/variance-ticker";
export { quadraticCumulants, quadraticSaddle, quadraticScratch, quadraticTail } from "../stats/delta-gamma";
export { erf, erfcx } from "../stats/error-function";
export { erfc } from "../stats/normal";
export { digamma, logGamma } from "../stats/log-gamma";
export { gammaLower, gammaQuantile, gammaUpper } from "../stats/incomplete-gamma";
export { betaLower, betaUpper } from "../stats/incomplete-beta";
export { power } from "../simd/power";
export { boxMuller } from "../random/box-muller";
export { chiFactors, margin, panelsOf, scaleColumns, weighColumns } from "../stats/copula";
export { tailErrors } from "../stats/tail-errors";
export { simulatedPools } from "../models/monte-carlo";

/** `margrave/numerics`: numbers beside margin, on kernels of their own. */
export type { DecayOptions } from "./decay.js";
export { type ArrayFunction, type ElementaryFunctions, elementary } from "./elementary.js";
export { cholesky, type LadderFactor, solveSymmetric, solveTriangular } from "./cholesky.js";
export { choleskyDowndate, choleskyUpdate, type Downdated, type RankOne } from "./cholesky-update.js";
export { type ClippedMatrix, clipEigenvalues, type Eigen, eigenSymmetric } from "./eigen.js";
export { type LdltFactor, ldlt } from "./ldlt.js";
export { type NearestCorrelation, type NearestCorrelationOptions, nearestCorrelation } from "./nearest-correlation.js";
export { matrixProduct, type ProductShape } from "./product.js";
export type { PairedCovariance } from "./definite.js";
export { hayashiYoshida, type TickSeries } from "./hayashi-yoshida.js";
export {
  type AgeRule,
  covariancePresent,
  ewmaPresent,
  type LackingRule,
  pairwise,
  type PresentCovariance,
  type PresentEstimator,
} from "./present.js";
export { covarianceStream } from "./covariance-stream.js";
export { ewmaStream } from "./ewma-stream.js";
export type { CovarianceStream } from "./stream.js";
export { type CarryRule, type TableReturns, tableReturns } from "./returns.js";
export { ewmaCentred, type WeightDivisor } from "./ewma-centred.js";
export { analyticalNonlinear, quadraticInverse } from "./nonlinear.js";
export {
  type Copula,
  gaussianCopula,
  historyMargin,
  type Margin,
  normalMargin,
  sampleMargin,
  studentTCopula,
  studentTMargin,
} from "./copula.js";
export { type MonteCarloModel, type MonteCarloOptions, type MonteCarloResult, monteCarlo } from "./monte-carlo.js";
export { type MonteCarloTail, monteCarloTail, type SimulationOptions, simulate } from "./monte-carlo-tail.js";
export type { Source } from "./simulation.js";
export { normalPoints, type Points, uniformPoints } from "./points.js";
export {
  type AgeWeightedDecompositionInput,
  type AgeWeightedModel,
  type AgeWeightedOptions,
  type AgeWeightedQuantile,
  type AgeWeightedTail,
  ageWeighted,
  ageWeightedTail,
  type AgeWeightedTailOptions,
  decomposeAgeWeighted,
} from "./age-weighted.js";
export { type DeltaGammaMethod, type DeltaGammaOptions, type DeltaGammaTail, deltaGammaTail } from "./delta-gamma.js";
export {
  decomposeKernelSmoothed,
  type KernelSmoothedDecompositionInput,
  type KernelSmoothedModel,
  type KernelSmoothedOptions,
  type KernelSmoothedResult,
  type KernelSmoothedTail,
  kernelSmoothed,
  kernelSmoothedTail,
  type KernelSmoothedTailOptions,
} from "./kernel-smoothed.js";
export {
  type CornishFisherOptions,
  type CornishFisherTail,
  cornishFisherTail,
  decomposeModified,
  type ModifiedDecompositionInput,
  type ModifiedModel,
  type ModifiedOptions,
  type ModifiedResult,
  type ModifiedShortfall,
  type ModifiedTail,
  modified,
  modifiedTail,
  type ModifiedTailOptions,
  type MomentDivisor,
  type SampleMoments,
} from "./modified.js";
export type { Observations } from "./observations.js";
export type { ScenarioModel, ScenarioOptions, ScenarioResult } from "./scenario-model.js";
export type { ScenarioDecompositionInput, ScenarioShares } from "./scenario-shares.js";
export {
  type Draws,
  type Generator,
  type NormalMethod,
  philox,
  randomBits,
  randomNormal,
  randomUniform,
  xoshiro,
} from "./random.js";
export {
  ledoitWolfDiagonal,
  ledoitWolfSingleFactor,
  oas,
  type OasForm,
  rblw,
} from "./shrinkage.js";
export { type ScenarioTicker, scenarioTicker, type ScenarioTickerOptions } from "./scenario-ticker.js";
export { type VarianceTicker, varianceTicker, type VarianceTickerOptions } from "./variance-ticker.js";
export {
  type BetaFunctions,
  betaFunctions,
  binomialDistribution,
  type ChiSquareFunctions,
  chiSquareDistribution,
  type ErrorFunctions,
  errorFunctions,
  type GammaFunctions,
  gammaFunctions,
} from "./special.js";
export type { BinomialFunctions } from "../stats.js";

/** The public surface. Everything else is internal. */
export {
  type AsyncEngineOptions,
  createEngine,
  createEngineAsync,
  Engine,
  type EngineOptions,
} from "./engine.js";
export {
  DisposedError,
  EnvironmentError,
  InsufficientDataError,
  InvalidInputError,
  NotPositiveDefiniteError,
  OutOfMemoryError,
  RiskError,
  UnsupportedError,
} from "./errors.js";
export type { CompiledKernel, KernelSource } from "./kernel.js";
export { simdSupported } from "./kernel.js";
export { packBook } from "./book/pack-book.js";
export { type BookColumns, packColumns } from "./book/pack-columns.js";
export { type Change, change, type PoolChange } from "./book/change.js";
export {
  type CovarianceResult,
  covariance,
  marketCovariance,
  type MarketCovarianceOptions,
  type NamedCovariance,
  type ObservationTable,
} from "./covariance/covariance.js";
export type { CovarianceEstimator, EstimateInfo } from "./covariance/estimator.js";
export { ewma } from "./covariance/ewma.js";
export { type CholeskyFactor, choleskyFactor } from "./covariance/factor.js";
export { fixed } from "./covariance/fixed.js";
export { ledoitWolf } from "./covariance/ledoit-wolf.js";
export { sample } from "./covariance/sample.js";
export { parseHistory } from "./market/parse-history.js";
export { parseMarket } from "./market/parse-market.js";
export { type AssetRule, type InstrumentRule, parseRule, type Rule, type Tiers } from "./models/rule.js";
export type { Asset, History, Instrument, Market, PriceKind } from "./market/market.js";
export type { OptionBend, OptionTables, OptionTreatment } from "./book/option-treatment.js";
export type { OptionPosition, PackedBook, PoolInfo, Rejection, Reported } from "./book/packed.js";
export type { ResidentBook, ResidentMarket } from "./book/resident.js";
export {
  type CollateralModel,
  type CollateralOptions,
  type CollateralResult,
  collateral,
} from "./models/collateral.js";
export {
  type EquityTerm,
  type Explanation,
  type Levels,
  type MarginMeta,
  type MarginModel,
  type MarginResult,
  type Run,
  STATUSES,
  type Status,
  type Term,
} from "./models/model.js";
export {
  type BacktestOptions,
  type BacktestResult,
  type BacktestYear,
  backtest,
  type PoolBacktest,
} from "./models/backtest.js";
export {
  decomposeHistorical,
  decomposeParametric,
  type FactorShares,
  type HistoricalDecompositionInput,
  type HistoricalShares,
  type ParametricDecompositionInput,
  type ParametricShares,
  type RiskShares,
} from "./models/decomposition.js";
export { type Distribution, normal, type StudentTOptions, studentT } from "./distribution.js";
export type { FactorRiskOptions, FactorRiskResult } from "./models/factor-risk.js";
export {
  type HistoricalModel,
  type HistoricalOptions,
  type HistoricalResult,
  historical,
} from "./models/historical.js";
export {
  type ParametricModel,
  type ParametricOptions,
  type ParametricResult,
  parametric,
} from "./models/parametric.js";
export { decomposePool, type PoolDecomposition, type WorstScenario } from "./models/pool-decomposition.js";
export { type Difference, type Reconciliation, reconcile } from "./models/reconcile.js";
export {
  type DirectionLevels,
  type LiquidationResult,
  type LiquidationRisk,
  liquidation,
} from "./liquidation/liquidation.js";
export type { LiquidationOptions } from "./liquidation/options.js";
export type { FactorLiquidation, LiquidationLevel, PoolLiquidation } from "./liquidation/view.js";
export { type Compared, type IsolatedResult, isolated } from "./models/isolated.js";
export type { Range } from "./models/run.js";
export type { WhatIf } from "./models/what-if.js";
export { byAccount, type Totals, type TotalsOptions, totals } from "./models/totals.js";
export {
  type HistoricalTailOptions,
  type NormalFunctions,
  type NormalTailOptions,
  normalDistribution,
  type QuantileType,
  type StudentTFunctions,
  type StudentTTailOptions,
  studentTDistribution,
  type TailFunctions,
  tails,
} from "./stats.js";
export { version } from "./version.js";

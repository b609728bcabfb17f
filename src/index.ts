/** The public surface. Everything else is internal. */
export {
  type AsyncEngineOptions,
  createEngine,
  createEngineAsync,
  Engine,
  type EngineOptions,
  type Range,
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
export type { Asset, History, Instrument, Market, PriceKind } from "./market/market.js";
export type { PackedBook, PoolInfo, Rejection, Reported } from "./book/packed.js";
export type { ResidentBook, ResidentMarket } from "./book/resident.js";
export { type CollateralModel, type CollateralResult, collateral } from "./models/collateral.js";
export {
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
export { version } from "./version.js";

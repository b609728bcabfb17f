/** `margrave/options`: prices, greeks and implied volatilities of options, on kernels of their own. */
export type { Column, Option, OptionColumns, OptionType, Terms } from "./columns.js";
export {
  GREEK_STATUSES,
  type Greeks,
  type GreekStatus,
  type OptionGreekColumns,
  type OptionGreeks,
  optionGreekColumns,
  optionGreeks,
} from "./greeks.js";
export { type OptionGrid, type OptionPnl, type OptionScenarios, optionGrid, optionPnl } from "./grid.js";
export {
  IMPLIED_STATUSES,
  type ImpliedStatus,
  type ImpliedVolatility,
  type ImpliedVolatilityColumns,
  impliedVolatilities,
  impliedVolatility,
  type Quote,
  type QuoteColumns,
} from "./implied.js";
export {
  type InverseFuture,
  type InverseGreeks,
  type InverseOption,
  type InverseOptionColumns,
  inverseFuture,
  inverseGreekColumns,
  inverseGreeks,
  inversePayoff,
} from "./inverse.js";
export { type OptionPrices, optionPrice, optionPrices } from "./price.js";
export { quotedSmile, type Smile, type SmileInterpolation } from "./smile.js";
export {
  type Extrapolation,
  type SurfaceExpiry,
  type SurfaceVolatility,
  surfaceVolatility,
  type VolatilitySurface,
  volatilitySurface,
} from "./surface.js";
export { type ButterflyCheck, type SviParameters, type SviSlice, sviSlice } from "./svi.js";
export { delta } from "./delta.js";
export { type DeltaGammaTreatment, deltaGamma } from "./delta-gamma.js";
export { type RevaluationOptions, revaluation } from "./revaluation.js";
export type { TreatmentOptions } from "./treatment.js";
export type { MissingVolatility, VolatilitySource } from "./quotes.js";
export { surfaceSource } from "./surface-source.js";

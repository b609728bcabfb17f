/** The public surface of `margrave/rules`. Everything else is internal. */
export { type AmountOptions, accrue, amountOf, quantityOf, type RawBalance } from "./balances.js";
export {
  binomialInterest,
  compoundedInterest,
  divide,
  linearInterest,
  linearInterestByShare,
  multiply,
  power,
  taylorGrowth,
  taylorInterest,
  type WholeDirection,
} from "./interest.js";
export { type Lines, linesOf, type SpotLines } from "./lines.js";
export type { ContractLines } from "./contract-lines.js";
export type { Variant } from "./variants.js";
export { type ComposedModel, type ComposedOptions, type ComposedResult, composed } from "./composed.js";
export { composedRule } from "./parse-rule.js";
export type {
  AssetEntry,
  Atom,
  BalanceForm,
  Balances,
  Category,
  Combiner,
  ComposedRule,
  Direction,
  GainWeight,
  InstrumentEntry,
  InstrumentMatch,
  Interest,
  Ladder,
  NamedPrice,
  OrdersRule,
  Pair,
  PnlRule,
  PriceChoice,
  Rate,
  Rounding,
  RoundingStep,
  SidePrices,
  Weight,
} from "./rule.js";
export { type ExactAccount, type ExactHolding, type ExactSums, exactAccount } from "./exact.js";
export { digitsOf, type Rational } from "./exact-number.js";
export { chainHealthFactor, MAX_UINT256 } from "./integers.js";
export { type KinkedCurve, kinkedRate, perSecond, utilisation } from "./rates.js";
export {
  AAVE_LIQUIDATION,
  type AaveCeiling,
  type AaveLiquidation,
  type AaveLiquidationInput,
  type AaveSeizure,
  type AaveSeizureInput,
  aaveIsolation,
  aaveLiquidation,
  aaveSeizure,
} from "./sizing/aave.js";
export { type AaveLiquidationInUnits, type AaveToken, aaveLiquidationInUnits } from "./sizing/aave-units.js";
export {
  type CometAbsorption,
  type CometBase,
  type CometCollateral,
  type CometRatesInput,
  cometAbsorb,
  cometBalance,
  cometQuote,
  cometRates,
} from "./sizing/comet.js";
export { type EulerLiquidationInput, eulerLiquidation, eulerRamp } from "./sizing/euler.js";
export { type FolksHolding, type FolksLoan, folksLoan } from "./sizing/folks.js";
export { type KaminoWithdrawInput, kaminoMaxWithdraw } from "./sizing/kamino.js";
export {
  type MorphoAccount,
  type MorphoAccrualInput,
  type MorphoMarket,
  type MorphoPosition,
  morphoAccount,
  morphoAccrual,
  morphoAssets,
  morphoIncentive,
} from "./sizing/morpho.js";

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
export {
  type DriftCover,
  type DriftExchange,
  type DriftSized,
  type DriftTransfer,
  driftAssetForLiability,
  driftAssetWeight,
  driftBaseToCover,
  driftHealth,
  driftLiabilityOfAsset,
  driftLiabilityToCover,
  driftLiabilityWeight,
} from "./sizing/drift.js";
export {
  type DydxClose,
  type DydxFill,
  type DydxOpenInterest,
  type DydxPerpetual,
  type DydxPosition,
  type DydxPrice,
  type DydxRequirement,
  type DydxRisk,
  type DydxSubaccount,
  dydxBankruptcyPrice,
  dydxFillablePrice,
  dydxFunding,
  dydxInitialRate,
  dydxMaintenanceRate,
  dydxNotional,
  dydxRequirement,
  dydxRisk,
} from "./sizing/dydx.js";
export { type EulerLiquidationInput, eulerLiquidation, eulerRamp } from "./sizing/euler.js";
export { type FolksHolding, type FolksLoan, folksLoan } from "./sizing/folks.js";
export { type GmxCosts, type GmxCostsInput, gmxCosts, gmxEntryPrice, gmxLeverage } from "./sizing/gmx.js";
export {
  type HyperliquidAccount,
  type HyperliquidBracket,
  type HyperliquidLiquidation,
  type HyperliquidTier,
  hyperliquidBrackets,
  hyperliquidLiquidation,
  hyperliquidLiquidationThreshold,
  hyperliquidTransferable,
} from "./sizing/hyperliquid.js";
export { type KaminoWithdrawInput, kaminoMaxWithdraw } from "./sizing/kamino.js";
export { type MangoSettleInput, mangoMaxSettle } from "./sizing/mango.js";
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
export {
  type SynthetixRewardBounds,
  type SynthetixTrade,
  type SynthetixWithdrawal,
  synthetixFillPrice,
  synthetixReward,
  synthetixWithdrawable,
} from "./sizing/synthetix.js";
export { type VenuePrice, venueLiquidationPrice } from "./venue-price.js";
export {
  type BinanceBracket,
  type BinanceLeg,
  type BinancePriceInput,
  binanceLiquidationPrice,
} from "./venue-price/binance.js";
export {
  type DriftPerpExposure,
  type DriftPriceInput,
  type DriftSpotExposure,
  driftLiquidationPrice,
} from "./venue-price/drift.js";
export { type GmxPriceInput, gmxLiquidationPrice } from "./venue-price/gmx.js";
export { type HyperliquidPriceInput, hyperliquidLiquidationPrice } from "./venue-price/hyperliquid.js";
export { type MangoPerp, type MangoPriceInput, mangoLiquidationPrice } from "./venue-price/mango.js";
export { type MarginfiPriceInput, marginfiLiquidationPrice } from "./venue-price/marginfi.js";
export { amountToHealth, type HealthTarget, type Remedy, type WeighedResult } from "./health-target.js";
export { byRiskGroup, type GroupTotals } from "./risk-groups.js";
export { type Limit, maxBorrow, maxPosition, maxSwap, maxWithdraw } from "./limits.js";
export {
  type LiquidationPrice,
  type LiquidationPriceOptions,
  type LiquidationPrices,
  liquidationPrices,
  type PoolLiquidationPrices,
} from "./liquidation-prices.js";
export type { Order, OrderColumns } from "./order-columns.js";
export { type PreTradeResult, preTrade, VERDICTS, type Verdict } from "./pre-trade.js";

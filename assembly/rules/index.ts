/** The ABI of the second module: kernels of composed rules, on the first module's memory. No logic here. */
export { descriptorBytes } from "../book/book";
export { extrasBytes, extrasDescribe, extrasDescribeSpot } from "./extras";
export { assetRecordBytes, lineRecordBytes, rulesLines } from "./lines";
export { rulesOutputBytes } from "./output";
export { rulesPools, rulesScratch } from "./pools";
export { rulesPreTrade, rulesPreTradeScratch } from "./pre-trade";
export {
  variantAverages,
  variantBytes,
  variantPrograms,
  variantRounding,
  variantSwitches,
  variantTables,
} from "./variant";

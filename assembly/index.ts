/** The ABI: what the wrapper may call, by layer. No logic here. */
export { arenaFloor, arenaFree, arenaKeep, arenaKept, arenaMark, arenaRelease, arenaReserve } from "./arena";
// simd: elementary functions
export { exponential, exponentialM1 } from "./simd/exponential";
export { logarithm, logarithm1p } from "./simd/logarithm";
// stats
export { erfc, normalCdf, normalLogCdf, normalPdf, normalQuantile, normalSurvival } from "./stats/normal";
export { quantileOf } from "./stats/quantile";
export { selectSmallest } from "./stats/select";
export { mean, sum } from "./stats/sum";
export { tailRows, tailScratch, tailStatistics } from "./stats/tail";
export { bookDescribe, bookDescriptorBytes, bookSlots } from "./book/book";
export { bookExposures, bookExposuresBound, bookExposuresScratch } from "./book/exposure";
export { marketDescribe, marketDescriptorBytes } from "./book/market";
export { bookValue } from "./book/value";
export { collateralOutputBytes, collateralPools, collateralScratch } from "./models/collateral";
export { collateralLines } from "./models/collateral-lines";
export { curveBytes, curveDescribe, ruleDescribe, ruleDescriptorBytes } from "./models/rule";

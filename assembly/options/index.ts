/** The ABI of the fourth module: options, on the first module's memory. No logic here. */
export { optionGreekColumns, optionGreeks } from "./greeks";
export { gridPnl, gridPnlScratch, gridPrices, gridRow, gridScenarios } from "./grid";
export { impliedStatus, impliedVolatilities, impliedVolatility } from "./implied";
export { optionPrice, optionPrices, optionValid } from "./price";

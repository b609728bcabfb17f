import type { PresetData } from "./preset-data.js";

/** marginfi v2. Borrowing at the moving-average price, liquidation at the live one, each moved by its confidence band. */
export const marginfiV2: PresetData = {
  id: "marginfi-v2",
  title: "marginfi v2",
  family: "money market",
  effective: "2026-08-24",
  source: "@mrgnlabs/marginfi-client-v2 6.4.2 of 2026-08-24; mrgnlabs/marginfi-v2 3031ba3 (risk engine)",
  refuses: [
    "Banks come from the user: weights, and depositScaled with the bank's limit on deposits that count for borrowing.",
    "E-mode takes the entry of the borrowed banks' tag, intersected over all of them: refused, since it depends on what is borrowed.",
    "At most one liability of an isolated bank: not checked; such a bank weighs 0 as an asset.",
    "With a stale price the program counts an asset 0 for borrowing and stops for liquidation; the rule counts it 0 at both levels, with a status.",
    "The confidence band is capped by each bank's oracle settings: the setting maxConfidence is one number for all, without limit unless given.",
  ],
  settings: { maxConfidence: 1 },
  structure: {
    breach: "<=",
    unlisted: "refuse",
    missing: "refuse",
    stale: "zero",
    price: {
      initial: {
        assets: { below: { of: "ema", confidence: "emaConfidence", times: 1, cap: { setting: "maxConfidence" } } },
        liabilities: { above: { of: "ema", confidence: "emaConfidence", times: 1, cap: { setting: "maxConfidence" } } },
      },
      maintenance: {
        assets: { below: { of: "index", confidence: "confidence", times: 1, cap: { setting: "maxConfidence" } } },
        liabilities: { above: { of: "index", confidence: "confidence", times: 1, cap: { setting: "maxConfidence" } } },
      },
    },
    rounding: { amount: { assets: "none", liabilities: "none" } },
    // Shares and the value of a share are kept with 48 fractional bits each: 2^96.
    balances: {
      assets: { index: { one: "79228162514264337593543950336" } },
      liabilities: { index: { one: "79228162514264337593543950336" } },
      interest: { assets: "none", liabilities: "none" },
    },
  },
  forms: {
    depositScaled: {
      price: { below: { of: "index", confidence: "confidence", times: 1, cap: { setting: "maxConfidence" } } },
    },
  },
};

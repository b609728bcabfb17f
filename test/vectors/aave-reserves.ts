import { decimalText, integerAt, type JsonRecord, numberAt } from "./comparison.js";

/** Ratios are in basis points. */
export const BPS = 10_000;
/** Values of the base currency have eight decimals. */
export const BASE = 1e8;

/** Weights of an asset from basis points. */
export function weights(of: JsonRecord, initial: string, maintenance: string): JsonRecord {
  return { initial: numberAt(of, initial) / BPS, maintenance: numberAt(of, maintenance) / BPS };
}

/** A scaled balance; the quantity is nominal, the rule reads what is raw. */
export function scaled(
  of: JsonRecord,
  asset: string,
  decimals: number,
  balance: string,
  index: string,
  rate: string,
  updatedAt: number,
): JsonRecord {
  const amount = integerAt(of, balance);
  return {
    asset,
    quantity: decimalText(amount, decimals),
    raw: {
      scaled: amount.toString(),
      index: integerAt(of, index).toString(),
      rate: integerAt(of, rate).toString(),
      updatedAt,
    },
  };
}

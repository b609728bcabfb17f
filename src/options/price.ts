import type { Owner } from "../memory.js";
import { type Option, type OptionColumns, packOptions, rowOf } from "./columns.js";

/**
 * Price of a European option: Black and Scholes (1973) with a yield, or Black (1976) on a forward, discounted at `rate`.
 *
 * To full precision in the tails: the relative error is a few ε times the sensitivity to the inputs, out of the money as in. At
 * expiry or without volatility the discounted intrinsic value. Kernel: `price`.
 *
 * @throws InvalidInputError   a number that is missing, not finite or out of range
 * @see METHODS.md#option-prices
 */
export function optionPrice(engine: Owner, option: Option): number {
  const { kernel, call, row } = rowOf(engine, option, "volatility");
  return kernel.optionPrice(call, ...row);
}

export interface OptionPrices {
  /** which kernel made the numbers */
  readonly kernel: "price";
  readonly price: Float64Array;
}

/**
 * `optionPrice` of many options in columns; a column may be one number for all.
 *
 * @throws InvalidInputError   columns of different lengths, or a number that is missing, not finite or out of range
 * Cost: some 80 ns an option.
 */
export function optionPrices({ memory }: Owner, options: OptionColumns): OptionPrices {
  return memory.scope(() => {
    const { kernel, count, columns, calls, fault } = packOptions(memory, options, "volatility");
    const out = memory.reserveF64(count);
    const wrong = kernel.optionPrices(count, columns, calls, out);
    if (wrong > 0) throw fault(wrong);
    return { kernel: "price", price: memory.f64(out, count).slice() };
  });
}

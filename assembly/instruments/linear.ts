/**
 * Linear and inverse contracts: perpetuals and dated futures. Numbers in, numbers out.
 *
 *   linear    P&L = q m (mark − entry)          in quote = settle
 *   inverse   P&L = q m (1/entry − 1/mark)      in settle; q m is an amount of quote
 */
export const LINEAR: u32 = 0;
export const INVERSE: u32 = 1;
/** An instrument that no kernel here can value: an option that nothing was said of, or a linear contract that does not settle in its quote. */
export const OTHER: u32 = 2;
/**
 * An option whose premium was paid: a linear contract in the option's own price with an entry of 0, so that the P&L is what
 * it is worth. Its mark moves with the forward by the option's slope in place of the mark: see book/market.
 */
export const OPTION: u32 = 3;

/** Unrealised P&L in the settle asset of `size` = quantity × multiplier. */
export function unrealised(payoff: u32, size: f64, entry: f64, mark: f64): f64 {
  return payoff == INVERSE ? size * (1.0 / entry - 1.0 / mark) : size * (mark - entry);
}

/**
 * Value in the numeraire that moves one for one with the mark: the derivative of the P&L's value with respect to the
 * relative move of the mark, where 1 settle asset is worth `settle` and 1 quote asset `settle` for a linear contract.
 */
export function markExposure(payoff: u32, size: f64, mark: f64, settle: f64): f64 {
  return payoff == INVERSE ? (size / mark) * settle : size * mark * settle;
}

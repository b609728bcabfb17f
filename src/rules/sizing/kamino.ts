import { at, invalid } from "../../checks.js";
import { compare, divide, multiply, type Rational, subtract, ZERO } from "../exact-number.js";
import { unitOf } from "../integers.js";

/** A deposit of an obligation, and the obligation's sums. Money in the market's quote, as exact numbers. */
export interface KaminoWithdrawInput {
  /** in smallest units of the token, with the fraction that the exchange rate gives */
  readonly deposit: Rational;
  readonly price: Rational;
  readonly decimals: number;
  /** of the reserve, or of the obligation's elevation group */
  readonly maxLtv: Rational;
  /** Σ value × maxLtv over all deposits */
  readonly limit: Rational;
  /** Σ debt × borrow factor */
  readonly borrowed: Rational;
}

/** The library keeps a thousandth back, for the interest that accrues until the transaction lands. */
const KEPT: Rational = Object.freeze({ n: 999n, d: 1000n });

/**
 * Most of a deposit that can be taken out, in smallest units, as Kamino's library says it:
 *
 *   all of it                                                       where nothing is borrowed
 *   nothing                                                         where borrowed ≥ limit
 *   min(deposit, (limit − borrowed) / maxLtv · 0.999 / price)        else
 *   min(deposit, deposit / price)                                   where maxLtv is 0: the library takes units for money
 *
 * with money ÷ price in smallest units. Source: @kamino-finance/klend-sdk 8.0.2 `getMaxWithdrawAmount`. For what the rule
 * itself allows see `maxWithdraw`.
 *
 * @throws InvalidInputError   naming the field: a negative number, a price of 0
 */
export function kaminoMaxWithdraw(input: KaminoWithdrawInput): Rational {
  const { deposit, price, maxLtv, limit, borrowed } = input;
  const place = "kaminoMaxWithdraw";
  for (const [key, one] of Object.entries({ deposit, price, maxLtv, limit, borrowed })) {
    if (one.n < 0n || one.d <= 0n || (key === "price" && one.n === 0n)) {
      throw invalid(at(place, key), key === "price" ? "above 0" : "at least 0", `${one.n}/${one.d}`);
    }
  }
  const perUnit = divide(price, { n: unitOf(input.decimals, at(place, "decimals")), d: 1n });
  if (borrowed.n === 0n) return deposit;
  if (compare(borrowed, limit) >= 0) return ZERO;
  const free = maxLtv.n === 0n ? deposit : multiply(divide(subtract(limit, borrowed), maxLtv), KEPT);
  const most = divide(free, perUnit);
  return compare(most, deposit) < 0 ? most : deposit;
}

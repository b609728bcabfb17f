import { at, type Fields, invalid, own, type Place, record } from "../checks.js";
import { nearestNumber, type Rational, wholeOf } from "./exact-number.js";
import {
  binomialInterest,
  compoundedInterest,
  divide,
  linearInterest,
  multiply,
  power,
  taylorGrowth,
  taylorInterest,
  type WholeDirection,
  YEAR_SECONDS,
} from "./interest.js";
import { RAY, WAD } from "./integers.js";
import type { BalanceForm, Direction, Interest } from "./rule.js";

/** On-chain integers of a balance by name, as a document has them: safe numbers, or digits. */
export type RawBalance = Readonly<Record<string, unknown>>;

/** How a raw balance is grown and rounded. */
export interface AmountOptions {
  /** how it grows from `updatedAt`; by default not at all */
  readonly interest?: Interest;
  /** ms since 1970: the time it is grown to, in whole seconds */
  readonly asOf: number;
  readonly direction: WholeDirection;
}

const KEYS: Readonly<Record<BalanceForm["kind"], readonly string[]>> = {
  index: ["scaled", "index", "one", "rate", "updatedAt"],
  shares: ["shares", "totalAssets", "totalShares", "rate", "updatedAt"],
  growth: ["owed", "index", "from", "rate", "updatedAt"],
};

/**
 * The kinds of interest that a form knows, besides `none`. Shares grow as Morpho's markets do and growth as Euler's vaults;
 * what other venues' rates per second would be rounded like is not known.
 */
export const INTERESTS: Readonly<Record<BalanceForm["kind"], readonly Interest[]>> = {
  index: ["linear", "binomial", "taylor", "compounded"],
  shares: ["taylor"],
  growth: ["compounded"],
};

/**
 * The amount that a raw balance is, in the smallest units of its asset.
 *
 *   index    ⟦ scaled · index / one ⟧                                  Aave, Comet (one 1e15), marginfi, Folks deposits
 *   shares   ⟦ shares · (totalAssets + virtualAssets) / (totalShares + virtualShares) ⟧        Morpho Blue, ERC-4626
 *   growth   ⟦ ⌊owed · index / from⌋ / 2^fractionalBits ⟧                                      Euler v2 (31 bits)
 *            ⟦ owed · ⟦index · ratio / from⟧ / ratio ⟧ where the form has a `ratio`             Folks debts (1e18, up)
 *
 * with ⟦ ⟧ rounding the magnitude in `direction`, after `index` or `totalAssets` has grown: see `accrue`. A negative balance
 * (a principal of Comet) gives a negative amount.
 *
 * @param place               where `raw` stands, for errors
 * @throws InvalidInputError   naming the path: an integer that is missing, unknown to the form, negative or 0 where it may
 *                             not be; a rate without a time or under a rule that has no interest, or one that compounds
 *                             beyond the range of f64; a time after `asOf`
 */
export function amountOf(form: BalanceForm, raw: RawBalance, options: AmountOptions, place: Place = "raw"): bigint {
  const { direction } = options;
  const integers = readRaw(form, raw, place);
  return wholeOf(
    quotientOf(form, integers, grownBy(form, integers.market, options, place), direction, place),
    direction,
  );
}

/** The integers that a raw balance grows by, which many balances of one market state alike. */
export interface RawMarket {
  /** `index` of the forms index and growth, `totalAssets` of shares */
  readonly start: bigint;
  /** 0 but of shares */
  readonly totalShares: bigint;
  /** what one is, 0 but of the form index */
  readonly one: bigint;
  readonly rate: bigint | null;
  readonly updatedAt: bigint | null;
}

/** A raw balance, read. */
export interface RawIntegers {
  /** `scaled`, `shares` or `owed` */
  readonly amount: bigint;
  /** 1 but of the form growth */
  readonly from: bigint;
  readonly market: RawMarket;
}

/** The integers of a raw balance. Throws what `amountOf` does, but of what it grows by. */
export function readRaw(form: BalanceForm, raw: RawBalance, place: Place): RawIntegers {
  const fields = record(raw, place, KEYS[form.kind]);
  const market = readMarket(form, fields, place);
  switch (form.kind) {
    case "index":
      return { amount: integer(fields, "scaled", place), from: 1n, market };
    case "shares": {
      const totalShares = above(fields, "totalShares", place, 0n);
      return { amount: integer(fields, "shares", place), from: 1n, market: { ...market, totalShares } };
    }
    case "growth": {
      const from = above(fields, "from", place, 1n);
      return { amount: integer(fields, "owed", place), from, market };
    }
  }
}

function readMarket(form: BalanceForm, fields: Fields, place: Place): RawMarket {
  const given = (key: string) => (own(fields, key) === undefined ? null : above(fields, key, place, 0n));
  return {
    start: form.kind === "shares" ? above(fields, "totalAssets", place, 0n) : above(fields, "index", place, 1n),
    totalShares: 0n,
    one: form.kind === "index" ? oneOf(form, fields, place) : 0n,
    rate: given("rate"),
    updatedAt: given("updatedAt"),
  };
}

/**
 * The amount of `amountOf` before its last rounding, which is the amount itself under a rule that does not round: then the
 * direction is `none`, and a `ratio` is not rounded to either. `grown` is what `grownBy` gives.
 */
export function quotientOf(
  form: BalanceForm,
  { amount, from, market }: RawIntegers,
  grown: bigint,
  direction: Direction,
  place: Place = "raw",
): Rational {
  if (form.kind === "index") return { n: amount * grown, d: market.one };
  if (form.kind === "shares") {
    const d = market.totalShares + form.virtualShares;
    if (d === 0n) {
      throw invalid(at(place, "totalShares"), "above 0, as the rule adds no virtual shares", 0);
    }
    return { n: amount * (grown + form.virtualAssets), d };
  }
  // A quotient of bigints is rounded towards 0: down of the magnitude, as the contracts keep what is owed.
  if (form.ratio === null) return { n: (amount * grown) / from, d: 2n ** BigInt(form.fractionalBits) };
  if (direction === "none") return { n: amount * grown, d: from };
  return { n: amount * divide(grown * form.ratio, from, direction), d: form.ratio };
}

/**
 * What a raw balance is multiplied by, as of `asOf`: `index` of the forms index and growth, `totalAssets` of shares. It
 * grows from `updatedAt` (seconds since 1970) at `rate`:
 *
 *   index    rate per year in units of `one`; index × the factor that `interest` gives, half up: see src/rules/interest.ts
 *   shares   rate per second, 1e18 = 1; totalAssets + ⌊totalAssets · taylorGrowth⌋ (Morpho Blue, before fees, which change
 *            shares and not what is owed)
 *   growth   rate per second, 1e27 = 1; ⌊index · (1 + rate)^seconds⌋ (Euler v2)
 *
 * and stays where neither is given.
 */
export function accrue(
  form: BalanceForm,
  raw: RawBalance,
  options: Omit<AmountOptions, "direction">,
  place: Place = "raw",
): bigint {
  return grownBy(form, readMarket(form, record(raw, place, KEYS[form.kind]), place), options, place);
}

/** `accrue` of integers that are read. */
export function grownBy(
  form: BalanceForm,
  { start, rate, updatedAt, one }: RawMarket,
  { interest = "none", asOf }: Omit<AmountOptions, "direction">,
  place: Place,
): bigint {
  if (rate === null && updatedAt === null) return start;
  if (rate === null) throw invalid(at(place, "rate"), "given where updatedAt is", undefined);
  if (updatedAt === null) throw invalid(at(place, "updatedAt"), "given where a rate is", undefined);
  if (interest === "none") {
    throw invalid(at(place, "rate"), "absent: the rule does not say how this side earns interest", rate);
  }
  const seconds = BigInt(Math.floor(asOf / 1000)) - updatedAt;
  if (seconds < 0n) throw invalid(at(place, "updatedAt"), "at or before the market's asOf", updatedAt);
  if (seconds === 0n) return start;
  if (interest === "compounded") {
    // Squaring doubles digits: past e^1000, which no f64 holds, a contract has long overflowed and this would not end.
    const year = form.kind === "index" ? YEAR_SECONDS * one : RAY;
    if (rate * seconds > 1000n * year) {
      throw invalid(at(place, "rate"), "a rate that leaves the balance within the range of f64", rate);
    }
  }
  switch (form.kind) {
    case "index":
      return multiply(factor(interest, rate, seconds, one), start, one);
    case "shares":
      return start + multiply(start, taylorGrowth(rate, seconds, WAD), WAD, "down");
    case "growth":
      return multiply(start, power(RAY + rate, seconds, RAY), RAY, "down");
  }
}

function factor(interest: Exclude<Interest, "none">, rate: bigint, seconds: bigint, one: bigint): bigint {
  switch (interest) {
    case "linear":
      return linearInterest(rate, seconds, one);
    case "binomial":
      return binomialInterest(rate, seconds, one);
    case "taylor":
      return taylorInterest(rate, seconds, one);
    case "compounded":
      return compoundedInterest(rate, seconds, one);
  }
}

/**
 * An amount in the smallest units of an asset, whole or a quotient, as an f64 in units of the asset: amount ÷ 10^decimals,
 * correctly rounded. Number(amount) / 10 ** decimals would round twice; the decimal conversion of the language rounds once,
 * as `nearestNumber` does.
 */
export function quantityOf(amount: bigint | Rational, decimals: number): number {
  if (typeof amount === "bigint") return Number(`${amount}e-${decimals}`) + 0;
  return nearestNumber({ n: amount.n, d: amount.d * 10n ** BigInt(decimals) }) + 0;
}

function oneOf(form: Extract<BalanceForm, { kind: "index" }>, fields: Fields, place: Place): bigint {
  return own(fields, "one") === undefined ? form.one : above(fields, "one", place, 1n);
}

function above(fields: Fields, key: string, place: Place, min: bigint): bigint {
  const value = integer(fields, key, place);
  if (value < min) throw invalid(at(place, key), `a whole number of at least ${min}`, own(fields, key));
  return value;
}

/** Digits of more than any 256-bit number has are a mistake, and quadratic to read. */
const DIGITS = /^-?\d{1,100}$/;

function integer(fields: Fields, key: string, place: Place): bigint {
  const value = own(fields, key);
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && DIGITS.test(value)) return BigInt(value);
  throw invalid(at(place, key), "a whole number, as a string of digits where it is 2^53 or more", value);
}

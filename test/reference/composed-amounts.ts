import type { BalanceForm, Balances, Direction, Interest } from "../../src/rules/rule.js";

/** Amounts of raw on-chain integers, exactly: fractions of integers, rounded only where the chain rounds. */

export type RawFields = Readonly<Record<string, string | number>>;

const RAY = 10n ** 27n;
const WAD = 10n ** 18n;
const SECONDS = 31_536_000n;

/** n / d rounded; d > 0, n ≥ 0. `none` cannot be said of an integer. */
function divided(n: bigint, d: bigint, direction: Exclude<Direction, "none">): bigint {
  const floor = n / d;
  if (direction === "down") return floor;
  if (direction === "up") return n % d === 0n ? floor : floor + 1n;
  return (n + d / 2n) / d;
}
const half = (a: bigint, b: bigint) => divided(a * b, RAY, "half");

/** base^n by squaring, products half up. */
function power(base: bigint, n: bigint): bigint {
  let result = n % 2n === 0n ? RAY : base;
  for (let rest = n / 2n, square = half(base, base); rest > 0n; rest /= 2n, square = half(square, square)) {
    if (rest % 2n === 1n) result = half(result, square);
  }
  return result;
}

/** What an index has grown to after `seconds` at `rate` per year, both in units of 1e-27. */
export function grown(index: bigint, rate: bigint, seconds: bigint, interest: Interest): bigint {
  if (interest === "none" || seconds <= 0n) return index;
  const x = (rate * seconds) / SECONDS;
  if (interest === "linear") return half(RAY + x, index);
  if (interest === "taylor") return half(RAY + x + half(x, x / 2n + half(x, x / 6n)), index);
  const perSecond = rate / SECONDS;
  if (interest === "compounded") return half(power(RAY + perSecond, seconds), index);
  const two = half(perSecond, perSecond);
  const three = half(two, perSecond);
  const pairs = seconds * (seconds - 1n);
  const triples = pairs * (seconds > 2n ? seconds - 2n : 0n);
  return half(RAY + seconds * perSecond + (pairs * two) / 2n + (triples * three) / 6n, index);
}

/** e^x − 1 to three terms, x = rate × seconds in units of 1e-18, every term rounded down. */
function morphoGrowth(rate: bigint, seconds: bigint): bigint {
  const one = rate * seconds;
  const two = (one * one) / (2n * WAD);
  return one + two + (two * one) / (3n * WAD);
}

/** The amount as a fraction of integers in the asset's smallest unit, before the rule's rounding. */
function fraction(
  form: BalanceForm,
  interest: Interest,
  raw: RawFields,
  direction: Direction,
  asOf: number,
): readonly [bigint, bigint] {
  const field = (name: string) => {
    const value = raw[name];
    if (value === undefined) throw new Error(`raw has no ${name}`);
    return BigInt(value);
  };
  const grows = interest !== "none" && raw.rate !== undefined;
  const rate = grows ? field("rate") : 0n;
  const seconds = grows ? BigInt(Math.floor(asOf / 1000)) - field("updatedAt") : 0n;
  switch (form.kind) {
    case "index": {
      const index = grown(field("index"), rate, seconds, grows ? interest : "none");
      return [field("scaled") * index, raw.one === undefined ? form.one : field("one")];
    }
    case "shares": {
      const assets = field("totalAssets");
      const total = assets + (assets * morphoGrowth(rate, seconds)) / WAD;
      return [field("shares") * (total + form.virtualAssets), field("totalShares") + form.virtualShares];
    }
    case "growth": {
      const index = seconds > 0n ? (field("index") * power(RAY + rate, seconds)) / RAY : field("index");
      if (form.ratio === null) return [(field("owed") * index) / field("from"), 1n << BigInt(form.fractionalBits)];
      if (direction === "none") return [field("owed") * index, field("from")];
      return [field("owed") * divided(index * form.ratio, field("from"), direction), form.ratio];
    }
  }
}

/** Units of the asset that a raw balance is. */
export function amountOf(
  raw: RawFields,
  side: "assets" | "liabilities",
  balances: Balances,
  direction: Direction,
  decimals: number,
  asOf: number,
): number {
  const [n, d] = fraction(balances[side], balances.interest[side], raw, direction, asOf);
  const magnitude = n < 0n ? -n : n;
  const unit = 10n ** BigInt(decimals);
  const whole = direction === "none" ? ratio(magnitude, d * unit) : ratio(divided(magnitude, d, direction), unit);
  return n < 0n ? -whole : whole;
}

/** The f64 nearest to n / d. */
function ratio(n: bigint, d: bigint): number {
  if (n === 0n) return 0;
  const shift = BigInt(Math.max(0, 64 + d.toString(2).length - n.toString(2).length));
  const quotient = (n << shift) / d;
  return Number(quotient | ((n << shift) % d === 0n ? 0n : 1n)) / 2 ** Number(shift);
}

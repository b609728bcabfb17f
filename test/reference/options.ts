/**
 * European options from their definition, F Φ(d1) − K Φ(d2), in fixed-point arithmetic of 1,024 bits: nothing is rearranged to keep
 * digits, since there are enough of them. Greeks are central differences with a step of 2^-128 of what moves.
 */
import { exponential, fixed, logarithm, rounded } from "./special.js";

const BITS = 1024n;
const ONE = 1n << BITS;
const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const over = (a: bigint, b: bigint): bigint => (a << BITS) / b;

function root(x: bigint): bigint {
  if (x === 0n) return 0n;
  const square = x << BITS;
  let guess = 1n << BigInt((square.toString(2).length >> 1) + 1);
  for (;;) {
    const next = (guess + square / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

const shifted = (x: bigint, by: number): bigint => (by >= 0 ? x << BigInt(by) : x >> BigInt(-by));

function power(x: bigint): bigint {
  const { mantissa, exponent } = exponential(x);
  return shifted(mantissa, exponent);
}

/** π by Machin's formula. */
const PI = (() => {
  const arctan = (n: bigint): bigint => {
    let sum = 0n;
    for (let term = ONE / n, k = 1n, sign = 1n; term !== 0n; term /= n * n, k += 2n, sign = -sign)
      sum += (sign * term) / k;
    return sum;
  };
  return 4n * (4n * arctan(5n) - arctan(239n));
})();
const ROOT_2PI = root(2n * PI);

/** Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/15 + …), whose terms are of one sign; beyond 36 what is left of 1 is nothing at 1,024 bits. */
export function normal(x: bigint): bigint {
  if (x > 36n * ONE) return ONE;
  if (x < -36n * ONE) return 0n;
  const square = times(x, x);
  let sum = 0n;
  for (let term = x, odd = 3n; term !== 0n && term !== -1n; term = times(term, square) / odd, odd += 2n) sum += term;
  // The sum is as large as the density is small: its mantissa goes in before it is made small.
  const { mantissa, exponent } = exponential(-square / 2n);
  return ONE / 2n + over(shifted(times(mantissa, sum), exponent), ROOT_2PI);
}

/** The inputs of an option as fixed-point numbers. */
export interface Inputs {
  readonly spot: bigint;
  readonly strike: bigint;
  readonly years: bigint;
  readonly volatility: bigint;
  readonly rate: bigint;
  readonly yield: bigint;
}

export const inputsOf = (option: Readonly<Record<keyof Inputs, number>>): Inputs => ({
  spot: fixed(option.spot),
  strike: fixed(option.strike),
  years: fixed(option.years),
  volatility: fixed(option.volatility),
  rate: fixed(option.rate),
  yield: fixed(option.yield),
});

/** The price of a call. */
export function slowCall({ spot, strike, years, volatility, rate, yield: yields }: Inputs): bigint {
  const deviation = times(volatility, root(years));
  const x = logarithm(spot) - logarithm(strike) + times(rate - yields, years);
  const first = over(x, deviation) + deviation / 2n;
  const underlying = times(spot, power(-times(yields, years)));
  const paid = times(strike, power(-times(rate, years)));
  return times(underlying, normal(first)) - times(paid, normal(first - deviation));
}

/** The price of a call or put, the latter by parity, which costs 1,024 bits nothing. */
export function slowPrice(call: boolean, inputs: Inputs): bigint {
  const price = slowCall(inputs);
  if (call) return price;
  const { spot, strike, years, rate, yield: yields } = inputs;
  return price - times(spot, power(-times(yields, years))) + times(strike, power(-times(rate, years)));
}

const SHIFT = 128n;

/** Derivatives by the names of what is moved, one letter each: S spot, v volatility, T years, r rate, q yield, K strike. */
const NAMES: Readonly<Record<string, keyof Inputs>> = {
  S: "spot",
  K: "strike",
  T: "years",
  v: "volatility",
  r: "rate",
  q: "yield",
};

/**
 * The derivative of the price by each of the letters in turn: a central difference of the one by the rest. Each step is 2^-128 of
 * the number, of 1 for a rate.
 */
export function slowDerivative(call: boolean, inputs: Inputs, by: string): bigint {
  const name = NAMES[by.charAt(0)];
  if (name === undefined) return slowPrice(call, inputs);
  const size = name === "rate" || name === "yield" ? ONE : inputs[name];
  const step = size >> SHIFT;
  const up = slowDerivative(call, { ...inputs, [name]: inputs[name] + step }, by.slice(1));
  const down = slowDerivative(call, { ...inputs, [name]: inputs[name] - step }, by.slice(1));
  return over(up - down, 2n * step);
}

/**
 * Σ |input × derivative|/price over all inputs, or less: how much a relative rounding of the inputs moves the price, relatively. By
 * homogeneity the strike's is 1 less the spot's; time counts by the deviation alone, as half the volatility.
 */
export function slowCondition(call: boolean, inputs: Inputs): number {
  const price = slowPrice(call, inputs);
  const elasticity = (letter: string): number => {
    const size = inputs[NAMES[letter] ?? "spot"];
    return size === 0n ? 0 : rounded(over(times(size, slowDerivative(call, inputs, letter)), price));
  };
  const spot = elasticity("S");
  const carry = Math.abs(elasticity("r")) + Math.abs(elasticity("q"));
  return Math.abs(spot) + Math.abs(1 - spot) + 1.5 * Math.abs(elasticity("v")) + carry;
}

/** The root of the price in the volatility from a guess that is good to some digits: Newton's method, five times. */
export function slowVolatility(call: boolean, inputs: Inputs, price: bigint): bigint {
  let volatility = inputs.volatility;
  for (let i = 0; i < 5; i++) {
    const at = { ...inputs, volatility };
    volatility -= over(slowPrice(call, at) - price, slowDerivative(call, at, "v"));
  }
  return volatility;
}

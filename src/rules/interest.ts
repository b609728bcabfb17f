import { divideHalfUp, divideUp } from "./integers.js";
import type { Direction } from "./rule.js";

/**
 * Integer arithmetic of on-chain interest. A factor of growth is a whole number in which `one` stands for 1 (1e27, a ray,
 * at Aave and Euler; 1e18 at Morpho). Every division rounds as the contracts do; nothing here is an f64.
 */

/** Seconds of the year that a rate per year is divided over: 365 days. */
export const YEAR_SECONDS = 31_536_000n;

/** How a whole number rounds: `none` is no answer for it. */
export type WholeDirection = Exclude<Direction, "none">;

/** numerator ÷ denominator of magnitudes (≥ 0, > 0), rounded; `half` rounds one half up. */
export function divide(numerator: bigint, denominator: bigint, direction: WholeDirection): bigint {
  if (direction === "up") return divideUp(numerator, denominator);
  if (direction === "half") return divideHalfUp(numerator, denominator);
  return numerator / denominator;
}

/** a · b / one, rounded; half up by default, as `rayMul` is (aave-v3-origin WadRayMath, also its floor and ceil forms). */
export function multiply(a: bigint, b: bigint, one: bigint, direction: WholeDirection = "half"): bigint {
  return divide(a * b, one, direction);
}

/**
 * 1 + ⌊rate · seconds / year⌋: simple interest of a rate per year. Aave v2 and v3 liquidity indices
 * (MathUtils.calculateLinearInterest).
 */
export function linearInterest(rate: bigint, seconds: bigint, one: bigint): bigint {
  return one + (rate * seconds) / YEAR_SECONDS;
}

/**
 * 1 + rate × (seconds ÷ year), both steps half up: simple interest as @aave/math-utils (calculateLinearInterest) and Aave
 * v1 have it. Differs from `linearInterest` in the last digits.
 */
export function linearInterestByShare(rate: bigint, seconds: bigint, one: bigint): bigint {
  return one + multiply(rate, divide(seconds * one, YEAR_SECONDS, "half"), one);
}

/**
 * 1 + n r + n (n − 1) r² / 2 + n (n − 1) (n − 2) r³ / 6 with r = ⌊rate / year⌋ per second: the first terms of compounding
 * every second. Variable debt of Aave v2 and of v3 up to 3.4 (MathUtils.calculateCompoundedInterest), @aave/math-utils.
 */
export function binomialInterest(rate: bigint, seconds: bigint, one: bigint): bigint {
  if (seconds === 0n) return one;
  const second = rate / YEAR_SECONDS;
  const square = multiply(second, second, one);
  const cube = multiply(square, second, one);
  const less = seconds > 2n ? seconds - 2n : 0n;
  const pairs = seconds * (seconds - 1n);
  return one + seconds * second + (pairs * square) / 2n + (pairs * less * cube) / 6n;
}

/**
 * 1 + x + x · (x/2 + x · x/6) with x = ⌊rate · seconds / year⌋, the products half up and the quotients down. Variable debt
 * of Aave v3.5 and later.
 */
export function taylorInterest(rate: bigint, seconds: bigint, one: bigint): bigint {
  const x = (rate * seconds) / YEAR_SECONDS;
  return one + x + multiply(x, x / 2n + multiply(x, x / 6n, one), one);
}

/** (1 + ⌊rate / year⌋)^seconds, every product half up: compounding of a rate per year every second. */
export function compoundedInterest(rate: bigint, seconds: bigint, one: bigint): bigint {
  return power(one + rate / YEAR_SECONDS, seconds, one);
}

/**
 * base^exponent by squaring, every product half up. Euler's and Maker's `rpow`, `rayPow` of @aave/math-utils. Cost:
 * 2 log₂ exponent products.
 */
export function power(base: bigint, exponent: bigint, one: bigint): bigint {
  let result = exponent % 2n === 0n ? one : base;
  let square = base;
  for (let rest = exponent / 2n; rest > 0n; rest /= 2n) {
    square = multiply(square, square, one);
    if (rest % 2n === 1n) result = multiply(result, square, one);
  }
  return result;
}

/**
 * x + ⌊x² / 2⌋ + ⌊x · x² / 2 / 3⌋ with x = rate per second × seconds, all down: what 1 grows by in Morpho Blue
 * (MathLib.wTaylorCompounded).
 */
export function taylorGrowth(ratePerSecond: bigint, seconds: bigint, one: bigint): bigint {
  const x = ratePerSecond * seconds;
  const square = (x * x) / (2n * one);
  return x + square + (square * x) / (3n * one);
}

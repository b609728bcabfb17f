/**
 * Special functions in the fixed-point arithmetic of `special.ts`, by series of positive terms and Stirling's with a great shift:
 * slow, and exact to some 1,000 bits.
 */
import { exponential, logarithm } from "./special.js";

const BITS = 1024n;
const ONE = 1n << BITS;
const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const over = (a: bigint, b: bigint): bigint => (a << BITS) / b;

/** Bits that a power of 1/x has besides, since the Bernoulli number that it is multiplied by is as large as it is small. */
const EXTRA = 3072n;

/** From here on Stirling's series with `BERNOULLI` leaves nothing that shows. */
const SHIFTED = 400n * ONE;

/** B(2n) for n = 1 ... 120 as numerators and denominators, from tangent numbers: Brent and Harvey (2011), algorithm TangentNumbers. */
const BERNOULLI: readonly (readonly [bigint, bigint])[] = (() => {
  const count = 120;
  const tangent: bigint[] = [0n, 1n];
  for (let k = 2; k <= count; k++) tangent[k] = BigInt(k - 1) * (tangent[k - 1] ?? 0n);
  for (let k = 2; k <= count; k++) {
    for (let j = k; j <= count; j++) {
      tangent[j] = BigInt(j - k) * (tangent[j - 1] ?? 0n) + BigInt(j - k + 2) * (tangent[j] ?? 0n);
    }
  }
  return Array.from({ length: count }, (_, i) => {
    const n = BigInt(i + 1);
    const power = 4n ** n;
    return [(i % 2 === 0 ? 2n : -2n) * n * (tangent[i + 1] ?? 0n), power * (power - 1n)] as const;
  });
})();

/** √x by Newton's method on integers. */
function squareRoot(x: bigint): bigint {
  const target = x << BITS;
  let root = 1n << BigInt(Math.ceil(target.toString(2).length / 2));
  for (;;) {
    const next = (root + target / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** 16 artan(1/5) − 4 artan(1/239). */
const PI = (() => {
  const artan = (n: bigint) => {
    let sum = 0n;
    for (let power = ONE / n, k = 1n, sign = 1n; power !== 0n; power /= n * n, k += 2n, sign = -sign) {
      sum += (sign * power) / k;
    }
    return sum;
  };
  return 16n * artan(5n) - 4n * artan(239n);
})();

/** factor · e^x, which may be a number of the usual size where both are not. */
function raised(factor: bigint, x: bigint): bigint {
  const { mantissa, exponent } = exponential(x);
  const product = times(factor, mantissa);
  return exponent >= 0 ? product << BigInt(exponent) : product >> BigInt(-exponent);
}

/** x^y for x > 0 as mantissa and power of two. */
export function power(x: bigint, y: bigint): { mantissa: bigint; exponent: number } {
  return exponential(times(y, logarithm(x)));
}

/** log Γ(x), x > 0. */
export function logGamma(x: bigint): bigint {
  let [at, product] = [x, ONE];
  for (; at < SHIFTED; at += ONE) product = times(product, at);
  let sum = times(at - ONE / 2n, logarithm(at)) - at + logarithm(2n * PI) / 2n;
  const square = over(ONE, times(at, at));
  let inverse = over(ONE, at) << EXTRA;
  for (const [i, [above, below]] of BERNOULLI.entries()) {
    const n = BigInt(i + 1);
    sum += ((inverse * above) / (below * 2n * n * (2n * n - 1n))) >> EXTRA;
    inverse = times(inverse, square);
  }
  return sum - logarithm(product);
}

/** ψ(x), x > 0. */
export function digamma(x: bigint): bigint {
  let [at, passed] = [x, 0n];
  for (; at < SHIFTED; at += ONE) passed += over(ONE, at);
  const square = over(ONE, times(at, at));
  let sum = logarithm(at) - over(ONE, 2n * at);
  let inverse = square << EXTRA;
  for (const [i, [above, below]] of BERNOULLI.entries()) {
    sum -= ((inverse * above) / (below * 2n * BigInt(i + 1))) >> EXTRA;
    inverse = times(inverse, square);
  }
  return sum - passed;
}

/** P(a, x) = x^a e^−x / Γ(a + 1) (1 + x/(a + 1) + x²/((a + 1)(a + 2)) + ...). */
export function gammaLower(a: bigint, x: bigint): bigint {
  let [sum, term] = [0n, ONE];
  for (let at = a + ONE; term !== 0n; at += ONE) {
    sum += term;
    term = (term * x) / at;
  }
  return raised(sum, times(a, logarithm(x)) - x - logGamma(a + ONE));
}

/** I_x(a, b) = x^a (1 − x)^b / (a B(a, b)) (1 + (a + b)/(a + 1) x + (a + b)(a + b + 1)/((a + 1)(a + 2)) x² + ...). */
export function betaLower(a: bigint, b: bigint, x: bigint): bigint {
  let [sum, term] = [0n, ONE];
  for (let n = 0n; term !== 0n; n += ONE) {
    sum += term;
    term = times((term * (a + b + n)) / (a + ONE + n), x);
  }
  const exponent = times(a, logarithm(x)) + times(b, logarithm(ONE - x));
  return raised(sum, exponent + logGamma(a + b) - logGamma(a + ONE) - logGamma(b));
}

/** erf(x) = 2/√π e^(−x²) x (1 + 2x²/3 + (2x²)²/(3·5) + ...). */
export function erf(x: bigint): bigint {
  const square = times(x, x);
  let [sum, term] = [0n, x];
  for (let k = 3n; term !== 0n && term !== -1n; k += 2n) {
    sum += term;
    term = times(term, 2n * square) / k;
  }
  return over(2n * raised(sum, -square), squareRoot(PI));
}

/** sin 2πu and cos 2πu for |u| < 2 by their Taylor series. */
export function sinCosTurn(u: bigint): { sine: bigint; cosine: bigint } {
  const x = times(2n * PI, u);
  let [sine, cosine] = [0n, 0n];
  for (let term = ONE, k = 0n; k < 400n; k += 1n, term = times(term, x) / k) {
    const signed = (k / 2n) % 2n === 0n ? term : -term;
    if (k % 2n === 0n) cosine += signed;
    else sine += signed;
  }
  return { sine, cosine };
}

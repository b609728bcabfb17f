/**
 * Elementary and special functions in fixed-point arithmetic on BigInt, 1,024 bits behind the point: series and nothing
 * clever. Slow and exact far beyond f64.
 */
const BITS = 1024n;
const ONE = 1n << BITS;

/** The exact value of an f64. */
export function fixed(x: number): bigint {
  if (!Number.isFinite(x)) throw new RangeError(`${x} has no fixed-point value`);
  const data = new DataView(new ArrayBuffer(8));
  data.setFloat64(0, x);
  const bits = data.getBigUint64(0);
  const field = (bits >> 52n) & 2047n;
  const mantissa = (bits & ((1n << 52n) - 1n)) | (field === 0n ? 0n : 1n << 52n);
  const shift = (field === 0n ? 1n : field) - 1075n + BITS;
  const magnitude = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

/** The f64 nearest to a fixed-point number times 2^exponent, to within one rounding of its leading 64 bits. */
export function rounded(value: bigint, exponent = 0): number {
  if (value === 0n) return 0;
  const magnitude = value < 0n ? -value : value;
  const drop = Math.max(0, magnitude.toString(2).length - 64);
  let scale = exponent - Number(BITS) + drop;
  let result = Number(magnitude >> BigInt(drop));
  for (; scale < -900; scale += 900) result *= 2 ** -900;
  for (; scale > 900; scale -= 900) result *= 2 ** 900;
  return (value < 0n ? -result : result) * 2 ** scale;
}

const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const over = (a: bigint, b: bigint): bigint => (a << BITS) / b;

/** 2 artanh(1/n) for whole n. */
function artanhOfInverse(n: bigint): bigint {
  let sum = 0n;
  for (let power = ONE / n, k = 1n; power !== 0n; power /= n * n, k += 2n) sum += power / k;
  return 2n * sum;
}

export const LN2 = artanhOfInverse(3n);

/** e^x as mantissa and power of two, so that no result is out of range. */
export function exponential(x: bigint): { mantissa: bigint; exponent: number } {
  const k = (x + LN2 / 2n) / LN2 - (x + LN2 / 2n < 0n ? 1n : 0n);
  const r = x - k * LN2;
  let sum = 0n;
  for (let term = ONE, i = 1n; term !== 0n; term = times(term, r) / i, i += 1n) {
    sum += term;
    if (i > 400n) break;
  }
  return { mantissa: sum, exponent: Number(k) };
}

/** log(x), x > 0: powers of two taken out, then 2 artanh((m − 1)/(m + 1)). */
export function logarithm(x: bigint): bigint {
  let m = x;
  let k = 0n;
  for (; 2n * m > 3n * ONE; k += 1n) m >>= 1n;
  for (; 4n * m < 3n * ONE; k -= 1n) m <<= 1n;
  const s = over(m - ONE, m + ONE);
  const square = times(s, s);
  let sum = 0n;
  for (let power = s, j = 1n; power !== 0n && power !== -1n; power = times(power, square), j += 2n) sum += power / j;
  return 2n * sum + k * LN2;
}

/** Exact P(X = k), X binomial(n, p), with p the exact f64: a fixed-point power product. */
export function binomialMass(k: number, n: number, p: number): bigint {
  const success = fixed(p);
  let mass = ONE;
  for (let i = 0; i < k; i++) mass = (times(mass, success) * BigInt(n - i)) / BigInt(i + 1);
  for (let i = 0; i < n - k; i++) mass = times(mass, ONE - success);
  return mass;
}

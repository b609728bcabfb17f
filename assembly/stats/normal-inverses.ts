import { logarithmUnitPair } from "../simd/logarithm-pair";
import { polynomialPair } from "../simd/polynomial";
import { CENTRE, MIDDLE, normalQuantile } from "./normal";

/** Numbers of one pass, whose tails are collected. */
const BLOCK: usize = 256;

/** Loaded, since a vector constant in the code is rebuilt each time: ½, 0.425, 0.180625, 1, 1.6, 5. */
const PAIR = memory.data<f64>([0.5, 0.425, 0.180625, 1, 1.6, 5]);

/** Bytes of workspace of `normalInverses`. */
export function normalInversesScratch(): usize {
  return BLOCK * 12 + 32;
}

/**
 * Φ⁻¹ of n probabilities between 1e-300 and 1, each in its place, to the bits of `normalQuantile`.
 *
 * Most of uniform numbers are within 0.425 of ½, where there is neither a logarithm nor a root. A first pass takes all for such and
 * collects the others, without a branch; a second goes over these. Side by side they would cost each pair the dearer way, and the
 * processor its guess which of them it is.
 *
 * @param scratch  normalInversesScratch() bytes
 */
export function normalInverses(n: usize, at: usize, scratch: usize): void {
  const end = at + (n << 3);
  if (ASC_FEATURE_SIMD) {
    while (at + 32 <= end) {
      const until = min(at + (BLOCK << 3), end - ((end - at) & 31));
      tails(scratch, centres(at, until, scratch));
      at = until;
    }
  }
  for (; at < end; at += 8) store<f64>(at, normalQuantile(load<f64>(at)));
}

/**
 * The central approximation of every number, four at a time; what lies outside goes to `scratch`: its value, f64[256], and behind
 * those its address, u32[256].
 *
 * @returns how many do
 */
function centres(at: usize, end: usize, scratch: usize): usize {
  const half = v128.load64_splat(PAIR);
  const width = v128.load64_splat(PAIR, 8);
  const offset = v128.load64_splat(PAIR, 16);
  let value = scratch;
  let place = scratch + (BLOCK << 3);
  for (; at < end; at += 32) {
    const first = v128.load(at);
    const second = v128.load(at, 16);
    const q = f64x2.sub(first, half);
    const r = f64x2.sub(second, half);
    const s = f64x2.sub(offset, f64x2.mul(q, q));
    const t = f64x2.sub(offset, f64x2.mul(r, r));
    quotients(at, q, r, s, t);
    const inside = i64x2.bitmask(f64x2.le(f64x2.abs(q), width)) | (i64x2.bitmask(f64x2.le(f64x2.abs(r), width)) << 2);
    v128.store64_lane(value, first, 0);
    store<u32>(place, <u32>at);
    let step = <usize>(~inside & 1);
    v128.store64_lane(value + (step << 3), first, 1);
    store<u32>(place + (step << 2), <u32>(at + 8));
    step += <usize>((~inside >> 1) & 1);
    v128.store64_lane(value + (step << 3), second, 0);
    store<u32>(place + (step << 2), <u32>(at + 16));
    step += <usize>((~inside >> 2) & 1);
    v128.store64_lane(value + (step << 3), second, 1);
    store<u32>(place + (step << 2), <u32>(at + 24));
    step += <usize>((~inside >> 3) & 1);
    value += step << 3;
    place += step << 2;
  }
  return (value - scratch) >> 3;
}

/** q·A(s)/B(s) and r·A(t)/B(t) to `at`, A and B the central polynomials: each as `polynomial` sums it, four sums at once. */
function quotients(at: usize, q: v128, r: v128, s: v128, t: v128): void {
  const square = f64x2.mul(s, s);
  const other = f64x2.mul(t, t);
  let c = v128.load64_splat(CENTRE, 48);
  let evenA = c;
  let evenC = c;
  c = v128.load64_splat(CENTRE, 56);
  let oddA = c;
  let oddC = c;
  c = v128.load64_splat(CENTRE, 112);
  let evenB = c;
  let evenD = c;
  c = v128.load64_splat(CENTRE, 120);
  let oddB = c;
  let oddD = c;
  for (let from = CENTRE + 32; from >= CENTRE; from -= 16) {
    c = v128.load64_splat(from);
    evenA = f64x2.add(f64x2.mul(evenA, square), c);
    evenC = f64x2.add(f64x2.mul(evenC, other), c);
    c = v128.load64_splat(from, 8);
    oddA = f64x2.add(f64x2.mul(oddA, square), c);
    oddC = f64x2.add(f64x2.mul(oddC, other), c);
    c = v128.load64_splat(from, 64);
    evenB = f64x2.add(f64x2.mul(evenB, square), c);
    evenD = f64x2.add(f64x2.mul(evenD, other), c);
    c = v128.load64_splat(from, 72);
    oddB = f64x2.add(f64x2.mul(oddB, square), c);
    oddD = f64x2.add(f64x2.mul(oddD, other), c);
  }
  const above = f64x2.mul(q, f64x2.add(evenA, f64x2.mul(s, oddA)));
  v128.store(at, f64x2.div(above, f64x2.add(evenB, f64x2.mul(s, oddB))));
  const beside = f64x2.mul(r, f64x2.add(evenC, f64x2.mul(t, oddC)));
  v128.store(at, f64x2.div(beside, f64x2.add(evenD, f64x2.mul(t, oddD))), 16);
}

/** The collected numbers by the approximation of the tails, two at a time, to where they came from. */
function tails(scratch: usize, count: usize): void {
  const values = scratch;
  const places = scratch + (BLOCK << 3);
  if (count & 1) {
    // A last one alone is taken twice. A whole block is even: behind its values are the places.
    store<f64>(values + (count << 3), load<f64>(values + ((count - 1) << 3)));
    store<u32>(places + (count << 2), load<u32>(places + ((count - 1) << 2)));
  }
  const one = v128.load64_splat(PAIR, 24);
  for (let i: usize = 0; i < count; i += 2) {
    const p = v128.load(values + (i << 3));
    const lower = f64x2.lt(p, v128.load64_splat(PAIR));
    const r = f64x2.sqrt(f64x2.neg(logarithmUnitPair(v128.bitselect(p, f64x2.sub(one, p), lower))));
    const left = <usize>load<u32>(places + (i << 2));
    const right = <usize>load<u32>(places + (i << 2), 4);
    if (v128.any_true(f64x2.gt(r, v128.load64_splat(PAIR, 40)))) {
      // Beyond e^−25: one in a hundred thousand million.
      store<f64>(left, normalQuantile(f64x2.extract_lane(p, 0)));
      store<f64>(right, normalQuantile(f64x2.extract_lane(p, 1)));
      continue;
    }
    const s = f64x2.sub(r, v128.load64_splat(PAIR, 32));
    const z = f64x2.div(polynomialPair(MIDDLE, 8, s), polynomialPair(MIDDLE + 64, 8, s));
    const signed = v128.bitselect(f64x2.neg(z), z, lower);
    v128.store64_lane(left, signed, 0);
    v128.store64_lane(right, signed, 1);
  }
}

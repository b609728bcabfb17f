/** Rounding to decimal places in f64, as a protocol's integers round. Numbers in, numbers out. */

/** Directions, as in src/rules/tables.ts; of magnitudes, so that down is towards zero. */
export const NONE: u32 = 0;
export const DOWN: u32 = 1;
export const UP: u32 = 2;
export const HALF: u32 = 3;

/** 2^−50: a product of three f64 is within this, relative, of the exact one. */
const NOISE: f64 = 8.881784197001252e-16;

/**
 * x ≥ 0 as a multiple of 1 / scale. A multiple up to the noise of f64 is taken as that multiple, so that what an integer
 * represents exactly does not fall one short.
 *
 * @param scale  10^decimals, 0: x as it is
 */
export function rounded(x: f64, scale: f64, direction: u32): f64 {
  if (scale == 0.0 || direction == NONE) return x;
  const units = x * scale;
  const noise = units * NOISE;
  const whole = nearest(units);
  if (abs(units - whole) <= noise) return whole / scale;
  if (direction == DOWN) return floor(units) / scale;
  if (direction == UP) return ceil(units) / scale;
  const halves = nearest(units + units);
  const tie = abs(units + units - halves) <= noise + noise;
  return (tie ? floor((halves + 1.0) * 0.5) : floor(units + 0.5)) / scale;
}

/** `rounded` of both lanes. */
export function roundedPair(x: v128, scale: f64, direction: u32): v128 {
  if (scale == 0.0 || direction == NONE) return x;
  const by = f64x2.splat(scale);
  const units = f64x2.mul(x, by);
  const noise = f64x2.mul(units, f64x2.splat(NOISE));
  const whole = f64x2.nearest(units);
  const near = f64x2.le(f64x2.abs(f64x2.sub(units, whole)), noise);
  let other: v128;
  if (direction == DOWN) {
    other = f64x2.floor(units);
  } else if (direction == UP) {
    other = f64x2.ceil(units);
  } else {
    const twice = f64x2.add(units, units);
    const halves = f64x2.nearest(twice);
    const tie = f64x2.le(f64x2.abs(f64x2.sub(twice, halves)), f64x2.add(noise, noise));
    const half = f64x2.splat(0.5);
    const up = f64x2.floor(f64x2.mul(f64x2.add(halves, f64x2.splat(1.0)), half));
    other = v128.bitselect(up, f64x2.floor(f64x2.add(units, half)), tie);
  }
  return f64x2.div(v128.bitselect(whole, other, near), by);
}

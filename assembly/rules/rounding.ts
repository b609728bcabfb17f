/** Rounding to decimal places in f64, as a protocol's integers round. Numbers in, numbers out. */

/** Directions, as in src/rules/tables.ts; of magnitudes, so that down is towards zero. */
export const NONE: u32 = 0;
export const DOWN: u32 = 1;
export const UP: u32 = 2;
export const HALF: u32 = 3;

/** 2^−50: a product of three f64 is within this, relative, of the exact one. */
export const NOISE: f64 = 8.881784197001252e-16;
/** Above 2^48 units the noise is held to this, which leaves every whole number of units as it is. */
export const MOST_NOISE: f64 = 0.25;

/**
 * x ≥ 0 as a multiple of 1 / scale. What is within the noise of f64 of a multiple, or of a half of one, is taken to be there,
 * so that what an integer represents exactly does not fall one short.
 *
 * @param scale  10^decimals, 0: x as it is
 */
export function rounded(x: f64, scale: f64, direction: u32): f64 {
  if (scale == 0.0 || direction == NONE) return x;
  return whole(x * scale, direction) / scale;
}

/** `units` ≥ 0 as a whole number. */
export function whole(units: f64, direction: u32): f64 {
  const noise = min(units * NOISE, MOST_NOISE);
  if (direction == DOWN) return floor(units + noise);
  if (direction == UP) return ceil(units - noise);
  return floor(units + 0.5 + noise);
}

/** `rounded` of both lanes. */
export function roundedPair(x: v128, scale: f64, direction: u32): v128 {
  if (scale == 0.0 || direction == NONE) return x;
  const by = f64x2.splat(scale);
  return f64x2.div(wholePair(f64x2.mul(x, by), direction), by);
}

/** `whole` of both lanes. */
export function wholePair(units: v128, direction: u32): v128 {
  const noise = f64x2.pmin(f64x2.mul(units, f64x2.splat(NOISE)), f64x2.splat(MOST_NOISE));
  if (direction == DOWN) return f64x2.floor(f64x2.add(units, noise));
  if (direction == UP) return f64x2.ceil(f64x2.sub(units, noise));
  return f64x2.floor(f64x2.add(f64x2.add(units, f64x2.splat(0.5)), noise));
}

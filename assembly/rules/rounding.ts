/** Rounding to decimal places in f64, as a protocol's integers round. Numbers in, numbers out. */

/** Directions, as in src/rules/tables.ts; of magnitudes, so that down is towards zero. */
export const NONE: u32 = 0;
export const DOWN: u32 = 1;
export const UP: u32 = 2;
export const HALF: u32 = 3;

/** 2^−50: a product of three f64 is within this, relative, of the exact one. */
export const NOISE: f64 = 8.881784197001252e-16;

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

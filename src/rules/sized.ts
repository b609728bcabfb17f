import { roundedDown } from "./tables-curves.js";

/** Weights and rates of size as numbers: what assembly/rules/weights.ts computes, for one holding or position at a time. */

/** √(size + 1e-10), as a venue that counts weights in units of `unit` takes it: rounded down to a tenth of the unit. */
function rootOf(size: number, unit: number | null): number {
  return roundedDown(Math.sqrt(size + 1e-10), unit === null ? null : unit / 10);
}

/** min(w, 1.1 / (1 + imf √size)): weight of an asset or of a gain. */
export function discounted(weight: number, imf: number, unit: number | null, size: number): number {
  if (imf === 0) return weight;
  const product = roundedDown(imf * rootOf(size, unit), unit === null ? null : unit / 100);
  return Math.min(weight, roundedDown(1.1 / (1 + product), unit));
}

/** w − w/5 + imf √size. */
function raised(weight: number, imf: number, unit: number | null, size: number): number {
  return weight - roundedDown(weight / 5, unit) + roundedDown(imf * rootOf(size, unit), unit);
}

/** max(w, w − w/5 + imf √size): weight of a liability or rate of a position. */
export function premium(weight: number, imf: number, unit: number | null, size: number): number {
  return imf === 0 ? weight : Math.max(weight, raised(weight, imf, unit, size));
}

/** High-leverage mode: see `Rate` in src/rules/rule-functions.ts. */
export function rateBetween(low: number, high: number, imf: number, unit: number, size: number): number {
  const risen = imf === 0 ? high : raised(high, imf, unit, size);
  if (risen > high) return risen;
  if (risen === high) return low;
  const share = 1 - roundedDown((high - risen) / roundedDown(high / 5, unit), unit / 100);
  return low + roundedDown(Math.max(high - low, unit) * roundedDown(share, unit / 100), unit);
}

/** 1 − clamp(size / scale · slope, lower, upper). */
export function clamped(scale: number, slope: number, lower: number, upper: number, size: number): number {
  return 1 - Math.min(Math.max((size / scale) * slope, lower), upper);
}

import { InvalidInputError } from "../errors.js";
import type { Observations } from "../covariance/estimator.js";
import type { Memory } from "../memory.js";

/**
 * Refuse columns whose largest variance is beyond `most` or below its inverse: an estimate is made of powers of them, and where these
 * leave f64 it would be that of no sample. What is infinite is refused by whoever asked for the estimate.
 *
 * @param covariance   f64[columns*columns]: of the sample, at an address
 */
export function refuseScale(memory: Memory, { columns, names }: Observations, covariance: number, most: number): void {
  const matrix = memory.f64(covariance, columns * columns);
  let largest = 0;
  for (let i = 1; i < columns; i++) {
    if ((matrix[i * (columns + 1)] ?? 0) > (matrix[largest * (columns + 1)] ?? 0)) largest = i;
  }
  const variance = matrix[largest * (columns + 1)] ?? 0;
  if (variance === 0 || !Number.isFinite(variance) || (variance <= most && variance >= 1 / most)) return;
  const place = names === null ? `columns[${largest}]` : `columns[${JSON.stringify(names[largest])}]`;
  throw new InvalidInputError(place, `of a variance from ${1 / most} to ${most}`, variance, "Scale the columns");
}

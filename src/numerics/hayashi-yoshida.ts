import { at, finiteNumber, invalid, type Place, record, spell } from "../checks.js";
import { InsufficientDataError } from "../errors.js";
import type { Owner } from "../memory.js";
import { type PairedCovariance, paired } from "./definite.js";
import { numericsKernel } from "./kernel.js";

/** A series observed at times of its own. */
export interface TickSeries {
  /** strictly increasing, in any unit, the same for all series */
  readonly times: Float64Array | readonly number[];
  /** one per time: logarithms of prices, for covariances of logarithmic returns */
  readonly values: Float64Array | readonly number[];
}

/**
 * Covariance of series that are not observed at the same times, without bringing them to a common grid: the products of all
 * changes whose intervals share time (Hayashi and Yoshida 2005). The diagonal is the realised variance, the sum of squared
 * changes. Over the time observed: divide by it for a rate.
 *
 * `counts` are the pairs of intervals that share time. Elements are estimated apart: a correlation may be beyond ±1 and the matrix
 * indefinite, which the result says; nothing is clipped.
 *
 * @param series   at least one, each of at least two ticks
 * @throws InvalidInputError       times that do not increase, lengths that differ, or a number that is not finite
 * @throws InsufficientDataError   a series of fewer than two ticks
 * Cost: O(ticks) per pair of series.
 * @see METHODS.md#hayashiyoshida
 */
export function hayashiYoshida({ memory }: Owner, series: readonly TickSeries[]): PairedCovariance {
  if (!Array.isArray(series) || series.length === 0) throw invalid("series", "an array of at least one series", series);
  const given = series.map((one: unknown, i) => ticks(one, at("series", i)));
  const n = given.length;
  return memory.scope(() => {
    const numerics = numericsKernel(memory);
    const out = memory.reserveF64(n * n);
    const counts = memory.reserveF64(n * n);
    const held = given.map(({ times, values }) => ({
      length: times.length,
      times: memory.copy(times),
      values: memory.copy(values),
    }));
    for (const [i, a] of held.entries()) {
      for (const [j, b] of held.slice(0, i + 1).entries()) {
        const to = 8 * (i * n + j);
        const sum = numerics.overlapCovariance(a.length, a.times, a.values, b.length, b.times, b.values, counts + to);
        const count = memory.f64(counts + to, 1)[0] ?? 0;
        memory.f64(out, n * n)[i * n + j] = sum;
        memory.f64(out, n * n)[j * n + i] = sum;
        memory.f64(counts, n * n)[j * n + i] = count;
      }
    }
    return paired(memory, n, out, counts, (column) => `series[${column}].values`);
  });
}

/** Checked copies of both arrays. */
function ticks(series: unknown, place: Place): { readonly times: Float64Array; readonly values: Float64Array } {
  const fields = record(series, place, ["times", "values"]);
  const times = numbers(fields.times, at(place, "times"));
  const values = numbers(fields.values, at(place, "values"));
  if (values.length !== times.length)
    throw invalid(at(place, "values"), `${times.length} numbers, one per time`, values.length);
  if (times.length < 2) throw new InsufficientDataError(spell(place), 2, times.length, "ticks");
  for (let t = 1; t < times.length; t++) {
    if (!(Number(times[t]) > Number(times[t - 1])))
      throw invalid(at(at(place, "times"), t), `after ${times[t - 1]}`, times[t]);
  }
  return { times, values };
}

function numbers(given: unknown, place: Place): Float64Array {
  if (!Array.isArray(given) && !(given instanceof Float64Array)) throw invalid(place, "an array of numbers", given);
  return Float64Array.from(given, (value: unknown, i) => finiteNumber(value, at(place, i)));
}

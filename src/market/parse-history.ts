import { array, at, finiteNumber, invalid, record, required, text } from "../checks.js";
import { InsufficientDataError } from "../errors.js";
import { Hasher } from "../hash.js";
import type { History } from "./market.js";

/**
 * A price history, checked and copied: times strictly increasing and at least one interval apart, every close > 0 or NaN
 * where missing, no column without a close.
 *
 * @param history.times      ms since 1970, one per row
 * @param history.columns    factor names, no duplicates
 * @param history.closes     f64[columns * rows], column-major; NaN where missing
 * @param history.interval   length of a bar in ms
 * @param history.in         what the closes are in
 * @throws InvalidInputError       naming the path, e.g. `history.times[17]`
 * @throws InsufficientDataError   a column that is all gaps
 */
export function parseHistory(history: {
  readonly times: ArrayLike<number>;
  readonly columns: readonly string[];
  readonly closes: ArrayLike<number>;
  readonly interval: number;
  readonly in: string;
}): History {
  const root = "history";
  const fields = record(history, root, ["times", "columns", "closes", "interval", "in"]);
  const interval = required(fields, "interval", root, (value, place) => finiteNumber(value, place, { above: 0 }));
  const unit = required(fields, "in", root, text);
  const times = numbers(history.times, at(root, "times"));
  const closes = numbers(history.closes, at(root, "closes"));

  for (let i = 0; i < times.length; i++) {
    const time = finiteNumber(times[i], at(at(root, "times"), i));
    if (i === 0) continue;
    const step = time - (times[i - 1] as number);
    const place = at(at(root, "times"), i);
    if (!(step > 0)) throw invalid(place, "later than the time before it", time, "Sort the rows and drop duplicates");
    if (step < interval) throw invalid(place, `at least the interval of ${interval} ms after the time before it`, time);
  }

  const seen = new Set<string>();
  const columns = required(fields, "columns", root, array).map((column, c) => {
    const place = at(at(root, "columns"), c);
    const name = text(column, place);
    if (seen.has(name)) throw invalid(place, "a name that no column before it has", name);
    seen.add(name);
    return name;
  });
  const rows = times.length;
  if (closes.length !== rows * columns.length) {
    const expected = `of length ${rows * columns.length}, one close per column and row`;
    throw invalid(at(root, "closes"), expected, `length ${closes.length}`);
  }
  for (const [c, name] of columns.entries()) {
    let found = 0;
    for (let i = c * rows; i < (c + 1) * rows; i++) {
      const close = closes[i] as number;
      if (close > 0 && close < Infinity) found++;
      else if (!Number.isNaN(close))
        throw invalid(at(at(root, "closes"), i), "a price above 0, or NaN for a gap", close);
    }
    if (found === 0 && rows > 0) throw new InsufficientDataError(`${root}.columns[${c}]`, 1, 0, `close of ${name}`);
  }
  const hasher = new Hasher()
    .text(JSON.stringify([unit, interval, columns]))
    .f64(times)
    .f64(closes);
  return Object.freeze({ times, interval, columns: Object.freeze(columns), closes, in: unit, hash: hasher.digest() });
}

/** A copy of an array or typed array of numbers. */
function numbers(value: ArrayLike<number>, place: ReturnType<typeof at>): Float64Array {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) throw invalid(place, "an array of numbers", value);
  const copy = new Float64Array(value.length);
  for (let i = 0; i < copy.length; i++) {
    if (typeof value[i] !== "number") throw invalid(at(place, i), "a number", value[i]);
    copy[i] = value[i] as number;
  }
  return copy;
}

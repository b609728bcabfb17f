import { checkOptions, finiteNumber, oneOf, withDefault } from "../checks.js";
import type { ObservationTable } from "../covariance/covariance.js";
import type { ReturnKind } from "../covariance/returns.js";
import { InsufficientDataError, InvalidInputError } from "../errors.js";
import type { Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";

/** Whether a return is taken over a gap: never, or from the last price before it. */
export type CarryRule = "strict" | "carry";

export interface TableReturns extends ObservationTable {
  /** numbers of `values` that are NaN because there is no return */
  readonly missing: number;
}

/**
 * Returns of a table of prices from row to row, NaN where there is none: what `covariancePresent` takes.
 *
 * `strict` (default): a return exists between two adjacent prices. `carry`: also over a gap, from the last price before it, at the
 * row where the price is back; it is the sum of the logarithmic returns that were missed, and has their variance.
 *
 * @param table             f64[rows*columns] of prices > 0, row-major, newest row last; NaN where one is missing
 * @param options.returns   `log` (default) or `simple`
 * @param options.gaps      `strict` or `carry`
 * @throws InvalidInputError       a table of another size than it says, a price that is neither > 0 nor NaN, or a return out of range
 * @throws InsufficientDataError   fewer than two rows
 * @see METHODS.md#returns
 */
export function tableReturns(
  { memory }: Owner,
  table: ObservationTable,
  options?: { readonly returns?: ReturnKind; readonly gaps?: CarryRule },
): TableReturns {
  const { returns, gaps } = checkOptions(options, "tableReturns", {
    returns: withDefault<ReturnKind, ReturnKind>("log", oneOf(["simple", "log"])),
    gaps: withDefault<CarryRule, CarryRule>("strict", oneOf(["strict", "carry"])),
  });
  if (!table) throw new InvalidInputError("table", "an object", table);
  const rows = finiteNumber(table.rows, "rows", { min: 0, whole: true });
  const columns = finiteNumber(table.columns, "columns", { min: 1, whole: true });
  const { values, names } = table;
  if (!(values instanceof Float64Array) || values.length !== rows * columns) {
    throw new InvalidInputError("values", `a Float64Array of ${rows * columns} numbers`, values);
  }
  if (rows < 2) throw new InsufficientDataError("rows", 2, rows, "rows of prices");
  const fault = values.findIndex((value) => !(Number.isNaN(value) || (value > 0 && value < Infinity)));
  if (fault >= 0)
    throw new InvalidInputError(`values[${fault}]`, "a price above 0, or NaN where none is", values[fault]);
  const kind = returns === "log" ? 1 : 0;
  return memory.scope(() => {
    const numerics = numericsKernel(memory);
    const prices = memory.reserveF64(rows * columns);
    const series = memory.reserveF64((rows - 1) * columns);
    const out = memory.reserveF64((rows - 1) * columns);
    memory.scope(() => memory.kernel.transpose(rows, columns, memory.copy(values), prices));
    for (let i = 0; i < columns; i++) {
      const [from, to] = [prices + 8 * rows * i, series + 8 * (rows - 1) * i];
      if (gaps === "carry") numerics.carriedReturns(rows, from, kind, to);
      else memory.kernel.seriesReturns(rows, from, 1, kind, to);
    }
    memory.kernel.transpose(columns, rows - 1, series, out);
    const made = memory.f64(out, (rows - 1) * columns).slice();
    const beyond = made.findIndex((value) => value === Infinity || value === -Infinity);
    if (beyond >= 0) {
      const place = beyond + columns;
      throw new InvalidInputError(`values[${place}]`, "a price whose return f64 can hold", values[place]);
    }
    const missing = made.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
    return { rows: rows - 1, columns, values: made, ...(names === undefined ? {} : { names }), missing };
  });
}

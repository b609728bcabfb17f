import { at, finiteNumber, invalid, oneOf, type Place, record } from "../checks.js";
import type { Memory, Owner } from "../memory.js";
import type { OptionsKernel } from "../wasm/options-kernel.js";
import { optionsKernel } from "./kernel.js";

export type OptionType = "call" | "put";

/** What an option is on: a spot price with a continuous yield, or a forward price for its expiry. */
export interface Terms<N> {
  readonly strike: N;
  /** to expiry, ≥ 0; ACT/365 where the venue says nothing else */
  readonly years: N;
  /** price of the underlying now; either this or `forward` */
  readonly spot?: N;
  /** price of the underlying for delivery at expiry, by Black (1976): greeks are by the forward */
  readonly forward?: N;
  /** continuous, per year; ±700 over the time to expiry at most; default 0 */
  readonly rate?: N;
  /** continuous yield of the underlying per year, with `spot`; default 0 */
  readonly yield?: N;
}

/** One European option and what it is valued with. */
export interface Option extends Terms<number> {
  readonly type: OptionType;
  /** per year, ≥ 0: 0.6 is 60 % */
  readonly volatility: number;
}

/** One number for all, or one each. */
export type Column = number | Float64Array;

/** European options in columns of equal length. */
export interface OptionColumns extends Terms<Column> {
  /** one for all, or one each: 1 for a call and 0 for a put */
  readonly type: OptionType | Uint8Array;
  readonly volatility: Column;
}

/** What a number of an option is. */
export type Name = "spot" | "forward" | "strike" | "years" | "volatility" | "price" | "rate" | "yield";
type Given<N> = Readonly<Partial<Record<Name, N>>>;

/** What an option or a quote may say: a quote may carry the volatility that is asked for, and an option its price. */
const KNOWN = ["type", "spot", "forward", "strike", "years", "volatility", "price", "rate", "yield"];
const MOST_CARRY = 700;
const typeOf = oneOf(["call", "put"]);

/** The kernel's six columns, `fourth` being one of them. Refuses what is not known, and both and neither of spot and forward. */
function order(given: Given<unknown>, place: Place, fourth: Name): readonly Name[] {
  record(given, place, KNOWN);
  const forward = given.forward !== undefined;
  if (forward === (given.spot !== undefined)) {
    throw invalid(place, "given by a spot price or by a forward price", forward ? "both" : "neither");
  }
  if (!forward) return ["spot", "strike", "years", fourth, "rate", "yield"];
  if (given.yield !== undefined) throw invalid(at(place, "yield"), "absent beside a forward price", given.yield);
  // A forward is an underlying that yields the rate.
  return ["forward", "strike", "years", fourth, "rate", "rate"];
}

/** One number of an option, checked. */
function term(name: Name, value: unknown, place: Place): number {
  if (name === "rate" || name === "yield") return finiteNumber(value === undefined ? 0 : value, place);
  if (name === "price") return finiteNumber(value, place);
  return finiteNumber(value, place, name === "years" || name === "volatility" ? { min: 0 } : { above: 0 });
}

/** Of numbers each of which is what it must be, the one that leaves the range of f64 when discounted. */
function discounted(row: readonly number[], places: readonly Place[]) {
  const [, , years = 0, , rate = 0, yields = 0] = row;
  const j = Math.abs(rate * years) > MOST_CARRY || yields === 0 ? 4 : 5;
  return invalid(places[j] ?? "", "one that discounts within the range of numbers over the time to expiry", row[j]);
}

/** The six numbers of one option. @throws InvalidInputError  a number that is missing, not finite or out of range */
export function rowOf(
  { memory }: Owner,
  option: Given<number> & { readonly type: OptionType },
  fourth: Name,
): { readonly kernel: OptionsKernel; readonly call: number; readonly row: Row } {
  const kernel = optionsKernel(memory);
  const names = order(option, "option", fourth);
  const places = names.map((name) => at("option", name));
  const [spot = 0, strike = 0, years = 0, other = 0, rate = 0, yields = 0] = names.map((name, j) =>
    term(name, option[name], places[j] ?? ""),
  );
  const call = typeOf(option.type, "option.type") === "call" ? 1 : 0;
  const row = [spot, strike, years, other, rate, yields] as const;
  if (!kernel.optionValid(spot, strike, years, 0, rate, yields)) throw discounted(row, places);
  return { kernel, call, row };
}

/** Spot, strike, years, volatility or price, rate, yield. */
export type Row = readonly [number, number, number, number, number, number];

/** Options in the kernel's memory. */
export interface PackedOptions {
  readonly kernel: OptionsKernel;
  readonly count: number;
  /** f64[6][count] */
  readonly columns: number;
  /** u8[count] */
  readonly calls: number;
  /** the error of a kernel that came back with 1 + the row of what is no option */
  readonly fault: (row: number) => Error;
}

/** How many options the columns are of: 1 where all are single numbers. */
function countOf(columns: readonly unknown[]): number {
  for (const column of columns)
    if (column instanceof Float64Array || column instanceof Uint8Array) return column.length;
  return 1;
}

/** Columns of options, copied into the kernel's memory; for use within a scope. */
export function packOptions(
  memory: Memory,
  options: Given<Column> & { readonly type: OptionType | Uint8Array },
  fourth: Name,
): PackedOptions {
  const kernel = optionsKernel(memory);
  const names = order(options, "options", fourth);
  const count = countOf([options.type, ...names.map((name) => options[name])]);
  const block = new Float64Array(6 * count);
  for (const [j, name] of names.entries()) {
    const column = options[name];
    const place = at("options", name);
    if (typeof column === "object" && !(column instanceof Float64Array)) {
      throw invalid(place, "a number or a Float64Array", column);
    }
    if (!(column instanceof Float64Array)) block.fill(term(name, column, place), j * count, (j + 1) * count);
    else if (column.length === count) block.set(column, j * count);
    else throw invalid(place, `a number or a Float64Array of ${count}`, `${column.length} numbers`);
  }
  return { kernel, count, columns: memory.copy(block), calls: memory.copy(callsOf(options.type, count)), fault };

  function fault(row: number): Error {
    const i = row - 1;
    const places = names.map((name) =>
      options[name] instanceof Float64Array ? at(at("options", name), i) : at("options", name),
    );
    try {
      return discounted(
        names.map((name, j) => term(name, block[j * count + i], places[j] ?? "")),
        places,
      );
    } catch (error) {
      return error as Error;
    }
  }
}

function callsOf(type: unknown, count: number): Uint8Array {
  const place = "options.type";
  if (!(type instanceof Uint8Array)) return new Uint8Array(count).fill(typeOf(type, place) === "call" ? 1 : 0);
  if (type.length !== count) throw invalid(place, `"call", "put" or a Uint8Array of ${count}`, `${type.length} bytes`);
  const wrong = type.findIndex((byte) => byte > 1);
  if (wrong >= 0) throw invalid(at(place, wrong), "1 for a call or 0 for a put", type[wrong]);
  return type;
}

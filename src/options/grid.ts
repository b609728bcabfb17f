import { at, invalid, oneOf, record } from "../checks.js";
import type { Memory, Owner } from "../memory.js";
import type { OptionsKernel } from "../wasm/options-kernel.js";
import { type Column, type OptionColumns, packOptions } from "./columns.js";

/** Moves of price and volatility, in columns of equal length. */
export interface OptionScenarios {
  /** relative moves of the underlying, above −1: −0.15 is 15 % down */
  readonly price: Float64Array;
  /** what volatilities are multiplied by, ≥ 0; default 1 */
  readonly volatilityScale?: Column;
  /** what is then added to them: 0.05 is five points; a volatility below 0 is 0; default 0 */
  readonly volatilityShift?: Column;
}

export interface OptionGrid {
  /** which kernel made the numbers: `grid`, absolute error ≤ 1e-15 of the larger of underlying and strike */
  readonly kernel: "grid";
  readonly scenarios: number;
  /** f64[options × scenarios], row-major */
  readonly price: Float64Array;
}

export interface OptionPnl {
  readonly kernel: "grid";
  /** one number a scenario, gains positive */
  readonly pnl: Float64Array;
}

/** The kernel's table of scenarios, checked, in scratch. */
function packScenarios(memory: Memory, kernel: OptionsKernel, scenarios: OptionScenarios) {
  record(scenarios, "scenarios", ["price", "volatilityScale", "volatilityShift"]);
  const { price } = scenarios;
  if (!(price instanceof Float64Array)) throw invalid("scenarios.price", "a Float64Array", price);
  const count = price.length;
  const names = ["price", "", "volatilityScale", "volatilityShift"] as const;
  const table = new Float64Array(4 * count);
  table.set(price);
  for (const j of [2, 3] as const) {
    const name = names[j];
    const column = scenarios[name] ?? (j === 2 ? 1 : 0);
    if (typeof column === "number") table.fill(column, j * count, (j + 1) * count);
    else if (column instanceof Float64Array && column.length === count) table.set(column, j * count);
    else throw invalid(at("scenarios", name), `a number or a Float64Array of ${count}`, column);
  }
  const where = memory.copy(table);
  const wrong = kernel.gridScenarios(count, where) - 1;
  if (wrong >= 0) {
    const j = Math.floor(wrong / count);
    const name = names[j as 0 | 2 | 3];
    const place = at("scenarios", name);
    const expected = j === 0 ? "a finite number above -1" : j === 2 ? "a finite number at least 0" : "a finite number";
    throw invalid(typeof scenarios[name] === "number" ? place : at(place, wrong % count), expected, table[wrong]);
  }
  return { count, where };
}

/** Refuse a scenario that takes an underlying beyond the range of numbers; options and scenarios are what they must be. */
function refuseBeyond(underlyings: Float64Array, moves: Float64Array): void {
  const largest = underlyings.reduce((most, underlying) => Math.max(most, underlying), 0);
  const fault = moves.findIndex((move) => !(largest * (1 + move) < Infinity));
  if (fault < 0) return;
  throw invalid(at("scenarios.price", fault), `one that leaves ${largest} within the range of numbers`, moves[fault]);
}

/**
 * Prices of options in every scenario: full revaluation by Black-Scholes or Black-76. Kernel: `grid`.
 *
 * @throws InvalidInputError   columns of different lengths, or a number that is missing, not finite or out of range
 * Cost: some 9 ns a price.
 * @see METHODS.md#option-grids
 */
export function optionGrid({ memory }: Owner, options: OptionColumns, scenarios: OptionScenarios): OptionGrid {
  return memory.scope(() => {
    const { kernel, count, columns, calls, fault } = packOptions(memory, options, "volatility");
    const { count: m, where } = packScenarios(memory, kernel, scenarios);
    const out = memory.reserveF64(count * m);
    const wrong = kernel.gridPrices(count, columns, calls, m, where, out);
    if (wrong > 0) throw fault(wrong);
    refuseBeyond(memory.f64(columns, count), scenarios.price);
    return { kernel: "grid", scenarios: m, price: memory.f64(out, count * m).slice() };
  });
}

const settlement = oneOf(["quote", "coin"]);

/**
 * Profit and loss of a book of options in every scenario: Σ weight × (price in the scenario − price now). Kernel: `grid`.
 *
 * @param weights   position × multiplier of each option, or of all
 * @param settled   `quote` (default): in the currency of the strike; `coin`: each price in its underlying, price ÷ spot or forward
 * @throws InvalidInputError   as `optionGrid`, weights that are not a finite number each, a `settled` that is neither, or a profit
 *                             beyond the range of numbers
 * @see METHODS.md#option-grids
 */
export function optionPnl(
  { memory }: Owner,
  options: OptionColumns,
  scenarios: OptionScenarios,
  weights: Column,
  settled: "quote" | "coin" = "quote",
): OptionPnl {
  const coin = settlement(settled, "settled") === "coin" ? 1 : 0;
  return memory.scope(() => {
    const { kernel, count, columns, calls, fault } = packOptions(memory, options, "volatility");
    const { count: m, where } = packScenarios(memory, kernel, scenarios);
    const list = typeof weights === "number" ? new Float64Array(count).fill(weights) : weights;
    if (!(list instanceof Float64Array) || list.length !== count) {
      throw invalid("weights", `a number or a Float64Array of ${count}`, list);
    }
    const each = memory.copy(list);
    const bad = memory.kernel.firstNonFinite(each, count) - 1;
    if (bad >= 0)
      throw invalid(typeof weights === "number" ? "weights" : at("weights", bad), "a finite number", list[bad]);
    const scratch = memory.reserve(kernel.gridPnlScratch(count, m));
    const out = memory.copy(new Float64Array(m));
    const wrong = kernel.gridPnl(count, columns, calls, each, m, where, coin, scratch, out);
    if (wrong > 0) throw fault(wrong);
    refuseBeyond(memory.f64(columns, count), scenarios.price);
    if (memory.kernel.firstNonFinite(out, m) > 0) {
      throw invalid("weights", "such that the profit is within the range of numbers", "a profit beyond it");
    }
    return { kernel: "grid", pnl: memory.f64(out, m).slice() };
  });
}

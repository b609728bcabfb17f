import type { OptionTreatment } from "../book/option-treatment.js";
import { checkOptions, finiteNumber, type Place, withDefault } from "../checks.js";
import { UnsupportedError } from "../errors.js";
import { optionGrid } from "./grid.js";
import { type Bend, columnsOf, type TreatmentOptions, treatment, treatmentReaders } from "./treatment.js";

export interface RevaluationOptions extends TreatmentOptions {
  /**
   * relative move of every volatility per relative move of the forward: −0.5 raises volatilities by 5 % where the forward
   * falls by 10 %. Default 0: the volatility of a strike stays ("sticky strike")
   */
  readonly volatilityBeta?: number;
}

/**
 * Options repriced in full under every move of the forward f and of the settle asset x:
 *
 *   P&L = q m s [ a x + (1 + x) (a(F (1 + f), σ (1 + β f)) − a(F, σ)) ]
 *
 * where the first a is the mark and the others the model's prices, so that a mark beside the model's price is no P&L. For
 * `historical`. Time to expiry does not pass.
 *
 * @throws InvalidInputError   an option that is unknown or out of range
 * @throws UnsupportedError    on use: a move that takes a forward or a volatility below zero
 * @see METHODS.md#option-books
 */
export function revaluation(options?: RevaluationOptions): OptionTreatment {
  const { volatilityBeta, ...settings } = checkOptions(options, "revaluation", {
    ...treatmentReaders,
    volatilityBeta: withDefault(0, (value: unknown, place: Place) => finiteNumber(value, place)),
  });
  const moving =
    volatilityBeta === 0
      ? "the volatility of each strike unchanged"
      : `volatilities moving by ${volatilityBeta} times the relative move of their forwards`;
  const notes = [
    `options are worth their marks and are repriced in full (kernel grid) under every move, time and ${moving}`,
  ];
  return treatment("revaluation", settings, notes, {
    key: `,volatilityBeta=${volatilityBeta}`,
    pnl: repriced(volatilityBeta),
  });
}

function repriced(beta: number): Bend {
  return ({ memory, market: { market } }, terms, rate, { forward, settle, times }) => {
    const wrong = forward.findIndex((f) => !(1 + f > 0 && 1 + beta * f >= 0));
    if (wrong >= 0) {
      const when = new Date(times[wrong] ?? 0).toISOString();
      const what = `the move that ends at ${when} takes its forward or volatility below zero`;
      throw new UnsupportedError(market.instruments[terms[0]?.instrument ?? -1]?.id ?? "", what);
    }
    // The last scenario is the present, by the same kernel.
    const rows = forward.length;
    const scenarios = { price: new Float64Array(rows + 1), volatilityScale: new Float64Array(rows + 1).fill(1) };
    scenarios.price.set(forward);
    scenarios.volatilityScale.set(forward.map((f) => 1 + beta * f));
    const { price: prices } = optionGrid({ memory }, columnsOf(terms, rate), scenarios);
    const pnl = new Float64Array(terms.length * rows);
    for (const [k, { slope, multiplier, price, inverse, forward: now }] of terms.entries()) {
      const own = prices.subarray(k * (rows + 1), (k + 1) * (rows + 1));
      const settled = inverse ? own.map((value, t) => value / (now * (1 + (scenarios.price[t] ?? 0)))) : own;
      for (const [t, f] of forward.entries()) {
        const change = (settled[t] ?? 0) - (settled[rows] ?? 0);
        pnl[k * rows + t] = multiplier * price * ((1 + (settle[t] ?? 0)) * change - slope * f);
      }
    }
    return pnl;
  };
}

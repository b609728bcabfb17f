import type { OptionTreatment } from "../book/option-treatment.js";
import { checkOptions, oneOf, withDefault } from "../checks.js";
import type { DeltaGammaMethod } from "../numerics/index.js";
import { normalTails } from "./quadratic.js";
import { type Bend, type TreatmentOptions, treatment, treatmentReaders } from "./treatment.js";

export interface DeltaGammaTreatment extends TreatmentOptions {
  /** how `parametric` finds the tail of a P&L of second order in normal moves: see `deltaGammaTail`; default `exact` */
  readonly method?: DeltaGammaMethod;
}

/**
 * Options to second order in the moves of the forward f and of the settle asset x:
 *
 *   P&L = q m s [ a x + F ∂a/∂F (f + f x) + ½ F² ∂²a/∂F² f² ]
 *
 * at unchanged volatility and time. For `historical`, and for `parametric` with normal moves: there VaR and ES are those of
 * the quadratic form, by `method`.
 *
 * @throws InvalidInputError   an option that is unknown or out of range
 * @see METHODS.md#option-books
 */
export function deltaGamma(options?: DeltaGammaTreatment): OptionTreatment {
  const { method, ...settings } = checkOptions(options, "deltaGamma", {
    ...treatmentReaders,
    method: withDefault<DeltaGammaMethod, DeltaGammaMethod>(
      "exact",
      oneOf(["exact", "saddlepoint", "cornishFisher", "normal"]),
    ),
  });
  const notes = ["options are worth their marks and move by their deltas and gammas, volatility and time unchanged"];
  const beyond = { key: `,method=${method}`, pnl: secondOrder, normal: normalTails(method) };
  return treatment("deltaGamma", settings, notes, beyond);
}

const secondOrder: Bend = (_, terms, __, { forward, settle }) => {
  const rows = forward.length;
  const pnl = new Float64Array(terms.length * rows);
  for (const [k, { slope, curvature, multiplier, price }] of terms.entries()) {
    for (const [t, f] of forward.entries()) {
      pnl[k * rows + t] = multiplier * price * f * (slope * (settle[t] ?? 0) + 0.5 * curvature * f);
    }
  }
  return pnl;
};

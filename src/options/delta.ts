import type { OptionTreatment } from "../book/option-treatment.js";
import { checkOptions } from "../checks.js";
import { type TreatmentOptions, treatment, treatmentReaders } from "./treatment.js";

/**
 * Options to first order: an option is worth its mark and moves with its forward by its delta, and with the asset that it
 * settles in by what it is worth. For `collateral`, `parametric`, `historical` and what rests on them.
 *
 *   exposure   q m F ∂a/∂F · s  to what the forward moves with,  q m a · s  to what the settle asset moves with
 *   notional   m |∂V/∂F| F, in the numeraire, of which a collateral rule takes its rate
 *
 * a the price in the settle asset (V of Black 1976, or V/F of an inverse option), s the index of that asset.
 *
 * @throws InvalidInputError   an option that is unknown or out of range
 * @see METHODS.md#option-books
 */
export function delta(options?: TreatmentOptions): OptionTreatment {
  const settings = checkOptions(options, "delta", treatmentReaders);
  return treatment("delta", settings, ["options are worth their marks and move by their deltas"], null);
}

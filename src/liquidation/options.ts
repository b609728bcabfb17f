import {
  checkOptions,
  duration,
  entries,
  finiteNumber,
  invalid,
  oneOf,
  type Place,
  text,
  withDefault,
} from "../checks.js";
import { isEstimator } from "../covariance/covariance.js";
import type { CovarianceEstimator } from "../covariance/estimator.js";
import type { GapRule, ReturnKind } from "../covariance/returns.js";

export interface LiquidationOptions {
  /**
   * how the factors move together, per bar of the history: gives distances, probabilities and betas. Default null: prices
   * and uniform falls only
   */
  readonly covariance?: CovarianceEstimator | null;
  /** moves that the covariance is estimated of; default `simple` */
  readonly returns?: ReturnKind;
  readonly gaps?: GapRule;
  /** newest one-bar returns to estimate from; default null: all */
  readonly lookback?: number | null;
  /** factors without history: an error, or they are taken not to move, and named in the result */
  readonly missing?: "error" | "drop";
  /** what probabilities look ahead to: ISO 8601 duration, a whole number of bars; default `P1D` */
  readonly horizon?: string;
  /** expected relative move per bar, by factor; default none */
  readonly drift?: Readonly<Record<string, number>>;
  /** how often the excess is looked at within the horizon, ISO 8601 duration; default null: all the time */
  readonly monitoring?: string | null;
  /** Student t with so many degrees of freedom (above 2) at the end of the horizon; default null: normal */
  readonly degreesOfFreedom?: number | null;
  /** factor whose move the others follow by their betas; default null: no beta-weighted fall. Needs `covariance` */
  readonly marketFactor?: string | null;
}

export type LiquidationSettings = ReturnType<typeof checkLiquidation>;

function orNull<T>(read: (value: unknown, place: Place) => T) {
  return withDefault(null, (value: unknown, place: Place) => (value === null ? null : read(value, place)));
}

function drifts(value: unknown, place: Place): Readonly<Record<string, number>> {
  const read = entries(value, place).map(([factor, move]) => [
    factor,
    finiteNumber(move, { parent: place, key: factor }),
  ]);
  return Object.fromEntries(read);
}

/** The options with their defaults. */
export function checkLiquidation(options: LiquidationOptions | undefined) {
  const settings = checkOptions(options, "liquidation", {
    covariance: orNull(isEstimator),
    returns: withDefault("simple" as const, oneOf(["simple", "log"] as const)),
    gaps: withDefault("reject" as const, oneOf(["reject", "dropRows"] as const)),
    lookback: orNull((value, place) => finiteNumber(value, place, { min: 1, whole: true })),
    missing: withDefault("error" as const, oneOf(["error", "drop"] as const)),
    horizon: withDefault("P1D", (value: unknown, place: Place) => {
      duration(value, place);
      return String(value);
    }),
    drift: withDefault<Readonly<Record<string, number>>, Readonly<Record<string, number>>>({}, drifts),
    monitoring: orNull((value, place) => {
      duration(value, place);
      return String(value);
    }),
    degreesOfFreedom: orNull((value, place) => finiteNumber(value, place, { above: 2 })),
    marketFactor: orNull(text),
  });
  if (settings.marketFactor !== null && settings.covariance === null) {
    throw invalid(
      "liquidation.marketFactor",
      "given together with a covariance, which has its betas",
      settings.marketFactor,
    );
  }
  return settings;
}

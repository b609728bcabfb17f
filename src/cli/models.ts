import {
  collateral,
  type CollateralModel,
  type CovarianceEstimator,
  ewma,
  type FactorRiskOptions,
  type HistoricalModel,
  historical,
  InvalidInputError,
  ledoitWolf,
  normal,
  type ParametricModel,
  parametric,
  type Rule,
  sample,
  studentT,
} from "../index.js";
import { BadInput } from "./bad-input.js";
import type { Asked } from "./options.js";

export type RiskModel = ParametricModel | HistoricalModel;

/** The parametric or historical model that the options describe. */
export function riskModel(asked: Asked, kind: "parametric" | "historical"): RiskModel {
  const shared = {
    confidence: asked.confidence,
    holdingPeriod: asked.holdingPeriod,
    gaps: asked.gaps,
    missing: asked.missing,
    // Names are checked by the factory, which knows them all.
    ignores: asked.ignore as FactorRiskOptions["ignores"] & object,
    ...(asked.lookback === undefined ? {} : { lookback: asked.lookback }),
  };
  return asOption(() =>
    kind === "historical"
      ? historical(shared)
      : parametric({
          ...shared,
          covariance: estimator(asked),
          distribution:
            asked.distribution.kind === "normal"
              ? normal()
              : studentT({ degreesOfFreedom: asked.distribution.degreesOfFreedom }),
          returns: asked.returns,
        }),
  );
}

/** One rule applies to every pool; of several each pool takes the one it names. */
export function collateralModel(rules: readonly Rule[]): CollateralModel {
  const [only, ...more] = rules;
  if (only === undefined) throw new BadInput("--rule", "", "given for the collateral model", "nothing");
  return collateral(more.length === 0 ? only : rules);
}

/** The covariance estimator that the options describe. */
export function estimator(asked: Asked): CovarianceEstimator {
  const { covariance } = asked;
  if (covariance.kind === "ewma") return ewma({ decay: covariance.decay });
  return covariance.kind === "sample" ? sample() : ledoitWolf({ target: covariance.target });
}

/** What a factory says of its options, said of ours: `historical.confidence` is `--confidence`. */
export function asOption<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const key = error.path.replace(/^\w+\./, "").replace(/[.[].*$/, "");
    const names: Readonly<Record<string, string>> = {
      ignores: "--ignore",
      decay: "--covariance",
      degreesOfFreedom: "--distribution",
    };
    const option = names[key] ?? `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new BadInput(option, "", error.expected, error.actual);
  }
}

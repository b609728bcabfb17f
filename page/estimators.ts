import { type CovarianceEstimator, ewma, ledoitWolf, sample } from "../src/index.js";
import {
  analyticalNonlinear,
  ledoitWolfDiagonal,
  ledoitWolfSingleFactor,
  oas,
  quadraticInverse,
} from "../src/numerics/index.js";

/** The estimators of covariance on offer, the one in force at first. */
const estimators: Readonly<Record<string, { readonly text: string; readonly make: () => CovarianceEstimator }>> = {
  ewma: { text: "EWMA, decay 0.97", make: () => ewma({ decay: 0.97 }) },
  sample: { text: "sample", make: () => sample() },
  ledoitWolf: { text: "Ledoit-Wolf, identity", make: () => ledoitWolf() },
  constantCorrelation: {
    text: "Ledoit-Wolf, constant correlation",
    make: () => ledoitWolf({ target: "constantCorrelation" }),
  },
  singleFactor: { text: "Ledoit-Wolf, single factor", make: () => ledoitWolfSingleFactor() },
  diagonal: { text: "Ledoit-Wolf, diagonal", make: () => ledoitWolfDiagonal() },
  oas: { text: "OAS", make: () => oas() },
  analyticalNonlinear: { text: "Ledoit-Wolf, analytical nonlinear", make: () => analyticalNonlinear() },
  quadraticInverse: { text: "Ledoit-Wolf, quadratic-inverse", make: () => quadraticInverse() },
};

/** What the picker of estimators offers. */
export const estimatorChoices = Object.entries(estimators).map(([value, { text }]) => ({ value, text }));

/** The estimator of a choice; an unknown one is a fault of the page. */
export function estimatorOf(choice: string): CovarianceEstimator {
  const found = estimators[choice];
  if (found === undefined) throw new Error(`the page offers no estimator ${choice}`);
  return found.make();
}

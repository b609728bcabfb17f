import { ewma } from "../../src/covariance/ewma.js";
import { sample } from "../../src/covariance/sample.js";
import { collateral } from "../../src/models/collateral.js";
import { historical } from "../../src/models/historical.js";
import type { MarginModel } from "../../src/models/model.js";
import { parametric } from "../../src/models/parametric.js";
import {
  ageWeighted,
  kernelSmoothed,
  modified,
  monteCarlo,
  studentTCopula,
  studentTMargin,
} from "../../src/numerics/index.js";
import { parseRule } from "../../src/models/rule.js";

/** A model of the table, and the axioms that it is excused from, each with the reason. */
export interface ModelRow {
  readonly name: string;
  readonly model: MarginModel;
  readonly excused: Readonly<Partial<Record<Axiom, string>>>;
}

export type Axiom = "A1" | "A2" | "A3" | "A4" | "A5" | "A6" | "A7" | "A8" | "A9" | "A10" | "A11" | "A12";

const rule = (id: string, change: (weight: number) => unknown) =>
  parseRule({
    schema: "margrave/rule/1",
    id,
    model: "collateral",
    effective: "2026-01-01",
    source: "axioms",
    breach: "<",
    price: { assets: "index", liabilities: "index" },
    unlisted: "refuse",
    assets: {
      USD: { initial: 1, maintenance: 1 },
      BTC: { initial: change(0.9), maintenance: change(0.95), liability: { initial: 1.1, maintenance: 1.05 } },
      ETH: { initial: change(0.85), maintenance: change(0.9), liability: { initial: 1.2, maintenance: 1.1 } },
    },
    instruments: [{ match: { kind: "perpetual" }, initial: 0.1, maintenance: 0.05 }],
  });

export const flatRule = rule("flat", (weight) => weight);
export const tieredRule = rule("tiered", (weight) => [
  [50_000, weight],
  [null, weight / 2],
]);

const perDay = { holdingPeriod: "PT1H", confidence: 0.95 } as const;
const VAR_ALONE = "VaR on a finite sample is not sub-additive; ES is";

/** The flat rule with every weight a tenth lower. */
export const lowerFlatRule = rule("lower", (weight) => weight * 0.9);

/** Every model of the package. A new model is one row, which buys it every axiom. */
export const models: readonly ModelRow[] = [
  { name: "collateral, flat weights", model: collateral(flatRule), excused: {} },
  {
    name: "collateral, tiered weights",
    model: collateral(tieredRule),
    excused: {
      A4: "a weight that falls with size is a concentration add-on: twice the value is worth less than twice",
    },
  },
  { name: "parametric, normal", model: parametric({ ...perDay, covariance: sample() }), excused: {} },
  {
    name: "parametric, EWMA, ES",
    model: parametric({
      ...perDay,
      covariance: ewma({ decay: 0.97 }),

      measure: "expectedShortfall",
      factors: { initial: 1.4, maintenance: 1 },
    }),
    excused: {},
  },
  {
    name: "historical, ES",
    model: historical({ ...perDay, lookback: 100, measure: "expectedShortfall" }),
    excused: {},
  },
  {
    name: "monteCarlo, t copula, ES",
    model: monteCarlo({
      ...perDay,
      covariance: sample(),
      copula: studentTCopula({ degreesOfFreedom: 4 }),
      margin: studentTMargin({ degreesOfFreedom: 4 }),
      paths: 500,
      measure: "expectedShortfall",
    }),
    excused: {},
  },
  { name: "historical, VaR", model: historical({ ...perDay, lookback: 100 }), excused: { A5: VAR_ALONE } },
  { name: "modified, VaR", model: modified({ ...perDay, lookback: 100 }), excused: {} },
  {
    name: "modified, ES, operational",
    model: modified({ ...perDay, lookback: 100, shortfall: "operational", measure: "expectedShortfall" }),
    excused: {},
  },
  {
    name: "modified, ES",
    model: modified({ ...perDay, lookback: 100, measure: "expectedShortfall" }),
    excused: {},
  },
  {
    name: "age-weighted, ES",
    model: ageWeighted({ ...perDay, lookback: 100, measure: "expectedShortfall" }),
    excused: {},
  },
  { name: "age-weighted, VaR", model: ageWeighted({ ...perDay, lookback: 100 }), excused: { A5: VAR_ALONE } },
  {
    name: "kernel-smoothed, ES",
    model: kernelSmoothed({ ...perDay, lookback: 100, measure: "expectedShortfall" }),
    excused: { A5: "the bandwidth of a sum may be wider than both of its parts' together" },
  },
  { name: "kernel-smoothed, VaR", model: kernelSmoothed({ ...perDay, lookback: 100 }), excused: { A5: VAR_ALONE } },
];

import { packBook } from "../../src/book/pack-book.js";
import type { ResidentBook } from "../../src/book/resident.js";
import type { Engine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Explanation } from "../../src/models/model.js";
import { preset } from "../../src/presets/index.js";
import { type ComposedModel, composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { axiomAccounts, axiomMarket, type Evaluate, type Prices } from "./preset-laws.js";
import type { Holdings, PresetRow } from "./preset-rows.js";

const models = new Map<string, ComposedModel>();

/** The model of a row, its asset weights times `k`; made once. */
export function presetModel(row: PresetRow, k = 1): ComposedModel {
  const key = `${row.preset}/${k}`;
  const model = models.get(key) ?? composed(composedRule(preset(row.preset, row.parameters(k))));
  models.set(key, model);
  return model;
}

/** Pools as a resident book for the time of `use`. */
export function withBook<T>(
  engine: Engine,
  row: PresetRow,
  pools: readonly Holdings[],
  prices: Prices | undefined,
  use: (book: ResidentBook) => T,
): T {
  const market = engine.loadMarket(parseMarket(axiomMarket(prices)));
  const book = engine.loadBook(packBook(axiomAccounts(row, pools), market.market), market);
  try {
    return use(book);
  } finally {
    book.dispose();
    market.dispose();
  }
}

/** Pools evaluated by the engine. */
export function evaluator(engine: Engine): Evaluate {
  return (row, pools, { k, prices } = {}) => {
    const model = presetModel(row, k);
    return withBook(engine, row, pools, prices, (book) => {
      const { equity, healthFactor, requirement, eligible, excess } = engine.margin(book, model);
      return pools.map((_, p) => ({
        equity: equity[p] ?? Number.NaN,
        healthFactor: healthFactor[p] ?? Number.NaN,
        levels: (["initial", "maintenance"] as const).map((level) => {
          const of = (pair: typeof excess) => (pair[level] ?? pair.maintenance)[p] ?? Number.NaN;
          return { requirement: of(requirement), eligible: of(eligible), excess: of(excess) };
        }),
        explained: () => withBook(engine, row, pools, prices, (again) => totals(engine.explain(again, p, model))),
      }));
    });
  };
}

function totals({ equity, eligible, requirement }: Explanation) {
  const sum = (terms: Explanation["eligible"], level: "initial" | "maintenance") =>
    terms.reduce((total, term) => total + (term[level] ?? term.maintenance), 0);
  return {
    equity: equity.reduce((total, { value }) => total + value, 0),
    levels: (["initial", "maintenance"] as const).map((level) => ({
      eligible: sum(eligible, level),
      requirement: sum(requirement, level),
    })),
  };
}

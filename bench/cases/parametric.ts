import type { PackedBook } from "../../src/book/packed.js";
import { packBook } from "../../src/book/pack-book.js";
import { fixed } from "../../src/covariance/fixed.js";
import { createEngine } from "../../src/engine.js";
import { parseHistory } from "../../src/market/parse-history.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { parametric } from "../../src/models/parametric.js";
import { ASSETS, exchangeBook, random } from "../books.js";
import { allAgreeing, type BenchCase } from "../case.js";

const POOLS = 100_000;
const HOLDINGS = 5;
const QUANTILE = 2.3263478740408408;
const TAIL_MEAN = 2.665214220345808;

/** A covariance of `ASSETS` factors: one common move and an own one each. */
function covarianceMatrix(): Float64Array {
  const uniform = random(7);
  const beta = Array.from({ length: ASSETS }, () => 0.005 + 0.02 * uniform());
  const own = beta.map(() => 1e-4 * uniform());
  return Float64Array.from({ length: ASSETS * ASSETS }, (_, e) => {
    const [i, j] = [Math.floor(e / ASSETS), e % ASSETS];
    return (beta[i] as number) * (beta[j] as number) + (i === j ? (own[i] as number) : 0);
  });
}

/** The same columns in typed-array JavaScript. A pool of the book holds each asset once, so that a holding is an exposure. */
function typedLoop(packed: PackedBook, covariance: Float64Array) {
  const { holdingStart, holdingAsset, holdingQuantity, poolCount, market } = packed;
  const { index } = market.prices;
  const columns = Array.from({ length: 7 }, () => new Float64Array(poolCount));
  const [equities, deviations, valuesAtRisk, shortfalls, requirements, excesses, health] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const factor = Int32Array.from(market.assets, ({ id }) => market.factors.indexOf(id));
  const exposure = new Float64Array(64);
  const slot = new Int32Array(64);
  const run = () => {
    for (let p = 0; p < poolCount; p++) {
      let assets = 0;
      let liabilities = 0;
      let count = 0;
      for (let h = holdingStart[p] as number; h < (holdingStart[p + 1] as number); h++) {
        const asset = holdingAsset[h] as number;
        const worth = (holdingQuantity[h] as number) * (index[asset] as number);
        if (worth > 0) assets += worth;
        else liabilities -= worth;
        if ((factor[asset] as number) < 0) continue;
        exposure[count] = worth;
        slot[count++] = factor[asset] as number;
      }
      let variance = 0;
      for (let i = 0; i < count; i++) {
        const row = (slot[i] as number) * ASSETS;
        let across = 0;
        for (let j = 0; j < i; j++)
          across += (covariance[row + (slot[j] as number)] as number) * (exposure[j] as number);
        const own = (covariance[row + (slot[i] as number)] as number) * (exposure[i] as number);
        variance += (exposure[i] as number) * (own + 2 * across);
      }
      const deviation = Math.sqrt(Math.max(0, variance));
      const valueAtRisk = QUANTILE * deviation;
      const owed = liabilities + valueAtRisk;
      equities[p] = assets - liabilities;
      deviations[p] = deviation;
      valuesAtRisk[p] = valueAtRisk;
      shortfalls[p] = TAIL_MEAN * deviation;
      requirements[p] = valueAtRisk;
      excesses[p] = assets - liabilities - valueAtRisk;
      health[p] = owed > 0 ? assets / owed : Number.POSITIVE_INFINITY;
    }
  };
  return { run, columns };
}

export const cases: readonly BenchCase[] = [
  {
    id: "parametric.margin.100000x5.js-typed",
    work: `parametric VaR, ES and margin of ${POOLS} pools × ${HOLDINGS} holdings over a resident covariance`,
    subject: "a warm margin call",
    peer: "one loop in typed-array JavaScript",
    prepare: async () => {
      const engine = createEngine();
      const documents = exchangeBook(POOLS, HOLDINGS);
      const market = parseMarket(documents.market);
      const factors = market.factors.filter((name) => name !== market.numeraire);
      const matrix = covarianceMatrix();
      const day = 86_400_000;
      const times = [market.asOf - day, market.asOf];
      const closes = new Float64Array(2 * factors.length).fill(1);
      const history = parseHistory({ times, columns: factors, closes, interval: day, in: market.numeraire });
      const packed = packBook(documents.accounts, market);
      const book = engine.loadBook(packed, engine.loadMarket(market, { history }));
      const model = parametric({ covariance: fixed({ factors, matrix }) });
      const typed = typedLoop(packed, matrix);
      let result = engine.margin(book, model);
      return {
        subject: () => {
          result = engine.margin(book, model, { live: true });
        },
        peer: typed.run,
        agree: () => {
          typed.run();
          const ours = [
            result.equity,
            result.deviation,
            result.valueAtRisk,
            result.expectedShortfall,
            result.requirement.maintenance,
            result.excess.maintenance,
            result.healthFactor,
          ];
          for (const [i, column] of ours.entries())
            allAgreeing(`column ${i}`, column, typed.columns[i] as Float64Array);
        },
        dispose: () => {
          book.dispose();
          book.market.dispose();
        },
      };
    },
  },
];

import {
  collateral,
  decomposePool,
  fixed,
  historical,
  isolated,
  packBook,
  parametric,
  parseHistory,
  parseMarket,
  parseRule,
} from "../../../src/index.js";
import {
  delta,
  deltaGamma,
  revaluation,
  surfaceSource,
  sviSlice,
  volatilitySurface,
} from "../../../src/options/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

const OPTIONS = 80;
const POOLS = 60;
const BARS = 201;
const HOUR = 3_600_000;
const AS_OF = Date.UTC(2026, 10, 20, 8);

/** Books with options under every treatment. */
export const section: Section = {
  name: "option-books",
  functions: { delta, deltaGamma, revaluation, surfaceSource },
  results: (engine) => {
    const next = random(77);
    const iso = (time: number) => new Date(time).toISOString();
    const coins = ["AAA", "BBB"];
    const options = Array.from({ length: OPTIONS }, (_, i) => {
      const coin = coins[i % 2] ?? "";
      const inverse = i % 3 > 0;
      const settle = inverse ? coin : "USD";
      return {
        instrument: {
          ...{
            id: `O${i}`,
            kind: "option",
            payoff: inverse ? "inverse" : "linear",
            underlying: coin,
            quote: settle,
            settle,
          },
          ...{ multiplier: 0.5 + next(), strike: 60 + 80 * next(), right: next() < 0.5 ? "call" : "put" },
          expiry: iso(AS_OF + Math.round((0.5 + 200 * next()) * 24) * HOUR),
        },
        price: {
          ...{
            of: `O${i}`,
            mark: inverse ? 0.2 * next() : 20 * next(),
            ...(next() < 0.1 ? {} : { impliedVol: 0.2 + next() }),
          },
          ...(next() < 0.5 ? {} : { forward: `${coin}-F` }),
        },
      };
    });
    const market = parseMarket({
      ...{ schema: "margrave/market/1", asOf: iso(AS_OF), numeraire: "USD" },
      assets: [{ id: "USD" }, ...coins.map((id) => ({ id }))],
      prices: [
        ...coins.map((of) => ({ of, in: "USD", index: 90 + 20 * next() })),
        ...coins.map((coin) => ({ of: `${coin}-F`, mark: 90 + 20 * next() })),
        ...options.map(({ price }) => price),
      ],
      instruments: [
        ...coins.map((coin) => ({
          ...{ id: `${coin}-F`, kind: "perpetual", payoff: "linear", underlying: coin, quote: "USD", settle: "USD" },
        })),
        ...options.map(({ instrument }) => instrument),
      ],
      exposures: [{ of: "AAA-F", to: { AAA: 1, "AAA-F/AAA": 0.75 } }],
    });
    const columns = [...coins, "AAA-F/AAA"];
    const closes = columns.flatMap(() => {
      let close = 50;
      return Array.from({ length: BARS }, () => (close *= 1 + 0.2 * (next() - 0.5)));
    });
    const history = parseHistory({
      ...{ times: Array.from({ length: BARS }, (_, t) => AS_OF - (BARS - 1 - t) * HOUR), columns },
      ...{ closes, interval: HOUR, in: "USD" },
    });
    const pools = Array.from({ length: POOLS }, (_, p) => ({
      id: `p${p}`,
      balances: ["USD", ...coins].map((asset) => ({ asset, quantity: 1000 * (next() - 0.3) })),
      positions: Array.from({ length: Math.floor(8 * next()) }, () => ({
        ...{ instrument: `O${Math.floor(OPTIONS * next())}`, quantity: 50 * (next() - 0.5), entryPrice: 1 },
      })),
    }));
    const accounts = { schema: "margrave/accounts/1", asOf: iso(AS_OF), accounts: [{ id: "desk", pools }] };
    const book = engine.loadBook(packBook(accounts, market), engine.loadMarket(market, { history }));
    const level = { initial: 0.8, maintenance: 0.9 };
    const rule = parseRule({
      ...{ schema: "margrave/rule/1", id: "r", model: "collateral", effective: "2026-01-01", source: "the suite" },
      ...{ breach: "<", price: { assets: "index", liabilities: "index" } },
      assets: { USD: { initial: 1, maintenance: 1 }, AAA: level, BBB: level },
      instruments: [{ match: {}, initial: 0.2, maintenance: 0.1 }],
    });
    const covariance = fixed({
      factors: columns,
      matrix: columns.map((_, i) => columns.map((__, j) => (i === j ? 4e-4 : 1e-4))),
    });
    const hour = { holdingPeriod: "PT1H", lookback: null } as const;
    const smile = sviSlice({ a: 0.04, b: 0.3, rho: -0.5, m: 0.1, sigma: 0.2 });
    const surface = volatilitySurface({ expiries: [{ years: 0.25, smile }], strikes: "flat", beyond: "flat" });
    const unquoted = { missingVolatility: surfaceSource("svi", { AAA: surface, BBB: surface }) };
    const treatments = [
      delta(unquoted),
      deltaGamma(unquoted),
      revaluation(unquoted),
      revaluation({ ...unquoted, volatilityBeta: -0.5, rate: 0.03 }),
    ];
    const numbers = ({ equity, requirement, excess, healthFactor }: ReturnType<typeof margin>) => [
      ...[equity, requirement.maintenance, excess.maintenance, healthFactor],
    ];
    const margin = (model: ReturnType<typeof historical>) => engine.margin(book, model);
    const measured = treatments.map((treatment) => {
      const model = historical({ ...hour, options: treatment });
      const result = margin(model);
      const { requirement } = isolated(book, model);
      const { pnl, lines, factors } = decomposePool(book, 3, model);
      const shares = [lines.valueAtRisk.component, lines.expectedShortfall.incremental, factors.exposure];
      return [
        ...numbers(result),
        result.valueAtRisk,
        result.expectedShortfall,
        requirement.saving.maintenance,
        pnl,
        ...shares,
      ];
    });
    const curved = engine.margin(book, parametric({ ...hour, covariance, options: deltaGamma(unquoted) }));
    const linear = engine.margin(book, parametric({ ...hour, covariance, options: delta(unquoted) }));
    const rated = engine.margin(book, collateral(rule, { options: delta(unquoted) }));
    return [
      measured,
      curved.valueAtRisk,
      curved.expectedShortfall,
      linear.valueAtRisk,
      linear.equity,
      rated.equity,
      rated.eligible.maintenance,
      rated.requirement.initial,
    ];
  },
  bits: "dd3eaa138625eb73",
};

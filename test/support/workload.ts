import { Engine } from "../../src/engine.js";
import {
  backtest,
  change,
  collateral,
  covariance,
  decomposeHistorical,
  decomposePool,
  decomposeParametric,
  ewma,
  type History,
  historical,
  isolated,
  ledoitWolf,
  liquidation,
  type MarginModel,
  marketCovariance,
  packBook,
  parametric,
  parseHistory,
  parseMarket,
  parseRule,
  sample,
  studentT,
  studentTDistribution,
  tails,
} from "../../src/index.js";
import type { CompiledKernel } from "../../src/kernel.js";
import { MAXIMUM_BYTES, type Memory } from "../../src/memory.js";
import { composedWorkload } from "./composed-workload.js";
import { hashOf } from "./hash-of.js";
import { random } from "./random-book.js";

/**
 * A seeded workload over everything that computes but numerics (numerics-workload.ts), and the hash of every number it
 * gives, by part. Inputs are made with + − × ÷ only, which every engine rounds alike, so that a difference between two
 * hashes is a difference of the kernel or the wrapper. Uses no Node module: it runs in browsers too.
 */
export function workload(kernel: CompiledKernel): Readonly<Record<string, string>> {
  const fresh = () => new Engine(kernel, MAXIMUM_BYTES);
  return {
    functions: hashOf(functions(fresh().memory)),
    distributions: hashOf(distributions(fresh())),
    samples: hashOf(samples(fresh().memory)),
    covariances: hashOf(covariances(fresh())),
    ...book(fresh()),
    ...hashed(composedWorkload(kernel)),
  };
}

function hashed(parts: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, hashOf(value)]));
}

const ASSETS = 14;
const POOLS = 400;
const BARS = 640;
const HOUR = 3_600_000;
const AS_OF = Date.UTC(2026, 10, 20, 8);

/** Elementary functions and distributions over grids that reach both ends of their range. */
function functions({ kernel }: Memory): Float64Array {
  const out: number[] = [];
  const uniform = random(11);
  for (let i = -60; i <= 60; i++) {
    const x = i * 0.65 + uniform();
    out.push(kernel.exponential(x * 11), kernel.exponentialM1(x), kernel.erfc(x / 2));
    out.push(kernel.normalCdf(x), kernel.normalSurvival(x), kernel.normalLogCdf(x * 3), kernel.normalPdf(x));
  }
  for (let i = 1; i < 400; i++) {
    const p = (i - uniform() / 2) / 400;
    out.push(kernel.logarithm(p), kernel.logarithm(1 / p / p), kernel.logarithm1p(p - 0.5));
    out.push(kernel.normalQuantile(p), kernel.normalQuantile(p * p * p * p * p));
  }
  return Float64Array.from(out);
}

/** Student's t, tails without a book, and decompositions of weights. */
function distributions(engine: Engine): unknown[] {
  const t = studentTDistribution(engine);
  const tail = tails(engine);
  const uniform = random(15);
  const out: unknown[] = [];
  for (const nu of [0.5, 1, 2.5, 4, 30, 1e4, 1e8]) {
    for (let i = 1; i < 60; i++) {
      const p = (i - uniform() / 2) / 60;
      out.push(
        t.quantile(p, nu),
        t.quantile(p * p * p * p * p * p, nu),
        t.cdf(20 * p - 10, nu),
        t.pdf(20 * p - 10, nu),
      );
    }
  }
  for (const confidence of [0.9, 0.95, 0.975, 0.99, 0.999]) {
    out.push(tail.normal({ mean: 0.001, deviation: 0.02, confidence, horizon: 10 }));
    out.push(tail.studentT({ location: 0, scale: 0.02, degreesOfFreedom: 3.5, confidence }));
    const n = 6;
    const weights = Float64Array.from({ length: n }, () => uniform() - 0.4);
    const returns = Float64Array.from({ length: 250 * n }, () => 0.02 * (uniform() + uniform() - 1));
    const covariance = new Float64Array(n * n);
    for (let i = 0; i < n * n; i++) covariance[i] = (i % (n + 1) === 0 ? 4e-4 : 0) + 1e-4;
    out.push(decomposeHistorical(engine, { returns, weights, confidence }));
    out.push(
      decomposeParametric(engine, { weights, covariance, confidence, distribution: studentT({ degreesOfFreedom: 5 }) }),
    );
  }
  return out;
}

/** Sums, means, tails and quantiles of samples of every size up to 40 and of some large ones, with ties. */
function samples(memory: Memory): Float64Array[] {
  const { kernel } = memory;
  const uniform = random(12);
  const out: Float64Array[] = [];
  const sizes = [...Array.from({ length: 40 }, (_, i) => i + 1), 257, 4_096, 4_097, 10_001];
  for (const n of sizes) {
    const x = Float64Array.from({ length: n }, () => uniform() + uniform() + uniform() - 1.5);
    for (let i = 2; i < n; i += 3) x[i] = Math.round((x[i] ?? 0) * 16) / 16;
    memory.scope(() => {
      const at = memory.copy(x);
      const scratch = memory.reserve(kernel.tailScratch(n));
      const result = memory.reserveF64(3);
      const rows = memory.reserve(4 * n);
      const weights = memory.reserveF64(n);
      for (const alpha of [0.5, 0.1, 0.05, 0.025, 0.01, 0.001]) {
        kernel.tailStatistics(at, n, alpha, scratch, result);
        out.push(memory.f64(result, 3).slice());
        const count = kernel.tailRows(at, n, alpha, scratch, rows, weights);
        out.push(Float64Array.from(memory.u32(rows, count)), memory.f64(weights, count).slice());
        const quantiles = Array.from({ length: 9 }, (_, i) => kernel.quantileOf(at, n, alpha, i + 1, scratch));
        out.push(Float64Array.from(quantiles));
      }
      out.push(Float64Array.of(kernel.sum(at, n), kernel.mean(at, n)));
    });
  }
  return out;
}

/** Every estimator at sizes around those of the kernel's tiles, more columns than rows among them. */
function covariances(engine: Engine): unknown[] {
  const uniform = random(13);
  const estimators = [
    sample(),
    sample({ ddof: 0 }),
    ewma({ decay: 0.94 }),
    ewma({ halfLife: 20, form: "recursive" }),
    ledoitWolf({ target: "identity" }),
    ledoitWolf({ target: "constantCorrelation" }),
  ];
  const shapes = [1, 2, 3, 4, 5, 7, 8, 9, 17, 33].flatMap((columns) => [3, 20, 300].map((rows) => ({ rows, columns })));
  return shapes.flatMap(({ rows, columns }) => {
    const values = Float64Array.from({ length: rows * columns }, () => 0.02 * (uniform() + uniform() - 1));
    return estimators.map((estimator) => {
      const { estimator: _, ...numbers } = covariance(engine, { rows, columns, values }, estimator);
      return numbers;
    });
  });
}

/** A random book of holdings and positions under two rules, through every model, whole and in slices. */
function book(engine: Engine): Readonly<Record<string, string>> {
  const documents = randomDocuments();
  const market = parseMarket(documents.market);
  const resident = engine.loadMarket(market, { history: documents.history });
  const packed = packBook(documents.accounts, market);
  const loaded = engine.loadBook(packed, resident);
  const rules = documents.rules.map((rule) => parseRule(rule));
  const margin = collateral(rules);
  const risk = { covariance: ewma(), marketFactor: "A0", horizon: "P2D", monitoring: "PT1H", drift: { A1: 0.0001 } };
  const trade = {
    balances: [{ asset: "A2", quantity: -3 }],
    positions: [{ instrument: "A0-PERP", quantity: 2 }],
  };
  const shrunk = parametric({ confidence: 0.975, holdingPeriod: "PT5H", covariance: ledoitWolf(), lookback: 300 });
  const hourly = historical({ holdingPeriod: "PT1H", lookback: null, measure: "expectedShortfall" });
  const models: readonly MarginModel[] = [margin, parametric(), historical()];
  for (const model of models) {
    const { statuses } = engine.margin(loaded, model).meta;
    if (statuses.ok !== POOLS) throw new Error(`${model.name} must compute all ${POOLS} pools, got ${statuses.ok}`);
  }
  return {
    packed: hashOf([packed.holdingQuantity, packed.positionQuantity, packed.positionEntry, packed.positionFunding]),
    collateral: hashOf([
      engine.margin(loaded, margin),
      engine.margin(loaded, margin, { from: 7, to: 190 }),
      Array.from({ length: 20 }, (_, p) => engine.explain(loaded, 7 * p, margin)),
    ]),
    parametric: hashOf([
      engine.margin(loaded, parametric()),
      engine.margin(loaded, shrunk, { from: 100, to: 301 }),
      Array.from({ length: 12 }, (_, p) => [
        decomposePool(loaded, 11 * p, shrunk),
        engine.explain(loaded, 11 * p, shrunk),
      ]),
    ]),
    historical: hashOf([
      engine.margin(loaded, historical()),
      engine.margin(loaded, hourly, { from: 0, to: 99 }),
      Array.from({ length: 12 }, (_, p) => [
        decomposePool(loaded, 9 * p, hourly),
        engine.explain(loaded, 9 * p, hourly),
      ]),
    ]),
    liquidation: hashOf([
      liquidation(loaded, rules),
      liquidation(loaded, rules, risk),
      liquidation(loaded, rules, { ...risk, degreesOfFreedom: 4 }, { from: 20, to: 90 }),
      Array.from({ length: 20 }, (_, p) => liquidation(loaded, rules, risk).pool(13 * p)),
    ]),
    backtest: hashOf([
      backtest(loaded, hourly, { window: 250 }),
      backtest(loaded, parametric({ holdingPeriod: "PT1H" }), { window: 250 }),
    ]),
    changes: hashOf([
      isolated(loaded, margin),
      isolated(loaded, hourly, { from: 30, to: 60 }),
      [margin, hourly].map((model: MarginModel) => engine.whatIf(loaded, "p8", change(trade), model)),
    ]),
    marketCovariance: hashOf([
      marketCovariance(resident, { estimator: ewma() }),
      marketCovariance(resident, { estimator: ledoitWolf(), returns: "log", lookback: 200 }),
    ]),
  };
}

/** Documents of a market with linear and inverse contracts, 400 pools, two rules, and a price history. */
export function randomDocuments(): {
  readonly market: unknown;
  readonly accounts: unknown;
  readonly rules: readonly unknown[];
  readonly history: History;
} {
  const uniform = random(14);
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const ids = Array.from({ length: ASSETS }, (_, i) => `A${i}`);
  const close = ids.map(() => between(0.5, 900));
  const index = Object.fromEntries(ids.map((id, i) => [id, close[i] ?? 1]));
  const time = new Date(AS_OF).toISOString();
  const contract = (id: string, i: number) => ({
    id: `${id}-PERP`,
    kind: "perpetual",
    payoff: i % 3 === 2 ? "inverse" : "linear",
    underlying: id,
    quote: "USD",
    settle: i % 3 === 2 ? id : "USD",
    multiplier: i % 3 === 2 ? 10 : 1,
  });
  const contracts = ids.slice(0, 9).map(contract);
  const market = {
    schema: "margrave/market/1",
    asOf: time,
    numeraire: "USD",
    assets: [{ id: "USD" }, ...ids.map((id) => ({ id }))],
    instruments: contracts,
    prices: [
      ...ids.map((of) => {
        const price = index[of] ?? 1;
        return { of, in: "USD", index: price, bid: price * 0.999, ask: price * between(1.0005, 1.002), time };
      }),
      ...contracts.map(({ id, underlying }) => ({
        of: id,
        mark: (index[underlying] ?? 1) * between(0.99, 1.01),
        time,
      })),
    ],
  };
  const pool = (p: number) => ({
    id: `p${p}`,
    venue: "v",
    rule: p % 4 === 0 ? "tiered" : "flat",
    balances: ids
      .filter(() => uniform() < 0.4)
      .map((asset) => {
        const quantity = between(-600, 2_000) / (index[asset] ?? 1);
        const borrow = {
          rate: between(0, 0.2),
          accruedTo: new Date(AS_OF - 60_000 * Math.floor(between(1, 9_000))).toISOString(),
        };
        return quantity < 0 ? { asset, quantity, borrow } : { asset, quantity, locked: quantity * between(0, 0.3) };
      }),
    positions: contracts
      .filter(() => uniform() < 0.3)
      .map(({ id, underlying, payoff }) => {
        const price = index[underlying] ?? 1;
        const quantity = payoff === "inverse" ? between(-90, 90) : between(-900, 900) / price;
        return { instrument: id, quantity, entryPrice: price * between(0.8, 1.2), fundingDue: between(-1, 1) / price };
      }),
  });
  const accounts = {
    schema: "margrave/accounts/1",
    asOf: time,
    accounts: [{ id: "a", pools: Array.from({ length: POOLS }, (_, p) => pool(p)) }],
  };
  const rule = (id: string, tiered: boolean) => ({
    schema: "margrave/rule/1",
    id,
    model: "collateral",
    effective: "2026-11-01",
    source: "test",
    breach: tiered ? "<=" : "<",
    price: { assets: "bid", liabilities: "ask" },
    unlisted: "refuse",
    assets: Object.fromEntries(
      ["USD", ...ids].map((asset, i) => {
        const weight = between(0.5, 0.98);
        const liability = { initial: 1.1 + 0.01 * i, maintenance: 1.05 };
        if (!tiered || asset === "USD") return [asset, { initial: weight - 0.05, maintenance: weight, liability }];
        const tiers = [
          [between(100, 400), weight],
          [between(500, 900), weight / 2],
          [null, weight / 4],
        ];
        return [asset, { initial: tiers, maintenance: weight, liability, ...(i % 2 ? { cap: { USD: 700 } } : {}) }];
      }),
    ),
    instruments: contracts.map(({ id }) => ({ match: { id }, initial: 0.1, maintenance: between(0.02, 0.06) })),
  });
  // Closes walk backwards from the index, so that the newest bar is today's price.
  const closes = new Float64Array(ASSETS * BARS);
  for (let t = BARS - 1; t >= 0; t--) {
    const shared = 0.01 * (uniform() + uniform() + uniform() - 1.5);
    for (let a = 0; a < ASSETS; a++) {
      closes[a * BARS + t] = close[a] ?? 1;
      close[a] = (close[a] ?? 1) * (1 + shared + 0.02 * (uniform() + uniform() + uniform() - 1.5));
    }
  }
  const times = Float64Array.from({ length: BARS }, (_, t) => AS_OF - HOUR * (BARS - 1 - t));
  return {
    market,
    accounts,
    rules: [rule("flat", false), rule("tiered", true)],
    history: parseHistory({ times, columns: ids, closes, interval: HOUR, in: "USD" }),
  };
}

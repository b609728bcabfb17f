import { describe, expect, test } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { fixed } from "../../src/covariance/fixed.js";
import { Engine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { collateral } from "../../src/models/collateral.js";
import { historical } from "../../src/models/historical.js";
import type { MarginResult } from "../../src/models/model.js";
import { parametric } from "../../src/models/parametric.js";
import { decomposePool } from "../../src/models/pool-decomposition.js";
import { parseRule } from "../../src/models/rule.js";
import { delta } from "../../src/options/delta.js";
import { deltaGamma } from "../../src/options/delta-gamma.js";
import { revaluation } from "../../src/options/revaluation.js";
import { historicalRisk, relativeMoves } from "../reference/historical.js";
import {
  collateralOf,
  equityOf,
  profit,
  type ReferenceKind,
  secondOrder,
  unitMoves,
} from "../reference/option-book.js";
import { variance } from "../reference/parametric.js";
import { builds } from "../support/builds.js";
import { numericsOn } from "../support/numerics-builds.js";
import { optionsOn } from "../support/options-builds.js";
import { type OptionWorld, optionRule, randomOptionBook } from "../support/random-option-book.js";
import { columnsOf } from "../support/random-history.js";
import { tolerance } from "../support/tolerance.js";

const BOOKS = 60;
const POOLS = 4;
const ROWS = 61;
const BETA = -0.4;
const CONFIDENCE = 0.975;

/** The normal quantile at 97.5 %, from tables. */
const QUANTILE = 1.959963984540054;

const engines = builds.map((build) => {
  const engine = new Engine(build, MAXIMUM_BYTES);
  optionsOn(engine.memory);
  numericsOn(engine.memory);
  return engine;
});

const rule = optionRule();
const hour = { holdingPeriod: "PT1H", lookback: null, confidence: CONFIDENCE } as const;
const kinds = {
  delta: delta(),
  deltaGamma: deltaGamma(),
  revaluation: revaluation(),
  withBeta: revaluation({ volatilityBeta: BETA }),
} as const;

/** A covariance of the world's factors, positive definite and not diagonal. */
function covarianceOf(factors: readonly string[]): number[][] {
  const deviation = factors.map((_, i) => 0.01 * (1 + i));
  return deviation.map((a, i) => deviation.map((b, j) => a * b * (i === j ? 1 : 0.3)));
}

function loaded<T>(engine: Engine, world: OptionWorld, work: (book: ReturnType<Engine["loadBook"]>) => T): T {
  const market = parseMarket(world.market);
  const resident = engine.loadMarket(market, { history: world.history });
  const book = engine.loadBook(packBook(world.accounts, market), resident);
  try {
    return work(book);
  } finally {
    book.dispose();
    resident.dispose();
  }
}

function run(engine: Engine, world: OptionWorld) {
  return loaded(engine, world, (book) => {
    const covariance = fixed({ factors: world.factors, matrix: covarianceOf(world.factors) });
    const results = Object.entries(kinds).map(([name, options]) => {
      const result = engine.margin(book, historical({ ...hour, options }));
      return { name, result, details: world.pools.map(({ id }) => result.detail(id)) };
    });
    const linear = parametric({ ...hour, covariance, options: delta() });
    return {
      historical: results,
      parametric: engine.margin(book, linear),
      quadratic: engine.margin(book, parametric({ ...hour, covariance, options: deltaGamma({ method: "normal" }) })),
      exact: engine.margin(book, parametric({ ...hour, covariance, options: deltaGamma() })),
      exposures: world.pools.map(({ id }) => decomposePool(book, id, linear).factors),
      collateral: engine.margin(book, collateral(parseRule(rule.document), { options: delta() })),
    };
  });
}

const bitsOf = ({ equity, requirement, excess, healthFactor, status }: MarginResult) =>
  [equity, requirement.initial ?? [], requirement.maintenance, excess.maintenance, healthFactor, status].map((x) => [
    ...x,
  ]);

function bits(results: ReturnType<typeof run>) {
  return [
    ...results.historical.flatMap(({ result, details }) => [
      ...bitsOf(result),
      ...[result.valueAtRisk, result.expectedShortfall].map((x) => [...x]),
      ...details.flatMap(({ pnl, lines, factors }) => [
        [...pnl],
        [...lines.valueAtRisk.component],
        [...lines.expectedShortfall.incremental],
        [...factors.exposure],
      ]),
    ]),
    ...[results.parametric, results.quadratic, results.exact].flatMap((result) => [
      ...bitsOf(result),
      ...[result.deviation, result.valueAtRisk, result.expectedShortfall].map((x) => [...x]),
    ]),
    ...bitsOf(results.collateral),
    ...results.exposures.map(({ exposure }) => [...exposure]),
  ];
}

function close(
  what: string,
  actual: number | undefined,
  expected: number,
  scale: number,
  relative: number = tolerance.optionBook,
): void {
  const error = Math.abs((actual ?? Number.NaN) - expected);
  if (actual !== expected) expect(error, `${what}: ${actual} for ${expected}`).toBeLessThanOrEqual(relative * scale);
}

function check(seed: number, world: OptionWorld, results: ReturnType<typeof run>): void {
  const { history, factors } = world;
  const { moves } = relativeMoves(history.times, history.interval, columnsOf(history, factors), 1, {
    overlapping: true,
    log: false,
  });
  const count = moves[0]?.length ?? 0;
  const scenarios = Array.from({ length: count }, (_, t) =>
    Object.fromEntries(factors.map((name, i) => [name, moves[i]?.[t] ?? 0])),
  );
  for (const [p, pool] of world.pools.entries()) {
    const at = `seed ${seed} ${pool.id}`;
    const { equity, scale } = equityOf(world, pool);
    for (const { name, result, details } of results.historical) {
      const kind: ReferenceKind = name === "withBeta" ? "revaluation" : (name as ReferenceKind);
      const expected = scenarios.map((move) => profit(world, pool, kind, move, name === "withBeta" ? BETA : 0));
      const most = Math.max(...expected.map((one) => one.scale));
      close(`${at} equity`, result.equity[p], equity, scale);
      const detail = details[p];
      for (const [t, { pnl }] of expected.entries()) {
        if (detail?.factors.names.length) close(`${at} ${name} P&L ${t}`, detail.pnl[t], pnl, most);
      }
      const risk = historicalRisk(
        expected.map(({ pnl }) => pnl),
        CONFIDENCE,
      );
      close(`${at} ${name} VaR`, result.valueAtRisk[p], risk.valueAtRisk, most);
      close(`${at} ${name} ES`, result.expectedShortfall[p], risk.expectedShortfall, most);
      for (const shares of [detail?.factors.valueAtRisk, detail?.lines.valueAtRisk]) {
        const sum = [...(shares?.component ?? [])].reduce((total, x) => total + x, 0);
        close(`${at} ${name} components`, sum, risk.valueAtRisk, most);
      }
    }
    const units = unitMoves(factors).map((move) => profit(world, pool, "delta", move));
    const exposures = new Map(
      results.exposures[p]?.names.map((name, i) => [name, results.exposures[p]?.exposure[i] ?? 0]),
    );
    for (const [i, name] of factors.entries()) {
      close(`${at} exposure to ${name}`, exposures.get(name) ?? 0, units[i]?.pnl ?? 0, units[i]?.scale ?? 0);
    }
    const deviation = Math.sqrt(
      variance(
        units.map(({ pnl }) => pnl),
        covarianceOf(factors),
      ),
    );
    const spread = units.reduce((sum, unit, i) => sum + unit.scale * 0.01 * (1 + i), 0);
    close(`${at} parametric VaR`, results.parametric.valueAtRisk[p], QUANTILE * deviation, QUANTILE * spread);
    const form = secondOrder(world, pool, factors, covarianceOf(factors));
    const wide = Math.sqrt(form.variance);
    const bent = form.scale * 0.01 * factors.length;
    close(`${at} deviation to second order`, results.quadratic.deviation[p], wide, bent, tolerance.optionSecondOrder);
    close(
      `${at} VaR by two moments`,
      results.quadratic.valueAtRisk[p],
      QUANTILE * wide - form.mean,
      bent,
      tolerance.optionSecondOrder,
    );
    // By Cantelli's inequality, whatever the distribution.
    const furthest = -form.mean + wide * Math.sqrt(CONFIDENCE / (1 - CONFIDENCE));
    expect(results.exact.valueAtRisk[p], at).toBeLessThanOrEqual(furthest + tolerance.optionSecondOrder * bent);
    expect(results.exact.expectedShortfall[p], at).toBeGreaterThanOrEqual(results.exact.valueAtRisk[p] ?? Infinity);
    const margin = collateralOf(world, pool, rule.reference);
    close(`${at} eligible`, results.collateral.eligible.maintenance[p], margin.eligible.maintenance, margin.scale);
    close(`${at} eligible`, results.collateral.eligible.initial?.[p], margin.eligible.initial, margin.scale);
    close(`${at} requirement`, results.collateral.requirement.initial?.[p], margin.requirement.initial, margin.scale);
    close(
      `${at} requirement`,
      results.collateral.requirement.maintenance[p],
      margin.requirement.maintenance,
      margin.scale,
    );
    close(`${at} equity`, results.collateral.equity[p], equity, scale);
  }
}

describe("books with options", () => {
  test(`of ${BOOKS} random worlds are what the definitions say, with equal bits in every build`, () => {
    const [simd, ...others] = engines;
    if (simd === undefined) throw new Error("no build");
    const floors = engines.map((engine) => engine.memory.kept);
    for (let seed = 1; seed <= BOOKS; seed++) {
      const world = randomOptionBook(seed, POOLS, ROWS);
      const results = run(simd, world);
      check(seed, world, results);
      const expected = bits(results);
      for (const other of others) expect(bits(run(other, world)), `seed ${seed} on ${other.build}`).toEqual(expected);
    }
    expect(engines.map((engine) => engine.memory.kept)).toEqual(floors);
  }, 120_000);
});

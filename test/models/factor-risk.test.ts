import { describe, expect, test } from "vitest";
import { ewma } from "../../src/covariance/ewma.js";
import { sample } from "../../src/covariance/sample.js";
import { Engine } from "../../src/engine.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { historical } from "../../src/models/historical.js";
import { parametric } from "../../src/models/parametric.js";
import { historicalRisk, relativeMoves } from "../reference/historical.js";
import { grossValue, linesOfPool, totalExposure } from "../reference/lines.js";
import { ewmaCovariance, sampleCovariance, variance } from "../reference/parametric.js";
import { builds } from "../support/builds.js";
import { plainMarket, plainPacked, randomBook } from "../support/random-book.js";
import { columnsOf, randomHistory } from "../support/random-history.js";
import { tolerance } from "../support/tolerance.js";

const BOOKS = 1050;
const POOLS = 3;
const ROWS = 70;

/** The normal quantile at 97.5 % and 99 %, and the tail means, from tables. */
const NORMAL = {
  0.975: { quantile: 1.959963984540054, tailMean: 2.337802792201413 },
  0.99: { quantile: 2.3263478740408408, tailMean: 2.665214220345808 },
} as const;

interface Settings {
  readonly confidence: 0.975 | 0.99;
  readonly bars: number;
  readonly overlapping: boolean;
  readonly gaps: boolean;
  readonly lookback: number | null;
  readonly decay: number | null;
}

function settingsOf(seed: number): Settings {
  return {
    confidence: seed % 2 === 0 ? 0.99 : 0.975,
    bars: [1, 1, 3][seed % 3] ?? 1,
    overlapping: seed % 5 !== 0,
    gaps: seed % 4 === 0,
    lookback: seed % 7 === 0 ? 12 : null,
    decay: seed % 3 === 1 ? null : 0.9,
  };
}

function inputs(seed: number) {
  const plain = randomBook(seed, POOLS);
  const market = plainMarket(plain);
  const packed = plainPacked(plain, market);
  const { gaps } = settingsOf(seed);
  return { market, packed, history: randomHistory(seed, market.factors, ROWS, gaps) };
}

function run(engine: Engine, seed: number) {
  const { market, packed, history } = inputs(seed);
  const { confidence, bars, overlapping, gaps, lookback, decay } = settingsOf(seed);
  const resident = engine.loadMarket(market, { history });
  const book = engine.loadBook(packed, resident);
  try {
    const shared = {
      confidence,
      lookback,
      holdingPeriod: `PT${bars}H`,
      gaps: gaps ? ("dropRows" as const) : ("reject" as const),
      factors: { initial: 1.5, maintenance: 1 },
    };
    return {
      historical: engine.margin(book, historical({ ...shared, overlapping, measure: "expectedShortfall" })),
      parametric: engine.margin(
        book,
        parametric({ ...shared, covariance: decay === null ? sample() : ewma({ decay }) }),
      ),
    };
  } finally {
    book.dispose();
    resident.dispose();
  }
}

type Results = ReturnType<typeof run>;

/** Every column of both results, in one list of bits. */
function bits({ historical: h, parametric: p }: Results): readonly (readonly number[])[] {
  return [h, p].flatMap((result) => [
    [...result.equity],
    [...(result.eligible.initial ?? [])],
    [...result.eligible.maintenance],
    [...(result.requirement.initial ?? [])],
    [...result.requirement.maintenance],
    [...(result.excess.initial ?? [])],
    [...result.excess.maintenance],
    [...result.healthFactor],
    [...result.valueAtRisk],
    [...result.expectedShortfall],
    [...result.status],
    ...("deviation" in result ? [[...result.deviation]] : []),
  ]);
}

function close(what: string, actual: number | undefined, expected: number, error: number): void {
  if (actual === expected) return;
  expect(Math.abs((actual ?? Number.NaN) - expected), `${what}: ${actual} for ${expected}`).toBeLessThanOrEqual(error);
}

/** Compare one book's results with the definitions. */
function check(seed: number, results: Results): void {
  const { market, packed, history } = inputs(seed);
  const { confidence, bars, overlapping, lookback, decay } = settingsOf(seed);
  const used = new Set<number>();
  for (const rows of [market.assetFactors, market.instrumentFactors]) {
    const held = rows === market.assetFactors ? [...packed.holdingAsset] : [...packed.positionInstrument];
    const settle = [...packed.positionInstrument].map((i) => market.instruments[i]?.settle ?? 0);
    for (const row of rows === market.assetFactors ? [...held, ...settle] : held) {
      for (let e = rows.start[row] ?? 0; e < (rows.start[row + 1] ?? 0); e++) used.add(rows.factor[e] ?? 0);
    }
  }
  const factors = [...used].sort((a, b) => a - b);
  const closes = columnsOf(
    history,
    factors.map((f) => market.factors[f] ?? ""),
  );
  const last = (moves: number[][]) => moves.map((column) => (lookback === null ? column : column.slice(-lookback)));
  const moves = last(relativeMoves(history.times, history.interval, closes, bars, { overlapping, log: false }).moves);
  const single = last(
    relativeMoves(history.times, history.interval, closes, 1, { overlapping: true, log: false }).moves,
  );
  const matrix = decay === null ? sampleCovariance(single, 1) : ewmaCovariance(single, decay);
  const { quantile, tailMean } = NORMAL[confidence];
  for (let p = 0; p < packed.poolCount; p++) {
    const lines = linesOfPool(market, packed, p);
    const exposure = totalExposure(lines);
    const weights = factors.map((f) => exposure.get(f) ?? 0);
    const size = lines.flatMap((line) => [...line.exposure.values()]).reduce((sum, x) => sum + Math.abs(x), 0);
    const value = grossValue(market, lines);
    const gross = value.assets + value.liabilities;
    const equity = value.assets - value.liabilities;

    const h = results.historical;
    const pnl = Array.from({ length: moves[0]?.length ?? 1 }, (_, t) =>
      weights.reduce((sum, w, i) => sum + w * (moves[i]?.[t] ?? 0), 0),
    );
    const risk = historicalRisk(pnl, confidence);
    const slack = tolerance.exposureRelative * size;
    close(`seed ${seed} pool ${p} VaR`, h.valueAtRisk[p], risk.valueAtRisk, slack);
    close(`seed ${seed} pool ${p} ES`, h.expectedShortfall[p], risk.expectedShortfall, slack);
    close(`seed ${seed} pool ${p} equity`, h.equity[p], equity, tolerance.exposureRelative * gross);
    const required = Math.max(0, risk.expectedShortfall);
    const within = slack + tolerance.exposureRelative * gross;
    close(`seed ${seed} pool ${p} initial`, h.requirement.initial?.[p], 1.5 * required, 1.5 * slack);
    close(`seed ${seed} pool ${p} maintenance`, h.requirement.maintenance[p], required, slack);
    close(`seed ${seed} pool ${p} excess`, h.excess.initial?.[p], equity - 1.5 * required, 2 * within);
    close(`seed ${seed} pool ${p} excess`, h.excess.maintenance[p], equity - required, within);
    const owed = value.liabilities + required;
    const health = owed > 0 ? value.assets / owed : Number.POSITIVE_INFINITY;
    close(
      `seed ${seed} pool ${p} health`,
      h.healthFactor[p],
      health,
      (tolerance.exposureRelative * 10 * (gross + size) * (1 + health)) / owed,
    );

    const q = results.parametric;
    const spread = weights.reduce((sum, w, i) => sum + Math.abs(w) * Math.sqrt(matrix[i]?.[i] ?? 0), 0);
    const squared = bars * variance(weights, matrix);
    const deviation = q.deviation[p] ?? Number.NaN;
    close(
      `seed ${seed} pool ${p} variance`,
      deviation * deviation,
      squared,
      tolerance.varianceRelative * (bars * spread * (spread + size)),
    );
    close(
      `seed ${seed} pool ${p} VaR`,
      q.valueAtRisk[p],
      quantile * deviation,
      tolerance.elementaryRelative * 4 * deviation,
    );
    close(
      `seed ${seed} pool ${p} ES`,
      q.expectedShortfall[p],
      tailMean * deviation,
      tolerance.elementaryRelative * 4 * deviation,
    );
    close(`seed ${seed} pool ${p} requirement`, q.requirement.initial?.[p], 1.5 * (q.valueAtRisk[p] ?? 0), 0);
    expect(q.requirement.maintenance[p]).toBe(q.valueAtRisk[p]);
    expect(q.eligible.maintenance[p]).toBe(q.equity[p]);
  }
}

describe("historical and parametric risk", () => {
  test(`of ${BOOKS} random books are what the definitions say, with equal bits in every build`, () => {
    const engines = builds.map((build) => new Engine(build, MAXIMUM_BYTES));
    const [simd, ...others] = engines;
    if (simd === undefined) throw new Error("no build");
    const floors = engines.map((engine) => engine.memory.kept);
    for (let seed = 1; seed <= BOOKS; seed++) {
      const results = run(simd, seed);
      check(seed, results);
      const expected = bits(results);
      for (const other of others) expect(bits(run(other, seed)), `seed ${seed} on ${other.build}`).toEqual(expected);
    }
    expect(engines.map((engine) => engine.memory.kept)).toEqual(floors);
  }, 240_000);
});

import { describe, expect, it } from "vitest";
import {
  type OptionColumns,
  type OptionScenarios,
  optionGrid,
  optionPnl,
  optionPrices,
} from "../../src/options/index.js";
import { pathOf } from "../support/errors.js";
import { optionsBuilds } from "../support/options-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

/** A book of options around the money, and scenarios. */
function sample(seed: number, count: number, scenarios: number) {
  const uniform = random(seed);
  const column = (length: number, of: () => number) => Float64Array.from({ length }, of);
  const options = {
    type: Uint8Array.from({ length: count }, () => (uniform() < 0.5 ? 0 : 1)),
    spot: column(count, () => 100 * Math.exp(2 * (uniform() - 0.5))),
    strike: 100,
    years: column(count, () => 2 * uniform() ** 3),
    volatility: column(count, () => 2 * uniform()),
    rate: column(count, () => 0.1 * uniform()),
    yield: 0.01,
  } satisfies OptionColumns;
  const moves = {
    price: column(scenarios, () => 1.2 * uniform() - 0.6),
    volatilityScale: column(scenarios, () => 0.5 + uniform()),
    volatilityShift: column(scenarios, () => 0.4 * (uniform() - 0.5)),
  } satisfies OptionScenarios;
  return { options, moves };
}

/** The options as they are in scenario j. */
function moved({ options, moves }: ReturnType<typeof sample>, j: number): OptionColumns {
  const move = moves.price[j] ?? 0;
  const [scale = 1, shift = 0] = [moves.volatilityScale[j], moves.volatilityShift[j]];
  return {
    ...options,
    spot: options.spot.map((spot) => spot * (1 + move)),
    volatility: options.volatility.map((volatility) => Math.max(volatility * scale + shift, 0)),
  };
}

describe.each(optionsBuilds)("option grids ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("are as near where prices multiply, at strikes that they come to", () => {
    const uniform = random(71);
    const price = Float64Array.from({ length: 40 }, () => 30 * Math.exp(5 * uniform()));
    for (const move of price) {
      const strike = 100 * (1 + move) * (0.5 + uniform());
      const options = {
        type: "call",
        spot: Float64Array.of(100),
        strike,
        years: 2,
        volatility: 1.5 + uniform(),
      } as const;
      const grid = optionGrid(engine, options, { price });
      for (const [j, each] of price.entries()) {
        const spot = 100 * (1 + each);
        const [expected = Number.NaN] = optionPrices(engine, { ...options, spot: Float64Array.of(spot) }).price;
        const off = Math.abs((grid.price[j] ?? Number.NaN) - expected);
        expect(off).toBeLessThanOrEqual(tolerance.gridAbsolute * Math.max(strike, spot));
      }
    }
  });

  it("are within 1e-15 of the larger of underlying and strike of the price kernel, for every number of scenarios", () => {
    for (let scenarios = 0; scenarios <= 70; scenarios += scenarios < 20 ? 1 : 10) {
      const book = sample(scenarios + 1, 40, scenarios);
      const grid = optionGrid(engine, book.options, book.moves);
      expect(grid).toMatchObject({ kernel: "grid", scenarios });
      for (let j = 0; j < scenarios; j++) {
        const options = moved(book, j);
        const { price } = optionPrices(engine, options);
        for (const [i, expected] of price.entries()) {
          const size = Math.max(100, (options.spot as Float64Array)[i] ?? 0);
          const off = Math.abs((grid.price[i * scenarios + j] ?? Number.NaN) - expected);
          expect(off).toBeLessThanOrEqual(tolerance.gridAbsolute * size);
        }
      }
    }
  });

  it("are the intrinsic value where no volatility or no time is left", () => {
    const moves: OptionScenarios = { price: Float64Array.of(-0.5, -0.1, 0, 0.1, 1), volatilityScale: 0 };
    const still = { type: "call", spot: 100, strike: 100, years: 1, volatility: 0.5 } as const;
    for (const [options, scenarios] of [
      [still, moves],
      [{ ...still, years: 0 }, { price: moves.price }],
      [still, { price: moves.price, volatilityShift: -9 }],
    ] as const) {
      const { price } = optionGrid(engine, options, scenarios);
      expect([...price]).toEqual([0, 0, 0, 110 - 100 + (1.1 * 100 - 110), 100]);
      expect([...optionGrid(engine, { ...options, type: "put" }, scenarios).price]).toEqual([50, 10, 0, 0, 0]);
    }
  });

  it("stay at their bounds however far a scenario goes", () => {
    const far: OptionScenarios = {
      price: Float64Array.of(-0.999999, 1e6, 0, 0),
      volatilityScale: Float64Array.of(1, 1, 1e6, 1e300),
    };
    const { price } = optionGrid(engine, { type: "call", spot: 100, strike: 100, years: 1, volatility: 1 }, far);
    expect(price[0]).toBeLessThanOrEqual(100 * tolerance.gridAbsolute);
    expect(Math.abs((price[1] ?? 0) - (1e8 + 100 - 100))).toBeLessThanOrEqual(1e8 * tolerance.gridAbsolute);
    expect(price[2]).toBe(100);
    expect(price[3]).toBe(100);
  });

  it("sum to the profit and loss of a book, which is 0 where nothing moves", () => {
    const book = sample(5, 33, 9);
    book.moves.price[4] = 0;
    book.moves.volatilityScale[4] = 1;
    book.moves.volatilityShift[4] = 0;
    const uniform = random(6);
    const weights = Float64Array.from({ length: 33 }, () => 20 * (uniform() - 0.5));
    const { price } = optionGrid(engine, book.options, book.moves);
    const now = optionGrid(engine, book.options, { price: Float64Array.of(0) }).price;
    for (const settled of ["quote", "coin"] as const) {
      const { pnl } = optionPnl(engine, book.options, book.moves, weights, settled);
      expect(pnl[4]).toBe(0);
      for (let j = 0; j < 9; j++) {
        let [sum, size] = [0, 0];
        for (let i = 0; i < 33; i++) {
          const spot = settled === "coin" ? (book.options.spot[i] ?? 0) : 1;
          const then = settled === "coin" ? spot * (1 + (book.moves.price[j] ?? 0)) : 1;
          const term = (weights[i] ?? 0) * ((price[9 * i + j] ?? 0) / then - (now[i] ?? 0) / spot);
          sum += term;
          size += Math.abs(term);
        }
        expect(Math.abs((pnl[j] ?? Number.NaN) - sum)).toBeLessThanOrEqual(tolerance.reorderedSum(33) * size);
      }
    }
  });

  it.each([
    [{ price: Float64Array.of(0, -1) }, "scenarios.price[1]"],
    [{ price: Float64Array.of(Number.NaN) }, "scenarios.price[0]"],
    [{ price: [0] as unknown as Float64Array }, "scenarios.price"],
    [{ price: Float64Array.of(0, 0), volatilityScale: Float64Array.of(1, -1) }, "scenarios.volatilityScale[1]"],
    [{ price: Float64Array.of(0, 0), volatilityScale: Float64Array.of(1) }, "scenarios.volatilityScale"],
    [{ price: Float64Array.of(0, 0), volatilityScale: -1 }, "scenarios.volatilityScale"],
    [{ price: Float64Array.of(0), volShift: 0.1 }, "scenarios.volShift"],
    [{ price: Float64Array.of(0), volatilityShift: Number.NaN }, "scenarios.volatilityShift"],
  ])("refuse %j and name the place", (scenarios, path) => {
    const { options } = sample(1, 3, 1);
    expect(pathOf(() => optionGrid(engine, options, scenarios))).toBe(path);
    expect(pathOf(() => optionPnl(engine, options, scenarios, 1))).toBe(path);
  });

  it("refuse options and weights that are none, and name the place", () => {
    const { options, moves } = sample(1, 3, 4);
    const strike = Float64Array.of(1, 0, 1);
    expect(pathOf(() => optionGrid(engine, { ...options, strike }, moves))).toBe("options.strike[1]");
    expect(pathOf(() => optionPnl(engine, { ...options, strike }, moves, 1))).toBe("options.strike[1]");
    expect(pathOf(() => optionPnl(engine, options, moves, Float64Array.of(1, Number.NaN, 0)))).toBe("weights[1]");
    expect(pathOf(() => optionPnl(engine, options, moves, Float64Array.of(1)))).toBe("weights");
    expect(pathOf(() => optionPnl(engine, options, moves, Number.NaN))).toBe("weights");
  });
});

it("option grids are equal to the bit in every build", () => {
  for (const scenarios of [1, 4, 7, 16]) {
    const { options, moves } = sample(scenarios, 60, scenarios);
    const [first, ...others] = optionsBuilds.map(({ memory }) => {
      const engine = { memory: memory() };
      return [optionGrid(engine, options, moves), optionPnl(engine, options, moves, 3)];
    });
    for (const other of others) expect(other).toEqual(first);
  }
});

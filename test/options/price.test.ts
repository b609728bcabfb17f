import { describe, expect, it } from "vitest";
import { type Option, type OptionColumns, optionGreeks, optionPrice, optionPrices } from "../../src/options/index.js";
import { pathOf } from "../support/errors.js";
import { optionsBuilds } from "../support/options-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

const AT_THE_MONEY: Option = { type: "call", spot: 100, strike: 100, years: 1, volatility: 0.2 };

describe.each(optionsBuilds)("option prices ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("keep call, put and forward together to two ulp of the largest of them", () => {
    const uniform = random(3);
    for (let i = 0; i < 2000; i++) {
      const forward = 100 * Math.exp(8 * (uniform() - 0.5));
      const option = { strike: 100, forward, years: 2 * uniform(), volatility: 3 * uniform() };
      const call = optionPrice(engine, { ...option, type: "call" });
      const put = optionPrice(engine, { ...option, type: "put" });
      const allowed = tolerance.optionParity * Math.max(call, put, forward, 100);
      expect(Math.abs(call - put - (forward - 100))).toBeLessThanOrEqual(allowed);
    }
  });

  it("are the discounted intrinsic value at expiry and without volatility", () => {
    for (const flat of [{ years: 0 }, { volatility: 0 }, { volatility: 5e-324 }]) {
      expect(optionPrice(engine, { ...AT_THE_MONEY, ...flat, spot: 125 })).toBe(25);
      expect(optionPrice(engine, { ...AT_THE_MONEY, ...flat, spot: 75 })).toBe(0);
      expect(optionPrice(engine, { ...AT_THE_MONEY, ...flat, type: "put", spot: 75 })).toBe(25);
    }
    const { status, delta, gamma, price } = optionGreeks(engine, { ...AT_THE_MONEY, years: 0 });
    expect({ status, delta, gamma, price }).toEqual({ status: "kink", delta: 0.5, gamma: 0, price: 0 });
    expect(optionGreeks(engine, { ...AT_THE_MONEY, years: 0, spot: 101 })).toMatchObject({ status: "ok", delta: 1 });
  });

  it("by a forward are those of an underlying that yields the rate, but the rate only discounts", () => {
    const terms = { type: "put", strike: 110, years: 0.7, volatility: 0.4, rate: 0.05 } as const;
    const forward = optionGreeks(engine, { ...terms, forward: 100 });
    const spot = optionGreeks(engine, { ...terms, spot: 100, yield: 0.05 });
    const { price } = spot;
    expect(forward).toEqual({ ...spot, rho: -0.7 * price, rhoDividend: 0 });
    expect(Math.abs(spot.rho + spot.rhoDividend - forward.rho)).toBeLessThanOrEqual(100 * tolerance.optionParity);
  });

  it("are at most the underlying, however much volatility there is", () => {
    for (const volatility of [30, 1e10, 1e300, Number.MAX_VALUE]) {
      expect(optionPrice(engine, { ...AT_THE_MONEY, volatility, years: 4 })).toBe(100);
      expect(optionPrice(engine, { ...AT_THE_MONEY, volatility, years: 4, type: "put", strike: 50 })).toBe(50);
    }
  });

  it("are of a column what they are of each option alone", () => {
    const uniform = random(4);
    for (const count of [1, 2, 3, 70]) {
      const column = (of: () => number) => Float64Array.from({ length: count }, of);
      const type = Uint8Array.from({ length: count }, () => (uniform() < 0.5 ? 0 : 1));
      const options = {
        spot: column(() => 50 + 100 * uniform()),
        years: column(uniform),
        volatility: column(uniform),
        yield: column(() => uniform() / 10),
      };
      const prices = optionPrices(engine, { ...options, type, strike: 90, rate: 0.03 });
      const alone = Array.from(type, (call, i) =>
        optionPrice(engine, {
          type: call === 1 ? "call" : "put",
          spot: options.spot[i] ?? 0,
          strike: 90,
          years: options.years[i] ?? 0,
          volatility: options.volatility[i] ?? 0,
          rate: 0.03,
          yield: options.yield[i] ?? 0,
        }),
      );
      expect([...prices.price]).toEqual(alone);
    }
  });

  it("of no options are none", () => {
    expect(optionPrices(engine, { ...AT_THE_MONEY, strike: new Float64Array(0) })).toEqual({
      kernel: "price",
      price: new Float64Array(0),
    });
  });

  it.each([
    [{ volatility: -0.1 }, "option.volatility"],
    [{ volatility: Number.NaN }, "option.volatility"],
    [{ strike: 0 }, "option.strike"],
    [{ spot: Number.POSITIVE_INFINITY }, "option.spot"],
    [{ years: -1 }, "option.years"],
    [{ rate: Number.NaN }, "option.rate"],
    [{ rate: 701 }, "option.rate"],
    [{ yield: -701 }, "option.yield"],
    [{ forward: 100 }, "option"],
    [{ spot: undefined }, "option"],
    [{ spot: undefined, forward: 100, yield: 0.1 }, "option.yield"],
    [{ type: "straddle" }, "option.type"],
    [{ vola: 0.2 }, "option.vola"],
  ])("refuse %j and name the place", (change, path) => {
    const option = { ...AT_THE_MONEY, ...change } as unknown as Option;
    expect(pathOf(() => optionPrice(engine, option))).toBe(path);
    expect(pathOf(() => optionGreeks(engine, option))).toBe(path);
    expect(optionPrice(engine, { ...AT_THE_MONEY, years: 0 })).toBe(0);
  });

  it.each([
    [{ volatility: Float64Array.of(0.1, -1, 0.2) }, "options.volatility[1]"],
    [{ spot: Float64Array.of(1, 2, 0) }, "options.spot[2]"],
    [{ years: Float64Array.of(1, 2, 3), rate: 300 }, "options.rate"],
    [{ yield: Float64Array.of(1, 2, 900) }, "options.yield[2]"],
    [{ spot: Float64Array.of(1, 2), strike: Float64Array.of(1) }, "options.strike"],
    [{ yields: Float64Array.of(1, 2) }, "options.yields"],
    [{ type: Uint8Array.of(1, 2), strike: Float64Array.of(1, 1) }, "options.type[1]"],
    [{ type: Uint8Array.of(1), strike: Float64Array.of(1, 1) }, "options.strike"],
  ])("refuse columns with a wrong row and name the place: %j", (change, path) => {
    const columns = { ...AT_THE_MONEY, ...change } as OptionColumns;
    expect(pathOf(() => optionPrices(engine, columns))).toBe(path);
  });
});

it("are equal to the bit in every build", () => {
  const uniform = random(9);
  const column = (of: () => number) => Float64Array.from({ length: 500 }, of);
  const options: OptionColumns = {
    type: Uint8Array.from({ length: 500 }, () => (uniform() < 0.5 ? 0 : 1)),
    spot: column(() => 100 * Math.exp(6 * (uniform() - 0.5))),
    strike: 100,
    years: column(() => 3 * uniform() ** 4),
    volatility: column(() => 3 * uniform() ** 3),
    rate: column(() => uniform() - 0.5),
    yield: 0.02,
  };
  const [first, ...others] = optionsBuilds.map(({ memory }) => optionPrices({ memory: memory() }, options));
  for (const other of others) expect(other).toEqual(first);
});

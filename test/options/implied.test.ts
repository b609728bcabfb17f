import { describe, expect, it } from "vitest";
import {
  IMPLIED_STATUSES,
  impliedVolatilities,
  impliedVolatility,
  optionGreeks,
  type Quote,
  type QuoteColumns,
} from "../../src/options/index.js";
import { pathOf } from "../support/errors.js";
import { optionsBuilds } from "../support/options-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

const CALL: Quote = { type: "call", forward: 100, strike: 110, years: 0.5, price: 5 };

describe.each(optionsBuilds)("implied volatility ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("gives back the volatility that a price was made with, from the far tails to the upper bound", () => {
    const uniform = random(21);
    let judged = 0;
    for (let i = 0; i < 20_000; i++) {
      const away = i % 3 === 0 ? 20 * uniform() : 10 ** (-12 + 14 * uniform());
      const volatility = 10 ** (-4 + 5.3 * uniform());
      const type = uniform() < 0.5 ? "call" : "put";
      const years = 10 ** (2 * uniform() - 1);
      const strike = 100 * Math.exp(type === "call" ? away : -away);
      if (!(strike > 1e-9 && strike < 1e12)) continue;
      const option = { type, forward: 100, strike, years, rate: uniform() / 10 } as const;
      const { price, vega } = optionGreeks(engine, { ...option, volatility });
      const found = impliedVolatility(engine, { ...option, price });
      // Where the price has run into a bound, the bound is what it says.
      if (price < 1e-300 || found.status === "atUpperBound") continue;
      judged++;
      expect(found.status).toBe("ok");
      const condition = price / (volatility * vega);
      const off = Math.abs((found.volatility ?? Number.NaN) - volatility);
      expect(off).toBeLessThanOrEqual(tolerance.impliedRoundTrip(condition) * volatility);
    }
    expect(judged).toBeGreaterThan(10_000);
  });

  it("is of deviations from 1e-15 to 30 at the money", () => {
    for (let power = -15; power <= 1; power++) {
      for (const volatility of [10 ** power, 3 * 10 ** power]) {
        const at = { type: "put", forward: 1e5, strike: 1e5, years: 1 } as const;
        const { price, vega } = optionGreeks(engine, { ...at, volatility });
        const found = impliedVolatility(engine, { ...at, price });
        if (found.status === "atUpperBound") {
          expect(volatility).toBeGreaterThan(16);
          continue;
        }
        const allowed = tolerance.impliedRoundTrip(price / (volatility * vega)) * volatility;
        expect(Math.abs((found.volatility ?? Number.NaN) - volatility)).toBeLessThanOrEqual(allowed);
      }
    }
  });

  it.each([
    [{ strike: 90, price: 10 }, "atIntrinsic", 0],
    [{ strike: 90, price: 9.999 }, "belowIntrinsic", null],
    [{ price: 0 }, "atIntrinsic", 0],
    [{ price: -1e-300 }, "belowIntrinsic", null],
    [{ price: 100 }, "atUpperBound", Number.POSITIVE_INFINITY],
    [{ price: 100.00000000000001 }, "aboveUpperBound", null],
    [{ type: "put", price: 110 }, "atUpperBound", Number.POSITIVE_INFINITY],
    [{ type: "put", price: 111 }, "aboveUpperBound", null],
    [{ years: 0 }, "expired", null],
    [{ years: 0, strike: 90, price: 10 }, "expired", null],
    [{ years: 0, strike: 90, price: 9 }, "belowIntrinsic", null],
  ] as const)("says of %j that it is %s", (change, status, volatility) => {
    expect(impliedVolatility(engine, { ...CALL, ...change })).toEqual({ kernel: "price", status, volatility });
  });

  it("takes a time value that the last digit of the price still shows", () => {
    // In the money by more than half the price: 10 + 2^-49 is the least that is above the intrinsic value.
    const found = impliedVolatility(engine, { ...CALL, strike: 90, price: 10.000000000000002 });
    expect(found.status).toBe("ok");
    expect(optionGreeks(engine, { ...CALL, strike: 90, volatility: found.volatility ?? 0 }).price).toBe(
      10.000000000000002,
    );
  });

  it("is of columns what it is of each quote alone", () => {
    const price = Float64Array.of(5, 0, 200, -1, 100, 1e-200);
    const quotes: QuoteColumns = { ...CALL, price };
    const { status, volatility } = impliedVolatilities(engine, quotes);
    const alone = Array.from(price, (one) => impliedVolatility(engine, { ...CALL, price: one }));
    expect(Array.from(status, (one) => IMPLIED_STATUSES[one])).toEqual(alone.map((one) => one.status));
    expect([...volatility]).toEqual(alone.map((one) => one.volatility ?? 0));
  });

  it.each([
    [{ price: Number.NaN }, "quote", "option.price"],
    [{ price: Float64Array.of(1, Number.POSITIVE_INFINITY) }, "columns", "options.price[1]"],
    [{ strike: Float64Array.of(1, -1) }, "columns", "options.strike[1]"],
  ])("refuses %j and names the place", (change, kind, path) => {
    const wrong = { ...CALL, ...change };
    const work = () =>
      kind === "quote" ? impliedVolatility(engine, wrong as Quote) : impliedVolatilities(engine, wrong as QuoteColumns);
    expect(pathOf(work)).toBe(path);
  });
});

it("is equal to the bit in every build", () => {
  const uniform = random(22);
  const column = (of: () => number) => Float64Array.from({ length: 2000 }, of);
  const quotes: QuoteColumns = {
    type: "call",
    spot: 100,
    strike: column(() => 100 * Math.exp(3 * (uniform() - 0.5))),
    years: column(() => 2 * uniform()),
    price: column(() => 100 * uniform() ** 5),
    rate: 0.04,
  };
  const [first, ...others] = optionsBuilds.map(({ memory }) => impliedVolatilities({ memory: memory() }, quotes));
  for (const other of others) expect(other).toEqual(first);
});

import { describe, expect, it } from "vitest";
import {
  type Greeks,
  impliedVolatility,
  type Option,
  optionGreeks,
  optionGrid,
  optionPrice,
} from "../../src/options/index.js";
import { inputsOf, slowCondition, slowDerivative, slowPrice, slowVolatility } from "../reference/options.js";
import { fixed, rounded } from "../reference/special.js";
import { optionsBuilds } from "../support/options-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

interface Spot extends Option {
  readonly spot: number;
  readonly rate: number;
  readonly yield: number;
}

/** Options at a distance of `d` deviations and of a deviation each of which is drawn on a scale of its own. */
function drawn(seed: number, count: number, farthest: number): readonly Spot[] {
  const uniform = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const deviation = 10 ** (-6 + 6.6 * uniform());
    const distance = Math.min(farthest * uniform() ** 2 * deviation, 21) * (uniform() < 0.5 ? 1 : -1);
    const years = 10 ** (2.5 * uniform() - 2);
    const carried = i % 2 === 0;
    const strike = 10 ** (6 * uniform() - 2);
    return {
      type: uniform() < 0.5 ? "call" : "put",
      spot: strike * Math.exp(distance),
      strike,
      years,
      volatility: deviation / Math.sqrt(years),
      rate: carried ? 0.3 * (uniform() - 0.3) : 0,
      yield: carried ? 0.2 * (uniform() - 0.3) : 0,
    };
  });
}

/** Moneyness 1e-9 to 1e8, deviations from 1e-15 to 30, a minute and two years. */
const EXTREMES: readonly Spot[] = [1e-9, 1e-3, 0.5, 1 - 1e-9, 1, 1 + 1e-12, 2, 1e4, 1e8].flatMap((moneyness) =>
  [1e-15, 1e-8, 1e-3, 0.2, 1.1, 5, 30].flatMap((volatility) =>
    [1 / 525_600, 2].map((years): Spot => {
      const type = moneyness > 1 ? "put" : "call";
      return { type, spot: 100 * moneyness, strike: 100, years, volatility, rate: 0, yield: 0 };
    }),
  ),
);

const slow = (option: Spot) => ({ option, call: option.type === "call", inputs: inputsOf(option) });

/** Options with the price of 1,024 bits and how sensitive it is; those alone whose price is in the range of f64. */
const priced = [...drawn(31, 140, 30), ...EXTREMES].flatMap((option) => {
  const { call, inputs } = slow(option);
  const price = slowPrice(call, inputs);
  const expected = rounded(price);
  return expected < 1e-290
    ? [{ option, expected: 0, condition: 0 }]
    : [{ option, expected, condition: slowCondition(call, inputs) }];
});

/** Which derivative each greek is, by the letters of test/reference/options.ts, and its sign where time passes. */
const DERIVATIVES: Readonly<Record<keyof Greeks<number>, readonly [string, 1 | -1]>> = {
  price: ["", 1],
  delta: ["S", 1],
  gamma: ["SS", 1],
  vega: ["v", 1],
  theta: ["T", -1],
  rho: ["r", 1],
  rhoDividend: ["q", 1],
  vanna: ["Sv", 1],
  volga: ["vv", 1],
  charm: ["ST", -1],
  speed: ["SSS", 1],
  zomma: ["SSv", 1],
  color: ["SST", -1],
  ultima: ["vvv", 1],
  strikeDelta: ["K", 1],
};

function firstDistance({ spot, strike, years, volatility, rate, yield: yields }: Spot): number {
  const deviation = volatility * Math.sqrt(years);
  return (Math.log(spot / strike) + (rate - yields) * years) / deviation + deviation / 2;
}

// The differences of 1,024 bits hold to some ten deviations.
const near = drawn(32, 40, 8).filter((option) => Math.abs(firstDistance(option)) < 10);
const bent = near.map((option) => {
  const { call, inputs } = slow(option);
  const greeks = Object.entries(DERIVATIVES).map(([name, [by, sign]]) => ({
    name: name as keyof Greeks<number>,
    expected: sign * rounded(slowDerivative(call, inputs, by)),
  }));
  return { option, greeks };
});

// Without a carry: its rounding would be that of the price to be inverted, which is another question.
const deep = Array.from({ length: 12 }, (_, i): Spot => {
  // Far in the money, so that underlying less strike is no f64.
  const strike = 3.1 + 1.7 * i;
  return { type: "call", spot: 100.3, strike, years: 0.3, volatility: 0.9 + i / 16, rate: 0, yield: 0 };
});
const implied = [...drawn(33, 100, 15), ...deep].flatMap((one) => {
  const option = { ...one, rate: 0, yield: 0 };
  const { call, inputs } = slow(option);
  const price = rounded(slowPrice(call, inputs));
  const vega = rounded(slowDerivative(call, inputs, "v"));
  // A volatility that the last digits of the price do not tell is no guess to start the reference from.
  if (price < 1e-290 || !(price / (option.volatility * vega) < 1e9)) return [];
  // The price is taken as it is: what its rounding moved is in the root, so that only the time value's own sensitivity counts.
  const ahead = (inputs.spot - inputs.strike) * (call ? 1n : -1n);
  const worth = rounded(fixed(price) - (ahead > 0n ? ahead : 0n));
  if (worth <= 0) return [];
  const expected = rounded(slowVolatility(call, inputs, fixed(price)));
  return [{ option, price, condition: worth / (expected * vega), expected }];
});

describe.each(optionsBuilds)("options against 1,024 bits ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("have their price within 8 half-ulps times its sensitivity", () => {
    for (const { option, expected, condition } of priced) {
      const allowed = tolerance.goldenOptionPrice(8, condition, 0)(expected);
      const actual = optionPrice(engine, option);
      if (expected === 0) expect(actual).toBeLessThanOrEqual(tolerance.vanishingPrice);
      else expect(Math.abs(actual - expected), JSON.stringify(option)).toBeLessThanOrEqual(allowed);
    }
  });

  it("have the greeks that are the derivatives of that price", () => {
    expect(bent.length).toBeGreaterThan(20);
    for (const { option, greeks } of bent) {
      const actual = optionGreeks(engine, option);
      expect(actual.status).toBe("ok");
      for (const { name, expected } of greeks) {
        const off = Math.abs(actual[name] - expected);
        const size = sizeOf(name, option, actual);
        const allowed = tolerance.goldenGreek(firstDistance(option), 0)(Math.max(Math.abs(expected), size));
        expect(off, `${name} of ${JSON.stringify(option)}`).toBeLessThanOrEqual(allowed);
      }
    }
  });

  it("have the volatility that is the root of their price", () => {
    expect(implied.length).toBeGreaterThan(60);
    for (const { option, price, condition, expected } of implied) {
      const { volatility: _, ...terms } = option;
      const { status, volatility } = impliedVolatility(engine, { ...terms, price });
      expect(status).toBe("ok");
      const off = Math.abs((volatility ?? Number.NaN) - expected);
      expect(off, JSON.stringify(option)).toBeLessThanOrEqual(tolerance.impliedRoundTrip(condition) * expected);
    }
  });

  it("have their grid price within 1e-15 of the larger of underlying and strike", () => {
    const still = { price: Float64Array.of(0, 0, 0, 0, 0) };
    for (const { option, expected } of priced) {
      const size = Math.max(option.spot, option.strike, optionPrice(engine, option));
      for (const price of optionGrid(engine, option, still).price) {
        expect(Math.abs(price - expected), JSON.stringify(option)).toBeLessThanOrEqual(tolerance.gridAbsolute * size);
      }
    }
  });
});

/** The largest of the terms that a greek is a sum of: what of it cancels is lost. */
function sizeOf(name: keyof Greeks<number>, option: Spot, greeks: Greeks<number>): number {
  const { spot, strike, years, volatility, rate, yield: yields } = option;
  const { delta, gamma, vega, strikeDelta } = greeks;
  const deviation = volatility * Math.sqrt(years);
  const half = deviation / 2;
  const d = Math.abs(firstDistance(option) - half) + half;
  const drift = Math.abs(rate - yields) / deviation + d / (2 * years);
  const density = gamma * spot * deviation;
  const terms: Readonly<Partial<Record<keyof Greeks<number>, readonly number[]>>> = {
    theta: [(vega * volatility) / (2 * years), rate * strike * strikeDelta, yields * spot * delta],
    vanna: [(density * d) / volatility],
    volga: [(vega * d * d) / volatility],
    charm: [yields * delta, density * drift],
    speed: [(gamma * (d / deviation + 1)) / spot],
    zomma: [(gamma * (d * d + 1)) / volatility],
    color: [gamma * yields, gamma / (2 * years), gamma * d * drift],
    ultima: [(vega * (d * d + 1) * d * d) / volatility / volatility],
  };
  return Math.max(0, ...(terms[name] ?? []).map(Math.abs));
}

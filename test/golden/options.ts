import {
  impliedVolatility,
  inverseFuture,
  inverseGreeks,
  inversePayoff,
  type Option,
  type OptionType,
  optionGreeks,
  optionPrice,
} from "../../src/options/index.js";
import { optionsOn } from "../support/options-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase } from "./comparison.js";

const DIGITS = "the number again, as decimal digits beyond those of f64";

/** A number of a case's input. */
function given(golden: GoldenCase, name: string): number {
  const value = golden.input?.[name];
  if (typeof value !== "number") throw new TypeError(`${golden.id}: input.${name} is not a number`);
  return value;
}

const typeOf = (golden: GoldenCase) => golden.input?.type as OptionType;

/** The sum of the sensitivities of a case, 0 where it has none: a price that is exact. */
const conditionOf = ({ cond }: GoldenCase) => (typeof cond === "number" ? cond : 0);

const onSpot = (golden: GoldenCase): Option => ({
  type: typeOf(golden),
  spot: given(golden, "S"),
  strike: given(golden, "K"),
  years: given(golden, "T"),
  volatility: given(golden, "sigma"),
  rate: given(golden, "r"),
  yield: given(golden, "q"),
});

const onForward = (golden: GoldenCase): Option => ({
  type: typeOf(golden),
  forward: given(golden, "F"),
  strike: given(golden, "K"),
  years: given(golden, "T"),
  volatility: given(golden, "sigma"),
});

function firstDistance({ spot = 0, strike, years, volatility, rate = 0, yield: yields = 0 }: Option): number {
  const deviation = volatility * Math.sqrt(years);
  return (Math.log(spot / strike) + (rate - yields) * years) / deviation + deviation / 2;
}

export const checks: Checks = {
  "options/black_scholes": (memory, golden) => {
    optionsOn(memory);
    const option = onSpot(golden);
    const greeks = optionGreeks({ memory }, option);
    const scale = Math.max(option.spot ?? 0, option.strike);
    return Object.entries(greeks).flatMap(([field, actual]): readonly Comparison[] => {
      if (golden.expected[field] === undefined) return [];
      const allowed =
        field === "price"
          ? tolerance.goldenOptionPrice(8, conditionOf(golden), scale)
          : tolerance.goldenGreek(firstDistance(option), scale);
      return [{ field, expected: golden.expected[field], actual, tolerance: allowed }];
    });
  },

  "options/black76_extreme": (memory, golden) => {
    optionsOn(memory);
    const option = onForward(golden);
    const { price, vega } = optionGreeks({ memory }, option);
    const distance = firstDistance({ ...option, spot: given(golden, "F") });
    const vegas: readonly Comparison[] =
      golden.expected.vega === undefined
        ? []
        : [
            {
              field: "vega",
              expected: golden.expected.vega,
              actual: vega,
              tolerance: tolerance.goldenGreek(distance, 0),
            },
          ];
    return [
      {
        field: "price",
        expected: [golden.expected.price, golden.expected.price],
        actual: [price, optionPrice({ memory }, option)],
        tolerance: tolerance.goldenOptionPrice(16, conditionOf(golden), 0),
      },
      ...vegas,
      { field: "price50", skipped: DIGITS },
    ];
  },

  "options/implied_vol": (memory, golden) => {
    optionsOn(memory);
    const { status, volatility } = impliedVolatility(
      { memory },
      {
        type: typeOf(golden),
        forward: given(golden, "F"),
        strike: given(golden, "K"),
        years: given(golden, "T"),
        price: given(golden, "price"),
      },
    );
    const digits: readonly Comparison[] =
      golden.expected.sigma50 === undefined ? [] : [{ field: "sigma50", skipped: DIGITS }];
    return [
      { field: "status", expected: golden.expected.status, actual: status, tolerance: tolerance.exact },
      {
        field: "sigma",
        expected: golden.expected.sigma,
        // Where there is none the file has NaN.
        actual: volatility ?? Number.NaN,
        tolerance: tolerance.goldenImplied(conditionOf(golden)),
      },
      ...digits,
    ];
  },

  "options/inverse": (memory, golden) => {
    optionsOn(memory);
    const { type, strike, years, volatility } = onForward(golden);
    const forward = given(golden, "F");
    const { quote, ...coin } = inverseGreeks({ memory }, { type, forward, strike, years, volatility });
    const distance = firstDistance({ type, spot: forward, strike, years, volatility });
    const actual = {
      priceCoin: coin.coinPrice,
      priceUsd: quote.price,
      bsDelta: quote.delta,
      netDelta: coin.netDelta,
      coinDelta: coin.coinDelta,
      coinGamma: coin.coinGamma,
      coinVega: coin.coinVega,
      coinThetaPerDay: coin.coinTheta / 365,
      usdGamma: quote.gamma,
      usdVegaPer1pct: quote.vega / 100,
      usdThetaPerDay: quote.theta / 365,
    };
    return Object.entries(actual).map(([field, value]) => ({
      field,
      expected: golden.expected[field],
      actual: value,
      tolerance: tolerance.goldenInverse(distance),
    }));
  },

  "options/inverse_linear_payoffs": (_, golden) => {
    const near = tolerance.goldenInversePayoff;
    if (golden.expected.payoffCoin !== undefined) {
      const option = { type: typeOf(golden), strike: given(golden, "K"), settlement: given(golden, "settle") };
      return [
        { field: "payoffCoin", expected: golden.expected.payoffCoin, actual: inversePayoff(option), tolerance: near },
      ];
    }
    const notional = (golden.input?.side === "long" ? 1 : -1) * given(golden, "usdNotional");
    const future = inverseFuture({ notional, entry: given(golden, "entry"), mark: given(golden, "mark") });
    const actual = {
      pnlCoin: future.pnl,
      pnlUsdAtMark: future.pnlAtMark,
      dPnlCoin_dMark: future.slope,
      gammaCoin: future.curvature,
      deltaCoin: future.delta,
    };
    return Object.entries(actual).map(([field, value]) => ({
      field,
      expected: golden.expected[field],
      actual: value,
      tolerance: near,
    }));
  },

  "published/option_tables": (memory, golden) => {
    optionsOn(memory);
    const [name = ""] = Object.keys(golden.expected);
    const actual = Object.entries(optionGreeks({ memory }, onSpot(golden))).find(([field]) => field === name)?.[1];
    const { publishedTol } = golden.expected;
    return [
      { field: name, expected: golden.expected[name], actual, tolerance: tolerance.goldenOptionTable },
      { field: "published", expected: golden.expected.published, actual, tolerance: () => Number(publishedTol) },
      { field: "publishedTol", skipped: "the tolerance of what is published" },
    ];
  },
};

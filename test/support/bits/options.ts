import {
  impliedVolatilities,
  impliedVolatility,
  inverseFuture,
  inverseGreekColumns,
  inverseGreeks,
  inversePayoff,
  optionGreekColumns,
  optionGreeks,
  optionGrid,
  optionPnl,
  optionPrice,
  optionPrices,
  quotedSmile,
  surfaceVolatility,
  sviSlice,
  volatilitySurface,
} from "../../../src/options/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Options from the far tails to the bounds, at and around the money, with and without rates. */
export const section: Section = {
  name: "options",
  functions: {
    impliedVolatilities,
    impliedVolatility,
    inverseFuture,
    inverseGreekColumns,
    inverseGreeks,
    inversePayoff,
    optionGreekColumns,
    optionGreeks,
    optionGrid,
    optionPnl,
    optionPrice,
    optionPrices,
    quotedSmile,
    surfaceVolatility,
    sviSlice,
    volatilitySurface,
  },
  results: (engine) => {
    const uniform = random(41);
    const count = 600;
    const column = (of: () => number) => Float64Array.from({ length: count }, of);
    const type = Uint8Array.from({ length: count }, () => (uniform() < 0.5 ? 0 : 1));
    const terms = {
      type,
      strike: column(() => 10 + 190 * uniform()),
      years: column(() => 3 * uniform() * uniform() * uniform()),
      rate: column(() => (uniform() < 0.5 ? 0 : 0.2 * (uniform() - 0.3))),
    };
    const volatility = column(() => 3 * uniform() * uniform() * uniform());
    const forward = { ...terms, forward: 100, volatility };
    const spot = { ...terms, spot: column(() => 100), yield: 0.02, volatility };
    const scenarios = {
      price: Float64Array.from({ length: 23 }, () => 1.6 * uniform() - 0.8),
      volatilityScale: Float64Array.from({ length: 23 }, () => 2 * uniform()),
      volatilityShift: 0.01,
    };
    const { price } = optionPrices(engine, forward);
    const expiries = [0.25, 1].map((years) => ({
      years,
      smile: quotedSmile(engine, {
        forward: 100,
        years,
        strikes: [50, 80, 100, 130, 300],
        volatilities: [0.9, 0.7, 0.6, 0.65, 0.8],
        interpolation: years < 1 ? "linear" : "cubic",
      }),
    }));
    const svi = sviSlice({ a: 0.04, b: 0.3, rho: -0.5, m: 0.1, sigma: 0.2 });
    const surface = volatilitySurface({
      expiries: [...expiries, { years: 2, smile: svi }],
      strikes: "flat",
      beyond: "flat",
    });
    const one = { type: "put", forward: 100, strike: 90, years: 0.3, volatility: 0.6 } as const;
    return [
      price,
      optionPrices(engine, spot),
      optionGreekColumns(engine, forward),
      optionGreekColumns(engine, spot),
      inverseGreekColumns(engine, { type, forward: 100, strike: terms.strike, years: terms.years, volatility }),
      impliedVolatilities(engine, { ...terms, forward: 100, price }),
      impliedVolatilities(engine, { ...terms, forward: 100, price: column(() => 150 * uniform() * uniform()) }),
      optionGrid(engine, forward, scenarios),
      optionPnl(
        engine,
        spot,
        scenarios,
        column(() => uniform() - 0.5),
      ),
      optionPnl(engine, spot, scenarios, 2, "coin"),
      [optionPrice(engine, one), optionGreeks(engine, one), inverseGreeks(engine, one)],
      impliedVolatility(engine, { ...one, price: 7 }),
      inversePayoff({ type: "call", strike: 3, settlement: 7 }),
      inverseFuture({ notional: 100, entry: 3, mark: 7 }),
      [svi.butterfly, svi.totalVariance(0.3)],
      Array.from(terms.strike, (strike, i) =>
        surfaceVolatility(engine, surface, { forward: 100, strike, years: (terms.years[i] ?? 0) + 0.1 }),
      ),
    ];
  },
  bits: "e81b7f9c528e6e50",
};

import { describe, expect, it } from "vitest";
import {
  GREEK_STATUSES,
  inverseFuture,
  inverseGreekColumns,
  inverseGreeks,
  inversePayoff,
  type InverseOption,
} from "../../src/options/index.js";
import { pathOf } from "../support/errors.js";
import { optionsBuilds } from "../support/options-builds.js";
import { tolerance } from "../support/tolerance.js";

const CALL: InverseOption = { type: "call", forward: 60_000, strike: 70_000, years: 0.1, volatility: 0.7 };

describe.each(optionsBuilds)("inverse options ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("have the derivatives that their coin price has", () => {
    const at = (forward: number) => inverseGreeks(engine, { ...CALL, forward });
    const { coinDelta, coinGamma, netDelta, quote, coinPrice } = at(60_000);
    const step = 0.6;
    const slope = (at(60_000 + step).coinPrice - at(60_000 - step).coinPrice) / (2 * step);
    expect(Math.abs(slope / coinDelta - 1)).toBeLessThanOrEqual(tolerance.centralDifference);
    const bend = (at(60_000 + step).coinDelta - at(60_000 - step).coinDelta) / (2 * step);
    expect(Math.abs(bend / coinGamma - 1)).toBeLessThanOrEqual(tolerance.centralDifference);
    expect(Math.abs(quote.delta - coinPrice - netDelta)).toBeLessThanOrEqual(tolerance.optionParity);
  });

  it("are of columns what they are of each option alone", () => {
    const strike = Float64Array.of(1, 60_000, 70_000, 1e9);
    const columns = inverseGreekColumns(engine, { ...CALL, strike });
    for (const [i, one] of strike.entries()) {
      const { kernel, status: _, quote, ...alone } = inverseGreeks(engine, { ...CALL, strike: one });
      expect(kernel).toBe("price");
      for (const [name, value] of Object.entries(alone)) {
        expect(columns[name as keyof typeof alone][i], name).toBe(value);
      }
      expect(columns.quote.delta[i]).toBe(quote.delta);
    }
  });

  it("say that their greeks in coin are beyond the range of numbers, which are never NaN", () => {
    for (const forward of [5e-324, 1e-308, 1e-300, 1e-160]) {
      for (const type of ["call", "put"] as const) {
        for (const strike of [forward, 90]) {
          const option = { ...CALL, type, forward, strike };
          const { kernel: _, status, quote: __, ...coin } = inverseGreeks(engine, option);
          const columns = inverseGreekColumns(engine, { ...option, strike: Float64Array.of(strike, strike) });
          expect(Object.values(coin).some(Number.isNaN)).toBe(false);
          if (!Object.values(coin).every(Number.isFinite)) expect(status).toBe("range");
          expect(columns.status[1]).toBe(GREEK_STATUSES.indexOf(status));
          expect(columns.coinGamma[1]).toBe(coin.coinGamma);
        }
      }
    }
    expect(inverseGreeks(engine, { ...CALL, type: "put", forward: 5e-324, strike: 90 }).status).toBe("range");
  });

  it("pay at expiry what their price is then", () => {
    for (const type of ["call", "put"] as const) {
      for (const settlement of [1, 69_999, 70_000, 125_000]) {
        const { coinPrice } = inverseGreeks(engine, { ...CALL, type, forward: settlement, years: 0 });
        expect(inversePayoff({ type, strike: 70_000, settlement })).toBe(coinPrice);
      }
    }
    // Deribit's own example.
    expect(inversePayoff({ type: "call", strike: 100_000, settlement: 125_000 })).toBe(0.2);
  });

  it("refuse what is no option and name the place", () => {
    expect(pathOf(() => inverseGreeks(engine, { ...CALL, forward: 0 }))).toBe("option.forward");
    const discounted = { ...CALL, rate: 0.1 };
    expect(pathOf(() => inverseGreeks(engine, discounted))).toBe("option.rate");
    expect(pathOf(() => inverseGreekColumns(engine, discounted))).toBe("options.rate");
    expect(pathOf(() => inversePayoff({ type: "call", strike: 1, settlement: 0 }))).toBe("inversePayoff.settlement");
    expect(pathOf(() => inversePayoff({ type: "put", strike: 1e308, settlement: 1e-308 }))).toBe(
      "inversePayoff.settlement",
    );
    expect(pathOf(() => inverseFuture({ notional: 1e308, entry: 1e-3, mark: 1 }))).toBe("inverseFuture");
    expect(pathOf(() => inverseFuture({ notional: 1, entry: 0, mark: 1 }))).toBe("inverseFuture.entry");
    expect(pathOf(() => inverseFuture({ notional: 1, entry: 1, mark: Number.NaN }))).toBe("inverseFuture.mark");
  });
});

it("a short inverse future loses what a long gains, and at its entry neither has", () => {
  const long = inverseFuture({ notional: 10_000, entry: 60_000, mark: 66_000 });
  const short = inverseFuture({ notional: -10_000, entry: 60_000, mark: 66_000 });
  for (const [name, value] of Object.entries(long)) expect(short[name as keyof typeof short]).toBe(-value);
  expect(inverseFuture({ notional: 10_000, entry: 60_000, mark: 60_000 })).toMatchObject({ pnl: 0, pnlAtMark: 0 });
});

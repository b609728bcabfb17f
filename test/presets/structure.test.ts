import { describe, expect, it } from "vitest";
import { preset, presets } from "../../src/presets/index.js";
import { composedRule } from "../../src/rules/index.js";

/** When each venue liquidates, of excess = assets − liabilities − requirement at maintenance; and whether it has two levels. */
const COMPARATORS: readonly (readonly [id: string, breach: "<" | "<=", needs: "nothing" | "requirement"])[] = [
  ["aave-v3", "<", "nothing"],
  ["aave-v3-pre-3.7", "<", "nothing"],
  ["compound-v3", "<", "nothing"],
  ["morpho-blue", "<", "nothing"],
  ["euler-v2", "<=", "nothing"],
  ["kamino", "<=", "nothing"],
  ["marginfi-v2", "<=", "nothing"],
  ["folks-xchain", "<", "nothing"],
  ["mango-v4", "<", "nothing"],
  ["drift-v2", "<", "nothing"],
  ["dydx-v4", "<", "requirement"],
  ["synthetix-v3", "<", "requirement"],
  ["gmx-v2", "<", "nothing"],
  ["hyperliquid", "<", "nothing"],
  ["binance-cross", "<=", "nothing"],
  ["binance-multi-asset", "<=", "nothing"],
  ["okx-multi-currency", "<", "nothing"],
  ["kraken-collateral", "<", "nothing"],
  ["bybit-linear", "<=", "nothing"],
  ["house", "<", "nothing"],
];

describe("rules of presets", () => {
  it.each(COMPARATORS)("%s parses and breaches at excess %s 0", (id, breach, breachNeeds) => {
    const rule = composedRule(preset(id));
    expect(rule).toMatchObject({ id, breach, breachNeeds });
    expect(rule.title).toBe(presets.find((one) => one.id === id)?.title);
    expect(rule.refuses.length).toBeGreaterThan(0);
  });

  it("are all in the list above", () => {
    expect(COMPARATORS.map(([id]) => id)).toEqual(presets.map(({ id }) => id));
  });

  it("of one level for borrowing and liquidation have no initial level", () => {
    const assets = { collateral: { maintenance: 0.86 }, loan: { maintenance: 0 } };
    expect(composedRule(preset("morpho-blue", { assets })).hasInitial).toBe(false);
    const instruments = [{ match: {}, maintenance: 0.005, atLeast: { maintenance: 1 }, costs: 0.001 }];
    const usdc = { USDC: { maintenance: 1 } };
    expect(composedRule(preset("gmx-v2", { assets: usdc, instruments })).hasInitial).toBe(false);
    expect(composedRule(preset("folks-xchain", { assets: usdc })).hasInitial).toBe(false);
  });

  it("refuse an entry at the path where the parameters have it", () => {
    const instruments = [{ match: {}, initial: 0.01, maintenance: 0.02 }];
    expect(() => composedRule(preset("hyperliquid", { instruments }))).toThrow(/^instruments\[0\]\.initial must be/);
    const assets = { WETH: { initial: 0.8, maintenance: 1.2 } };
    expect(() => composedRule(preset("aave-v3", { assets }))).toThrow(/^assets\.WETH\.maintenance must be/);
  });

  it("take every kind of entry that their venue has", () => {
    const rate = { root: { rate: 0.1, imf: 0.0005 } };
    const highLeverage = { rootBetween: { low: 0.01, high: 0.05, imf: 0.0005 } };
    const drift = {
      assets: {
        USDC: { initial: 1, maintenance: 1 },
        SOL: {
          initial: { root: { of: { depositScaled: { of: 0.8, start: 1e7 } }, imf: 0.003 } },
          maintenance: { root: { of: 0.9, imf: 0.003 } },
          liability: {
            initial: { root: { of: 1.2, imf: 0.003 } },
            maintenance: { root: { of: 1.1, imf: 0.003 } },
          },
        },
      },
      instruments: [
        {
          match: { underlying: "SOL" },
          initial: rate,
          maintenance: rate,
          gain: { initial: { root: { weight: 1, imf: 0.001 } } },
        },
        { match: { underlying: "BTC" }, initial: highLeverage, maintenance: rate },
      ],
    };
    expect(composedRule(preset("drift-v2", drift)).instruments[0]?.gainCap).toEqual({
      initial: 100,
      maintenance: Infinity,
    });
    const mango = {
      assets: {
        SOL: {
          initial: { depositScaled: { of: 0.8, start: 1e6 } },
          maintenance: { ramp: { from: 0.9, to: 0.85, until: "2026-12-01T00:00:00Z", over: "P30D" } },
          liability: { initial: { borrowScaled: { of: 1.2, start: 1e6 } }, maintenance: 1.1 },
        },
      },
      instruments: [
        {
          match: { underlying: "SOL" },
          weights: {
            initial: { asset: 0.9, liability: 1.1, overall: 0.5 },
            maintenance: { asset: 0.95, liability: 1.05, overall: 1 },
          },
        },
      ],
    };
    expect(composedRule(preset("mango-v4", mango)).reads.states).toEqual(
      expect.arrayContaining(["stable", "deposits", "borrows"]),
    );
    const marginfi = { assets: { SOL: { initial: { depositScaled: { of: 0.8, start: 1e6 } }, maintenance: 0.9 } } };
    expect(composedRule(preset("marginfi-v2", marginfi)).assets.get("SOL")?.weight.initial).toMatchObject({
      price: { kind: "below", confidence: "confidence" },
    });
    const ramp = { ramp: { from: 0.9, to: 0.8, until: "2026-12-01T00:00:00Z", over: "P10D" } };
    const euler = { assets: { collateral: { initial: 0.8, maintenance: ramp } } };
    expect(composedRule(preset("euler-v2", euler)).assets.get("collateral")?.weight.maintenance).toMatchObject({
      unit: 0.0001,
    });
    const openInterest = { openInterest: { base: 0.1, lower: 2e7, upper: 5e7 } };
    const dydx = {
      instruments: [
        { match: { underlying: "BTC" }, initial: openInterest, maintenance: { share: { of: 0.1, share: 0.5 } } },
      ],
    };
    expect(composedRule(preset("dydx-v4", dydx)).instruments[0]?.rate?.initial).toMatchObject({ unit: 1e-6 });
  });
});

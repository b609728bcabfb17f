import { describe, expect, it } from "vitest";
import { type OptionColumns, optionGreekColumns, optionGrid, optionPnl, optionPrice } from "../../src/options/index.js";
import { pathOf } from "../support/errors.js";
import { optionsBuilds } from "../support/options-builds.js";

const OPTIONS = { type: "call", spot: 100, strike: 100, years: 1, volatility: 0.2 } as const;
const SCENARIOS = { price: Float64Array.of(-0.1, 0.1) };

describe.each(optionsBuilds)("columns of options that no kernel takes ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("are named by their place, and what is right is computed afterwards", () => {
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const strike = Float64Array.of(100, wrong, 90);
      expect(pathOf(() => optionGreekColumns(engine, { ...OPTIONS, strike }))).toBe("options.strike[1]");
    }
    expect(optionGreekColumns(engine, { ...OPTIONS, strike: Float64Array.of(100, 90) }).price.length).toBe(2);
  });

  it("are refused where interest takes an amount beyond the range of f64", () => {
    const far = { ...OPTIONS, strike: Float64Array.of(100, 90), years: 30, rate: Float64Array.of(0, -50) } as const;
    expect(() => optionGrid(engine, far, SCENARIOS)).toThrow(/options/);
    expect(() => optionPnl(engine, far, SCENARIOS, 1)).toThrow(/options/);
    const large = { ...OPTIONS, spot: Float64Array.of(100, 1e308), yield: -1, years: 2 } as const;
    expect(() => optionGrid(engine, large, SCENARIOS)).toThrow(/options/);
    const apart = { ...OPTIONS, strike: Float64Array.of(100, 90), years: 0, rate: 1e308, yield: -1e308 } as const;
    expect(() => optionGrid(engine, apart, SCENARIOS)).toThrow(/options/);
    expect(() => optionPnl(engine, apart, SCENARIOS, 1)).toThrow(/options/);
    expect(() => optionGreekColumns(engine, apart)).toThrow(/options/);
    expect(optionGrid(engine, { ...far, rate: 0 }, SCENARIOS).price.length).toBe(4);
  });

  it("are refused where they are lists, or a number is null", () => {
    const listed = { ...OPTIONS, spot: [100, 90] } as unknown as OptionColumns;
    expect(() => optionGrid(engine, listed, SCENARIOS)).toThrow("options.spot must be a number or a Float64Array");
    const unset = { ...OPTIONS, rate: null as unknown as number };
    expect(pathOf(() => optionPrice(engine, unset))).toBe("option.rate");
  });

  it("are refused where a profit or an underlying leaves the range of f64, and for a currency that is none", () => {
    expect(pathOf(() => optionPnl(engine, OPTIONS, SCENARIOS, 1e308))).toBe("weights");
    const far = { ...OPTIONS, spot: Float64Array.of(1, 1e308) };
    const up = { price: Float64Array.of(0.5, 10) };
    expect(pathOf(() => optionGrid(engine, far, up))).toBe("scenarios.price[1]");
    expect(pathOf(() => optionPnl(engine, far, up, 1))).toBe("scenarios.price[1]");
    const misspelt = "coins" as "coin";
    expect(pathOf(() => optionPnl(engine, OPTIONS, SCENARIOS, 1, misspelt))).toBe("settled");
    expect(optionPnl(engine, OPTIONS, SCENARIOS, 1, "coin").pnl.length).toBe(2);
  });
});

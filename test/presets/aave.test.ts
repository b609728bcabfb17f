import { describe, expect, it } from "vitest";
import { UnsupportedError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { preset } from "../../src/presets/index.js";
import { composedRule } from "../../src/rules/index.js";
import { composedPool } from "../support/composed-book.js";

const market = parseMarket({
  schema: "margrave/market/1",
  asOf: "2026-11-20T08:00:00Z",
  numeraire: "USD",
  assets: [{ id: "USD" }, { id: "ETH" }, { id: "stETH" }, { id: "USDC" }],
  prices: [
    { of: "ETH", in: "USD", index: 1000 },
    { of: "stETH", in: "USD", index: 1000 },
    { of: "USDC", in: "USD", index: 1 },
  ],
});
const assets = {
  ETH: { initial: 0.75, maintenance: 0.8 },
  stETH: { initial: 0.5, maintenance: 0.625 },
  USDC: { initial: 0.75, maintenance: 0.8 },
};
const pool = (options: object) => ({
  options,
  supplies: [
    { asset: "ETH", quantity: 1, collateral: true },
    { asset: "stETH", quantity: 2, collateral: true },
    { asset: "USDC", quantity: 500, collateral: false },
  ],
  debts: [{ asset: "USDC", quantity: 1000 }],
});

describe("Aave's e-modes and isolation", () => {
  const modes = {
    staked: { assets: { stETH: { initial: 0.875, maintenance: 0.9375 } } },
    alone: { assets: { stETH: { initial: 0.875, maintenance: 0.9375 } }, others: { initial: 0 } },
  };
  const rule = composedRule(preset("aave-v3", { shipped: false, assets, categories: modes }));
  const old = composedRule(
    preset("aave-v3-pre-3.7", {
      shipped: false,
      assets,
      categories: { "isolated:stETH": { assets: { stETH: assets.stETH }, others: { initial: 0, maintenance: 0 } } },
    }),
  );

  it("without one every collateral has its own weights, averaged to basis points for borrowing", () => {
    const { assets: counted, status } = composedPool(market, pool({ eMode: 0 }), rule);
    expect(status).toBe("ok");
    expect(counted).toEqual({ initial: 3000 * 0.5833, maintenance: 800 + 1250 });
  });

  it("in an e-mode its members have its weights, the others their own", () => {
    const { assets: counted } = composedPool(market, pool({ eMode: "staked" }), rule);
    expect(counted).toEqual({ initial: 3000 * 0.8333, maintenance: 800 + 1875 });
  });

  it("an isolated e-mode lets only its members back new debt", () => {
    const { assets: counted } = composedPool(market, pool({ eMode: "alone" }), rule);
    expect(counted).toEqual({ initial: 3000 * 0.5833, maintenance: 800 + 1875 });
  });

  it("an isolated collateral of an older deployment is the only one that counts", () => {
    const { assets: counted, healthFactor } = composedPool(market, pool({ eMode: "isolated:stETH" }), old);
    expect(counted.maintenance).toBe(1250);
    expect(counted.initial).toBe(3000 * 0.3333);
    expect(healthFactor).toBe(1.25);
  });

  it("a category that the rule does not have is refused", () => {
    expect(() => composedPool(market, pool({ eMode: 7 }), rule)).toThrow(UnsupportedError);
  });
});

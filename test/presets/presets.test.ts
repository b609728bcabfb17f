import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.js";
import { preset, presets } from "../../src/presets/index.js";

const WANTED = [
  "aave-v3",
  "aave-v3-pre-3.7",
  "compound-v3",
  "morpho-blue",
  "euler-v2",
  "kamino",
  "marginfi-v2",
  "mango-v4",
  "drift-v2",
  "dydx-v4",
  "synthetix-v3",
  "gmx-v2",
  "hyperliquid",
  "folks-xchain",
  "binance-cross",
  "binance-multi-asset",
  "okx-multi-currency",
  "kraken-collateral",
  "bybit-linear",
  "house",
];

describe("presets", () => {
  it("are all there, none twice", () => {
    expect(presets.map(({ id }) => id).sort()).toEqual([...WANTED].sort());
  });

  it.each(WANTED)("%s has a date, a source and sentences on what it leaves out", (id) => {
    const info = presets.find((one) => one.id === id);
    expect(info?.effective).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(info?.source.length).toBeGreaterThan(20);
    expect(info?.refuses.length).toBeGreaterThan(0);
    for (const sentence of info?.refuses ?? []) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it.each(WANTED)("%s gives a document of JSON alone, a new one at every call, without settings left in it", (id) => {
    const document = preset(id);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(JSON.stringify(document)).not.toContain('"setting"');
    expect(document).toMatchObject({ schema: "margrave/rule/1", model: "composed", id });
    const again = preset(id);
    expect(again).toEqual(document);
    expect(again.assets).not.toBe(document.assets);
  });
});

describe("parameters of a preset", () => {
  it("replace shipped assets by id, null takes one out, and `shipped: false` takes all", () => {
    const assets = { WETH: { initial: 0.5, maintenance: 0.6 }, GHO: null };
    const merged = preset("aave-v3", { assets }).assets as Record<string, unknown>;
    expect(merged.WETH).toEqual(assets.WETH);
    expect(merged).not.toHaveProperty("GHO");
    expect(merged).toHaveProperty("USDC");
    expect(preset("aave-v3", { assets, shipped: false }).assets).toEqual({ WETH: assets.WETH });
  });

  it("put instruments before the shipped ones, because the first that matches counts", () => {
    const mine = { match: { underlying: "BTC" }, initial: 0.5, maintenance: 0.25 };
    const { instruments } = preset("hyperliquid", { instruments: [mine] });
    expect((instruments as unknown[])[0]).toEqual(mine);
    expect(instruments).toHaveLength(5);
  });

  it("get the units that the venue rounds to, unless they state one, and null leaves a field out", () => {
    const root = { rate: 0.1, imf: 0.0005 };
    const instrument = { match: { id: "a" }, initial: { root }, maintenance: { root: { ...root, unit: 0.001 } } };
    const made = preset("drift-v2", { instruments: [instrument, { ...instrument, gainCap: null }] });
    const completed = {
      match: { id: "a" },
      initial: { root: { ...root, unit: 0.0001 } },
      maintenance: { root: { ...root, unit: 0.001 } },
    };
    expect(made.instruments).toEqual([{ ...completed, gainCap: { initial: 100 } }, completed]);
  });

  it("complete the entries of categories as they do others", () => {
    const weight = { depositScaled: { of: 0.8, start: 1e6 } };
    const assets = { SOL: { initial: weight, maintenance: 0.9 } };
    const { categories } = preset("drift-v2", { categories: { "1": { assets, others: { initial: 0 } } } });
    const filled = { depositScaled: { of: 0.8, start: 1e6, unit: 0.0001 } };
    expect(categories).toEqual({
      "1": { assets: { SOL: { initial: filled, maintenance: 0.9 } }, others: { initial: 0 } },
    });
  });

  it("set the numbers that a preset calls settings", () => {
    const { rounding } = preset("morpho-blue", { settings: { loanDecimals: 6 } });
    expect(rounding).toMatchObject({ value: { decimals: 6 }, weighted: { decimals: 6 } });
  });

  it.each([
    ["preset", () => preset("aave-v9")],
    ["rounding", () => preset("aave-v3", Object({ rounding: {} }))],
    ["settings.loanDecimals", () => preset("aave-v3", { settings: { loanDecimals: 6 } })],
    ["settings.baseDecimals", () => preset("aave-v3", Object({ settings: { baseDecimals: "x" } }))],
    ["assets.WETH", () => preset("aave-v3", Object({ assets: { WETH: 0.8 } }))],
    ["assets.A.initial.setting", () => preset("aave-v3", { assets: { A: { initial: { setting: "toString" } } } })],
    ["assets.WETH.initial", () => preset("aave-v3", Object({ assets: { WETH: { initial: Number.NaN } } }))],
    ["categories.1.extra", () => preset("aave-v3", Object({ categories: { 1: { extra: 1 } } }))],
    ["unlisted", () => preset("aave-v3", Object({ unlisted: "guess" }))],
    ["effective", () => preset("aave-v3", { effective: "yesterday" })],
  ])("are refused by path: %s", (path, make) => {
    try {
      make();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInputError);
      expect((error as InvalidInputError).path.replace('["1"]', ".1")).toBe(path);
      return;
    }
    throw new Error(`${path} was taken`);
  });
});

import { describe, expect, test } from "vitest";
import { parseRule } from "../../src/models/rule.js";
import { type ComposedRule, composedRule } from "../../src/rules/index.js";
import { pathOf } from "../support/errors.js";
import { smallRule } from "../support/small-documents.js";
import { wholeRule } from "../support/whole-rule.js";

/** The smallest rule with `parts` besides. */
const small = (parts: Record<string, unknown>): Record<string, unknown> => ({
  schema: "margrave/rule/1",
  id: "r",
  model: "composed",
  assets: {},
  ...parts,
});
const pathOfParts = (parts: Record<string, unknown>): string => pathOf(() => composedRule(small(parts)));
const pathOfAsset = (entry: Record<string, unknown>): string =>
  pathOfParts({ assets: { BTC: { initial: 0.5, maintenance: 0.5, ...entry } } });
const pathOfInstrument = (entry: Record<string, unknown>): string =>
  pathOfParts({ pnl: { joins: "position" }, instruments: [{ match: {}, initial: 0.1, maintenance: 0.05, ...entry }] });

describe("a composed rule", () => {
  test("needs an id and assets, and has defaults for the rest", () => {
    const index = { kind: "named", name: "index" };
    const prices = { assets: index, liabilities: index };
    const sum = { kind: "sum", of: ["positions", "borrowing", "orders"].map((name) => ({ kind: "atom", name })) };
    const { hash, ...rule } = composedRule(small({}));
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(rule).toEqual({
      id: "r",
      title: null,
      effective: null,
      source: null,
      breach: "<",
      breachNeeds: "nothing",
      hasInitial: true,
      maxPriceAge: null,
      stale: "flag",
      missing: "index",
      price: { initial: prices, maintenance: prices },
      unlisted: "refuse",
      ignores: [],
      assets: new Map(),
      instruments: [],
      categories: new Map(),
      options: { category: null, leverage: null, floor: null, floorExempt: [] },
      pnl: { joins: "apart", overlap: "net", losses: "liability" },
      orders: { contracts: "refuse", spot: "refuse", levels: "both", each: 0 },
      requirement: { initial: sum, maintenance: sum },
      rounding: {
        amount: { assets: "down", liabilities: "up" },
        value: null,
        weighted: null,
        requirement: null,
        average: { initial: null, maintenance: null },
      },
      balances: null,
      ladder: null,
      refuses: [],
      reads: { assets: [], prices: ["index"], states: [], instruments: [], orders: false },
    });
  });

  test("of every part parses into the parts of the language", () => {
    const rule = composedRule(wholeRule());
    const flat = (weight: number) => ({ kind: "flat", weight });
    expect(rule.price.initial.assets).toEqual({
      kind: "min",
      of: [
        { kind: "named", name: "index" },
        { kind: "named", name: "stable" },
      ],
    });
    expect(rule.assets.get("USDC")).toEqual({
      weight: { initial: flat(1), maintenance: flat(1) },
      liability: {
        initial: { kind: "borrowScaled", of: flat(1.1), start: 5e6, price: { kind: "named", name: "ask" }, unit: null },
        maintenance: flat(1),
      },
      price: {
        initial: { assets: expect.anything(), liabilities: rule.price.initial.liabilities },
        maintenance: {
          assets: {
            kind: "below",
            of: { kind: "named", name: "ema" },
            confidence: "emaConfidence",
            times: 2.12,
            cap: 0.05,
          },
          liabilities: rule.price.maintenance.liabilities,
        },
      },
      cap: null,
      borrow: {
        initial: { kind: "flat", rate: 0.05 },
        maintenance: { kind: "brackets", upTo: [1e5, Infinity], rate: [0.01, 0.02] },
      },
    });
    expect(rule.assets.get("BTC")).toMatchObject({
      weight: {
        initial: { kind: "tiers", upTo: [500_000, Infinity], weight: [0.95, 0.9] },
        maintenance: {
          kind: "root",
          of: { kind: "depositScaled", of: flat(0.9), start: 1e7, price: { kind: "named", name: "index" }, unit: 1e-4 },
          imf: 0.002,
          unit: 1e-4,
        },
      },
      cap: { asset: "USD", amount: 2e6 },
    });
    expect(rule.assets.get("ETH")?.weight.maintenance).toEqual({
      kind: "ramp",
      from: 0.9,
      to: 0.8,
      until: Date.UTC(2026, 2, 1),
      over: 30 * 86_400_000,
      unit: null,
    });
    expect(rule.instruments[0]).toEqual({
      match: { underlying: "BTC", kind: "perpetual" },
      rate: {
        initial: { kind: "openInterest", base: 0.05, lower: 1e7, upper: 2e7, unit: null },
        maintenance: { kind: "share", of: 0.05, share: 0.6 },
      },
      weights: null,
      notional: "index",
      plus: { initial: 1, maintenance: 2 },
      atLeast: { initial: 0, maintenance: 10 },
      gain: { initial: { kind: "root", weight: 0.9, imf: 0.01, scale: 1000, unit: null }, maintenance: flat(1) },
      gainCap: { initial: 100, maintenance: Infinity },
      costs: 0.001,
      reward: 0.0002,
    });
    expect(rule.categories.get("1")).toMatchObject({
      id: "1",
      others: { weight: { initial: flat(0) }, liability: { maintenance: flat(1.2) } },
    });
    expect(rule.requirement.maintenance).toEqual({
      kind: "sum",
      of: [
        { kind: "atom", name: "positions" },
        { kind: "atom", name: "borrowing" },
        { kind: "held", of: { kind: "number", value: 5 } },
        {
          kind: "min",
          of: [
            { kind: "atom", name: "orders" },
            { kind: "atom", name: "rewards" },
          ],
        },
      ],
    });
    expect(rule.balances).toEqual({
      assets: { kind: "index", one: 10n ** 27n },
      liabilities: { kind: "shares", virtualShares: 1_000_000n, virtualAssets: 1n },
      interest: { assets: "linear", liabilities: "taylor" },
    });
    expect(rule.ladder).toEqual({
      of: "health",
      steps: [
        { name: "warn", below: 1.5 },
        { name: "liquidate", below: 1 },
      ],
    });
  });

  test("says what it reads of a market and of pools", () => {
    expect(composedRule(wholeRule()).reads).toEqual({
      assets: ["USDC", "BTC", "USD", "ETH", "*"],
      prices: ["index", "bid", "ask", "twap", "ema", "confidence"],
      states: ["stable", "borrows", "emaConfidence", "deposits", "openInterest"],
      instruments: [{ underlying: "BTC", kind: "perpetual" }, { id: "ETH-PERP" }, {}, { quote: "USDC" }],
      orders: true,
    });
  });

  test("without initial levels has none", () => {
    const rule = composedRule(
      small({
        assets: { BTC: { maintenance: 0.8, liability: { maintenance: 1.1 } } },
        instruments: [{ match: {}, maintenance: 0.05 }],
      }),
    );
    expect(rule.hasInitial).toBe(false);
    const missing = small({ assets: { BTC: { maintenance: 0.8, liability: { initial: 1.1 } } } });
    expect(pathOf(() => composedRule(missing))).toBe("assets.BTC.liability.initial");
  });

  test("takes one tier or bracket without an end for one number", () => {
    const rule = composedRule(
      small({
        assets: { BTC: { initial: [[null, 0.5]], maintenance: 0.5 } },
        instruments: [{ match: {}, initial: [[null, 0.1, 0]], maintenance: 0.05 }],
      }),
    );
    expect(rule.assets.get("BTC")?.weight.initial).toEqual({ kind: "flat", weight: 0.5 });
    expect(rule.instruments[0]?.rate?.initial).toEqual({ kind: "flat", rate: 0.1 });
  });

  test("takes published deductions that follow from the brackets, however far they add up", () => {
    const brackets = [
      [50_000, 0.004, 0],
      [250_000, 0.005, 50],
      [1_000_000, 0.01, 1300],
      [7_500_000, 0.025, "16300"],
      [null, 0.05, 203_800],
    ];
    const rule = composedRule(small({ instruments: [{ match: {}, initial: brackets, maintenance: brackets }] }));
    expect(rule.instruments[0]?.rate?.maintenance).toEqual({
      kind: "brackets",
      upTo: [50_000, 250_000, 1_000_000, 7_500_000, Infinity],
      rate: [0.004, 0.005, 0.01, 0.025, 0.05],
    });
  });

  test("has a hash that every term changes and the order of its assets does not", () => {
    const whole = wholeRule();
    const { hash } = composedRule(whole);
    const reversed = Object.fromEntries(Object.entries(whole.assets as object).reverse());
    expect(composedRule({ ...whole, assets: reversed }).hash).toBe(hash);
    const optional = Object.keys(whole).filter((key) => !["schema", "model", "id", "assets", "options"].includes(key));
    const hashes = optional.map(
      (key) => composedRule({ ...whole, categories: {}, [key]: undefined, pnl: whole.pnl }).hash,
    );
    expect(new Set([hash, ...hashes]).size).toBe(optional.length);
    expect(composedRule({ ...whole, id: "other" }).hash).not.toBe(hash);
  });
});

describe("a collateral document as a composed rule", () => {
  const translated = (parts: Record<string, unknown> = {}): ComposedRule => composedRule({ ...smallRule(), ...parts });

  test("keeps every term", () => {
    const flat = (weight: number) => ({ kind: "flat", weight });
    const rule = translated();
    const old = parseRule(smallRule());
    expect(rule).toMatchObject({
      id: old.id,
      effective: old.effective,
      source: old.source,
      breach: "<=",
      maxPriceAge: 7_200_000,
      hasInitial: true,
      unlisted: "zero",
      ignores: ["orders", "raw"],
      stale: "flag",
      missing: "index",
      price: { initial: { assets: { name: "bid" }, liabilities: { name: "ask" } } },
      pnl: { joins: "apart" },
      orders: { contracts: "refuse", spot: "refuse" },
      balances: null,
    });
    expect(rule.price.maintenance).toEqual(rule.price.initial);
    expect(rule.assets.get("BTC")).toEqual({
      weight: {
        initial: { kind: "tiers", upTo: [1000, 2000, Infinity], weight: [0.9, 0.8, 0.5] },
        maintenance: flat(0.95),
      },
      liability: { initial: flat(1), maintenance: flat(1) },
      price: null,
      cap: { asset: "USD", amount: 1_000_000 },
      borrow: null,
    });
    expect(rule.assets.get("USDC")?.liability).toEqual({ initial: flat(1.1), maintenance: flat(1) });
    expect(rule.instruments.map(({ rate }) => rate)).toEqual([
      { initial: { kind: "flat", rate: 0.2 }, maintenance: { kind: "flat", rate: 0.1 } },
      { initial: { kind: "flat", rate: 0.1 }, maintenance: { kind: "flat", rate: 0.05 } },
    ]);
  });

  test("is what the composed document of the same terms is, but for its source", () => {
    const { orders: _, ...rest } = smallRule();
    const written = composedRule({ ...rest, model: "composed", orders: { levels: "both" } });
    expect(translated()).toEqual(written);
  });

  test("has open orders count by the worse side at the initial level, unless they are ignored", () => {
    const worst = { contracts: "worstSide", spot: "refuse", levels: "initial", each: 0 };
    expect(translated({ ignores: [], orders: "worst-side" }).orders).toEqual(worst);
    expect(translated({ orders: "worst-side" }).orders.contracts).toBe("refuse");
    expect(pathOf(() => translated({ orders: "worst" }))).toBe("orders");
  });

  test("is refused where the collateral rule is", () => {
    expect(pathOf(() => translated({ haircut: 1 }))).toBe("haircut");
    expect(pathOf(() => translated({ assets: { BTC: { initial: 2, maintenance: 1 } } }))).toBe("assets.BTC.initial");
  });
});

describe("a composed rule is refused, by path,", () => {
  test("with a key that is unknown or reaches a prototype", () => {
    expect(pathOfParts({ haircut: 1 })).toBe("haircut");
    expect(pathOfAsset({ haircut: 1 })).toBe("assets.BTC.haircut");
    expect(pathOfAsset({ maintenance: { root: { of: 1, imf: 0, scale: 1 } } })).toBe(
      "assets.BTC.maintenance.root.scale",
    );
    expect(pathOfInstrument({ match: { venue: "x" } })).toBe("instruments[0].match.venue");
    expect(pathOfInstrument({ initial: { sqrt: {} } })).toBe("instruments[0].initial.sqrt");
    for (const key of ["__proto__", "constructor", "prototype"]) {
      expect(pathOfParts({ assets: JSON.parse(`{"${key}":{"maintenance":1}}`) })).toBe(`assets.${key}`);
    }
  });

  test("with another schema, model or choice", () => {
    expect(pathOfParts({ schema: "margrave/rule/2" })).toBe("schema");
    expect(pathOfParts({ model: "scan" })).toBe("model");
    expect(pathOfParts({ id: "" })).toBe("id");
    expect(pathOfParts({ breach: "=" })).toBe("breach");
    expect(pathOfParts({ stale: "ignore" })).toBe("stale");
    expect(pathOfParts({ missing: "flag" })).toBe("missing");
    expect(pathOfParts({ refuses: [""] })).toBe("refuses[0]");
    expect(pathOf(() => composedRule(null))).toBe("document");
  });

  test.each([-0.01, 1.01, Number.NaN, Infinity, "x", null])("with an asset weight of %s", (bad) => {
    expect(pathOfAsset({ initial: bad })).toBe("assets.BTC.initial");
    expect(pathOfAsset({ maintenance: bad })).toBe("assets.BTC.maintenance");
    expect(pathOfAsset({ initial: [[null, bad]] })).toBe("assets.BTC.initial[0][1]");
    expect(pathOfAsset({ initial: { root: { of: bad, imf: 0 } } })).toBe("assets.BTC.initial.root.of");
  });

  test("with a negative liability weight, or one that is not for what is owed", () => {
    expect(pathOfAsset({ liability: { initial: -0.1 } })).toBe("assets.BTC.liability.initial");
    expect(pathOfAsset({ liability: { initial: { depositScaled: { of: 1, start: 1 } } } })).toBe(
      "assets.BTC.liability.initial.depositScaled",
    );
    expect(pathOfAsset({ liability: { maintenance: [[null, 1]] } })).toBe("assets.BTC.liability.maintenance");
    expect(pathOfAsset({ maintenance: { borrowScaled: { of: 1, start: 1 } } })).toBe(
      "assets.BTC.maintenance.borrowScaled",
    );
  });

  test("with a weight nested in another that depends on size itself", () => {
    expect(pathOfAsset({ maintenance: { root: { of: { root: { of: 1, imf: 0 } }, imf: 0 } } })).toBe(
      "assets.BTC.maintenance.root.of.root",
    );
  });

  test("with two forms where one is due, or none", () => {
    expect(pathOfAsset({ maintenance: {} })).toBe("assets.BTC.maintenance");
    const clamp = { scale: 1, slope: 1, lower: 0, upper: 1 };
    expect(pathOfAsset({ maintenance: { clamp, ramp: {} } })).toBe("assets.BTC.maintenance");
  });

  test("with parts of a weight out of their range", () => {
    const clamp = { scale: 1, slope: 1, lower: 0.2, upper: 0.1 };
    expect(pathOfAsset({ maintenance: { clamp } })).toBe("assets.BTC.maintenance.clamp.upper");
    const ramp = { from: 1, to: 0.5, until: "2026-03-01T00:00:00Z", over: 0 };
    expect(pathOfAsset({ maintenance: { ramp } })).toBe("assets.BTC.maintenance.ramp.over");
    const depositScaled = { of: 1, start: 0 };
    expect(pathOfAsset({ maintenance: { depositScaled } })).toBe("assets.BTC.maintenance.depositScaled.start");
    expect(pathOfAsset({ maintenance: { root: { of: 1, imf: 0, unit: 0 } } })).toBe("assets.BTC.maintenance.root.unit");
  });

  test.each<[string, unknown, string]>([
    [
      "unsorted",
      [
        [500, 0.1],
        [400, 0.2],
        [null, 0.5],
      ],
      "[1][0]",
    ],
    [
      "overlapping",
      [
        [500, 0.1],
        [500, 0.2],
        [null, 0.5],
      ],
      "[1][0]",
    ],
    [
      "from 0 to 0",
      [
        [0, 0.1],
        [null, 0.5],
      ],
      "[0][0]",
    ],
    ["without an open end", [[500, 0.1]], "[0][0]"],
    [
      "with an open end before the last",
      [
        [null, 0.1],
        [null, 0.2],
      ],
      "[0][0]",
    ],
    ["no pairs", [500], "[0]"],
    ["none", [], ""],
    ["four numbers", [[null, 0.1, 0, 0]], "[0]"],
  ])("with tiers or brackets that are %s", (_, steps, path) => {
    expect(pathOfAsset({ initial: steps })).toBe(`assets.BTC.initial${path}`);
    expect(pathOfInstrument({ initial: steps })).toBe(`instruments[0].initial${path}`);
  });

  test("with a negative rate", () => {
    expect(pathOfInstrument({ maintenance: -0.1 })).toBe("instruments[0].maintenance");
    expect(
      pathOfInstrument({
        initial: [
          [1, 0.1],
          [null, -1],
        ],
      }),
    ).toBe("instruments[0].initial[1][1]");
    expect(pathOfInstrument({ initial: { affine: { base: 0.1, slope: -1 } } })).toBe(
      "instruments[0].initial.affine.slope",
    );
  });

  test("with a published deduction at which the requirement jumps", () => {
    expect(
      pathOfInstrument({
        initial: [
          [50_000, 0.1, 0],
          [null, 0.2, 5001],
        ],
      }),
    ).toBe("instruments[0].initial[1][2]");
    expect(
      pathOfInstrument({
        initial: [
          [50_000, 0.1, 1],
          [null, 0.2],
        ],
      }),
    ).toBe("instruments[0].initial[0][2]");
    expect(
      pathOfAsset({
        initial: [
          [50_000, 1, 0],
          [null, 0.5],
        ],
      }),
    ).toBe("assets.BTC.initial[0]");
  });

  test("with open interest limits that run the wrong way, unless there are none", () => {
    const openInterest = { base: 0.1, lower: 5, upper: 5 };
    expect(pathOfInstrument({ initial: { openInterest } })).toBe("instruments[0].initial.openInterest.upper");
    const none = { base: 0.1, lower: 0, upper: 0 };
    const rule = small({ instruments: [{ match: {}, initial: { openInterest: none }, maintenance: 0.05 }] });
    expect(composedRule(rule).instruments[0]?.rate?.initial).toMatchObject({ kind: "openInterest", upper: 0 });
  });

  test("with an initial rate below the maintenance rate where both are one number", () => {
    expect(pathOfInstrument({ initial: 0.04 })).toBe("instruments[0].initial");
    expect(pathOfAsset({ borrow: { initial: 0.01, maintenance: 0.02 } })).toBe("assets.BTC.borrow.initial");
    const rule = small({
      instruments: [{ match: {}, initial: { affine: { base: 0.04, slope: 0 } }, maintenance: 0.05 }],
    });
    expect(composedRule(rule).instruments).toHaveLength(1);
  });

  test("with an initial level in some entries and not in others", () => {
    const both = { initial: 1, maintenance: 1 };
    expect(pathOfParts({ assets: { A: both, B: { maintenance: 1 } } })).toBe("assets.B.initial");
    expect(pathOfParts({ assets: { A: { maintenance: 1 }, B: both } })).toBe("assets.B.initial");
    expect(pathOfParts({ assets: { A: both }, instruments: [{ match: {}, maintenance: 0.1 }] })).toBe(
      "instruments[0].initial",
    );
    const categories = { "1": { assets: { A: { maintenance: 1 } } } };
    expect(pathOfParts({ assets: { A: both }, categories, options: { category: "mode" } })).toBe(
      'categories["1"].assets.A.initial',
    );
    expect(pathOfParts({ assets: { A: both }, requirement: { maintenance: "positions" } })).toBe("requirement.initial");
    expect(pathOfParts({ assets: { A: both }, price: { maintenance: {} } })).toBe("price.initial");
    expect(pathOfParts({ assets: { A: { maintenance: 1 } }, price: { initial: {}, maintenance: {} } })).toBe(
      "price.initial",
    );
  });

  test("with terms of an initial level that it does not have", () => {
    const path = (parts: Record<string, unknown>) => pathOfParts({ assets: { A: { maintenance: 1 } }, ...parts });
    expect(path({ options: { floor: "ratio" } })).toBe("options.floor");
    expect(path({ options: { leverage: "leverage" } })).toBe("options.leverage");
    expect(path({ rounding: { average: { initial: 4 } } })).toBe("rounding.average.initial");
    expect(path({ orders: { contracts: "worstSide", levels: "initial" } })).toBe("orders.levels");
  });

  test("with a price that is none, or has no middle", () => {
    expect(pathOfParts({ price: { assets: "mark" } })).toBe("price.assets");
    expect(pathOfParts({ price: { assets: { min: [] } } })).toBe("price.assets.min");
    expect(pathOfParts({ price: { assets: { min: ["index", "mark"] } } })).toBe("price.assets.min[1]");
    expect(pathOfParts({ price: { assets: { median: ["index", "twap"] } } })).toBe("price.assets.median");
    expect(pathOfParts({ price: { liabilities: { below: { of: "index", cap: 2 } } } })).toBe(
      "price.liabilities.below.cap",
    );
    expect(pathOfAsset({ price: { assets: { scaled: { of: "index", factor: 0 } } } })).toBe(
      "assets.BTC.price.assets.scaled.factor",
    );
  });

  test("with neither rates nor weights, or what a requirement is raised by and no rate", () => {
    const level = { asset: 0.9, liability: 1.1 };
    const weights = { initial: level, maintenance: level };
    expect(pathOfParts({ instruments: [{ match: {} }] })).toBe("instruments[0].maintenance");
    expect(pathOfParts({ instruments: [{ match: {}, weights: { initial: level } }] })).toBe(
      "instruments[0].weights.maintenance",
    );
    expect(pathOfParts({ instruments: [{ match: {}, weights, plus: { initial: 1 } }] })).toBe("instruments[0].plus");
    const both = composedRule(small({ instruments: [{ match: {}, weights, initial: 0.1, maintenance: 0.05 }] }));
    expect(both.instruments[0]).toMatchObject({ rate: { initial: { rate: 0.1 } }, weights: { initial: level } });
    const wrong = { initial: level, maintenance: { ...level, asset: 1.1 } };
    expect(pathOfParts({ instruments: [{ match: {}, weights: wrong }] })).toBe(
      "instruments[0].weights.maintenance.asset",
    );
  });

  test("with orders that its instruments do not say how to count", () => {
    const level = { asset: 0.9, liability: 1.1 };
    const weighted = { match: {}, weights: { initial: level, maintenance: level } };
    expect(pathOfParts({ instruments: [weighted], orders: { contracts: "worstSide" } })).toBe("orders.contracts");
  });

  test("with gain weights where P&L is not taken position by position, or losses off assets", () => {
    const instruments = [{ match: {}, initial: 0.1, maintenance: 0.05, gain: { initial: 0.5 } }];
    expect(pathOfParts({ instruments })).toBe("instruments[0].gain");
    expect(pathOfParts({ pnl: { joins: "balance", losses: "assets" } })).toBe("pnl.losses");
    expect(pathOfParts({ pnl: { joins: "apart", overlap: "liability" } })).toBe("pnl.overlap");
  });

  test("with a cap that is not one amount", () => {
    for (const cap of [{}, { USD: 1, EUR: 2 }, 5]) expect(pathOfAsset({ cap })).toBe("assets.BTC.cap");
    expect(pathOfAsset({ cap: { USD: -1 } })).toBe("assets.BTC.cap.USD");
  });

  test("with a category that no option chooses, or two options of one name", () => {
    expect(pathOfParts({ categories: { "1": {} } })).toBe("options.category");
    expect(pathOfParts({ categories: { "0": {} }, options: { category: "eMode" } })).toBe('categories["0"]');
    expect(pathOfParts({ options: { category: "a", floor: "a" } })).toBe("options.floor");
    expect(pathOfParts({ options: { floorExempt: ["USDC"] } })).toBe("options.floorExempt");
    expect(pathOfParts({ options: { mode: "a" } })).toBe("options.mode");
  });

  test("with a feature that it both counts and ignores", () => {
    expect(pathOfParts({ ignores: ["links", "orders"], orders: { spot: "fill" } })).toBe("ignores[1]");
    const index = { index: { one: 1 } };
    expect(pathOfParts({ ignores: ["raw"], balances: { assets: index, liabilities: index } })).toBe("ignores[0]");
  });

  test("with a requirement of an unknown name, or of nothing", () => {
    expect(pathOfParts({ requirement: "equity" })).toBe("requirement");
    expect(pathOfParts({ requirement: { max: [] } })).toBe("requirement.max");
    expect(pathOfParts({ requirement: { sum: ["debt", { scale: { of: "debt" } }] } })).toBe(
      "requirement.sum[1].scale.by",
    );
  });

  test("with rounding that is not to a number of decimals in a direction", () => {
    expect(pathOfParts({ rounding: { value: { assets: "down" } } })).toBe("rounding.value.decimals");
    expect(pathOfParts({ rounding: { value: { decimals: 1.5 } } })).toBe("rounding.value.decimals");
    expect(pathOfParts({ rounding: { amount: { assets: "floor" } } })).toBe("rounding.amount.assets");
    expect(pathOfParts({ rounding: { average: { initial: -1 } } })).toBe("rounding.average.initial");
  });

  test("with raw balances of an unknown form or an index of 0", () => {
    const index = { index: { one: 1 } };
    expect(pathOfParts({ balances: { assets: "index", liabilities: index } })).toBe("balances.assets");
    expect(pathOfParts({ balances: { assets: { index: { one: 0 } }, liabilities: index } })).toBe(
      "balances.assets.index.one",
    );
    expect(pathOfParts({ balances: { assets: { index: { one: "1e27" } }, liabilities: index } })).toBe(
      "balances.assets.index.one",
    );
    expect(pathOfParts({ balances: { assets: index, liabilities: index, interest: { assets: "simple" } } })).toBe(
      "balances.interest.assets",
    );
  });

  test("with a ladder whose steps do not fall, or have one name twice", () => {
    const steps = (...list: unknown[]) => ({ ladder: { of: "health", steps: list } });
    expect(pathOfParts(steps(["warn", 1], ["liquidate", 1]))).toBe("ladder.steps[1][1]");
    expect(pathOfParts(steps(["warn", 2], ["warn", 1]))).toBe("ladder.steps[1][0]");
    expect(pathOfParts(steps(["ok", 2]))).toBe("ladder.steps[0][0]");
    expect(pathOfParts(steps())).toBe("ladder.steps");
  });
});

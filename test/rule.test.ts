import { describe, expect, test } from "vitest";
import { parseRule, type Rule } from "../src/models/rule.js";
import { pathOf } from "./support/errors.js";
import { hasModel, modelDocument } from "./support/model-documents.js";
import { smallRule } from "./support/small-documents.js";

/** The small rule with `parts` in place of its own. */
const withParts = (parts: Record<string, unknown>): Rule => parseRule({ ...smallRule(), ...parts });
const pathOfParts = (parts: Record<string, unknown>): string => pathOf(() => withParts(parts));
/** The path of the error of an asset entry. */
const pathOfAsset = (rule: unknown): string => pathOfParts({ assets: { BTC: rule } });

describe("a rule", () => {
  test.skipIf(!hasModel)("of the data model's text parses as printed", () => {
    const rule = parseRule(modelDocument("rule"));
    expect(rule).toMatchObject({
      id: "house-2026-11",
      effective: "2026-11-01",
      source: "house",
      breach: "<",
      maxPriceAge: 3_600_000,
      price: { assets: "index", liabilities: "ask" },
      unlisted: "refuse",
      ignores: [],
      orders: "worst-side",
      hasInitial: true,
      instruments: [{ match: { underlying: "BTC" }, initial: 0.05, maintenance: 0.025 }],
    });
    expect(Object.fromEntries(rule.assets)).toEqual({
      USDC: {
        initial: { upTo: [Infinity], weight: [1] },
        maintenance: { upTo: [Infinity], weight: [1] },
        liability: { initial: 1.02, maintenance: 1.01 },
        cap: null,
      },
      BTC: {
        initial: { upTo: [500_000, Infinity], weight: [0.95, 0.9] },
        maintenance: { upTo: [Infinity], weight: [0.95] },
        liability: { initial: 1, maintenance: 1 },
        cap: null,
      },
      "wstETH@ethereum": {
        initial: { upTo: [Infinity], weight: [0.8] },
        maintenance: { upTo: [Infinity], weight: [0.85] },
        liability: { initial: 1, maintenance: 1 },
        cap: { asset: "USD", amount: 2_000_000 },
      },
    });
  });

  test("needs an id and assets, and has defaults for the rest", () => {
    const rule = parseRule({ schema: "margrave/rule/1", id: "r", model: "collateral", assets: {} });
    expect(rule).toMatchObject({
      effective: null,
      source: null,
      breach: "<",
      maxPriceAge: null,
      price: { assets: "index", liabilities: "index" },
      unlisted: "refuse",
      ignores: [],
      orders: null,
      hasInitial: true,
      instruments: [],
    });
  });

  test("without initial levels has none, rather than a copy of maintenance", () => {
    const rule = withParts({ assets: { BTC: { maintenance: 0.8 } }, instruments: [{ match: {}, maintenance: 0.05 }] });
    expect(rule.hasInitial).toBe(false);
    expect(rule.assets.get("BTC")?.initial).toBeNull();
    expect(rule.instruments[0]?.initial).toBeNull();
  });

  test("says what it reads of a market", () => {
    expect(parseRule(smallRule()).reads).toEqual({
      assets: ["USDC", "BTC", "USD"],
      kinds: ["index", "bid", "ask"],
      instruments: [{ id: "BTC-JUN", kind: "future" }, {}],
    });
  });

  test("has a hash that every term changes and the order of its assets does not", () => {
    const { USDC, BTC } = smallRule().assets as Record<string, object>;
    const hash = parseRule(smallRule()).hash;
    expect(withParts({ assets: { BTC, USDC } }).hash).toBe(hash);
    const others = [
      { id: "other" },
      { breach: "<" },
      { maxPriceAge: "PT1H" },
      { unlisted: "refuse" },
      { ignores: [] },
      { orders: "worst-side" },
      { price: { assets: "index" } },
      { assets: { USDC, BTC: { ...BTC, maintenance: 0.94 } } },
      { assets: { USDC, BTC: { ...BTC, cap: { USD: 2 } } } },
      { instruments: [] },
    ].map((parts) => withParts(parts).hash);
    expect(new Set([hash, ...others]).size).toBe(11);
  });

  test("may weigh a liability below 1 or at 0, and a rate above 1", () => {
    const rule = withParts({
      assets: { BTC: { initial: 0, maintenance: 0, liability: { initial: 0.5, maintenance: 0 } } },
      instruments: [{ match: {}, initial: 1.5, maintenance: 1.5 }],
    });
    expect(rule.assets.get("BTC")?.liability).toEqual({ initial: 0.5, maintenance: 0 });
  });
});

describe("a rule is refused, by path,", () => {
  test.each([-0.01, 1.01, Number.NaN, Infinity, "x", null])("with an asset weight of %s", (bad) => {
    expect(pathOfAsset({ initial: bad, maintenance: 1 })).toBe("assets.BTC.initial");
    expect(pathOfAsset({ initial: 1, maintenance: bad })).toBe("assets.BTC.maintenance");
    expect(pathOfAsset({ initial: [[null, bad]], maintenance: 1 })).toBe("assets.BTC.initial[0][1]");
  });

  test.each<[string, unknown, string]>([
    [
      "unsorted",
      [
        [500, 0.9],
        [400, 0.8],
        [null, 0.5],
      ],
      "assets.BTC.initial[1][0]",
    ],
    [
      "overlapping",
      [
        [500, 0.9],
        [500, 0.8],
        [null, 0.5],
      ],
      "assets.BTC.initial[1][0]",
    ],
    [
      "from 0 to 0",
      [
        [0, 0.9],
        [null, 0.5],
      ],
      "assets.BTC.initial[0][0]",
    ],
    [
      "negative",
      [
        [-5, 0.9],
        [null, 0.5],
      ],
      "assets.BTC.initial[0][0]",
    ],
    ["without an open end", [[500, 0.9]], "assets.BTC.initial[0][0]"],
    [
      "with an open end before the last",
      [
        [null, 0.9],
        [null, 0.8],
      ],
      "assets.BTC.initial[0][0]",
    ],
    [
      "with an infinite bound",
      [
        [Infinity, 0.9],
        [null, 0.8],
      ],
      "assets.BTC.initial[0][0]",
    ],
    [
      "not pairs",
      [
        [500, 0.9, 1],
        [null, 0.8],
      ],
      "assets.BTC.initial[0]",
    ],
    ["no arrays", [500], "assets.BTC.initial[0]"],
    ["none", [], "assets.BTC.initial"],
  ])("with tiers that are %s", (_, tiers, path) => {
    expect(pathOfAsset({ initial: tiers, maintenance: 1 })).toBe(path);
  });

  test("with an initial rate below the maintenance rate, or a negative one", () => {
    const rule = { match: {}, initial: 0.04, maintenance: 0.05 };
    expect(pathOfParts({ instruments: [rule] })).toBe("instruments[0].initial");
    expect(pathOfParts({ instruments: [{ ...rule, maintenance: -1 }] })).toBe("instruments[0].maintenance");
  });

  test("with an initial level in some entries and not in others", () => {
    expect(pathOfParts({ assets: { A: { initial: 1, maintenance: 1 }, B: { maintenance: 1 } } })).toBe(
      "assets.B.initial",
    );
    expect(pathOfParts({ assets: { A: { maintenance: 1 } } })).toBe("instruments[0].initial");
  });

  test("with a cap that is not one amount", () => {
    for (const cap of [{}, { USD: 1, EUR: 2 }, 5]) {
      expect(pathOfAsset({ initial: 1, maintenance: 1, cap })).toBe("assets.BTC.cap");
    }
    expect(pathOfAsset({ initial: 1, maintenance: 1, cap: { USD: -1 } })).toBe("assets.BTC.cap.USD");
  });

  test("with a key that is unknown or reaches a prototype", () => {
    expect(pathOfParts({ haircut: 1 })).toBe("haircut");
    expect(pathOfAsset({ initial: 1, maintenance: 1, haircut: 0 })).toBe("assets.BTC.haircut");
    expect(pathOfParts({ instruments: [{ match: { venue: "x" }, maintenance: 1 }] })).toBe(
      "instruments[0].match.venue",
    );
    for (const key of ["__proto__", "constructor", "prototype"]) {
      expect(pathOfParts({ assets: JSON.parse(`{"${key}":{"maintenance":1}}`) })).toBe(`assets.${key}`);
    }
  });

  test("with any other field that is not one of its choices", () => {
    expect(pathOfParts({ schema: "margrave/rule/2" })).toBe("schema");
    expect(pathOfParts({ model: "scan" })).toBe("model");
    expect(pathOfParts({ id: "" })).toBe("id");
    expect(pathOfParts({ breach: "=" })).toBe("breach");
    expect(pathOfParts({ effective: "2026-02-30" })).toBe("effective");
    expect(pathOfParts({ maxPriceAge: "P1M" })).toBe("maxPriceAge");
    expect(pathOfParts({ price: { assets: "mark" } })).toBe("price.assets");
    expect(pathOfParts({ unlisted: "ignore" })).toBe("unlisted");
    expect(pathOfParts({ ignores: ["prices"] })).toBe("ignores[0]");
    expect(pathOfParts({ assets: [] })).toBe("assets");
    expect(pathOf(() => parseRule(null))).toBe("document");
  });
});

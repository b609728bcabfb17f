import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { RiskError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { parseRule } from "../../src/models/rule.js";
import { hasModel, modelDocument } from "../support/model-documents.js";
import { preset, presets } from "../../src/presets/index.js";
import { composedRule } from "../../src/rules/index.js";
import { smallAccounts, smallMarket, smallRule } from "../support/small-documents.js";
import { wholeRule } from "../support/whole-rule.js";

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: false });

function compile(name: string): ValidateFunction {
  return ajv.compile(JSON.parse(readFileSync(new URL(`../../schema/${name}.json`, import.meta.url), "utf8")));
}

/** One schema for rules of both models, which ajv compiles once. */
const rules = compile("rule");
const market = parseMarket(smallMarket());
const kinds = {
  market: { schema: compile("market"), make: smallMarket as () => object, parse: (d: unknown) => void parseMarket(d) },
  accounts: {
    schema: compile("accounts"),
    make: smallAccounts as () => object,
    parse: (d: unknown) => void packBook(d, market),
  },
  rule: { schema: rules, make: smallRule as () => object, parse: (d: unknown) => void parseRule(d) },
  composed: { schema: rules, make: wholeRule as () => object, parse: (d: unknown) => void composedRule(d) },
};
type Kind = keyof typeof kinds;

function coreAccepts(kind: Kind, document: unknown): boolean {
  try {
    kinds[kind].parse(document);
    return true;
  } catch (error) {
    if (error instanceof RiskError) return false;
    throw error;
  }
}

/** `document` with the value at a path such as `prices.0.index` replaced; `undefined` removes it. */
function replaced(document: unknown, path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(document));
  const keys = path.split(".");
  const last = keys.pop()!;
  let here = copy;
  for (const key of keys) here = here[key];
  if (value === undefined) delete here[last];
  else here[last] = value;
  return copy;
}

/** What a schema cannot say or would say at too high a price; the core says it. */
const WEAKER = {
  reference: "an id that is to be found elsewhere in the document, or in the market",
  duplicate: "ids that are unique over a list of objects",
  order: "one value compared with another of the same document",
  calendar: "days that a month does not have",
  range: "the value of a number that is written as a string",
  kind: "what kind of instrument a price is of",
  price: "whether an asset or instrument has a price",
} as const;

const P = "accounts.0.pools.0";
const CORPUS: readonly (readonly [Kind, string, unknown, "accept" | "refuse" | keyof typeof WEAKER])[] = [
  ["market", "prices.0.index", "50000.5", "accept"],
  ["market", "prices.0.index", "5e4", "accept"],
  ["market", "prices.0.index", 0, "refuse"],
  ["market", "prices.0.index", -1, "refuse"],
  ["market", "prices.0.index", "0", "refuse"],
  ["market", "prices.0.index", "0.00", "refuse"],
  ["market", "prices.0.index", "-1", "refuse"],
  ["market", "prices.0.index", "fifty", "refuse"],
  ["market", "prices.0.index", 2 ** 53, "refuse"],
  ["market", "prices.0.index", null, "refuse"],
  ["market", "prices.0.index", undefined, "refuse"],
  ["market", "prices.0.index", "1e999", "range"],
  ["market", "prices.0.in", "XRP", "reference"],
  ["market", "prices.0.in", "STBTC", "reference"],
  ["market", "prices.0.of", "XRP", "reference"],
  ["market", "prices.0.mark", 1, "refuse"],
  ["market", "prices.0.confidence", 1, "refuse"],
  ["market", "prices.0.confidence", "1.5", "range"],
  ["market", "prices.0.time", "2026-03-01", "refuse"],
  ["market", "prices.0.time", "2026-03-01T11:00:00", "refuse"],
  ["market", "prices.0.time", "2026-03-01T12:00:00+01:00", "accept"],
  ["market", "prices.0.time", "2026-02-30T11:00:00Z", "calendar"],
  ["market", "prices.0.time", "2026-03-01T12:00:01Z", "order"],
  ["market", "prices.3.bid", 1, "refuse"],
  ["market", "prices.3.fundingRate", "-0.01", "accept"],
  ["market", "prices.0.state", { stable: "64000.5", deposits: 12 }, "accept"],
  ["market", "prices.3.state", { openInterest: 5, skew: -2 }, "accept"],
  ["market", "prices.0.state", { deposits: "many" }, "refuse"],
  ["market", "prices.0.state", [], "refuse"],
  ["market", "prices.0.state", JSON.parse('{"__proto__":1}'), "refuse"],
  ["market", "prices.3.of", "BTC", "reference"],
  ["market", "prices.3.mark", 0, "kind"],
  ["market", "prices.3.impliedVol", 0.5, "kind"],
  ["market", "prices.5.mark", 0, "accept"],
  ["market", "prices.5.impliedVol", -0.5, "refuse"],
  ["market", "prices.5.forward", "XRP", "reference"],
  ["market", "assets.1", { id: "USD" }, "duplicate"],
  ["market", "assets.1.haircut", 0.1, "refuse"],
  ["market", "assets.1.id", "", "refuse"],
  ["market", "assets.1.id", "a\u0007", "refuse"],
  ["market", "assets.3.is", "XRP", "reference"],
  ["market", "assets.3.decimals", 6.5, "refuse"],
  ["market", "assets.2.peg", { to: "USD" }, "refuse"],
  ["market", "instruments.0.expiry", "2026-06-26T08:00:00Z", "refuse"],
  ["market", "instruments.0.kind", "swap", "refuse"],
  ["market", "instruments.0.kind", "spot", "accept"],
  ["market", "instruments.0.kind", "future", "refuse"],
  ["market", "instruments.1.strike", 1, "refuse"],
  ["market", "instruments.2.strike", undefined, "refuse"],
  ["market", "instruments.2.exercise", "american", "accept"],
  ["market", "exposures", [{ of: "STBTC", to: { BTC: 1, "STBTC/BTC": "1" } }], "accept"],
  ["market", "exposures", [{ of: "STBTC", to: { BTC: null } }], "refuse"],
  ["market", "exposures", [{ of: "STBTC", to: { USD: 1 } }], "reference"],
  ["market", "history", { in: "USD", interval: "PT1H" }, "accept"],
  ["market", "history", { in: "USD", interval: "P1DT30M" }, "accept"],
  ["market", "history", { in: "USD", interval: "P1M" }, "refuse"],
  ["market", "history", { in: "USD", interval: "PT0S" }, "refuse"],
  ["market", "history", { in: "USD", interval: "P1DT" }, "refuse"],
  ["market", "schema", "margrave/market/2", "refuse"],
  ["market", "numeraire", undefined, "refuse"],
  ["market", "haircuts", {}, "refuse"],
  ["accounts", `${P}.balances.0.quantity`, -3, "order"],
  ["accounts", `${P}.balances.0.quantity`, 2 ** 53, "refuse"],
  ["accounts", `${P}.balances.0.quantity`, "9007199254740993", "accept"],
  ["accounts", `${P}.balances.0.quantity`, "", "refuse"],
  ["accounts", `${P}.balances.0.quantity`, true, "refuse"],
  ["accounts", `${P}.balances.0.asset`, "XRP", "reference"],
  ["accounts", `${P}.balances.0.asset`, "DUST", "price"],
  ["accounts", `${P}.balances.0.asset`, "USDC", "duplicate"],
  ["accounts", `${P}.balances.0.locked`, 3, "order"],
  ["accounts", `${P}.balances.0.locked`, "-1", "refuse"],
  ["accounts", `${P}.balances.0.raw`, { scaled: "12345678901234567890", index: 7 }, "accept"],
  ["accounts", `${P}.balances.0.raw`, { scaled: 1.5 }, "refuse"],
  ["accounts", `${P}.balances.1.borrow.rate`, undefined, "refuse"],
  ["accounts", `${P}.balances.1.borrow.accruedTo`, "2026-03-02T00:00:00Z", "order"],
  ["accounts", `${P}.supplies.0.collateral`, undefined, "refuse"],
  ["accounts", `${P}.supplies.0.quantity`, -1, "refuse"],
  ["accounts", `${P}.debts.0.quantity`, "-0.0", "accept"],
  ["accounts", `${P}.positions.0.entryPrice`, 0, "refuse"],
  ["accounts", `${P}.positions.0.entryPrice`, "0e5", "refuse"],
  ["accounts", `${P}.positions.0.entryPrice`, undefined, "refuse"],
  ["accounts", `${P}.positions.0.id`, undefined, "accept"],
  ["accounts", `${P}.positions.0.instrument`, "DUST-PERP", "price"],
  ["accounts", `${P}.orders`, [{ instrument: "BTC-PERP", quantity: 1, reduceOnly: "no" }], "refuse"],
  ["accounts", `${P}.orders`, [{ instrument: "BTC-PERP", quantity: 1, limitPrice: "1.5" }], "accept"],
  ["accounts", `${P}.options`, { eMode: 1, mode: "cross", hedge: true }, "accept"],
  ["accounts", `${P}.options`, { eMode: [] }, "refuse"],
  ["accounts", `${P}.options`, JSON.parse('{"__proto__":1}'), "refuse"],
  ["accounts", `${P}.margin`, 1, "refuse"],
  ["accounts", `${P}.id`, undefined, "refuse"],
  ["accounts", `${P}.id`, "two", "duplicate"],
  ["accounts", "accounts.0.parent", "firm", "reference"],
  ["accounts", "accounts.1.parent", "desk/a", "reference"],
  ["accounts", "accounts.1.tags", { constructor: "x" }, "refuse"],
  ["accounts", "accounts.1.tags", { entity: 7 }, "refuse"],
  ["accounts", "links", [{ from: "one", to: "two", kind: "guarantee", rank: 1 }], "accept"],
  ["accounts", "links", [{ from: "one", to: "two", kind: "guarantee", rank: 0.5 }], "refuse"],
  ["accounts", "links", [{ from: "one", to: "six", kind: "guarantee" }], "reference"],
  ["accounts", "transfers", [{ asset: "BTC", quantity: 0, from: "one", to: "two", state: "x" }], "refuse"],
  ["accounts", "reported", [{ pool: "one", asOf: "2026-01-01T00:00Z", asset: "BTC", equity: "-1" }], "accept"],
  ["accounts", "asOf", undefined, "refuse"],
  ["rule", "assets.BTC.maintenance", 1.01, "refuse"],
  ["rule", "assets.BTC.maintenance", -0.01, "refuse"],
  ["rule", "assets.BTC.maintenance", "0.9", "accept"],
  ["rule", "assets.BTC.maintenance", "1.5", "range"],
  ["rule", "assets.BTC.maintenance", undefined, "refuse"],
  ["rule", "assets.BTC.initial", [[null, 0.5]], "accept"],
  ["rule", "assets.BTC.initial", [], "refuse"],
  [
    "rule",
    "assets.BTC.initial",
    [
      [1, 0.5, 0],
      [null, 0.4],
    ],
    "refuse",
  ],
  [
    "rule",
    "assets.BTC.initial",
    [
      [0, 0.5],
      [null, 0.4],
    ],
    "refuse",
  ],
  [
    "rule",
    "assets.BTC.initial",
    [
      [2, 0.5],
      [1, 0.4],
      [null, 0.3],
    ],
    "order",
  ],
  ["rule", "assets.BTC.initial", [[1, 0.5]], "order"],
  ["rule", "assets.BTC.initial", undefined, "order"],
  ["rule", "assets.BTC.cap", {}, "refuse"],
  ["rule", "assets.BTC.cap", { USD: 1, EUR: 1 }, "refuse"],
  ["rule", "assets.BTC.liability", { initial: 1.2, maintenance: "1.1" }, "accept"],
  ["rule", "assets.BTC.haircut", 0.1, "refuse"],
  ["rule", "instruments.0.initial", 0.01, "order"],
  ["rule", "instruments.0.match.venue", "x", "refuse"],
  ["rule", "instruments.0.maintenance", undefined, "refuse"],
  ["rule", "ignores", ["prices"], "refuse"],
  ["rule", "breach", "=", "refuse"],
  ["rule", "effective", "2026-13-01", "refuse"],
  ["rule", "effective", "2026-02-30", "calendar"],
  ["rule", "price", { assets: "mark" }, "refuse"],
  ["rule", "model", "scan", "refuse"],
  ["composed", "model", "scan", "refuse"],
  ["composed", "haircut", 1, "refuse"],
  ["composed", "breachNeeds", "everything", "refuse"],
  ["composed", "effective", "2026-02-30", "calendar"],
  ["composed", "price", { assets: "mid" }, "accept"],
  ["composed", "price", { assets: "mark" }, "refuse"],
  ["composed", "price", { assets: { min: [] } }, "refuse"],
  ["composed", "price", { assets: { median: ["index", "bid"] } }, "order"],
  ["composed", "price", { assets: { min: ["index"], max: ["index"] } }, "refuse"],
  ["composed", "price", { assets: "bid", maintenance: {} }, "refuse"],
  ["composed", "price", { maintenance: {} }, "order"],
  ["composed", "assets.USDC.price.assets.below.cap", 2, "refuse"],
  ["composed", "assets.USDC.price.assets.below.confidence", "band", "refuse"],
  ["composed", "assets.USDC.liability.initial", -1, "refuse"],
  ["composed", "assets.USDC.liability.initial", [[null, 1]], "refuse"],
  ["composed", "assets.USDC.liability.initial.borrowScaled.start", 0, "refuse"],
  ["composed", "assets.BTC.initial", 1.01, "refuse"],
  ["composed", "assets.BTC.initial", "1.5", "range"],
  ["composed", "assets.BTC.initial", { borrowScaled: { of: 1, start: 1 } }, "refuse"],
  ["composed", "assets.BTC.initial", { root: { of: [[null, 1]], imf: 0 } }, "refuse"],
  ["composed", "assets.BTC.maintenance.root.imf", undefined, "refuse"],
  ["composed", "assets.BTC.cap", { USD: 1, EUR: 1 }, "refuse"],
  ["composed", "assets.ETH.initial.clamp.lower", 0.4, "order"],
  ["composed", "assets.ETH.maintenance.ramp.over", 86_400_000, "accept"],
  ["composed", "assets.ETH.maintenance.ramp.over", "P1M", "refuse"],
  ["composed", "assets.ETH.maintenance.ramp.until", "2026-03-01", "refuse"],
  ["composed", "instruments.0.initial", 0.05, "accept"],
  ["composed", "instruments.0.initial", -0.05, "refuse"],
  ["composed", "instruments.0.initial.openInterest.upper", 5, "order"],
  ["composed", "instruments.1.initial", 0.001, "order"],
  ["composed", "instruments.1.maintenance", undefined, "refuse"],
  ["composed", "instruments.0.maintenance.share.share", 2, "refuse"],
  ["composed", "instruments.0.gain.initial", 1.5, "refuse"],
  ["composed", "instruments.0.plus", { initial: -1 }, "refuse"],
  ["composed", "instruments.0.notional", "oracle", "refuse"],
  ["composed", "categories.1.others.initial", 2, "refuse"],
  ["composed", "categories", { "0": {} }, "refuse"],
  ["composed", "options.category", undefined, "order"],
  ["composed", "options.category", "leverage", "duplicate"],
  ["composed", "options.mode", "x", "refuse"],
  ["composed", "pnl", { joins: "balance" }, "order"],
  ["composed", "pnl", { losses: "assets" }, "refuse"],
  ["composed", "orders", { contracts: "settle" }, "order"],
  ["composed", "orders", { contracts: "both" }, "refuse"],
  ["composed", "requirement", "positions", "accept"],
  ["composed", "requirement", 5, "accept"],
  ["composed", "requirement", { sum: [] }, "refuse"],
  ["composed", "requirement", { scale: { of: "debt" } }, "refuse"],
  ["composed", "requirement", "equity", "refuse"],
  ["composed", "rounding.value.decimals", undefined, "refuse"],
  ["composed", "rounding.value.decimals", 39, "refuse"],
  ["composed", "rounding.weighted.assets", "floor", "refuse"],
  ["composed", "rounding.amount.assets", "none", "accept"],
  ["composed", "balances.assets.index.one", 1, "accept"],
  ["composed", "balances.assets.index.one", "1e27", "refuse"],
  ["composed", "balances.assets.index.one", 0, "refuse"],
  ["composed", "balances.liabilities", { growth: { fractionalBits: 31 } }, "order"],
  ["composed", "balances.liabilities", { growth: { fractionalBits: -1 } }, "refuse"],
  ["composed", "balances.interest.assets", "simple", "refuse"],
  ["composed", "ladder.of", "equity", "refuse"],
  ["composed", "ladder.steps.1", ["liquidate", 1.5], "order"],
  ["composed", "ladder.steps.1", ["warn", 1], "duplicate"],
  ["composed", "ladder.steps.1", ["liquidate", 0], "refuse"],
  ["composed", "refuses", [""], "refuse"],
  [
    "composed",
    "instruments.1.initial",
    [
      [1000, 0.1, 0],
      [null, 0.2, "100"],
    ],
    "accept",
  ],
  [
    "composed",
    "instruments.1.initial",
    [
      [1000, 0.1],
      [null, 0.2, 101],
    ],
    "order",
  ],
  ["composed", "instruments.1.initial", [[null, 0.1, 0, 0]], "refuse"],
];

describe("the published schemas", () => {
  for (const kind of Object.keys(kinds) as Kind[]) {
    test(`accept the suite's own ${kind} document, as the core does`, () => {
      const { schema, make } = kinds[kind];
      expect([schema(make()), schema.errors]).toEqual([true, null]);
      expect(coreAccepts(kind, make())).toBe(true);
    });

    test.skipIf(!hasModel || kind === "composed")(`accept the ${kind} document of the data model's text`, () => {
      const { schema } = kinds[kind];
      expect([schema(modelDocument(kind)), schema.errors]).toEqual([true, null]);
    });
  }

  test.each(presets.map(({ id }) => id))("accept the rule %s, as the language does", (id) => {
    expect([rules(preset(id)), rules.errors]).toEqual([true, null]);
    expect(coreAccepts("composed", preset(id))).toBe(true);
  });

  test.each(CORPUS)("%s: %s = %j: %s", (kind, path, value, verdict) => {
    const document = replaced(kinds[kind].make(), path, value);
    expect(coreAccepts(kind, document)).toBe(verdict === "accept");
    expect(kinds[kind].schema(document)).toBe(verdict !== "refuse");
  });

  test("are weaker than the core only where the corpus gives a reason, and use every reason given", () => {
    const reasons = new Set(CORPUS.map(([, , , verdict]) => verdict));
    expect([...reasons].sort()).toEqual(["accept", "refuse", ...Object.keys(WEAKER)].sort());
  });

  test("never refuse what the core accepts, wherever a value is replaced by any odd one", () => {
    const odd = fc.constantFrom<unknown[]>(
      ...[0, -0, 1, -1, 0.5, 2, 1e15, 2 ** 53, "0", "1", "-1", "-0", "1e3", "0.5", "1e-400", "00.10", "", "USD", "BTC"],
      ...["BTC-PERP", "one", "2026-01-01", "2026-01-01T00:00Z", "PT1H", "P1W", "P01D", "index", "<", "call"],
      ...[null, true, false, [], {}, [1], [[null, 1]], { USD: 1 }, { id: "x" }, undefined],
    );
    const places = (value: unknown, path: string): string[] => {
      if (typeof value !== "object" || value === null) return [path];
      return [
        path,
        ...Object.entries(value).flatMap(([key, item]) => places(item, path === "" ? key : `${path}.${key}`)),
      ];
    };
    let accepted = 0;
    for (const kind of Object.keys(kinds) as Kind[]) {
      const base = kinds[kind].make();
      const paths = places(base, "").filter((path) => path !== "");
      fc.assert(
        fc.property(fc.constantFrom(...paths), odd, (path, value) => {
          const document = replaced(base, path, value);
          if (!coreAccepts(kind, document)) return;
          accepted++;
          expect([kinds[kind].schema(document), path, value]).toEqual([true, path, value]);
        }),
        { numRuns: 1500, seed: 5 },
      );
    }
    expect(accepted).toBeGreaterThan(500);
  });
});

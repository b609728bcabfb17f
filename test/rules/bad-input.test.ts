import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { change } from "../../src/book/change.js";
import { createEngine } from "../../src/engine.js";
import { InsufficientDataError, InvalidInputError, RiskError, UnsupportedError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { type Levels, STATUSES } from "../../src/models/model.js";
import { preset } from "../../src/presets/index.js";
import { amountToHealth } from "../../src/rules/health-target.js";
import { type ComposedResult, composed, composedRule, liquidationPrices, maxBorrow } from "../../src/rules/index.js";
import { failure, pathOf } from "../support/errors.js";
import { random } from "../support/random-book.js";
import { randomComposed } from "../support/random-composed.js";

const AS_OF = "2026-11-20T08:00:00Z";
const HOURS_AGO = "2026-11-20T05:00:00Z";
type Fields = Readonly<Record<string, unknown>>;

const MARKET: Fields = {
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [{ id: "USD", decimals: 6 }, { id: "BTC", decimals: 8 }, { id: "ETH", decimals: 18 }, { id: "OLD" }],
  prices: [
    { of: "BTC", in: "USD", index: 64000 },
    { of: "ETH", in: "USD", index: 3000, time: HOURS_AGO },
    { of: "BTC-PERP", mark: 64100 },
  ],
  instruments: ["BTC", "ETH"].map((underlying) => ({
    id: `${underlying}-PERP`,
    kind: "perpetual",
    payoff: "linear",
    underlying,
    quote: "USD",
    settle: "USD",
    multiplier: 1,
  })),
};
const WEIGHTS = { initial: 0.8, maintenance: 0.9 };
const FULL = { initial: 1, maintenance: 1 };
const ASSETS = { USD: FULL, BTC: WEIGHTS, ETH: WEIGHTS };
const RATES = { match: { underlying: "BTC" }, initial: 0.1, maintenance: 0.05 };

const rule = (fields: Fields = {}): Fields => ({
  schema: "margrave/rule/1",
  model: "composed",
  id: "r",
  assets: ASSETS,
  instruments: [RATES],
  ...fields,
});
const withAsset = (entry: unknown) => rule({ assets: { ...ASSETS, BTC: entry } });
const withRates = (fields: Fields) => rule({ instruments: [{ ...RATES, ...fields }] });
const pool = (fields: Fields = {}): Fields => ({
  id: "p",
  venue: "v",
  rule: "r",
  balances: [{ asset: "BTC", quantity: "1" }],
  ...fields,
});
const loan = (raw: unknown): Fields =>
  pool({ balances: undefined, supplies: [{ asset: "BTC", quantity: "1", collateral: true, raw }] });

const engine = createEngine();
type Given = { readonly market?: Fields; readonly rules?: readonly unknown[]; readonly pools?: readonly object[] };

/** What `read` makes of a book under rules, all of it parsed from documents and given back. */
function margined<T>(
  { market = MARKET, rules = [rule()], pools = [pool()] }: Given,
  onInvalid: "throw" | "collect",
  read: (result: ComposedResult, explain: (row: number) => unknown) => T,
): T {
  const facts = parseMarket(market);
  const parsed = rules.map((document) => composedRule(document));
  const [only] = parsed;
  const model = composed(parsed.length === 1 && only !== undefined ? only : parsed);
  const packed = packBook({ schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] }, facts, {
    onInvalid,
  });
  const resident = engine.loadMarket(facts);
  const book = engine.loadBook(packed, resident);
  try {
    return read(engine.margin(book, model), (row) => engine.explain(book, row, model));
  } finally {
    book.dispose();
    resident.dispose();
  }
}

/** Status, excess at both levels and health of every row. */
function rowsOf(given: Given) {
  return margined(given, "collect", (result) =>
    Array.from(result.status, (status, row) => ({
      status: STATUSES[status],
      initial: result.excess.initial?.[row],
      maintenance: result.excess.maintenance[row],
      health: result.healthFactor[row],
    })),
  );
}

const REFUSED = { initial: -Infinity, maintenance: -Infinity, health: 0 };
/** The engine still gives what it gave before anything was refused. */
function worksOn(): void {
  expect(rowsOf({})).toEqual([{ status: "ok", initial: 51_200, maintenance: 57_600, health: Infinity }]);
}

describe("a document of a composed rule that is wrong is refused by the path of what is wrong", () => {
  const deep = (wrap: (inner: unknown) => unknown, seed: unknown) => {
    let made = seed;
    for (let i = 0; i < 20_000; i++) made = wrap(made);
    return made;
  };
  const itself: { sum: unknown[] } = { sum: [] };
  itself.sum.push(itself);

  it.each<[string, Fields, string]>([
    [
      "tiers that fall",
      withAsset({
        initial: [
          [200, 0.9],
          [100, 0.8],
          [null, 0.7],
        ],
        maintenance: 0.9,
      }),
      "assets.BTC.initial[1][0]",
    ],
    [
      "tiers that overlap",
      withAsset({
        initial: [
          [100, 0.9],
          [100, 0.8],
          [null, 0.7],
        ],
        maintenance: 0.9,
      }),
      "assets.BTC.initial[1][0]",
    ],
    ["tiers that end", withAsset({ initial: [[100, 0.9]], maintenance: 0.9 }), "assets.BTC.initial[0][0]"],
    ["no tier", withAsset({ initial: [], maintenance: 0.9 }), "assets.BTC.initial"],
    [
      "brackets that fall",
      withRates({
        initial: [
          [200, 0.1],
          [100, 0.2],
          [null, 0.3],
        ],
      }),
      "instruments[0].initial[1][0]",
    ],
    [
      "brackets that overlap",
      withRates({
        initial: [
          [200, 0.1],
          [200, 0.2],
          [null, 0.3],
        ],
      }),
      "instruments[0].initial[1][0]",
    ],
    [
      "a deduction that jumps",
      withRates({
        initial: [
          [200, 0.1, 0],
          [null, 0.3, 41],
        ],
      }),
      "instruments[0].initial[1][2]",
    ],
    ["a weight above 1", withAsset({ initial: 1.1, maintenance: 0.9 }), "assets.BTC.initial"],
    ["a weight below 0", withAsset({ initial: -0.1, maintenance: 0.9 }), "assets.BTC.initial"],
    [
      "a weight in a tier above 1",
      withAsset({
        initial: [
          [10, 1.5],
          [null, 1],
        ],
        maintenance: 0.9,
      }),
      "assets.BTC.initial[0][1]",
    ],
    ["a weight that is no number", withAsset({ initial: Number.NaN, maintenance: 0.9 }), "assets.BTC.initial"],
    ["a weight without end", withAsset({ initial: 0.8, maintenance: Infinity }), "assets.BTC.maintenance"],
    ["a weight of 1e999", withAsset({ initial: "1e999", maintenance: 0.9 }), "assets.BTC.initial"],
    [
      "a liability weight below 0",
      withAsset({ ...WEIGHTS, liability: { initial: -1, maintenance: 1 } }),
      "assets.BTC.liability.initial",
    ],
    [
      "a rate on loans below 0",
      withAsset({ ...WEIGHTS, borrow: { initial: -0.1, maintenance: 0 } }),
      "assets.BTC.borrow.initial",
    ],
    ["a cap below 0", withAsset({ ...WEIGHTS, cap: { USD: -1 } }), "assets.BTC.cap.USD"],
    ["a rate below 0", withRates({ initial: -1 }), "instruments[0].initial"],
    ["a rate without end", withRates({ initial: Infinity }), "instruments[0].initial"],
    ["an initial rate below maintenance", withRates({ initial: 0.01 }), "instruments[0].initial"],
    ["one level here and two there", withAsset({ maintenance: 0.9 }), "assets.BTC.initial"],
    [
      "a clamp over nothing",
      withAsset({ ...WEIGHTS, initial: { clamp: { scale: 0, slope: 1, lower: 0, upper: 1 } } }),
      "assets.BTC.initial.clamp.scale",
    ],
    ["a form that is none", withAsset({ ...WEIGHTS, initial: { cube: 1 } }), "assets.BTC.initial.cube"],
    ["a price that is none", rule({ price: { assets: "spot" } }), "price.assets"],
    ["a median of two", rule({ price: { assets: { median: ["bid", "ask"] } } }), "price.assets.median"],
    [
      "a combiner of nothing that is known",
      rule({ requirement: { sum: ["positions", "hope"] } }),
      "requirement.sum[1]",
    ],
    ["a requirement below 0", rule({ requirement: { sum: ["positions", -5] } }), "requirement"],
    [
      "a maintenance requirement that takes off",
      rule({
        requirement: { initial: "positions", maintenance: { min: ["positions", { scale: { of: "debt", by: -1 } }] } },
      }),
      "requirement.maintenance",
    ],
    [
      "a requirement on assets that losses may have eaten up",
      rule({
        requirement: { sum: ["positions", "assets"] },
        pnl: { joins: "position", losses: "assets" },
      }),
      "requirement",
    ],
    [
      "a ladder that rises",
      rule({
        ladder: {
          of: "health",
          steps: [
            ["a", 1],
            ["b", 2],
          ],
        },
      }),
      "ladder.steps[1][1]",
    ],
    ["decimals below 0", rule({ rounding: { value: { decimals: -1 } } }), "rounding.value.decimals"],
    ["an option that does nothing", rule({ options: { haircut: "h" } }), "options.haircut"],
    ["an unknown key", rule({ wieghts: {} }), "wieghts"],
    ["a feature that does not exist", rule({ ignores: ["fees"] }), "ignores[0]"],
    ["no assets", { schema: "margrave/rule/1", model: "composed", id: "r" }, "assets"],
    ["no id", rule({ id: undefined }), "id"],
    ["a model that is none", rule({ model: "spam" }), "model"],
    [
      "a key that reaches a prototype",
      rule({ assets: JSON.parse('{"__proto__":{"initial":1,"maintenance":1}}') }),
      "assets.__proto__",
    ],
    [
      "a category that reaches a prototype",
      rule({ options: { category: "m" }, categories: JSON.parse('{"constructor":{}}') }),
      "categories.constructor",
    ],
  ])("%s", (_, document, path) => {
    expect(pathOf(() => composedRule(document))).toBe(path);
    worksOn();
  });

  it.each<[string, unknown]>([
    ["what is taken off under a maximum with 0", { max: [0, { sum: ["positions", -5, { held: -1 }] }] }],
    ["what is taken off a number", { sum: [5, { scale: { of: { min: ["debt", 5] }, by: -1 } }] }],
    ["assets that no loss is taken off", { sum: ["positions", "assets"] }],
    ["no part of what there is", { scale: { of: { scale: { of: "debt", by: -1 } }, by: 0 } }],
  ])("a requirement of %s is one", (_, requirement) => {
    expect(composedRule(rule({ requirement })).requirement.maintenance).toEqual(
      composedRule(rule({ requirement })).requirement.initial,
    );
  });

  it.each<[string, Fields]>([
    ["combiners", rule({ requirement: deep((inner) => ({ sum: [inner] }), "positions") })],
    ["a combiner in itself", rule({ requirement: itself })],
    ["prices", rule({ price: { assets: deep((inner) => ({ min: [inner] }), "index") } })],
  ])("%s without end", (_, document) => {
    expect(failure(() => composedRule(document))).toBeInstanceOf(InvalidInputError);
    worksOn();
  });

  it.each([[null], [[]], ["aave-v3"], [7]])("%j instead of a document", (document) => {
    expect(failure(() => composedRule(document))).toBeInstanceOf(InvalidInputError);
  });

  it("no rule, and two of one id", () => {
    expect(pathOf(() => composed([]))).toBe("rules");
    expect(pathOf(() => composed([rule(), rule()].map(composedRule)))).toBe("rules[1].id");
  });

  it("parameters of a preset", () => {
    expect(pathOf(() => preset("aave-v9"))).toBe("preset");
    expect(pathOf(() => preset("__proto__"))).toBe("preset");
    expect(pathOf(() => preset("aave-v3", { settings: { decimals: 8 } }))).toBe("settings.decimals");
    expect(pathOf(() => composedRule(preset("aave-v3", { assets: { WETH: { initial: 2, maintenance: 2 } } })))).toMatch(
      /^assets\.WETH\./,
    );
  });
});

describe("facts of the market", () => {
  const priced = (state: unknown): Fields => ({
    ...MARKET,
    prices: [{ of: "BTC", in: "USD", index: 64000, state }],
  });

  it.each([
    ["stable", 0],
    ["stable", Number.NaN],
    ["emaConfidence", -0.1],
    ["deposits", -1],
    ["borrows", "1e999"],
    ["openInterest", -1],
  ])("%s of %s is refused by its path, since a weight made of it would be below 0 or none", (name, value) => {
    expect(pathOf(() => parseMarket(priced({ [name]: value })))).toBe(`prices[0].state.${name}`);
  });

  it("which a rule reads and the market does not state leave no number", () => {
    const scaled = withAsset({ initial: { depositScaled: { of: 0.8, start: 100 } }, maintenance: 0.9 });
    expect(rowsOf({ rules: [scaled] })).toEqual([{ status: "unsupported", ...REFUSED }]);
    expect(failure(() => margined({ rules: [scaled] }, "throw", () => 0)).message).toContain("deposits of BTC");
  });

  it("an asset of a cap that the market does not price is refused by the rule's path", () => {
    for (const asset of ["NOPE", "OLD"]) {
      const capped = withAsset({ ...WEIGHTS, cap: { [asset]: 1 } });
      for (const mode of ["throw", "collect"] as const) {
        expect(pathOf(() => margined({ rules: [capped] }, mode, () => 0))).toBe("rule r: assets.BTC.cap");
      }
    }
    worksOn();
  });
});

describe("a price that is missing or old gets the answer of the rule, with a status", () => {
  // One pool holds what has no such price, the other owes it.
  const held = (asset: string) => [
    pool({ balances: [{ asset, quantity: 1 }] }),
    pool({
      id: "q",
      balances: [
        { asset, quantity: -1 },
        { asset: "USD", quantity: 100_000 },
      ],
    }),
  ];

  it.each([
    ["index", "ok", 57_600, 36_000],
    ["zero", "ok", 0, 36_000],
    ["refuse", "insufficientData", -Infinity, -Infinity],
  ])("missing: %s", (missing, status, asset, debt) => {
    const rules = [rule({ missing, price: { assets: "twap", liabilities: "twap" } })];
    const rows = rowsOf({ rules, pools: held("BTC") });
    expect(rows.map((row) => row.status)).toEqual([status, status]);
    expect(rows.map((row) => row.maintenance)).toEqual([asset, debt]);
    if (status === "ok") {
      const notes = margined({ rules, pools: held("BTC") }, "collect", (result) => result.meta.notes);
      expect(notes.join()).toMatch(/no twap price/);
      return;
    }
    const error = failure(() => margined({ rules, pools: held("BTC") }, "throw", () => 0));
    expect(error).toBeInstanceOf(InsufficientDataError);
    expect(error.message).toMatch(/twap/);
  });

  it.each([
    ["flag", "stalePrice", 2_700, 97_000],
    ["zero", "stalePrice", 0, 97_000],
    ["refuse", "insufficientData", -Infinity, -Infinity],
  ])("stale: %s", (stale, status, asset, debt) => {
    const rules = [rule({ stale, maxPriceAge: "PT1H" })];
    const rows = rowsOf({ rules, pools: held("ETH") });
    expect(rows.map((row) => row.status)).toEqual([status, status]);
    expect(rows.map((row) => row.maintenance)).toEqual([asset, debt]);
    if (status === "insufficientData") {
      expect(failure(() => margined({ rules, pools: held("ETH") }, "throw", () => 0))).toBeInstanceOf(
        InsufficientDataError,
      );
    }
  });
});

describe("a pool that the rule cannot count", () => {
  const order = { id: "o", instrument: "BTC-PERP", quantity: 1, limitPrice: 64_000 };
  const categories = rule({ options: { category: "mode" }, categories: { 1: {} } });
  const leverage = rule({ options: { leverage: "leverage", floor: "f" } });
  const counting = rule({ orders: { contracts: "worstSide", levels: "both" } });
  const scaled = rule({ balances: { assets: { index: { one: "1000" } }, liabilities: { index: { one: "1000" } } } });
  const raw = "accounts[0].pools[0].supplies[0].raw";

  it.each<[string, Fields, Fields, string]>([
    ["an asset that the rule does not list", rule({ assets: { USD: FULL } }), pool(), "accounts[0].pools[0]"],
    ["a rule without assets", rule({ assets: {} }), pool(), "accounts[0].pools[0]"],
    ["an order", rule(), pool({ orders: [order] }), "accounts[0].pools[0].orders[0]"],
    [
      "an order in what has no mark",
      counting,
      pool({ orders: [{ ...order, instrument: "ETH-PERP" }] }),
      "accounts[0].pools[0].orders[0].instrument",
    ],
    [
      "an option that the rule does not read",
      rule(),
      pool({ options: { mode: 1 } }),
      "accounts[0].pools[0].options.mode",
    ],
    [
      "a category that the rule does not have",
      categories,
      pool({ options: { mode: 7 } }),
      "accounts[0].pools[0].options.mode",
    ],
    [
      "a category of a prototype",
      categories,
      pool({ options: { mode: "constructor" } }),
      "accounts[0].pools[0].options.mode",
    ],
    ["a leverage of 0", leverage, pool({ options: { leverage: 0 } }), "accounts[0].pools[0].options.leverage"],
    ["a leverage in words", leverage, pool({ options: { leverage: "ten" } }), "accounts[0].pools[0].options.leverage"],
    [
      "a leverage of nothing known",
      leverage,
      pool({ options: { "leverage.NOPE": 5 } }),
      'accounts[0].pools[0].options["leverage.NOPE"]',
    ],
    ["a floor below 0", leverage, pool({ options: { f: -0.1 } }), "accounts[0].pools[0].options.f"],
    ["raw integers that the rule does not read", rule(), loan({ scaled: "5", index: "1" }), raw],
    ["raw integers without an index", scaled, loan({ scaled: "5" }), `${raw}.index`],
    ["a raw index of 0", scaled, loan({ scaled: "5", index: "0" }), `${raw}.index`],
    ["a raw unit of 0", scaled, loan({ scaled: "5", index: "1", one: "0" }), `${raw}.one`],
    ["raw integers below 0", scaled, loan({ scaled: "-5", index: "1000" }), raw],
    ["raw integers of another protocol", scaled, loan({ shares: "5", index: "1000" }), `${raw}.shares`],
    ["raw integers of 400 digits", scaled, loan({ scaled: "9".repeat(400), index: "9".repeat(400) }), `${raw}.index`],
    ["a raw rate without a time", scaled, loan({ scaled: "5", index: "1000", rate: "1" }), `${raw}.updatedAt`],
  ])(
    "%s: an error by path, or a row without a number and the same error when it is explained",
    (_, document, bad, path) => {
      const given = { rules: [document], pools: [bad, pool({ id: "good", balances: [] })] };
      expect(pathOf(() => margined(given, "throw", () => 0))).toBe(path);
      const [row, good] = rowsOf(given);
      expect(row).toEqual({ status: "unsupported", ...REFUSED });
      expect(good).toEqual({ status: "ok", initial: 0, maintenance: 0, health: Infinity });
      expect(margined(given, "collect", (_result, explain) => pathOf(() => explain(0)))).toBe(path);
      worksOn();
    },
  );

  it.each<[string, Fields, string]>([
    ["a loan below 0", pool({ debts: [{ asset: "USD", quantity: -5 }] }), "debts[0].quantity"],
    [
      "interest below 0",
      pool({ balances: [{ asset: "BTC", quantity: -1, borrow: { rate: -1, accruedTo: AS_OF } }] }),
      "balances[0].borrow.rate",
    ],
    [
      "a quantity that is no number",
      pool({ balances: [{ asset: "BTC", quantity: Number.NaN }] }),
      "balances[0].quantity",
    ],
    ["a quantity without end", pool({ balances: [{ asset: "BTC", quantity: "1e999" }] }), "balances[0].quantity"],
    ["an order that is no number", pool({ orders: [{ ...order, quantity: Number.NaN }] }), "orders[0].quantity"],
    ["an order at 0", pool({ orders: [{ ...order, limitPrice: 0 }] }), "orders[0].limitPrice"],
    ["an asset of a prototype", pool({ balances: [{ asset: "__proto__", quantity: 1 }] }), "balances[0].asset"],
    ["an asset without a price", pool({ balances: [{ asset: "OLD", quantity: 1 }] }), "balances[0].asset"],
    ["a category that is an object", pool({ options: { mode: {} } }), "options.mode"],
    ["raw integers with a point", loan({ scaled: "5.5", index: "1000" }), "supplies[0].raw.scaled"],
    ["raw integers in hexadecimal", loan({ scaled: "0x5", index: "1000" }), "supplies[0].raw.scaled"],
    ["raw integers that JSON has rounded", loan({ scaled: 2 ** 53, index: "1000" }), "supplies[0].raw.scaled"],
    ["raw integers that are a list", loan(["5"]), "supplies[0].raw"],
  ])("%s: an error by path, or a pool left out and named", (_, bad, path) => {
    const place = `accounts[0].pools[0].${path}`;
    const pools = [bad, pool({ id: "good" })];
    expect(pathOf(() => margined({ pools }, "throw", () => 0))).toBe(place);
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    const packed = packBook(accounts, parseMarket(MARKET), { onInvalid: "collect" });
    expect(packed.rejected).toMatchObject([{ pool: "p", path: place }]);
    expect(rowsOf({ pools })).toMatchObject([{ status: "ok", maintenance: 57_600 }]);
  });

  it("raw integers that are unlike the quantity beside them are counted, and noted", () => {
    const notes = (index: string) =>
      margined({ rules: [scaled], pools: [loan({ scaled: "100000000", index })] }, "throw", ({ meta }) => meta.notes);
    // 1 BTC at an index of 1, a tenth more, and of another protocol's unit.
    expect(notes("1000")).toEqual([]);
    expect(notes("1100")).toEqual([]);
    expect(notes("1000000")).toEqual([
      "Raw integers give less than half or more than twice the quantity stated beside them, once, first in accounts[0].pools[0], 1000 BTC under rule r.",
    ]);
  });

  it("orders that the rule ignores leave the numbers as they are", () => {
    expect(rowsOf({ rules: [rule({ ignores: ["orders"] })], pools: [pool({ orders: [order] })] })).toEqual(rowsOf({}));
  });

  it("a pool that names none of several rules is named, and the others are computed", () => {
    const rules = [rule(), rule({ id: "s" })];
    for (const named of [undefined, "zzz"]) {
      const pools = [pool({ rule: named }), pool({ id: "q" })];
      expect(pathOf(() => margined({ rules, pools }, "throw", () => 0))).toBe("accounts[0].pools[0].rule");
      expect(rowsOf({ rules, pools }).map(({ status }) => status)).toEqual(["unsupported", "ok"]);
    }
  });

  it("pools without anything, and a book without pools", () => {
    const nothing = pool({ balances: undefined });
    for (const breach of ["<", "<="]) {
      const row = margined({ rules: [rule({ breach })], pools: [nothing] }, "throw", (result) => [...result.breached]);
      expect(row).toEqual([0]);
    }
    expect(rowsOf({ pools: [] })).toEqual([]);
  });

  it("amounts beyond what a float holds have no number, and the least that it holds have one", () => {
    for (const quantity of ["1e308", "-1e308"]) {
      const pools = [pool({ balances: [{ asset: "BTC", quantity }] })];
      expect(failure(() => margined({ pools }, "throw", () => 0))).toBeInstanceOf(UnsupportedError);
      expect(rowsOf({ pools })).toMatchObject([REFUSED]);
    }
    const [tiny] = rowsOf({ pools: [pool({ balances: [{ asset: "BTC", quantity: 5e-324 }] })] });
    expect(tiny?.status).toBe("ok");
    expect(tiny?.maintenance).toBeGreaterThan(0);
  });
});

/** What a column holds that it may not: all are finite, but for the health of a pool that owes nothing, and rows refused. */
function strange(result: ComposedResult): readonly string[] {
  const found: string[] = [];
  const look = (name: string, column: Float64Array | null, refused: number, also: readonly number[] = []) => {
    column?.forEach((x, row) => {
      const ok = (result.status[row] ?? 0) <= STATUSES.indexOf("stalePrice");
      // Where only some of several rules have an initial level the rows of others hold none; one rule is given here.
      if (ok ? Number.isFinite(x) || also.includes(x) : x === refused) return;
      found.push(`${name}[${row}] ${STATUSES[result.status[row] ?? 0]} ${x}`);
    });
  };
  const levels = (name: string, { initial, maintenance }: Levels, refused: number) => {
    look(`${name}.initial`, initial, refused);
    look(`${name}.maintenance`, maintenance, refused);
  };
  look("equity", result.equity, 0);
  levels("eligible", result.eligible, 0);
  levels("requirement", result.requirement, Infinity);
  levels("excess", result.excess, -Infinity);
  levels("assets", result.assets, 0);
  levels("liabilities", result.liabilities, 0);
  look("healthFactor", result.healthFactor, 0, [Infinity]);
  look("collateral", result.collateral, 0);
  look("debt", result.debt, 0);
  look("notional", result.notional, 0);
  return found;
}

/** A document with every number in it, of those drawn, replaced by one that is far too large or small. */
function stretched(document: unknown, draw: () => number): unknown {
  if (Array.isArray(document)) return document.map((item) => stretched(item, draw));
  if (typeof document !== "object" || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([key, value]): [string, unknown] => {
      if (typeof value !== "number" || draw() > 0.15) return [key, stretched(value, draw)];
      const sign = Math.sign(value) || 1;
      const power = draw() < 0.3 ? 300 + Math.floor(draw() * 8) : Math.floor(draw() * 30);
      return [key, `${sign < 0 ? "-" : ""}1e${draw() < 0.5 ? "" : "-"}${power}`];
    }),
  );
}

describe("random rules over random books", () => {
  it("every column is finite or what the documentation says, whatever the sizes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (seed, other) => {
        const draw = random(other);
        const drawn = randomComposed(seed, 4);
        const pools = drawn.pools.map((one) => stretched({ ...one, rule: "r", venue: "v" }, draw) as Fields);
        try {
          margined({ market: drawn.market, rules: [drawn.rule], pools }, "collect", (result) => {
            expect(strange(result)).toEqual([]);
          });
        } catch (error) {
          // Documents that are refused as a whole are refused by a typed error.
          if (!(error instanceof RiskError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
    worksOn();
  });

  it("prices of any size give numbers, statuses or typed errors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (seed, other) => {
        const draw = random(other);
        const drawn = randomComposed(seed, 3);
        const market = { ...drawn.market, prices: stretched(drawn.market.prices, draw) };
        try {
          margined({ market, rules: [drawn.rule], pools: drawn.pools }, "collect", (result) => {
            expect(strange(result)).toEqual([]);
          });
        } catch (error) {
          if (!(error instanceof RiskError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
    worksOn();
  });

  it("solvers and explanations of any pool give numbers, null or typed errors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (seed, other) => {
        const draw = random(other);
        const drawn = randomComposed(seed, 1);
        const pools = drawn.pools.map((one) => stretched({ ...one, rule: "r", venue: "v" }, draw) as Fields);
        const without = (work: () => unknown) => {
          try {
            // JSON writes NaN as null: look before it does.
            JSON.stringify(work(), (_key, value) => {
              if (Number.isNaN(value)) throw new Error("NaN");
              return typeof value === "bigint" ? String(value) : value;
            });
          } catch (error) {
            if (!(error instanceof RiskError)) throw error;
          }
        };
        let book: ReturnType<typeof engine.loadBook>;
        let resident: ReturnType<typeof engine.loadMarket>;
        const rules = composedRule(drawn.rule);
        try {
          const facts = parseMarket(drawn.market);
          const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
          const packed = packBook(accounts, facts);
          resident = engine.loadMarket(facts);
          book = engine.loadBook(packed, resident);
        } catch (error) {
          if (error instanceof RiskError) return;
          throw error;
        }
        const model = composed(rules);
        without(() => engine.explain(book, 0, model));
        without(() => liquidationPrices(book, 0, model));
        without(() => maxBorrow(book, 0, "USD", model));
        without(() => amountToHealth(book, 0, 1.5, { deposit: "USD" }, model));
        without(() => engine.whatIf(book, 0, change({ balances: [{ asset: "USD", quantity: 1 }] }), model).after);
        book.dispose();
        resident.dispose();
      }),
      { numRuns: 60 },
    );
    worksOn();
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { change } from "../../src/book/change.js";
import { packBook } from "../../src/book/pack-book.js";
import { packColumns } from "../../src/book/pack-columns.js";
import type { PackedBook } from "../../src/book/packed.js";
import type { ResidentBook } from "../../src/book/resident.js";
import { createEngine, type Engine } from "../../src/engine.js";
import type { Market } from "../../src/market/market.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { STATUSES } from "../../src/models/model.js";
import { type ComposedRule, composedRule, type Lines, linesOf } from "../../src/rules/index.js";
import { lineBlocks } from "../../src/rules/line-blocks.js";
import { NO_VARIANT } from "../../src/rules/variants.js";
import { smallMarket } from "../support/small-documents.js";

let engine: Engine;
beforeAll(() => {
  engine = createEngine();
});

/** The small market with a perpetual that settles first, a spot instrument with a mark and one without. */
function market(asOf = "2026-03-01T12:00:00Z", mark = 50_100): Market {
  const small = smallMarket();
  small.asOf = asOf;
  const perp = small.prices.find(({ of }) => of === "BTC-PERP");
  if (perp !== undefined) perp.mark = mark;
  const spot = { kind: "spot", payoff: "linear", quote: "USDC", settle: "USDC" };
  small.instruments.push(
    { id: "BTC/USDC", underlying: "BTC", ...spot },
    { id: "STBTC/USDC", underlying: "STBTC", ...spot },
    { id: "BTC-USD", kind: "perpetual", payoff: "linear", underlying: "BTC", quote: "USD", settle: "USD" },
  );
  small.prices.push({ of: "BTC/USDC", mark: 50_010 }, { of: "BTC-USD", mark: 50_020 });
  return parseMarket(small);
}

function rule(parts: Record<string, unknown> = {}): ComposedRule {
  const flat = { initial: 0.9, maintenance: 0.95 };
  const wad = { index: { one: String(10n ** 18n) } };
  return composedRule({
    schema: "margrave/rule/1",
    id: "r",
    model: "composed",
    assets: { "*": flat },
    instruments: [{ match: {}, initial: 0.1, maintenance: 0.05 }],
    orders: { contracts: "worstSide", spot: "fill" },
    balances: { assets: wad, liabilities: wad, interest: { assets: "linear", liabilities: "linear" } },
    categories: { "1": {}, deep: {} },
    options: { category: "mode", leverage: "leverage", floor: "ratio" },
    ...parts,
  });
}

const document = (pools: readonly object[]) => ({
  schema: "margrave/accounts/1",
  asOf: "2026-03-01T12:00:00Z",
  accounts: [{ id: "a", pools: pools.map((pool, i) => ({ id: `p${i}`, ...pool })) }],
});

function load(packed: PackedBook): ResidentBook {
  return engine.loadBook(packed, engine.loadMarket(packed.market));
}
function lines(
  pools: readonly object[],
  rules: readonly ComposedRule[] = [rule()],
  numbers: Uint32Array | null = null,
) {
  return linesOf(load(packBook(document(pools), market())), rules, numbers);
}
const pathOfPool = (pool: object, rules: readonly ComposedRule[] = [rule()]): string => {
  const result = lines([pool], rules);
  expect(result.bad[0]).toBe(STATUSES.indexOf("unsupported"));
  return Object(result.refusal(0)).path;
};
const ids = (result: Lines): readonly (string | undefined)[] =>
  Array.from(result.contracts.instrument, (i) => market().instruments[i]?.id);

const position = (instrument: string, quantity: number, parts: object = {}) => ({
  instrument,
  quantity,
  entryPrice: 49_000,
  ...parts,
});

describe("the lines of a book", () => {
  test("without orders, options and raw integers are its own columns", () => {
    const packed = packBook(document([{ positions: [position("BTC-PERP", 2)] }, {}]), market());
    const result = linesOf(load(packed), [rule()], null);
    expect(result.quantity).toBe(packed.holdingQuantity);
    expect(result.contracts.quantity).toBe(packed.positionQuantity);
    expect(result.contracts.start).toBe(packed.positionStart);
    expect(Array.from(result.contracts.bids)).toEqual([0]);
    expect(Array.from(result.contracts.floor)).toEqual([0]);
    expect(Array.from(result.spot.start)).toEqual([0, 0, 0]);
    expect(Array.from(result.bad)).toEqual([0, 0]);
    expect(result.refusal(0)).toBeNull();
  });

  test("of columns are its own columns too", () => {
    const packed = packColumns(
      {
        holdingStart: Uint32Array.of(0, 1),
        holdingAsset: Uint32Array.of(1),
        holdingKind: Uint8Array.of(0),
        holdingQuantity: Float64Array.of(2),
      },
      market(),
    );
    const result = linesOf(load(packed), [rule()], null);
    expect([result.bad[0], result.variant[0]]).toEqual([0, 0]);
    expect(result.quantity).toBe(packed.holdingQuantity);
  });

  test("sum the orders of an instrument by side, without those that only reduce", () => {
    const { contracts } = lines([
      {
        positions: [position("BTC-PERP", 2)],
        orders: [
          { instrument: "BTC-PERP", quantity: 1, limitPrice: 40_000 },
          { instrument: "BTC-PERP", quantity: "0.5" },
          { instrument: "BTC-PERP", quantity: -3, limitPrice: 60_000 },
          { instrument: "BTC-PERP", quantity: -9, limitPrice: 60_000, reduceOnly: true },
          { instrument: "BTC-PERP", quantity: 0 },
        ],
      },
    ]);
    expect([contracts.bids[0], contracts.asks[0]]).toEqual([1.5, 3]);
    expect([contracts.bidValue[0], contracts.askValue[0]]).toEqual([40_000 + 0.5 * 50_100, 180_000]);
    expect(contracts.orderCount[0]).toBe(5);
  });

  test("have an empty line for orders without a position, in its place by settle asset, after positions", () => {
    const result = lines([
      {},
      {
        positions: [position("BTC-JUN", 1, { fundingDue: 1 }), position("BTC-PERP", 2), position("BTC-PERP", -1)],
        orders: [
          { instrument: "BTC-USD", quantity: 1 },
          { instrument: "BTC-PERP", quantity: -4 },
        ],
      },
      { positions: [position("BTC-PERP", 7)] },
    ]);
    expect(Array.from(result.contracts.start)).toEqual([0, 0, 4, 5]);
    expect(ids(result)).toEqual(["BTC-USD", "BTC-JUN", "BTC-PERP", "BTC-PERP", "BTC-PERP"]);
    expect(Array.from(result.contracts.quantity)).toEqual([0, 1, 2, -1, 7]);
    expect(Array.from(result.contracts.entry)).toEqual([50_020, 49_000, 49_000, 49_000, 49_000]);
    expect(Array.from(result.contracts.funding)).toEqual([0, 1, 0, 0, 0]);
    // The orders of an instrument belong to its first line.
    expect(Array.from(result.contracts.asks)).toEqual([0, 0, 4, 0, 0]);
    expect(Array.from(result.contracts.orderCount)).toEqual([1, 0, 1, 0, 0]);
  });

  test("keep spot orders apart, with the best limit of either side", () => {
    const pool = {
      orders: [
        { instrument: "BTC/USDC", quantity: 3, limitPrice: 48_000 },
        { instrument: "BTC/USDC", quantity: 1, limitPrice: 40_000 },
        { instrument: "BTC/USDC", quantity: -2, limitPrice: 52_000 },
        { instrument: "BTC/USDC", quantity: -1, limitPrice: 60_000 },
        { instrument: "STBTC/USDC", quantity: -2, limitPrice: 55_000 },
      ],
    };
    const { spot, contracts } = lines([{}, pool, {}]);
    expect(contracts.instrument).toHaveLength(0);
    expect(Array.from(spot.start)).toEqual([0, 0, 2, 2]);
    expect([spot.bids[0], spot.asks[0], spot.bidValue[0], spot.askValue[0]]).toEqual([4, 3, 184_000, 164_000]);
    expect([spot.bidBest[0], spot.askBest[0], spot.orderCount[0]]).toEqual([48_000, 52_000, 4]);
    expect([spot.bids[1], spot.asks[1], spot.bidBest[1], spot.askBest[1]]).toEqual([0, 2, 0, 55_000]);
    // What is reserved turns into the other side at the best limit.
    const reserved = lines([pool], [rule({ orders: { spot: "reserved" } })]).spot;
    expect([reserved.bids[0], reserved.asks[0]]).toEqual([184_000 / 48_000, 3]);
    expect([reserved.bidValue[0], reserved.askValue[0]]).toEqual([184_000, 3 * 52_000]);
    expect([reserved.bids[1], reserved.askValue[1]]).toEqual([0, 110_000]);
  });

  test("leave orders out where the rule ignores them", () => {
    const orders = [{ instrument: "BTC-PERP", quantity: 1 }];
    const ignoring = rule({ orders: {}, ignores: ["orders"] });
    const result = lines([{ orders }], [ignoring]);
    expect([result.bad[0], result.contracts.instrument.length]).toEqual([0, 0]);
  });

  test("say which variant a pool takes: its rule, and the category that its option chooses", () => {
    const rules = [rule({ id: "a" }), rule({ id: "b" })];
    const none = [0, "0", false].map((mode) => ({ options: { mode } }));
    const pools = [{}, { options: { mode: 1 } }, { options: { mode: "deep" } }, ...none];
    const all = lines(pools, rules, Uint32Array.of(0, 0, 1, 1, 1, 0));
    expect(all.variants.map(({ rule: { id }, category }) => `${id} ${category?.id}`)).toEqual([
      "a undefined",
      "a 1",
      "a deep",
      "b undefined",
      "b 1",
      "b deep",
    ]);
    expect(Array.from(all.variant)).toEqual([0, 1, 5, 3, 3, 0]);
  });

  test("say so of a pool that names a rule which was not given", () => {
    const result = lines([{ rule: "x" }, { rule: "a" }], [rule({ id: "a" })], Uint32Array.of(NO_VARIANT, 0));
    expect(Array.from(result.variant)).toEqual([NO_VARIANT, 0]);
    expect(Array.from(result.bad)).toEqual([2, 0]);
    expect(Object(result.refusal(0)).path).toBe("accounts[0].pools[0].rule");
  });

  test("have the floors of a pool and of its leverage, that of an instrument before that of all", () => {
    const positions = [position("BTC-PERP", 1), position("BTC-USD", 1)];
    const result = lines([
      { positions, options: { leverage: 4, "leverage.BTC-PERP": "20" } },
      { positions, options: { ratio: 0.1, "leverage.BTC-PERP": 20 } },
      { positions },
    ]);
    expect(Array.from(result.floor)).toEqual([0, 0.1, 0]);
    // By settle asset: BTC-USD comes first.
    expect(Array.from(result.contracts.floor)).toEqual([0.25, 0.05, 0.1, 0.1, 0, 0]);
  });

  test("have amounts from raw integers, grown to the time of the market", () => {
    const updatedAt = Date.parse("2026-03-01T12:00:00Z") / 1000 - 31_536_000;
    const index = String(10n ** 18n);
    const grown = { index, rate: String(10n ** 17n), updatedAt };
    const result = lines([
      {
        balances: [
          { asset: "BTC", quantity: 1 },
          { asset: "USDC@base", quantity: 3, locked: 1, raw: { scaled: 3_000_001, index } },
        ],
        supplies: [
          { asset: "USDC@base", quantity: 100, collateral: true, raw: { scaled: 100_000_000, ...grown } },
          { asset: "STBTC", quantity: 1, collateral: false },
        ],
        debts: [{ asset: "USDC@base", quantity: "40.4", raw: { scaled: "40000001", ...grown } }],
      },
    ]);
    expect(result.refusal(0)).toBeNull();
    expect(Array.from(result.quantity)).toEqual([1, 2.000001, 1, 110, 1, -44.000002]);
  });

  test("keep the fraction of a unit where the rule does not round amounts", () => {
    const raw = { scaled: 10, index: 2, one: 3 };
    const pool = {
      supplies: [{ asset: "USDC@base", quantity: 1, collateral: true, raw }],
      debts: [{ asset: "USDC@base", quantity: 1, raw }],
    };
    const rounded = (amount: object | undefined) =>
      Array.from(lines([pool], [rule({ rounding: amount && { amount } })]).quantity);
    expect(rounded(undefined)).toEqual([6e-6, -7e-6]);
    expect(rounded({ assets: "none" })).toEqual([20 / 3e6, -7e-6]);
    expect(rounded({ assets: "none", liabilities: "none" })).toEqual([20 / 3e6, -20 / 3e6]);
  });

  test("keep raw amounts through a change of the pool, which is added to them", () => {
    const raw = { scaled: 3_000_001, index: String(10n ** 18n) };
    const packed = packBook(document([{ balances: [{ asset: "USDC@base", quantity: 3, raw }] }]), market());
    const { before, after } = change({ balances: [{ asset: "USDC@base", quantity: 2 }] }).apply(packed, 0);
    expect(Array.from(linesOf(load(before), [rule()], null).quantity)).toEqual([3.000001]);
    expect(Array.from(linesOf(load(after), [rule()], null).quantity)).toEqual([5.000001]);
  });

  test("leave raw integers out where the rule ignores them", () => {
    const debts = [{ asset: "BTC", quantity: 1, raw: { anything: 7 } }];
    const result = lines([{ debts }], [rule({ balances: undefined, ignores: ["raw"] })]);
    expect([result.bad[0], result.quantity[0]]).toEqual([0, -1]);
  });
});

describe("a pool is refused, by path, and no other with it", () => {
  test("for an option that the rule does not read, unless it ignores them", () => {
    const pool = { options: { mode: 1, shard: 2 } };
    expect(pathOfPool(pool)).toBe("accounts[0].pools[0].options.shard");
    expect(lines([pool], [rule({ ignores: ["poolOptions"] })]).variant[0]).toBe(1);
    const none = rule({ categories: {}, options: undefined });
    expect(pathOfPool(pool, [none])).toBe("accounts[0].pools[0].options.mode");
  });

  test("for an amount beyond the range of f64", () => {
    const most = "9".repeat(100);
    const raw = { scaled: most, index: most, one: 1 };
    const pool = (growth: object) => ({
      supplies: [{ asset: "USDC@base", quantity: 1, collateral: true, raw: { ...raw, ...growth } }],
    });
    expect(lines([pool({})]).quantity[0]).toBe(1e194);
    const path = "accounts[0].pools[0].supplies[0].raw";
    const form = { index: { one: 1 } };
    const balances = { assets: form, liabilities: form, interest: { assets: "taylor" } };
    expect(pathOfPool(pool({ rate: most, updatedAt: 0 }), [rule({ balances })])).toBe(path);
  });

  test("for an option whose value says nothing", () => {
    const path = "accounts[0].pools[0].options";
    expect(pathOfPool({ options: { mode: 7 } })).toBe(`${path}.mode`);
    expect(pathOfPool({ options: { leverage: 0 } })).toBe(`${path}.leverage`);
    expect(pathOfPool({ options: { leverage: true } })).toBe(`${path}.leverage`);
    expect(pathOfPool({ options: { ratio: -0.5 } })).toBe(`${path}.ratio`);
    expect(pathOfPool({ options: { "leverage.X": 5 } })).toBe(`${path}["leverage.X"]`);
  });

  test("for an order that the rule does not count, or that lacks a price", () => {
    const order = (instrument: string, parts: object = {}) => ({ orders: [{ instrument, quantity: 1, ...parts }] });
    const path = "accounts[0].pools[0].orders[0]";
    expect(pathOfPool(order("BTC-PERP"), [rule({ orders: undefined })])).toBe(path);
    expect(pathOfPool(order("BTC/USDC"), [rule({ orders: { contracts: "worstSide" } })])).toBe(path);
    expect(pathOfPool(order("BTC-JUN-C"))).toBe(path);
    expect(pathOfPool(order("DUST-PERP"))).toBe(`${path}.instrument`);
    expect(pathOfPool(order("STBTC/USDC"))).toBe(`${path}.limitPrice`);
  });

  test("for raw integers that the rule does not read, or that do not fit its form", () => {
    const debt = (parts: object) => ({
      debts: [{ asset: "USDC@base", quantity: 1, raw: { scaled: 1, index: 1 }, ...parts }],
    });
    const path = "accounts[0].pools[0].debts[0]";
    expect(pathOfPool(debt({}), [rule({ balances: undefined })])).toBe(`${path}.raw`);
    expect(pathOfPool(debt({ raw: { scaled: 1 } }))).toBe(`${path}.raw.index`);
    expect(pathOfPool(debt({ raw: { scaled: -(10 ** 15), index: String(10n ** 18n) } }))).toBe(`${path}.raw`);
    expect(pathOfPool(debt({ asset: "BTC" }))).toBe(`${path}.asset`);
    const balance = (quantity: number, scaled: number) => ({
      balances: [{ asset: "USDC@base", quantity, raw: { scaled, index: String(10n ** 18n) } }],
    });
    for (const [quantity, scaled] of [
      [0, -1],
      [1, -1],
      [-1, 1],
    ] as const) {
      expect(pathOfPool(balance(quantity, scaled))).toBe("accounts[0].pools[0].balances[0].raw");
    }
    expect(lines([balance(0, 1), balance(-1, 0)]).refusal(0)).toBeNull();
    expect(pathOfPool({ balances: [{ asset: "DUST", quantity: 0, raw: { scaled: 1, index: 1 } }] })).toBe(
      "accounts[0].pools[0].balances[0].asset",
    );
    const borrow = { rate: 0.1, accruedTo: "2026-02-28T12:00:00Z" };
    const loan = { asset: "USDC@base", quantity: -1, borrow, raw: { scaled: -1, index: 1 } };
    expect(pathOfPool({ balances: [loan] })).toBe("accounts[0].pools[0].balances[0].borrow");
  });

  test("while the other pools of the book have their lines", () => {
    const orders = [{ instrument: "BTC-PERP", quantity: 1 }];
    const result = lines([{ orders }, { orders, options: { shard: 1 } }, { orders }]);
    expect(Array.from(result.bad)).toEqual([0, 2, 0]);
    expect(Array.from(result.contracts.start)).toEqual([0, 1, 1, 2]);
    expect([result.refusal(0), result.refusal(2)]).toEqual([null, null]);
  });
});

describe("the lines of a loaded book", () => {
  const pool = {
    balances: [{ asset: "BTC", quantity: 1 }],
    supplies: [
      { asset: "USDC@base", quantity: 1, collateral: true, raw: { scaled: 1_500_000, index: String(10n ** 18n) } },
    ],
    positions: [position("BTC-PERP", 2)],
    orders: [{ instrument: "BTC-USD", quantity: 1 }],
  };

  test("are made once, and again after a repricing that changed what they were made from", () => {
    const rules = [rule()];
    const updatedAt = Date.parse("2026-03-01T11:00:00Z") / 1000;
    const reprice = (parts: object, next: Market): boolean => {
      const book = load(packBook(document([{ positions: pool.positions, ...parts }]), market()));
      const before = linesOf(book, rules, null);
      expect(linesOf(book, rules, null)).toBe(before);
      book.market.reprice(next);
      const after = linesOf(book, rules, null);
      expect(linesOf(book, rules, null)).toBe(after);
      return after.quantity === before.quantity && after.contracts.bids === before.contracts.bids;
    };
    const later = market("2026-03-01T13:00:00Z");
    const moved = market("2026-03-01T12:00:00Z", 50_200);
    const order = { instrument: "BTC-PERP", quantity: 1 };
    const raw = { scaled: 1_000_000, index: String(10n ** 18n) };
    const supplies = (parts: object) => [
      { asset: "USDC@base", quantity: 1, collateral: true, raw: { ...raw, ...parts } },
    ];
    expect(reprice({ options: { leverage: 2 } }, moved)).toBe(true);
    expect(reprice({ orders: [{ ...order, limitPrice: 50_000 }] }, moved)).toBe(true);
    expect(reprice({ orders: [order] }, moved)).toBe(false);
    expect(reprice({ orders: [order] }, later)).toBe(true);
    expect(reprice({ supplies: supplies({}) }, later)).toBe(true);
    expect(reprice({ supplies: supplies({ rate: 1, updatedAt }) }, later)).toBe(false);
    expect(reprice({ supplies: supplies({ rate: 1, updatedAt }) }, moved)).toBe(true);
    // The future of an order expires.
    expect(
      reprice({ orders: [{ instrument: "BTC-JUN", quantity: 1, limitPrice: 1 }] }, market("2026-07-01T00:00:00Z")),
    ).toBe(false);
  });

  test("take the mark for the entry of an empty line, also after a repricing", () => {
    const rules = [rule()];
    const orders = [{ instrument: "BTC-PERP", quantity: 1, limitPrice: 40_000 }];
    const book = load(packBook(document([{ orders }]), market()));
    const before = linesOf(book, rules, null);
    const blocks = lineBlocks(book, rules, null, before);
    expect(before.contracts.entry[0]).toBe(50_100);
    book.market.reprice(market("2026-03-01T12:00:00Z", 50_200));
    const after = linesOf(book, rules, null);
    expect([before.contracts.entry[0], after.contracts.entry[0]]).toEqual([50_100, 50_200]);
    expect(lineBlocks(book, rules, null, after)).toBe(blocks);
    expect(book.memory.f64(blocks.contracts.entry, 1)[0]).toBe(50_200);
  });

  test("have other lines under other rules", () => {
    const book = load(packBook(document([pool]), market()));
    const a = linesOf(book, [rule()], null);
    const b = linesOf(book, [rule({ orders: { contracts: "worstSide", spot: "reserved" } })], null);
    expect(a).not.toBe(b);
    expect(linesOf(book, [rule()], null)).toBe(a);
  });

  test("are copied to linear memory, to the same place after a repricing, and what the book has is not", () => {
    const rules = [rule()];
    const book = load(packBook(document([pool, {}]), market()));
    const { memory } = book;
    const first = lineBlocks(book, rules, null, linesOf(book, rules, null));
    const made = linesOf(book, rules, null);
    expect(Array.from(memory.f64(first.quantity, made.quantity.length))).toEqual(Array.from(made.quantity));
    expect(Array.from(memory.u32(first.contracts.start, 3))).toEqual([0, 2, 2]);
    expect(Array.from(memory.f64(first.contracts.bids, 2))).toEqual([1, 0]);
    expect(lineBlocks(book, rules, null, made)).toBe(first);
    const { kept } = memory;
    book.market.reprice(market("2026-03-01T13:00:00Z"));
    const next = lineBlocks(book, rules, null, linesOf(book, rules, null));
    expect([next, memory.kept]).toEqual([first, kept]);
    book.dispose();

    const plain = load(packBook(document([{ positions: pool.positions }]), market()));
    const own = lineBlocks(plain, rules, null, linesOf(plain, rules, null));
    expect(own.contracts.quantity).toBe(plain.block("position-quantity", () => plain.packed.positionQuantity));
  });
});

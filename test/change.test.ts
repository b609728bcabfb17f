import { describe, expect, test } from "vitest";
import { poolSlice, withChange } from "../src/book/change.js";
import { packBook } from "../src/book/pack-book.js";
import { Feature, HoldingKind, type PackedBook } from "../src/book/packed.js";
import { UnsupportedError } from "../src/errors.js";
import { parseMarket } from "../src/market/parse-market.js";
import { columnsOf } from "./support/columns.js";
import { failure, pathOf } from "./support/errors.js";
import { smallAccounts, smallMarket } from "./support/small-documents.js";
import { tolerance } from "./support/tolerance.js";

const market = parseMarket(smallMarket());
const document = smallAccounts();
document.accounts[0]!.pools![0]!.balances[0]!.quantity = 7;
document.links = [{ from: "one", to: "two", kind: "guarantee" }];
document.reported = [{ pool: "two", asOf: "2026-03-01T12:00:00Z", asset: "BTC", equity: 1 }];
const book = packBook(document, market);
const SECOND = 1;
const MARK = 50_100;

/** Free balance of an asset. */
function balance(of: PackedBook, asset: string): number | undefined {
  const index = of.holdingAsset.findIndex(
    (candidate, i) => market.assets[candidate]?.id === asset && of.holdingKind[i] === HoldingKind.balance,
  );
  return of.holdingQuantity[index];
}

/** The position with an id: quantity, entry price, funding due; null where there is none. */
function position(of: PackedBook, id: string): number[] | null {
  const n = [...of.positionInstrument.keys()].find((candidate) => of.positionId(candidate) === id);
  return n === undefined ? null : [of.positionQuantity[n]!, of.positionEntry[n]!, of.positionFunding[n]!];
}

/** Equity at index prices, written out: holdings, and the P&L and funding of the two kinds of position. */
function equity(of: PackedBook): number {
  const holdings = [...of.holdingQuantity].map((q, i) => q * market.prices.index[of.holdingAsset[i]!]!);
  const positions = [...of.positionQuantity].map((q, n) => {
    const instrument = market.instruments[of.positionInstrument[n]!]!;
    const [mark, entry] = [market.marks[of.positionInstrument[n]!]!, of.positionEntry[n]!];
    const unit = instrument.payoff === "linear" ? mark - entry : 1 / entry - 1 / mark;
    return (q * instrument.multiplier * unit + of.positionFunding[n]!) * market.prices.index[instrument.settle]!;
  });
  return [...holdings, ...positions].reduce((sum, value) => sum + value, 0);
}

const trade = (instrument: string, quantity: number, entryPrice?: number): PackedBook =>
  withChange(book, SECOND, {
    positions: [entryPrice === undefined ? { instrument, quantity } : { instrument, quantity, entryPrice }],
  });

describe("a slice", () => {
  test("is a book of the one pool, by views of the same columns", () => {
    const slice = poolSlice(book, SECOND);
    expect(slice.poolCount).toBe(1);
    expect(slice.holdingQuantity.buffer).toBe(book.holdingQuantity.buffer);
    const alone = smallAccounts();
    alone.accounts[0]!.pools!.shift();
    expect(columnsOf(slice)).toEqual({ ...columnsOf(packBook(alone, market)), features: [4] });
    expect(slice.pool(0)).toEqual(book.pool(SECOND));
    expect(slice.poolIndex("two")).toBe(0);
    expect(slice.poolIndex("one")).toBe(-1);
    expect(slice.featurePath(0, "links")).toBe("links[0]");
    expect([slice.positionId(0), slice.positionId(1)]).toEqual(["q", "p"]);
    expect(slice.reported.length).toBe(1);
    expect(poolSlice(book, 0).reported.length).toBe(0);
    expect(slice.hash).not.toBe(poolSlice(book, 0).hash);
  });

  test("of a pool that is not there is refused", () => {
    for (const p of [-1, 2, 0.5, Number.NaN]) expect(pathOf(() => poolSlice(book, p))).toBe("pool");
  });
});

describe("a trade of an option", () => {
  const optionsOf = (of: PackedBook) =>
    (of.options.get(0) ?? []).map(({ quantity, entry, funding }) => [quantity, entry, funding]);
  const held = smallAccounts();
  held.accounts[0]!.pools![1]!.positions.push({
    id: "c",
    instrument: "BTC-JUN-C",
    quantity: 4,
    entryPrice: 0.03,
    fundingDue: 0.5,
  });
  const withOption = packBook(held, market);
  const again = (quantity: number, entryPrice: number) =>
    withChange(withOption, SECOND, { positions: [{ instrument: "BTC-JUN-C", quantity, entryPrice }] });

  test("pays its premium in the settle asset and opens a position, at the mark by default", () => {
    const after = trade("BTC-JUN-C", 2);
    expect(balance(after, "BTC")).toBe((balance(poolSlice(book, SECOND), "BTC") ?? 0) - 2 * 0.05);
    expect(optionsOf(after)).toEqual([[2, 0.05, 0]]);
    expect(after.features[0]).toBe((book.features[SECOND] ?? 0) | Feature.options);
    expect(after.options.get(0)?.[0]?.path).toBe("change.positions[0].instrument");
    expect(optionsOf(trade("BTC-JUN-C", 0))).toEqual([]);
  });

  test("leaves what the pool holds otherwise, and a slice has the pool's options", () => {
    expect(optionsOf(poolSlice(withOption, SECOND))).toEqual([[4, 0.03, 0.5]]);
    expect(optionsOf(poolSlice(withOption, 0))).toEqual([]);
    expect(optionsOf(withChange(withOption, SECOND, { balances: [{ asset: "BTC", quantity: 1 }] }))).toEqual([
      [4, 0.03, 0.5],
    ]);
    expect(columnsOf(again(-1, 0.04)).positionQuantity).toEqual(columnsOf(withOption).positionQuantity?.slice(2));
  });

  test("averages the price of what grows, keeps that of what shrinks and takes that of what turns over", () => {
    const paid = balance(withOption, "BTC") ?? 0;
    expect(optionsOf(again(4, 0.05))).toEqual([[8, 0.04, 0.5]]);
    expect(optionsOf(again(-1, 0.05))).toEqual([[3, 0.03, 0.5]]);
    expect(optionsOf(again(-6, 0.05))).toEqual([[-2, 0.05, 0.5]]);
    expect(balance(again(-6, 0.05), "BTC")).toBe(paid + 6 * 0.05);
  });

  test("that closes a position moves its funding due to the balance, and nothing of the feature is left", () => {
    const after = again(-4, 0.05);
    expect(optionsOf(after)).toEqual([]);
    expect(after.options.size).toBe(0);
    expect((after.features[0] ?? 0) & Feature.options).toBe(0);
    expect(balance(after, "BTC")).toBe((balance(withOption, "BTC") ?? 0) + 4 * 0.05 + 0.5);
  });

  test("needs a mark and an option that has not expired", () => {
    for (const spoil of [
      (m: ReturnType<typeof smallMarket>) => delete m.prices[5]!.mark,
      (m: ReturnType<typeof smallMarket>) => (m.instruments[2]!.expiry = "2026-02-26T08:00:00Z"),
    ]) {
      const other = smallMarket();
      spoil(other);
      const packed = packBook(smallAccounts(), parseMarket(other));
      const buy = { positions: [{ instrument: "BTC-JUN-C", quantity: 1, entryPrice: 0.05 }] };
      expect(pathOf(() => withChange(packed, SECOND, buy))).toBe("change.positions[0].instrument");
    }
  });
});

describe("a change", () => {
  test("of nothing gives the pool as it is", () => {
    expect(columnsOf(withChange(book, SECOND, {}))).toEqual(columnsOf(poolSlice(book, SECOND)));
  });

  test("leaves the book untouched", () => {
    const before = JSON.stringify(columnsOf(book));
    withChange(book, 0, {
      balances: [{ asset: "BTC", quantity: 1 }],
      positions: [{ instrument: "BTC-PERP", quantity: 5 }],
    });
    expect(JSON.stringify(columnsOf(book))).toBe(before);
  });

  test("adds to a free balance, and leaves locked parts, supplies, debts and interest alone", () => {
    const changed = withChange(book, SECOND, { balances: [{ asset: "BTC", quantity: "-1.5" }] });
    expect(balance(changed, "BTC")).toBe(0.5);
    const expected = columnsOf(poolSlice(book, SECOND));
    expected.holdingQuantity![0] = 0.5;
    expect(columnsOf(changed)).toEqual(expected);
  });

  test("opens a balance where there is none, also below zero", () => {
    expect(balance(withChange(book, SECOND, { balances: [{ asset: "USD", quantity: -5 }] }), "USD")).toBe(-5);
    expect(balance(withChange(book, SECOND, { balances: [{ asset: "STBTC", quantity: 2 }] }), "STBTC")).toBe(2);
  });

  test("adds up where it names an asset twice", () => {
    const twice = [
      { asset: "BTC", quantity: 1 },
      { asset: "BTC", quantity: 2 },
    ];
    expect(balance(withChange(book, SECOND, { balances: twice }), "BTC")).toBe(5);
  });

  test("increases a linear position at the arithmetic average entry", () => {
    expect(position(trade("BTC-PERP", -3, 52_000), "p")).toEqual([-4, (50_000 + 3 * 52_000) / 4, -3]);
  });

  test("increases an inverse position at the harmonic average entry", () => {
    const [quantity, entry] = position(trade("BTC-JUN", 100, 40_000), "q")!;
    expect(quantity).toBe(200);
    expect(entry).toBeCloseTo(2 / (1 / 50_500 + 1 / 40_000), tolerance.averageEntryDigits);
  });

  test("reduces a position and realises its P&L into the balance of the settle asset", () => {
    const reduced = trade("BTC-PERP", 0.25, 49_000);
    expect(position(reduced, "p")).toEqual([-0.75, 50_000, -3]);
    expect(balance(reduced, "USDC")).toBe(-36_500 - 0.25 * (49_000 - 50_000));
    const inverse = trade("BTC-JUN", -40, 51_000);
    expect(position(inverse, "q")).toEqual([60, 50_500, 0]);
    expect(balance(inverse, "BTC")).toBe(2 + 40 * 10 * (1 / 50_500 - 1 / 51_000));
  });

  test("closes a position, and its funding goes to the balance too", () => {
    const closed = trade("BTC-PERP", 1);
    expect(position(closed, "p")).toBeNull();
    expect(balance(closed, "USDC")).toBe(-36_500 - (MARK - 50_000) - 3);
  });

  test("turns a position over: closes the one side, opens the rest on the other at the price of the trade", () => {
    const turned = trade("BTC-PERP", 3, 51_000);
    expect(position(turned, "p")).toBeNull();
    expect(position(turned, "BTC-PERP")).toEqual([2, 51_000, 0]);
    expect(balance(turned, "USDC")).toBe(-36_500 - 1000 - 3);
  });

  test("opens a position at the mark by default, in its place by settle asset", () => {
    const opened = withChange(packBook(smallAccounts(), market), 0, {
      positions: [
        { instrument: "BTC-PERP", quantity: 1 },
        { instrument: "BTC-PERP", quantity: 2 },
        { instrument: "BTC-JUN", quantity: -200 },
      ],
    });
    expect(position(opened, "BTC-PERP")).toEqual([2, MARK, 0]);
    expect(position(opened, "BTC-JUN")).toEqual([-100, 51_000, 0]);
    expect([...opened.positionInstrument]).toEqual([1, 0]);
  });

  test.each([
    ["BTC-PERP", -5],
    ["BTC-PERP", 0.3],
    ["BTC-PERP", 1],
    ["BTC-PERP", 7],
    ["BTC-JUN", 55],
    ["BTC-JUN", -55],
    ["BTC-JUN", -100],
    ["BTC-JUN", -300],
  ])("of %s by %d at the mark leaves the equity as it was", (instrument, quantity) => {
    const [before, after] = [equity(poolSlice(book, SECOND)), equity(trade(instrument, quantity))];
    expect(Math.abs(after / before - 1)).toBeLessThan(tolerance.equityRelative);
  });

  test("of zero changes nothing", () => {
    expect(columnsOf(trade("BTC-PERP", 0))).toEqual(columnsOf(poolSlice(book, SECOND)));
  });

  test.each<[string, object, string]>([
    ["an unknown asset", { balances: [{ asset: "XRP", quantity: 1 }] }, "change.balances[0].asset"],
    ["an asset without a price", { balances: [{ asset: "DUST", quantity: 1 }] }, "change.balances[0].asset"],
    ["a quantity of NaN", { balances: [{ asset: "BTC", quantity: Number.NaN }] }, "change.balances[0].quantity"],
    ["an unknown instrument", { positions: [{ instrument: "X", quantity: 1 }] }, "change.positions[0].instrument"],
    [
      "an instrument without a mark",
      { positions: [{ instrument: "DUST-PERP", quantity: 1 }] },
      "change.positions[0].instrument",
    ],
    [
      "an infinite quantity",
      { positions: [{ instrument: "BTC-PERP", quantity: Infinity }] },
      "change.positions[0].quantity",
    ],
    [
      "an entry price of 0",
      { positions: [{ instrument: "BTC-PERP", quantity: 1, entryPrice: 0 }] },
      "change.positions[0].entryPrice",
    ],
    ["an unknown key", { supplies: [] }, "change.supplies"],
  ])("is refused with %s", (_, change, path) => {
    expect(pathOf(() => withChange(book, SECOND, change))).toBe(path);
  });

  test("closing a linear position that settles in another asset is not supported", () => {
    const other = smallMarket();
    other.instruments[0]!.settle = "BTC";
    const quanto = packBook(smallAccounts(), parseMarket(other));
    const change = { positions: [{ instrument: "BTC-PERP", quantity: 1 }] };
    const error = failure(() => withChange(quanto, 0, change));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.path).toBe("change.positions[0].instrument");
  });
});

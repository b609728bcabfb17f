import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { change } from "../src/book/change.js";
import { packBook } from "../src/book/pack-book.js";
import { type BookColumns, packColumns } from "../src/book/pack-columns.js";
import { Feature, HoldingKind, type PackedBook } from "../src/book/packed.js";
import { parseMarket } from "../src/market/parse-market.js";
import { columnsOf } from "./support/columns.js";
import { failure, pathOf } from "./support/errors.js";
import { hasModel, modelDocument } from "./support/model-documents.js";
import {
  type SmallAccounts,
  type SmallPool,
  smallAccounts,
  smallMarket,
  smallPool,
} from "./support/small-documents.js";

const market = parseMarket(smallMarket());
const FIRST = "accounts[0].pools[0]";

function changed(change: (pool: SmallPool, document: SmallAccounts) => void): SmallAccounts {
  const document = smallAccounts();
  change(document.accounts[0]!.pools![0]!, document);
  return document;
}

const pathAfter = (change: (pool: SmallPool, document: SmallAccounts) => void) =>
  pathOf(() => packBook(changed(change), market));

describe("the document of a pool", () => {
  const orders = [{ id: "o", instrument: "BTC-PERP", quantity: 1, limitPrice: 49_000 }];
  const withOrders = changed((pool) => {
    pool.orders = orders;
  });

  test("stays with its row as it was given, and through a change", () => {
    const book = packBook(withOrders, market);
    expect(book.source(0)).toBe(withOrders.accounts[0]?.pools?.[0]);
    const { before, after } = change({ balances: [{ asset: "BTC", quantity: 1 }] }).apply(book, 0);
    expect([before.source(0), after.source(0)]).toEqual([book.source(0), book.source(0)]);
    expect(packColumns({ holdingStart: [0, 1], holdingAsset: [1], holdingQuantity: [1] }, market).source(0)).toBeNull();
  });

  test("is part of the book's hash where numbers stand in it alone", () => {
    const moved = changed((pool) => {
      pool.orders = [{ ...orders[0], quantity: 2 }];
    });
    expect(packBook(moved, market).hash).not.toBe(packBook(withOrders, market).hash);
  });

  test("may hold orders in spot, but no position", () => {
    const spot = { id: "BTC/USDC", kind: "spot", payoff: "linear", underlying: "BTC", quote: "USDC", settle: "USDC" };
    const traded = parseMarket({ ...smallMarket(), instruments: [...smallMarket().instruments, spot] });
    const order = changed((pool) => {
      pool.orders = [{ instrument: "BTC/USDC", quantity: 1, limitPrice: 49_000 }];
    });
    expect(packBook(order, traded).features[0]).toBe(Feature.orders);
    const position = changed((pool) => {
      pool.positions = [{ instrument: "BTC/USDC", quantity: 1, entryPrice: 1 }];
    });
    expect(pathOf(() => packBook(position, traded))).toBe(`${FIRST}.positions[0].instrument`);
  });
});

describe("a book", () => {
  test.skipIf(!hasModel)("of the data model's text packs as printed", () => {
    const book = packBook(modelDocument("accounts"), parseMarket(modelDocument("market")));
    const { interest, locked, balance, supply, idleSupply, debt } = HoldingKind;
    expect(columnsOf(book)).toEqual({
      holdingStart: [0, 5, 6, 9],
      holdingAsset: [1, 3, 3, 5, 5, 1, 5, 4, 4],
      holdingKind: [balance, balance, interest, balance, locked, balance, supply, idleSupply, debt],
      holdingQuantity: [10, -250_000, -14.840182648401827, 35, 5, 1.5, 120, 5000, -180_000],
      positionStart: [0, 2, 2, 2],
      positionInstrument: [1, 0],
      positionQuantity: [100_000, -12],
      positionEntry: [64_800, 63_000],
      positionFunding: [0, -412.5],
      features: [
        Feature.orders | Feature.links | Feature.transfers,
        Feature.options | Feature.links,
        Feature.transfers | Feature.raw | Feature.poolOptions,
      ],
    });
    expect(book.positionId(0)).toBe("p2");
    expect(book.featurePath(0, "orders")).toBe("accounts[1].pools[0].orders[0]");
    expect(book.featurePath(0, "transfers")).toBe("transfers[0]");
    expect(book.featurePath(1, "options")).toBe("accounts[1].pools[1].positions[0]");
    expect(book.featurePath(2, "raw")).toBe("accounts[2].pools[0].debts[0].raw");
    expect(book.featurePath(2, "poolOptions")).toBe("accounts[2].pools[0].options");
    expect(book.reported[0]).toMatchObject({ pool: "acme/basis/opt", equity: 1.4312, maintenance: 0.4896 });
    expect(book.accounts.get("acme/lend")).toEqual({ parent: "acme", tags: {} });
    expect(book.accounts.get("acme")).toEqual({ parent: null, tags: { entity: "Acme Ltd" } });
  });

  test("has pools in the order of the document, found by id, with their place", () => {
    const book = packBook(smallAccounts(), market);
    expect(book.poolCount).toBe(2);
    expect(book.poolIndex("two")).toBe(1);
    expect(book.poolIndex("three")).toBe(-1);
    expect(book.pool(1)).toEqual({
      id: "two",
      account: "desk/a",
      venue: "house",
      domain: null,
      rule: "small",
      path: "accounts[0].pools[1]",
    });
    expect(pathOf(() => book.pool(2))).toBe("pool");
  });

  test("accrues borrow interest for the actual days over 365, as a holding of its own", () => {
    const book = packBook(smallAccounts(), market);
    const interest = book.holdingKind.indexOf(HoldingKind.interest);
    expect(book.holdingQuantity[interest]).toBe(-10);
    const paid = changed((pool) => (pool.balances[1]!.borrow = { rate: 0.1, accruedTo: "2026-03-01T12:00:00Z" }));
    expect(packBook(paid, market).holdingKind.subarray(0, 6)).not.toContain(HoldingKind.interest);
  });

  test("orders positions by settle asset, stably, and keeps their ids with them", () => {
    const document = changed((pool) => {
      pool.positions.unshift({ instrument: "BTC-JUN", quantity: 1, entryPrice: 1 });
      pool.positions.unshift({ id: "z", instrument: "BTC-PERP", quantity: 2, entryPrice: 2 });
    });
    const book = packBook(document, market);
    expect([...book.positionQuantity.subarray(0, 4)]).toEqual([1, 100, 2, -1]);
    expect([0, 1, 2, 3].map((n) => book.positionId(n))).toEqual(["BTC-JUN", "q", "z", "p"]);
  });

  test("may be empty, and may have pools that hold nothing", () => {
    const document = { schema: "margrave/accounts/1", asOf: "2026-01-01T00:00:00Z", accounts: [] as unknown[] };
    expect(packBook(document, market).poolCount).toBe(0);
    document.accounts.push({ id: "a", pools: [{ id: "p" }] });
    expect(columnsOf(packBook(document, market)).holdingStart).toEqual([0, 0]);
  });

  test("needs a market with assets as soon as it has a pool", () => {
    const bare = parseMarket({
      schema: "margrave/market/1",
      asOf: "2026-03-01T12:00:00Z",
      numeraire: "USD",
      assets: [],
    });
    expect(packBook({ ...smallAccounts(), accounts: [{ id: "desk" }] }, bare).poolCount).toBe(0);
    expect(pathOf(() => packBook(smallAccounts(), bare))).toBe("market.assets");
    expect(pathOf(() => packColumns({ holdingStart: [0, 0], holdingAsset: [], holdingQuantity: [] }, bare))).toBe(
      "market.assets",
    );
  });

  test("leaves a zero quantity of an unpriced asset out, since it needs no price", () => {
    const book = packBook(
      changed((pool) => pool.balances.push({ asset: "DUST", quantity: "0" })),
      market,
    );
    expect(book.holdingAsset).not.toContain(market.assetIndex("DUST"));
  });

  test("has no negative zero", () => {
    const document = changed((pool) => {
      pool.balances[0] = { asset: "BTC", quantity: "-0" };
      pool.debts = [{ asset: "USDC@base", quantity: 0 }];
    });
    for (const quantity of packBook(document, market).holdingQuantity) expect(Object.is(quantity, -0)).toBe(false);
  });

  test("has a hash of pools and columns, but not of prices", () => {
    const hash = packBook(smallAccounts(), market).hash;
    expect(packBook(smallAccounts(), market).hash).toBe(hash);
    const other = smallMarket();
    other.prices[0]!.index = 1;
    expect(packBook(smallAccounts(), parseMarket(other)).hash).toBe(hash);
    const hashes = [
      changed((pool) => (pool.balances[0]!.quantity = 3)),
      changed((pool) => (pool.id = "uno")),
      changed((pool) => (pool.rule = "large")),
      changed((pool) => (pool.positions[0]!.entryPrice = 1)),
      changed((pool) => (pool.positions[0]!.fundingDue = 1)),
      changed((pool) => (pool.orders = [{ instrument: "BTC-PERP", quantity: 1 }])),
    ].map((document) => packBook(document, market).hash);
    expect(new Set([hash, ...hashes]).size).toBe(7);
  });

  test("is the same from an object and from its JSON", () => {
    const quantity = fc.oneof(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => `${n}.25`),
    );
    const assets = fc.uniqueArray(fc.constantFrom("USD", "BTC", "USDC", "USDC@base", "STBTC"));
    const balances = assets.chain((ids) =>
      fc.tuple(...ids.map((asset) => quantity.map((q) => ({ asset, quantity: q, borrow: undefined })))),
    );
    const position = fc.record({
      instrument: fc.constantFrom("BTC-PERP", "BTC-JUN", "BTC-JUN-C"),
      quantity,
      entryPrice: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    });
    const pools = fc.array(fc.record({ balances, positions: fc.array(position, { maxLength: 4 }) }), { maxLength: 5 });
    fc.assert(
      fc.property(pools, (list) => {
        const accounts = [{ id: "a", pools: list.map((pool, i) => ({ id: `p${i}`, ...pool })) }];
        const document = { schema: "margrave/accounts/1", asOf: "2026-03-01T12:00:00Z", accounts };
        const book = packBook(document, market);
        const again = packBook(JSON.parse(JSON.stringify(document)), market);
        expect(columnsOf(again)).toEqual(columnsOf(book));
        expect(again.hash).toBe(book.hash);
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});

describe("a book is refused, by path,", () => {
  test.each([Number.NaN, Infinity, -Infinity, 2 ** 53, "1e999", "ten", "", null, undefined])(
    "where a quantity is %s",
    (bad) => {
      expect(pathAfter((pool) => (pool.balances[0]!.quantity = bad))).toBe(`${FIRST}.balances[0].quantity`);
      expect(pathAfter((pool) => (pool.positions[1]!.quantity = bad))).toBe(`${FIRST}.positions[1].quantity`);
    },
  );

  test.each([0, -0, -1, Number.NaN, Infinity, undefined])("where an entry price is %s", (bad) => {
    expect(pathAfter((pool) => (pool.positions[0]!.entryPrice = bad))).toBe(`${FIRST}.positions[0].entryPrice`);
  });

  test("where an asset or instrument is unknown", () => {
    for (const bad of ["XRP", "__proto__", 1, null, undefined]) {
      expect(pathAfter((pool) => (pool.balances[1]!.asset = bad))).toBe(`${FIRST}.balances[1].asset`);
      expect(pathAfter((pool) => (pool.positions[0]!.instrument = bad))).toBe(`${FIRST}.positions[0].instrument`);
    }
  });

  test("where an asset has no price", () => {
    const change = (pool: SmallPool) => pool.balances.push({ asset: "DUST", quantity: 1 });
    expect(pathAfter(change)).toBe(`${FIRST}.balances[2].asset`);
    expect(failure(() => packBook(changed(change), market)).message).toContain('an asset with a price, got "DUST"');
  });

  test("where an instrument has no mark, an unpriced settle asset, or has expired", () => {
    const path = `${FIRST}.positions[0].instrument`;
    expect(pathAfter((pool) => (pool.positions[0]!.instrument = "DUST-PERP"))).toBe(path);
    const other = smallMarket();
    other.instruments[0]!.settle = "DUST";
    expect(pathOf(() => packBook(smallAccounts(), parseMarket(other)))).toBe(path);
    const later = smallMarket();
    later.asOf = "2026-06-26T08:00:01Z";
    expect(pathOf(() => packBook(smallAccounts(), parseMarket(later)))).toBe(`${FIRST}.positions[1].instrument`);
  });

  test("where ids come twice", () => {
    expect(pathAfter((_, d) => (d.accounts[0]!.pools![1]!.id = "one"))).toBe("accounts[0].pools[1].id");
    expect(pathAfter((_, d) => (d.accounts[1]!.id = "desk/a"))).toBe("accounts[1].id");
    expect(pathAfter((pool) => (pool.positions[1]!.id = "p"))).toBe(`${FIRST}.positions[1].id`);
    expect(pathAfter((pool) => (pool.balances[1]!.asset = "BTC"))).toBe(`${FIRST}.balances[1].asset`);
    const order = { id: "o", instrument: "BTC-PERP", quantity: 1 };
    expect(pathAfter((pool) => (pool.orders = [order, order]))).toBe(`${FIRST}.orders[1].id`);
  });

  test("where the account tree has a cycle or a parent that is not there", () => {
    expect(pathAfter((_, d) => (d.accounts[1]!.parent = "desk/a"))).toBe("accounts[0].parent");
    expect(pathAfter((_, d) => (d.accounts[1]!.parent = "desk"))).toBe("accounts[1].parent");
    expect(pathAfter((_, d) => (d.accounts[1]!.parent = "firm"))).toBe("accounts[1].parent");
  });

  test("where a locked part exceeds the balance or belongs to a loan", () => {
    expect(pathAfter((pool) => (pool.balances[0]!.locked = 3))).toBe(`${FIRST}.balances[0].locked`);
    expect(pathAfter((pool) => (pool.balances[0]!.locked = -1))).toBe(`${FIRST}.balances[0].locked`);
    expect(pathAfter((pool) => (pool.balances[1]!.locked = 1))).toBe(`${FIRST}.balances[1].locked`);
  });

  test("where a borrow is not a loan's, or accrued to a time to come", () => {
    const borrow = { rate: 0.1, accruedTo: "2026-03-01T12:00:01Z" };
    expect(pathAfter((pool) => (pool.balances[1]!.borrow = borrow))).toBe(`${FIRST}.balances[1].borrow.accruedTo`);
    expect(pathAfter((pool) => (pool.balances[1]!.borrow = { ...borrow, rate: -1 }))).toBe(
      `${FIRST}.balances[1].borrow.rate`,
    );
    borrow.accruedTo = "2026-02-01T00:00:00Z";
    expect(pathAfter((pool) => (pool.balances[0]!.borrow = borrow))).toBe(`${FIRST}.balances[0].borrow`);
  });

  test("where a supply or debt is negative, or a supply does not say whether it is collateral", () => {
    expect(pathAfter((pool) => (pool.debts = [{ asset: "BTC", quantity: -1 }]))).toBe(`${FIRST}.debts[0].quantity`);
    const supply = { asset: "BTC", quantity: -1, collateral: true };
    expect(pathAfter((pool) => (pool.supplies = [supply]))).toBe(`${FIRST}.supplies[0].quantity`);
    expect(pathAfter((pool) => (pool.supplies = [{ asset: "BTC", quantity: 1 }]))).toBe(
      `${FIRST}.supplies[0].collateral`,
    );
  });

  test("where a key is unknown, misspelt or reaches a prototype", () => {
    expect(pathAfter((pool) => (pool.balances[0]!.amount = 1))).toBe(`${FIRST}.balances[0].amount`);
    expect(pathAfter((pool) => (pool.margin = 1))).toBe(`${FIRST}.margin`);
    expect(pathAfter((_, d) => Object.assign(d, { pools: [] }))).toBe("pools");
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const tags = JSON.parse(`{"${key}":"x"}`);
      expect(pathAfter((_, d) => (d.accounts[0]!.tags = tags))).toBe(`accounts[0].tags.${key}`);
      expect(pathAfter((pool) => (pool.options = JSON.parse(`{"${key}":1}`)))).toBe(`${FIRST}.options.${key}`);
      expect(pathAfter((pool) => (pool.balances[0]!.raw = JSON.parse(`{"${key}":1}`)))).toBe(
        `${FIRST}.balances[0].raw.${key}`,
      );
    }
  });

  test("where raw integers or pool options are not what they say", () => {
    expect(pathAfter((pool) => (pool.balances[0]!.raw = { scaled: "1.5" }))).toBe(`${FIRST}.balances[0].raw.scaled`);
    expect(pathAfter((pool) => (pool.balances[0]!.raw = { scaled: 2 ** 53 }))).toBe(`${FIRST}.balances[0].raw.scaled`);
    expect(pathAfter((pool) => (pool.options = { eMode: {} }))).toBe(`${FIRST}.options.eMode`);
  });

  test("where links, transfers and reports name pools and assets that are not there", () => {
    const link = { from: "one", to: "two", kind: "guarantee", limit: { asset: "USD", quantity: 1 } };
    const transfer = { asset: "BTC", quantity: 1, from: "one", to: "two", state: "in-flight" };
    const report = { pool: "one", asOf: "2026-01-01T00:00:00Z", asset: "BTC" };
    expect(pathAfter((_, d) => (d.links = [{ ...link, to: "six" }]))).toBe("links[0].to");
    expect(pathAfter((_, d) => (d.links = [{ ...link, to: "one" }]))).toBe("links[0].to");
    expect(pathAfter((_, d) => (d.links = [{ ...link, limit: { asset: "X", quantity: 1 } }]))).toBe(
      "links[0].limit.asset",
    );
    expect(pathAfter((_, d) => (d.links = [link, { ...link, rank: -1 }]))).toBe("links[1].rank");
    expect(pathAfter((_, d) => (d.transfers = [{ ...transfer, from: "six" }]))).toBe("transfers[0].from");
    expect(pathAfter((_, d) => (d.transfers = [{ ...transfer, quantity: 0 }]))).toBe("transfers[0].quantity");
    expect(pathAfter((_, d) => (d.transfers = [{ ...transfer, asset: "XRP" }]))).toBe("transfers[0].asset");
    expect(pathAfter((_, d) => (d.transfers = [{ ...transfer, sentAt: "now" }]))).toBe("transfers[0].sentAt");
    expect(pathAfter((_, d) => (d.reported = [{ ...report, pool: "six" }]))).toBe("reported[0].pool");
    expect(pathAfter((_, d) => (d.reported = [{ ...report, equity: Number.NaN }]))).toBe("reported[0].equity");
  });

  test("where it is no accounts document at all", () => {
    for (const value of [null, [], "x", undefined]) expect(pathOf(() => packBook(value, market))).toBe("document");
    expect(pathAfter((_, d) => (d.schema = "margrave/market/1"))).toBe("schema");
    expect(pathAfter((_, d) => (d.asOf = "yesterday"))).toBe("asOf");
    expect(pathOf(() => packBook(smallAccounts(), market, JSON.parse('{"onInvalid":"skip"}')))).toBe(
      "packBook.onInvalid",
    );
  });
});

describe("features", () => {
  test("of a pool are each found, with the first place of each", () => {
    const book = packBook(
      changed((pool, d) => {
        pool.orders = [
          { instrument: "BTC-PERP", quantity: 1 },
          { instrument: "BTC-JUN-C", quantity: 1 },
        ];
        pool.positions.push({ id: "c", instrument: "BTC-JUN-C", quantity: -1, entryPrice: 0.03 });
        pool.balances[1]!.raw = { scaled: "123456789012345678901234567890" };
        pool.options = { eMode: 1 };
        d.links = [{ from: "one", to: "two", kind: "guarantee" }];
        d.transfers = [{ asset: "BTC", quantity: 1, from: "two", to: "one", state: "in-flight" }];
      }),
      market,
    );
    expect([...book.features]).toEqual([63, Feature.links | Feature.transfers]);
    expect(book.featurePath(0, "orders")).toBe(`${FIRST}.orders[0]`);
    expect(book.featurePath(0, "options")).toBe(`${FIRST}.positions[2]`);
    expect(book.featurePath(0, "raw")).toBe(`${FIRST}.balances[1].raw`);
    expect(book.featurePath(0, "poolOptions")).toBe(`${FIRST}.options`);
    expect(book.featurePath(1, "links")).toBe("links[0]");
    expect(book.featurePath(1, "orders")).toBe("accounts[0].pools[1]");
    expect(book.positionStart[1]).toBe(2);
    expect([...book.options]).toEqual([
      [
        0,
        [
          {
            id: "c",
            instrument: market.instrumentIndex("BTC-JUN-C"),
            quantity: -1,
            entry: 0.03,
            funding: 0,
            path: `${FIRST}.positions[2]`,
          },
        ],
      ],
    ]);
  });

  test("that are option positions leave nothing of a pool that cannot be packed, and count in the book's hash", () => {
    const option = { id: "c", instrument: "BTC-JUN-C", quantity: -1, entryPrice: 0.03 };
    const bad = changed((pool) => pool.positions.push(option, { ...option, id: "p" }));
    const rest = packBook(bad, market, { onInvalid: "collect" });
    expect(rest.rejected.length).toBe(1);
    expect(rest.options.size).toBe(0);
    const hashes = [{}, { quantity: -2 }, { entryPrice: 0.04 }, { fundingDue: 1 }].map(
      (other) =>
        packBook(
          changed((pool) => pool.positions.push({ ...option, ...other })),
          market,
        ).hash,
    );
    expect(new Set([...hashes, packBook(smallAccounts(), market).hash]).size).toBe(5);
  });

  test("are not set by empty lists and empty options", () => {
    const book = packBook(
      changed((pool) => Object.assign(pool, { orders: [], options: {} })),
      market,
    );
    expect([...book.features]).toEqual([0, 0]);
  });
});

describe("a book that collects", () => {
  const collect = (document: SmallAccounts) => packBook(document, market, { onInvalid: "collect" });

  test("leaves the bad pool out, says why, and packs the others as if it had never been there", () => {
    const document = changed((pool) => {
      pool.orders = [{ instrument: "BTC-PERP", quantity: 1 }];
      pool.debts = [{ asset: "XRP", quantity: 1 }];
    });
    const book = collect(document);
    expect(book.rejected).toEqual([
      {
        pool: "one",
        path: `${FIRST}.debts[0].asset`,
        reason: `${FIRST}.debts[0].asset must be the id of an asset of the market, got "XRP"`,
      },
    ]);
    const alone = smallAccounts();
    alone.accounts[0]!.pools!.shift();
    expect(columnsOf(book)).toEqual(columnsOf(packBook(alone, market)));
    expect(book.poolIndex("one")).toBe(-1);
    expect(book.poolIndex("two")).toBe(0);
    expect(book.pool(0).path).toBe("accounts[0].pools[1]");
    expect([book.positionId(0), book.positionId(1)]).toEqual(["q", "p"]);
  });

  test("leaves out a bad pool wherever in it the fault is", () => {
    const faults: ((pool: SmallPool) => unknown)[] = [
      (pool) => (pool.balances[1]!.quantity = "x"),
      (pool) => (pool.supplies = 7),
      (pool) => (pool.positions[1]!.entryPrice = 0),
      (pool) => (pool.orders = [{ instrument: "XRP", quantity: 1 }]),
      (pool) => (pool.options = []),
      (pool) => (pool.venue = 7),
      (pool) => (pool.positions = JSON.parse("null")),
    ];
    for (const fault of faults) {
      const document = changed(fault);
      document.accounts[0]!.pools!.push(smallPool("three"));
      const book = collect(document);
      expect(book.rejected.length).toBe(1);
      expect([book.pool(0).id, book.pool(1).id]).toEqual(["two", "three"]);
      expect([...book.features]).toEqual([0, 0]);
      expect([...book.holdingStart]).toEqual([0, 7, 14]);
    }
  });

  test("names a pool without a readable id by its place", () => {
    const book = collect(changed((pool) => Object.assign(pool, { id: 7 })));
    expect(book.rejected[0]).toMatchObject({ pool: FIRST, path: `${FIRST}.id` });
  });

  test("lets links and reports name a pool that it left out", () => {
    const book = collect(
      changed((pool, d) => {
        pool.balances[0]!.quantity = "x";
        d.links = [{ from: "one", to: "two", kind: "guarantee" }];
      }),
    );
    expect([...book.features]).toEqual([Feature.links]);
  });

  test("still throws where the fault is the document's", () => {
    expect(pathOf(() => collect(changed((_, d) => (d.accounts[1]!.parent = "firm"))))).toBe("accounts[1].parent");
    expect(pathOf(() => collect(changed((_, d) => (d.accounts[0]!.pools![1]!.id = "one"))))).toBe(
      "accounts[0].pools[1].id",
    );
    expect(pathOf(() => collect(changed((_, d) => (d.links = [{}]))))).toBe("links[0].kind");
  });
});

describe("columns", () => {
  const good = (): BookColumns => ({
    pools: ["one", "two"],
    holdingStart: Uint32Array.of(0, 2, 3),
    holdingAsset: Uint32Array.of(1, 2, 1),
    holdingQuantity: Float64Array.of(2, -5, 0),
    holdingKind: Uint8Array.of(HoldingKind.balance, HoldingKind.debt, HoldingKind.supply),
    positionStart: Uint32Array.of(0, 2, 2),
    positionInstrument: Uint32Array.of(1, 0),
    positionQuantity: Float64Array.of(3, -4),
    positionEntry: Float64Array.of(50_000, 51_000),
    positionFunding: Float64Array.of(0, 7),
  });

  test("reach the same book as the document of the same content", () => {
    const document = packBook(smallAccounts(), market);
    const columns = columnsOf(document) as unknown as BookColumns & { features?: unknown };
    delete columns.features;
    expect(columnsOf(packColumns(columns, market))).toEqual(columnsOf(document));
  });

  test("are taken without a copy where they are as needed", () => {
    const columns = good();
    const book = packColumns(columns, market);
    expect(book.pool(1)).toMatchObject({ id: "two", account: "two", rule: null });
    expect(book.poolIndex("two")).toBe(1);
    for (const [key, value] of Object.entries(columns)) {
      if (key !== "pools") expect(book[key as keyof PackedBook]).toBe(value);
    }
  });

  test("may be plain arrays, without pools, kinds or positions", () => {
    const book = packColumns({ holdingStart: [0, 1, 2], holdingAsset: [1, 2], holdingQuantity: [-0, 3] }, market);
    expect(columnsOf(book)).toMatchObject({ holdingKind: [0, 0], positionStart: [0, 0, 0], features: [0, 0] });
    expect(Object.is(book.holdingQuantity[0], 0)).toBe(true);
    expect(book.pool(1)).toMatchObject({ id: "1", path: "columns.pools[1]" });
    expect(["1", "2", "01", "x", "-1"].map((id) => book.poolIndex(id))).toEqual([1, -1, -1, -1, -1]);
    expect(book.accounts.get("1")).toEqual({ parent: null, tags: {} });
  });

  test("have positions entered at the mark, without funding, where nothing else is said", () => {
    const { positionEntry, positionFunding, ...columns } = good();
    const book = packColumns(columns, market);
    expect([...book.positionEntry]).toEqual([51_000, 50_100]);
    expect([...book.positionFunding]).toEqual([0, 0]);
  });

  test("have their positions ordered by settle asset and their options taken out, without a change to what was given", () => {
    const columns = {
      ...good(),
      positionStart: Uint32Array.of(0, 3, 4),
      positionInstrument: Uint32Array.of(0, 2, 1, 0),
      positionQuantity: Float64Array.of(1, 2, 3, 4),
      positionEntry: Float64Array.of(1, 2, 3, 4),
      positionFunding: Float64Array.of(1, 2, 3, 4),
    };
    const book = packColumns(columns, market);
    expect([...book.positionStart]).toEqual([0, 2, 3]);
    expect([...book.positionInstrument]).toEqual([1, 0, 0]);
    for (const column of [book.positionQuantity, book.positionEntry, book.positionFunding]) {
      expect([...column]).toEqual([3, 1, 4]);
    }
    expect([...columns.positionQuantity]).toEqual([1, 2, 3, 4]);
    expect([...book.features]).toEqual([Feature.options, 0]);
    const path = "columns.positionInstrument[1]";
    expect([...book.options]).toEqual([[0, [{ id: null, instrument: 2, quantity: 2, entry: 2, funding: 2, path }]]]);
    expect(book.featurePath(0, "options")).toBe("columns.positionInstrument[1]");
  });

  test.each<[string, Partial<Record<keyof BookColumns, unknown>>, string]>([
    ["a quantity of NaN", { holdingQuantity: Float64Array.of(2, Number.NaN, 0) }, "columns.holdingQuantity[1]"],
    ["an infinite quantity", { holdingQuantity: [2, -5, -Infinity] }, "columns.holdingQuantity[2]"],
    ["a quantity that is a string", { holdingQuantity: ["2", -5, 0] }, "columns.holdingQuantity[0]"],
    ["too few quantities", { holdingQuantity: [2] }, "columns.holdingQuantity"],
    ["no quantities", { holdingQuantity: undefined }, "columns.holdingQuantity"],
    ["an asset out of range", { holdingAsset: Uint32Array.of(1, 2, 6) }, "columns.holdingAsset[2]"],
    ["a fractional asset", { holdingAsset: [1, 2, 0.5] }, "columns.holdingAsset[2]"],
    ["a negative asset", { holdingAsset: Int32Array.of(1, -2, 1) }, "columns.holdingAsset[1]"],
    ["an asset without a price", { holdingAsset: [1, 5, 1] }, "columns.holdingAsset[1]"],
    [
      "an asset twice under one kind",
      { holdingAsset: [1, 1, 1], holdingQuantity: [1, 1, 0], holdingKind: [0, 0, 0] },
      "columns.holdingAsset[1]",
    ],
    ["an unknown kind", { holdingKind: Uint8Array.of(0, 4, 6) }, "columns.holdingKind[2]"],
    ["a positive debt", { holdingQuantity: [2, 5, 0] }, "columns.holdingQuantity[1]"],
    ["a negative supply", { holdingQuantity: [2, -5, -1] }, "columns.holdingQuantity[2]"],
    ["starts not from 0", { holdingStart: [1, 2, 3] }, "columns.holdingStart[0]"],
    ["no starts", { holdingStart: [] }, "columns.holdingStart[0]"],
    ["starts that decrease", { holdingStart: [0, 4, 3] }, "columns.holdingStart[2]"],
    ["starts of another length", { positionStart: [0, 2] }, "columns.positionStart"],
    ["pools of another length", { pools: ["one"] }, "columns.pools"],
    ["a pool twice", { pools: ["one", "one"] }, "columns.pools[1]"],
    ["an instrument out of range", { positionInstrument: [1, 4] }, "columns.positionInstrument[1]"],
    ["an instrument without a mark", { positionInstrument: [1, 3] }, "columns.positionInstrument[1]"],
    ["no instruments", { positionInstrument: undefined }, "columns.positionInstrument"],
    ["an entry price of 0", { positionEntry: [1, 0] }, "columns.positionEntry[1]"],
    ["funding of NaN", { positionFunding: [1, Number.NaN] }, "columns.positionFunding[1]"],
    ["positions without starts", { positionStart: undefined }, "columns.positionInstrument"],
    ["a column that is unknown", { quantity: [] } as object, "columns.quantity"],
    ["a column that is an object", { holdingQuantity: { length: 3 } }, "columns.holdingQuantity"],
  ])("are refused with %s", (_, change, path) => {
    expect(pathOf(() => packColumns({ ...good(), ...change } as BookColumns, market))).toBe(path);
  });
});

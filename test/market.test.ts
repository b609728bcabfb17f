import { describe, expect, test } from "vitest";
import { InsufficientDataError, UnsupportedError } from "../src/errors.js";
import type { Market, SparseRows } from "../src/market/market.js";
import { parseHistory } from "../src/market/parse-history.js";
import { parseMarket } from "../src/market/parse-market.js";
import { failure, pathOf } from "./support/errors.js";
import { hasModel, modelDocument } from "./support/model-documents.js";
import { type SmallMarket, smallMarket } from "./support/small-documents.js";

/** The path of the error that the small market gives after `change`. */
function pathAfter(change: (market: SmallMarket) => void): string {
  const document = smallMarket();
  change(document);
  return pathOf(() => parseMarket(document));
}

function changed(change: (market: SmallMarket) => void): Market {
  const document = smallMarket();
  change(document);
  return parseMarket(document);
}

/** A row of `rows` by the names of its factors. */
function exposure(market: Market, rows: SparseRows, row: number): Record<string, number> {
  const result: Record<string, number> = {};
  for (let k = rows.start[row]!; k < rows.start[row + 1]!; k++) {
    result[market.factors[rows.factor[k]!]!] = rows.coefficient[k]!;
  }
  return result;
}

const asset = (market: Market, id: string) => exposure(market, market.assetFactors, market.assetIndex(id));
const instrument = (market: Market, id: string) =>
  exposure(market, market.instrumentFactors, market.instrumentIndex(id));

describe("a market", () => {
  test.skipIf(!hasModel)("of the data model's text parses as printed", () => {
    const market = parseMarket(modelDocument("market"));
    expect(market.asOf).toBe(Date.UTC(2026, 10, 20, 8));
    expect([...market.prices.index]).toEqual([1, 64_000, 3000, 0.9998, 0.9998, 1.2183 * 3000]);
    expect(market.prices.twap[1]).toBe(63_850);
    expect(market.history).toEqual({ file: "prices.csv.gz", in: "USDT", interval: 3_600_000 });
    expect(market.instruments[2]?.option).toEqual({ strike: 70_000, right: "call", exercise: "european" });
    expect(asset(market, "wstETH@ethereum")).toEqual({ ETH: 1, "wstETH/ETH": 1 });
    expect(instrument(market, "deribit:BTC-25DEC26")).toEqual({ BTC: 1 });
  });

  test("chains prices to the numeraire: own kind first, index for every further step", () => {
    const market = parseMarket(smallMarket());
    const stbtc = market.assetIndex("STBTC");
    expect(market.prices.index[stbtc]).toBe(1.1 * 50_000);
    expect(market.prices.ask[stbtc]).toBe(1.2 * 50_000);
    expect(market.prices.bid[stbtc]).toBeNaN();
    expect(market.confidence[stbtc]).toBe(0.002);
  });

  test("takes the oldest time of a chain, and its own asOf for a price without a time", () => {
    const market = parseMarket(smallMarket());
    expect(market.priceTimes[market.assetIndex("STBTC")]).toBe(Date.UTC(2026, 2, 1, 11, 59));
    expect(market.priceTimes[market.assetIndex("USD")]).toBe(market.asOf);
    expect(market.markTimes[market.instrumentIndex("BTC-JUN")]).toBe(market.asOf);
    expect(market.markTimes[market.instrumentIndex("DUST-PERP")]).toBeNaN();
  });

  test("gives a token instance the prices and the factors of what it is, but its own price where it has one", () => {
    const market = parseMarket(smallMarket());
    const token = market.assetIndex("USDC@base");
    expect([market.prices.index[token], market.prices.bid[token], market.prices.ask[token]]).toEqual([0.999, 0.998, 1]);
    expect(asset(market, "USDC@base")).toEqual({ USDC: 1 });
    const depegged = changed((m) => m.prices.push({ of: "USDC@base", in: "USD", index: 0.9 }));
    expect(depegged.prices.index[token]).toBe(0.9);
    expect(depegged.prices.bid[token]).toBeNaN();
    expect(asset(depegged, "USDC@base")).toEqual({ USDC: 1 });
  });

  test("prices the numeraire at 1 in every kind, and it does not move", () => {
    const market = parseMarket(smallMarket());
    for (const prices of Object.values(market.prices)) expect(prices[0]).toBe(1);
    expect(asset(market, "USD")).toEqual({});
    expect(market.factors).toEqual(["BTC", "USDC", "STBTC"]);
  });

  test("leaves an asset without any price unpriced and without factors", () => {
    const market = parseMarket(smallMarket());
    expect(market.prices.index[market.assetIndex("DUST")]).toBeNaN();
    expect(market.priceTimes[market.assetIndex("DUST")]).toBeNaN();
    expect(asset(market, "DUST")).toEqual({});
  });

  test("maps assets and instruments on to named factors, and an empty map declares one riskless", () => {
    const market = changed((m) => {
      m.exposures = [
        { of: "STBTC", to: { BTC: 1, "STBTC/BTC": "0.5" } },
        { of: "USDC", to: {} },
        { of: "BTC-PERP", to: { BTC: 1, "BTC-PERP/BTC": 1 } },
      ];
    });
    expect(market.factors).toEqual(["BTC", "STBTC/BTC", "BTC-PERP/BTC"]);
    expect(asset(market, "STBTC")).toEqual({ BTC: 1, "STBTC/BTC": 0.5 });
    expect(asset(market, "USDC")).toEqual({});
    expect(asset(market, "USDC@base")).toEqual({});
    expect(instrument(market, "BTC-PERP")).toEqual({ BTC: 1, "BTC-PERP/BTC": 1 });
    expect(instrument(market, "BTC-JUN")).toEqual({ BTC: 1 });
    expect(market.factorIndex("STBTC/BTC")).toBe(1);
    expect(market.factorIndex("STBTC")).toBe(-1);
  });

  test("keeps what an option is quoted at: its volatility, and which instrument is its forward", () => {
    const market = parseMarket(smallMarket());
    const option = market.instrumentIndex("BTC-JUN-C");
    expect(market.impliedVols[option]).toBe(0.6);
    expect(market.forwards[option]).toBe(market.instrumentIndex("BTC-JUN"));
    expect([...market.forwards].filter((forward) => forward >= 0).length).toBe(1);
    expect([...market.impliedVols].filter((volatility) => !Number.isNaN(volatility))).toEqual([0.6]);
    const bare = changed((m) => (m.prices[5] = { of: "BTC-JUN-C", mark: 0 }));
    expect([bare.marks[option], bare.impliedVols[option], bare.forwards[option]]).toEqual([0, Number.NaN, -1]);
  });

  test("moves an option with what its forward moves with, unless an exposure of its own says otherwise", () => {
    const forward = { of: "BTC-JUN", to: { BTC: 1, "basis/JUN": 1 } };
    expect(
      instrument(
        changed((m) => (m.exposures = [forward])),
        "BTC-JUN-C",
      ),
    ).toEqual(forward.to);
    const both = changed((m) => (m.exposures = [forward, { of: "BTC-JUN-C", to: { STBTC: 1 } }]));
    expect(instrument(both, "BTC-JUN-C")).toEqual({ STBTC: 1 });
    const none = changed((m) => {
      m.exposures = [forward];
      delete m.prices[5]!.forward;
    });
    expect(instrument(none, "BTC-JUN-C")).toEqual({ BTC: 1 });
  });

  test("finds by id, and gives −1 for what it does not know, also for names of Object.prototype", () => {
    const market = parseMarket(smallMarket());
    expect(market.assetIndex("BTC")).toBe(1);
    for (const id of ["XRP", "__proto__", "constructor", ""]) {
      expect([market.assetIndex(id), market.instrumentIndex(id), market.factorIndex(id)]).toEqual([-1, -1, -1]);
    }
  });

  test("has a hash that every fact of it changes", () => {
    const changes: ((m: SmallMarket) => void)[] = [
      () => {},
      (m) => (m.asOf = "2026-03-01T12:00:01Z"),
      (m) => (m.prices[0]!.index = 50_000.01),
      (m) => (m.prices[0]!.time = "2026-03-01T11:59:01Z"),
      (m) => (m.prices[3]!.mark = 50_101),
      (m) => (m.prices[3]!.fundingRate = 0.0001),
      (m) => (m.prices[5]!.impliedVol = 0.61),
      (m) => delete m.prices[5]!.impliedVol,
      (m) => delete m.prices[5]!.forward,
      (m) => (m.instruments[1]!.multiplier = 100),
      (m) => (m.assets[3]!.decimals = 18),
      (m) => (m.exposures = [{ of: "USDC", to: {} }]),
      (m) => (m.history = { in: "USD", interval: "PT1H" }),
    ];
    const hashes = changes.map((change) => changed(change).hash);
    expect(new Set(hashes).size).toBe(changes.length);
    expect(parseMarket(smallMarket()).hash).toBe(hashes[0]);
  });

  test("may have no assets at all, and its numeraire need not be one", () => {
    const market = parseMarket({
      schema: "margrave/market/1",
      asOf: "2026-01-01T00:00Z",
      numeraire: "USD",
      assets: [],
    });
    expect([market.assets.length, market.factors.length]).toEqual([0, 0]);
  });

  test("is not to be written to", () => {
    const market = parseMarket(smallMarket());
    for (const part of [
      market,
      market.assets,
      market.assets[2],
      market.assets[2]?.peg,
      market.instruments,
      market.prices,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe("what a venue says besides prices", () => {
  const stated = (of: string, state: unknown) => {
    const document = smallMarket();
    for (const entry of document.prices) if (entry.of === of) entry.state = state;
    return document;
  };

  test("is kept by asset or instrument and by name, and part of the market's hash", () => {
    const market = parseMarket(stated("BTC", { stable: "49999.5", deposits: 12 }));
    expect(market.states.get("BTC")).toEqual({ stable: 49_999.5, deposits: 12 });
    expect(market.states.has("USDC")).toBe(false);
    expect(market.hash).not.toBe(parseMarket(smallMarket()).hash);
    expect(parseMarket(stated("BTC-PERP", { skew: -2 })).states.get("BTC-PERP")).toEqual({ skew: -2 });
  });

  test("is refused, by path, where it is no number", () => {
    expect(pathOf(() => parseMarket(stated("BTC", { deposits: "many" })))).toBe("prices[0].state.deposits");
  });
});

describe("a market is refused, by path,", () => {
  test.each([0, -0, -1, Number.NaN, Infinity, -Infinity, "0", "-1", "NaN", null, 2 ** 60])(
    "where a price is %s",
    (bad) => {
      expect(pathAfter((m) => (m.prices[0]!.index = bad))).toBe("prices[0].index");
      expect(pathAfter((m) => (m.prices[1]!.bid = bad))).toBe("prices[1].bid");
      expect(pathAfter((m) => (m.prices[3]!.mark = bad))).toBe("prices[3].mark");
    },
  );

  test("where an asset's price lacks its index", () => {
    expect(pathAfter((m) => delete m.prices[0]!.index)).toBe("prices[0].index");
  });

  test("where a price is of, or in, something it does not know", () => {
    expect(pathAfter((m) => (m.prices[0]!.of = "XRP"))).toBe("prices[0].of");
    expect(pathAfter((m) => (m.prices[2]!.in = "XRP"))).toBe("prices[2].in");
    expect(pathAfter((m) => (m.prices[2]!.in = "DUST"))).toBe("prices[2].in");
  });

  test("where a chain of prices runs in a circle", () => {
    expect(pathAfter((m) => (m.prices[0]!.in = "STBTC"))).toMatch(/^prices\[[02]\]\.in$/);
    expect(pathAfter((m) => (m.prices[0]!.in = "BTC"))).toBe("prices[0].in");
    expect(pathAfter((m) => (m.prices[1]!.in = "USDC@base"))).toBe("prices[1].in");
  });

  test("where the numeraire is given a price", () => {
    expect(pathAfter((m) => (m.prices[0]!.of = "USD"))).toBe("prices[0].of");
  });

  test("where a price is later than the market", () => {
    expect(pathAfter((m) => (m.prices[0]!.time = "2026-03-01T12:00:01Z"))).toBe("prices[0].time");
  });

  test("where a chained price leaves the range of f64", () => {
    expect(
      pathAfter((m) => {
        m.prices[0]!.index = "1e200";
        m.prices[2]!.index = "1e200";
      }),
    ).toBe("prices[2].index");
  });

  test("where ids come twice", () => {
    expect(pathAfter((m) => m.assets.push({ id: "BTC" }))).toBe("assets[6].id");
    expect(pathAfter((m) => (m.instruments[1]!.id = "BTC-PERP"))).toBe("instruments[1].id");
    expect(pathAfter((m) => (m.instruments[1]!.id = "BTC"))).toBe("instruments[1].id");
    expect(pathAfter((m) => m.prices.push({ of: "BTC", in: "USD", index: 1 }))).toBe("prices[6].of");
    expect(
      pathAfter(
        (m) =>
          (m.exposures = [
            { of: "BTC", to: {} },
            { of: "BTC", to: {} },
          ]),
      ),
    ).toBe("exposures[1].of");
  });

  test("where an asset is, or is pegged to, what is not there or itself", () => {
    expect(pathAfter((m) => (m.assets[3]!.is = "USDX"))).toBe("assets[3].is");
    expect(pathAfter((m) => (m.assets[2]!.is = "USDC@base"))).toMatch(/^assets\[[23]\]\.is$/);
    expect(pathAfter((m) => (m.assets[2]!.peg = { to: "XRP", ratio: 1 }))).toBe("assets[2].peg.to");
    expect(pathAfter((m) => (m.assets[2]!.peg = { to: "USDC", ratio: 1 }))).toBe("assets[2].peg.to");
    expect(pathAfter((m) => (m.assets[2]!.peg = { to: "USD", ratio: 0 }))).toBe("assets[2].peg.ratio");
  });

  test("where an instrument does not fit its kind", () => {
    expect(pathAfter((m) => (m.instruments[0]!.expiry = "2026-06-26T08:00:00Z"))).toBe("instruments[0].expiry");
    expect(pathAfter((m) => delete m.instruments[1]!.expiry)).toBe("instruments[1].expiry");
    expect(pathAfter((m) => (m.instruments[1]!.strike = 1))).toBe("instruments[1].strike");
    expect(pathAfter((m) => delete m.instruments[2]!.strike)).toBe("instruments[2].strike");
    expect(pathAfter((m) => (m.instruments[0]!.kind = "swap"))).toBe("instruments[0].kind");
    expect(pathAfter((m) => (m.instruments[0]!.payoff = "quanto"))).toBe("instruments[0].payoff");
    expect(pathAfter((m) => (m.instruments[0]!.settle = "XRP"))).toBe("instruments[0].settle");
    expect(pathAfter((m) => (m.instruments[0]!.multiplier = 0))).toBe("instruments[0].multiplier");
  });

  test("where a key is unknown or reaches a prototype", () => {
    expect(pathAfter((m) => Object.assign(m, { haircut: 0.1 }))).toBe("haircut");
    expect(pathAfter((m) => (m.assets[1]!.haircut = 0.1))).toBe("assets[1].haircut");
    const hostile = JSON.stringify(smallMarket()).replace('"id":"BTC"', '"id":"BTC","__proto__":{"is":"USD"}');
    expect(pathOf(() => parseMarket(JSON.parse(hostile)))).toBe("assets[1].__proto__");
    const exposures = JSON.parse('[{"of":"BTC","to":{"__proto__":1}}]');
    expect(pathAfter((m) => (m.exposures = exposures))).toBe("exposures[0].to.__proto__");
  });

  test("where a price kind of an instrument is one that no model reads", () => {
    const document = smallMarket();
    document.prices[3]!.bid = 50_000;
    const error = failure(() => parseMarket(document));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.path).toBe("prices[3].bid");
    expect(pathAfter((m) => (m.prices[3]!.in = "USD"))).toBe("prices[3].in");
    expect(pathAfter((m) => (m.prices[0]!.mark = 1))).toBe("prices[0].mark");
  });

  test("where a quote of an option is given to what is none, or is out of range", () => {
    expect(pathAfter((m) => (m.prices[4]!.impliedVol = 0.5))).toBe("prices[4].impliedVol");
    expect(pathAfter((m) => (m.prices[3]!.forward = "BTC-JUN"))).toBe("prices[3].forward");
    expect(pathAfter((m) => (m.prices[5]!.impliedVol = -0.5))).toBe("prices[5].impliedVol");
    expect(pathAfter((m) => (m.prices[5]!.forward = "BTC"))).toBe("prices[5].forward");
    expect(pathAfter((m) => (m.prices[5]!.mark = -0.01))).toBe("prices[5].mark");
    expect(pathAfter((m) => (m.prices[4]!.mark = 0))).toBe("prices[4].mark");
  });

  test("where an exposure is to the numeraire, of something unknown, or no number", () => {
    expect(pathAfter((m) => (m.exposures = [{ of: "USDC", to: { USD: 1 } }]))).toBe("exposures[0].to.USD");
    expect(pathAfter((m) => (m.exposures = [{ of: "XRP", to: {} }]))).toBe("exposures[0].of");
    expect(pathAfter((m) => (m.exposures = [{ of: "BTC", to: { BTC: Number.NaN } }]))).toBe("exposures[0].to.BTC");
  });

  test("where it is no market at all", () => {
    for (const value of [null, [], "market", 1, undefined]) expect(pathOf(() => parseMarket(value))).toBe("document");
    expect(pathAfter((m) => (m.schema = "margrave/market/2"))).toBe("schema");
    expect(pathAfter((m) => (m.asOf = "2026-03-01T12:00:00"))).toBe("asOf");
    expect(pathAfter((m) => (m.history = { in: "USD", interval: "P1M" }))).toBe("history.interval");
  });
});

describe("a price history", () => {
  const hour = 3_600_000;
  const good = () => ({
    times: [0, hour, 3 * hour],
    columns: ["BTC", "ETH"],
    closes: Float64Array.of(1, 2, 3, 4, Number.NaN, 6),
    interval: hour,
    in: "USD",
  });

  test("is copied column by column, gaps and jumps in time included", () => {
    const given = good();
    const history = parseHistory(given);
    given.closes[0] = 99;
    expect([...history.times]).toEqual([0, hour, 3 * hour]);
    expect([...history.closes]).toEqual([1, 2, 3, 4, Number.NaN, 6]);
    expect(parseHistory({ ...good(), closes: [1, 2, 3, 4, Number.NaN, 6] }).hash).toBe(history.hash);
    expect(parseHistory({ ...good(), in: "EUR" }).hash).not.toBe(history.hash);
  });

  test("may be empty", () => {
    expect(parseHistory({ times: [], columns: [], closes: [], interval: 1, in: "USD" }).times.length).toBe(0);
  });

  test.each([
    ["unsorted dates", { times: [0, 2 * hour, hour] }, "history.times[2]"],
    ["duplicate dates", { times: [0, hour, hour] }, "history.times[2]"],
    ["dates closer than the interval", { times: [0, hour, hour + 1] }, "history.times[2]"],
    ["a date that is no number", { times: [0, Number.NaN, hour] }, "history.times[1]"],
    ["a price of zero", { closes: [1, 2, 3, 0, 5, 6] }, "history.closes[3]"],
    ["a price of minus zero", { closes: [1, 2, 3, -0, 5, 6] }, "history.closes[3]"],
    ["a negative price", { closes: [1, -2, 3, 4, 5, 6] }, "history.closes[1]"],
    ["an infinite price", { closes: [1, 2, 3, 4, 5, Infinity] }, "history.closes[5]"],
    ["a close that is a string", { closes: ["1", 2, 3, 4, 5, 6] }, "history.closes[0]"],
    ["too few closes", { closes: [1, 2, 3] }, "history.closes"],
    ["a column twice", { columns: ["BTC", "BTC"] }, "history.columns[1]"],
    ["an interval of zero", { interval: 0 }, "history.interval"],
    ["a key too many", { close: [] }, "history.close"],
  ])("is refused with %s", (_, change, path) => {
    expect(pathOf(() => parseHistory({ ...good(), ...(change as object) }))).toBe(path);
  });

  test("is refused with a column that is all gaps", () => {
    const error = failure(() => parseHistory({ ...good(), closes: [1, 2, 3, Number.NaN, Number.NaN, Number.NaN] }));
    expect(error).toBeInstanceOf(InsufficientDataError);
    expect(error.path).toBe("history.columns[1]");
  });
});

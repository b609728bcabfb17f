import { describe, expect, test } from "vitest";
import { change } from "../../src/book/change.js";
import { packBook } from "../../src/book/pack-book.js";
import { packColumns } from "../../src/book/pack-columns.js";
import { fixed } from "../../src/covariance/fixed.js";
import { sample } from "../../src/covariance/sample.js";
import { studentT } from "../../src/distribution.js";
import { Engine } from "../../src/engine.js";
import { InsufficientDataError, InvalidInputError, UnsupportedError } from "../../src/errors.js";
import { liquidation } from "../../src/liquidation/liquidation.js";
import type { History } from "../../src/market/market.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { backtest } from "../../src/models/backtest.js";
import { collateral } from "../../src/models/collateral.js";
import { historical } from "../../src/models/historical.js";
import { isolated } from "../../src/models/isolated.js";
import { STATUSES } from "../../src/models/model.js";
import { parametric } from "../../src/models/parametric.js";
import { decomposePool } from "../../src/models/pool-decomposition.js";
import { parseRule } from "../../src/models/rule.js";
import { byAccount, totals } from "../../src/models/totals.js";
import { historyMargin, monteCarlo, type Points } from "../../src/numerics/index.js";
import { delta } from "../../src/options/delta.js";
import { deltaGamma } from "../../src/options/delta-gamma.js";
import { optionGreeks } from "../../src/options/greeks.js";
import { optionPrice } from "../../src/options/price.js";
import type { VolatilitySource } from "../../src/options/quotes.js";
import { revaluation } from "../../src/options/revaluation.js";
import { volatilitySurface } from "../../src/options/surface.js";
import { surfaceSource } from "../../src/options/surface-source.js";
import { sviSlice } from "../../src/options/svi.js";
import { normalDistribution } from "../../src/stats.js";
import { builds } from "../support/builds.js";
import { deskHistory } from "../support/desk.js";
import { failure } from "../support/errors.js";
import { hasModel, modelDocument } from "../support/model-documents.js";
import { numericsOn } from "../support/numerics-builds.js";
import { optionsOn } from "../support/options-builds.js";
import { tolerance } from "../support/tolerance.js";

const [build] = builds;
if (build === undefined) throw new Error("no build");
const engine = new Engine(build, MAXIMUM_BYTES);
optionsOn(engine.memory);
numericsOn(engine.memory);

const AS_OF = "2026-11-20T08:00:00Z";
const EXPIRY = "2026-12-25T08:00:00Z";

interface Facts {
  assets: Record<string, unknown>[];
  prices: Record<string, unknown>[];
  instruments: Record<string, unknown>[];
  exposures?: Record<string, unknown>[];
}

/** A coin at 100 with a dated future, and two options on it: a call in coin on the future, a put in dollars on the index. */
function facts(): Facts {
  const contract = { underlying: "BTC", multiplier: 1 };
  return {
    assets: [{ id: "USD" }, { id: "USDC" }, { id: "BTC" }, { id: "ETH" }],
    prices: [
      { of: "USDC", in: "USD", index: 1 },
      { of: "BTC", in: "USD", index: 100 },
      { of: "ETH", in: "USD", index: 10 },
      { of: "FUT", mark: 104 },
      { of: "ETH-FUT", mark: 10 },
      { of: "CALL", mark: 0.05, impliedVol: 0.5, forward: "FUT" },
      { of: "PUT", mark: 4, impliedVol: 0.6 },
    ],
    instruments: [
      { id: "FUT", kind: "future", payoff: "inverse", ...contract, quote: "USD", settle: "BTC", expiry: EXPIRY },
      { id: "ETH-FUT", kind: "perpetual", payoff: "linear", underlying: "ETH", quote: "USD", settle: "USD" },
      {
        ...{ id: "CALL", kind: "option", payoff: "inverse", ...contract, quote: "BTC", settle: "BTC" },
        ...{ expiry: EXPIRY, strike: 110, right: "call" },
      },
      {
        ...{ id: "PUT", kind: "option", payoff: "linear", ...contract, quote: "USDC", settle: "USDC", multiplier: 10 },
        ...{ expiry: EXPIRY, strike: 95, right: "put" },
      },
    ],
    exposures: [{ of: "USDC", to: {} }],
  };
}

const marketOf = (document: Facts) =>
  parseMarket({ schema: "margrave/market/1", asOf: AS_OF, numeraire: "USD", ...document });

const position = (instrument: string, quantity: number, entryPrice = 1) => ({
  id: `${instrument} ${quantity}`,
  instrument,
  quantity,
  entryPrice,
});

const pools = {
  call: { balances: [{ asset: "BTC", quantity: 2 }], positions: [position("CALL", 4)] },
  short: { balances: [{ asset: "USD", quantity: 500 }], positions: [position("PUT", -1), position("FUT", 300, 100)] },
  none: { balances: [{ asset: "BTC", quantity: 1 }], positions: [] },
};

const MOVES = [0.1, -0.2, 0.05, -0.1, 0.3, 0, -0.3, 0.15, -0.05, 0.2];
const history = deskHistory({ BTC: MOVES, ETH: MOVES.map((move) => -move) });

const rule = parseRule({
  ...{ schema: "margrave/rule/1", id: "r", model: "collateral", effective: "2026-01-01", source: "the suite" },
  ...{ breach: "<", price: { assets: "index", liabilities: "index" }, maxPriceAge: "PT1H" },
  assets: {
    USD: { initial: 1, maintenance: 1 },
    USDC: { initial: 1, maintenance: 1 },
    BTC: { initial: 0.8, maintenance: 0.9 },
  },
  instruments: [
    { match: { kind: "option" }, initial: 0.2, maintenance: 0.1 },
    { match: {}, initial: 0.1, maintenance: 0.05 },
  ],
});

interface Desk {
  readonly change?: (facts: Facts) => unknown;
  readonly pools?: Readonly<Record<string, object>>;
  readonly onInvalid?: "throw" | "collect";
  readonly history?: History | null;
}

function withDesk<T>(desk: Desk, work: (book: ReturnType<Engine["loadBook"]>) => T): T {
  const document = facts();
  desk.change?.(document);
  const market = marketOf(document);
  const resident = engine.loadMarket(market, desk.history === null ? {} : { history: desk.history ?? history });
  const accounts = [
    { id: "desk" },
    { id: "desk/a", parent: "desk", pools: Object.entries(desk.pools ?? pools).map(([id, pool]) => ({ id, ...pool })) },
  ];
  const documents = { schema: "margrave/accounts/1", asOf: AS_OF, accounts };
  const book = engine.loadBook(packBook(documents, market, { onInvalid: desk.onInvalid ?? "throw" }), resident);
  try {
    return work(book);
  } finally {
    book.dispose();
    resident.dispose();
    expect(engine.memory.kept).toBe(0);
  }
}

const hour = { holdingPeriod: "PT1H", lookback: null, confidence: 0.8 } as const;
const models = {
  delta: historical({ ...hour, options: delta() }),
  deltaGamma: historical({ ...hour, options: deltaGamma() }),
  revaluation: historical({ ...hour, options: revaluation() }),
  parametric: parametric({ ...hour, covariance: sample(), options: delta() }),
  collateral: collateral(rule, { options: delta() }),
} as const;

describe("a book with options", () => {
  test("is worth its options' marks in full, whatever was paid for them", () => {
    withDesk({}, (book) => {
      for (const model of Object.values(models)) {
        const { equity, status } = engine.margin(book, model as typeof models.delta);
        expect([...equity], model.name).toEqual([220, 500 - 40 + 300 * (1 / 100 - 1 / 104) * 100, 100]);
        expect([...status]).toEqual([0, 0, 0]);
      }
    });
  });

  test("is refused by path by a model that is not told how to take them", () => {
    withDesk({}, (book) => {
      for (const model of [historical(hour), parametric({ ...hour, covariance: sample() }), collateral(rule)]) {
        const error = failure(() => engine.margin(book, model as typeof models.delta));
        expect(error, model.name).toBeInstanceOf(UnsupportedError);
        expect(error.path).toBe("accounts[1].pools[0].positions[0]");
      }
      expect(failure(() => liquidation(book, rule)).path).toBe("accounts[1].pools[0].positions[0]");
      for (const model of [models.deltaGamma, models.revaluation]) {
        expect(failure(() => backtest(book, model, { window: 5 })).path).toBe("accounts[1].pools[0].positions[0]");
      }
    });
  });

  test("says in its notes and parameters how they are taken, and nothing where no pool holds any", () => {
    withDesk({}, (book) => {
      for (const [name, model] of Object.entries(models)) {
        const { notes, parameters } = engine.margin(book, model as typeof models.delta).meta;
        expect(notes.filter((note) => note.startsWith("options are worth their marks")).length, name).toBe(1);
        expect(parameters.options).toMatch(/^(delta|deltaGamma|revaluation)\(rate=0,missingVolatility=error/);
      }
    });
    withDesk({ pools: { none: pools.none } }, (book) => {
      const plain = engine.margin(book, historical(hour));
      const told = engine.margin(book, models.revaluation);
      expect(told.meta.notes).toEqual(plain.meta.notes);
      expect([...told.valueAtRisk]).toEqual([...plain.valueAtRisk]);
    });
  });

  test("loses in a fall what repricing says, and no more than a long option is worth", () => {
    const long = { long: { balances: [{ asset: "USD", quantity: 1 }], positions: [position("PUT", 2)] } };
    withDesk({ pools: long }, (book) => {
      const result = engine.margin(book, models.revaluation);
      const { pnl } = result.detail("long");
      const price = (forward: number) =>
        optionPrice(engine, { type: "put", forward, strike: 95, years: 35 / 365, volatility: 0.6 });
      MOVES.forEach((move, t) => {
        const expected = 20 * (price(100 * (1 + move)) - price(100));
        expect(Math.abs((pnl[t] ?? Number.NaN) - expected)).toBeLessThanOrEqual(tolerance.optionBook * 20 * 100);
      });
      expect(result.valueAtRisk[0]).toBeGreaterThan(0);
      expect(result.valueAtRisk[0]).toBeLessThan(20 * price(100));
      // To first order the rise of 30 % would lose more than there is.
      expect(engine.margin(book, models.delta).valueAtRisk[0]).toBeGreaterThan(result.valueAtRisk[0] ?? Infinity);
    });
  });

  test("has the same bits in parts as in one", () => {
    withDesk({}, (book) => {
      for (const model of [models.delta, models.revaluation]) {
        const whole = engine.margin(book, model);
        for (const row of [0, 1, 2]) {
          const part = engine.margin(book, model, { from: row, to: row + 1 });
          expect([part.valueAtRisk[0], part.expectedShortfall[0]]).toEqual([
            whole.valueAtRisk[row],
            whole.expectedShortfall[row],
          ]);
        }
      }
    });
  });

  test("follows a market that is repriced", () => {
    withDesk({}, (book) => {
      const before = engine.margin(book, models.revaluation);
      const other = facts();
      other.prices[6]!.impliedVol = 0.9;
      other.prices[6]!.mark = 6;
      book.market.reprice(marketOf(other));
      const after = engine.margin(book, models.revaluation);
      expect((before.equity[1] ?? 0) - (after.equity[1] ?? 0)).toBeCloseTo(20, 9);
      expect(after.valueAtRisk[1]).not.toBe(before.valueAtRisk[1]);
      expect(after.valueAtRisk[0]).toBe(before.valueAtRisk[0]);
    });
  });

  test("as columns is the book of its document", () => {
    const market = marketOf(facts());
    const [btc, usd] = [market.assetIndex("BTC"), market.assetIndex("USD")];
    const [call, put, future] = ["CALL", "PUT", "FUT"].map((id) => market.instrumentIndex(id)) as [
      number,
      number,
      number,
    ];
    const columns = packColumns(
      {
        holdingStart: [0, 1, 2, 3],
        holdingAsset: [btc, usd, btc],
        holdingQuantity: [2, 500, 1],
        positionStart: [0, 1, 3, 3],
        positionInstrument: [call, put, future],
        positionQuantity: [4, -1, 300],
        positionEntry: [1, 1, 100],
      },
      market,
    );
    withDesk({}, (book) => {
      const other = engine.loadBook(columns, book.market);
      for (const model of Object.values(models)) {
        const [a, b] = [book, other].map((one) => engine.margin(one, model as typeof models.delta));
        expect([...(b?.equity ?? [])]).toEqual([...(a?.equity ?? [])]);
        expect([...(b?.requirement.maintenance ?? [])]).toEqual([...(a?.requirement.maintenance ?? [])]);
      }
      other.dispose();
    });
  });

  test.skipIf(!hasModel)("of the data model's text margins its option", () => {
    const market = parseMarket(modelDocument("market"));
    const resident = engine.loadMarket(market);
    const accounts = modelDocument("accounts") as {
      links?: unknown;
      accounts: { pools?: { id: string; rule: string }[] }[];
    };
    delete accounts.links;
    const book = engine.loadBook(packBook(accounts, market), resident);
    const document = { ...modelDocument("rule"), ignores: [] } as Record<string, unknown>;
    const row = book.packed.poolIndex("acme/basis/opt");
    const result = engine.margin(book, collateral(parseRule(document), { options: delta() }), {
      from: row,
      to: row + 1,
    });
    // Five calls short at 0.0262 BTC beside 1.5 BTC.
    expect(result.equity[0]).toBeCloseTo((1.5 - 5 * 0.0262) * 64_000, 6);
    const call = { type: "call", forward: 64_650, strike: 70_000, years: 35 / 365, volatility: 0.52 } as const;
    const unit = 1e-4;
    const slope =
      (optionPrice(engine, { ...call, forward: 64_650 + unit }) -
        optionPrice(engine, { ...call, forward: 64_650 - unit })) /
      (2 * unit);
    expect(result.requirement.initial?.[0]).toBeCloseTo(0.05 * 5 * slope * 64_650, 2);
    book.dispose();
    resident.dispose();
  });
});

describe("an option that cannot be valued", () => {
  const spoilt: readonly (readonly [string, (facts: Facts) => unknown, string])[] = [
    ["that has no mark", (f) => delete f.prices[6]!.mark, "mark of PUT"],
    ["that has no volatility", (f) => delete f.prices[6]!.impliedVol, "implied volatility of PUT"],
    ["that expires now", (f) => (f.instruments[3]!.expiry = AS_OF), "millisecond to the expiry of PUT"],
    [
      "that has expired",
      (f) => (f.instruments[3]!.expiry = "2026-11-20T07:00:00Z"),
      "millisecond to the expiry of PUT",
    ],
    ["whose underlying has no price", (f) => f.prices.splice(1, 1), "price of BTC"],
    ["whose forward is on something else", (f) => (f.prices[6]!.forward = "ETH-FUT"), "as the forward of PUT"],
    ["whose forward is an option", (f) => (f.prices[6]!.forward = "CALL"), "future or perpetual on BTC"],
    ["whose forward is in another money", (f) => (f.prices[6]!.forward = "FUT"), "forward of PUT in USDC"],
  ];

  test.each(spoilt)("%s is refused by name, and fails its pool alone where faults are collected", (_, change, what) => {
    const some = {
      fine: { balances: [{ asset: "USD", quantity: 1 }] },
      bad: { balances: [{ asset: "USD", quantity: 1 }], positions: [position("PUT", 1)] },
    };
    withDesk({ change, pools: some }, (book) => {
      for (const model of [models.delta, models.revaluation, models.parametric, models.collateral]) {
        const error = failure(() => engine.margin(book, model as typeof models.delta));
        expect(error, model.name).toBeInstanceOf(InsufficientDataError);
        expect(error.path).toMatch(/^accounts\[1\]\.pools\[1\]/);
        expect(error.message, model.name).toContain(what);
        expect([...engine.margin(book, model as typeof models.delta, { from: 0, to: 1 }).status]).toEqual([0]);
      }
    });
    withDesk({ change, pools: some, onInvalid: "collect" }, (book) => {
      for (const model of Object.values(models)) {
        const result = engine.margin(book, model as typeof models.delta);
        expect(
          Array.from(result.status, (s) => STATUSES[s]),
          model.name,
        ).toEqual(["ok", "insufficientData"]);
        expect([result.equity[0], result.requirement.maintenance[1], result.excess.maintenance[1]]).toEqual([
          1,
          Infinity,
          -Infinity,
        ]);
        for (const column of [result.equity, result.eligible.maintenance, result.healthFactor]) {
          expect([...column].some(Number.isNaN), model.name).toBe(false);
        }
      }
    });
  });

  const odd: readonly (readonly [string, (facts: Facts) => unknown, string])[] = [
    ["that may be exercised early", (f) => (f.instruments[3]!.exercise = "american"), "exercised early"],
    ["that settles in another asset", (f) => (f.instruments[3]!.settle = "USD"), "another asset than it settles in"],
    [
      "that is inverse in another coin",
      (f) => Object.assign(f.instruments[2]!, { quote: "ETH", settle: "ETH" }),
      "does not settle in its underlying",
    ],
  ];

  test.each(odd)("%s is not supported, by its path", (_, change, what) => {
    const both = { balances: [{ asset: "USD", quantity: 1 }], positions: [position("CALL", 1), position("PUT", 1)] };
    const place = what.includes("underlying") ? 0 : 1;
    withDesk({ change, pools: { fine: pools.none, bad: both } }, (book) => {
      for (const model of Object.values(models)) {
        const error = failure(() => engine.margin(book, model as typeof models.delta));
        expect(error, model.name).toBeInstanceOf(UnsupportedError);
        expect(error.path).toBe(`accounts[1].pools[1].positions[${place}]`);
        expect(error.message, model.name).toContain(what);
      }
    });
    withDesk({ change, pools: { fine: pools.none, bad: both }, onInvalid: "collect" }, (book) => {
      for (const model of Object.values(models)) {
        const result = engine.margin(book, model as typeof models.delta);
        expect(
          Array.from(result.status, (s) => STATUSES[s]),
          model.name,
        ).toEqual(["ok", "unsupported"]);
      }
    });
  });

  test("takes its volatility from a surface where the market has none, asked at its own forward", () => {
    const asked: unknown[] = [];
    const surface = {
      key: "flat 0.6",
      volatility: (_: unknown, query: unknown) => {
        asked.push(query);
        return 0.6;
      },
    };
    const quoted = withDesk({}, (book) => [...engine.margin(book, models.revaluation).valueAtRisk]);
    const change = (f: Facts) => delete f.prices[6]!.impliedVol;
    withDesk({ change }, (book) => {
      const result = engine.margin(book, historical({ ...hour, options: revaluation({ missingVolatility: surface }) }));
      expect([...result.valueAtRisk]).toEqual(quoted);
      expect(result.meta.notes).toContain("volatilities that are not quoted are those of flat 0.6");
    });
    expect(asked).toEqual([{ underlying: "BTC", forward: 100, strike: 95, years: 35 / 365 }]);
    const none = { key: "empty", volatility: () => Number.NaN };
    withDesk({ change }, (book) => {
      const model = historical({ ...hour, options: delta({ missingVolatility: none }) });
      expect(failure(() => engine.margin(book, model)).message).toContain("volatility of PUT on the surface empty");
    });
  });

  test("takes its volatility from the surface of its underlying, and lacks one where that ends", () => {
    const smile = sviSlice({ a: 0.6 ** 2 * (35 / 365), b: 0, rho: 0, m: 0, sigma: 0.1 });
    const surface = volatilitySurface({ expiries: [{ years: 35 / 365, smile }], strikes: "flat", beyond: "refuse" });
    const quoted = withDesk({}, (book) => engine.margin(book, models.revaluation).valueAtRisk[1] ?? 0);
    const change = (f: Facts) => delete f.prices[6]!.impliedVol;
    const model = (missingVolatility: VolatilitySource) =>
      historical({ ...hour, options: revaluation({ missingVolatility }) });
    withDesk({ change }, (book) => {
      const result = engine.margin(book, model(surfaceSource("SVI", { BTC: surface })));
      const error = Math.abs((result.valueAtRisk[1] ?? Number.NaN) - quoted);
      expect(error).toBeLessThanOrEqual(tolerance.optionFromMark * Math.abs(quoted));
      expect(result.meta.parameters.options).toContain("missingVolatility=SVI");
      const other = failure(() => engine.margin(book, model(surfaceSource("ETH only", { ETH: surface }))));
      expect(other.message).toContain("volatility of PUT on the surface ETH only");
    });
    const later = (f: Facts) => {
      change(f);
      f.instruments[3]!.expiry = "2027-01-29T08:00:00Z";
    };
    withDesk({ change: later }, (book) => {
      const error = failure(() => engine.margin(book, model(surfaceSource("SVI", { BTC: surface }))));
      expect(error).toBeInstanceOf(InsufficientDataError);
      expect(error.message).toContain("volatility of PUT on the surface SVI");
    });
    expect(failure(() => surfaceSource("", { BTC: surface })).path).toBe("surfaceSource.name");
    expect(failure(() => surfaceSource("x", { BTC: {} as never })).path).toBe("surfaceSource.surfaces.BTC");
  });

  test("takes its volatility from its mark where it is told to, and only where the mark has one", () => {
    const call = { type: "call", forward: 104, strike: 110, years: 35 / 365, volatility: 0.5 } as const;
    const put = { type: "put", forward: 100, strike: 95, years: 35 / 365, volatility: 0.6 } as const;
    const priced = (f: Facts) => {
      f.prices[5]!.mark = optionPrice(engine, call) / 104;
      f.prices[6]!.mark = optionPrice(engine, put);
    };
    const unquoted = (f: Facts) => {
      priced(f);
      for (const price of f.prices) delete price.impliedVol;
    };
    const model = historical({ ...hour, options: revaluation({ missingVolatility: "mark" }) });
    const quoted = withDesk({ change: priced }, (book) => [...engine.margin(book, model).valueAtRisk]);
    withDesk({ change: unquoted }, (book) => {
      const result = engine.margin(book, model);
      for (const [p, valueAtRisk] of quoted.entries()) {
        const error = Math.abs((result.valueAtRisk[p] ?? Number.NaN) - valueAtRisk);
        expect(error).toBeLessThanOrEqual(tolerance.optionFromMark * Math.abs(valueAtRisk));
      }
      expect(result.meta.notes).toContain("volatilities that are not quoted are those of the marks");
    });
    for (const [mark, status] of [
      [0, "atIntrinsic"],
      [96, "aboveUpperBound"],
    ] as const) {
      const change = (f: Facts) => {
        unquoted(f);
        f.prices[6]!.mark = mark;
      };
      withDesk({ change }, (book) => {
        const error = failure(() => engine.margin(book, model));
        expect(error).toBeInstanceOf(InsufficientDataError);
        expect(error.message).toContain(`volatility of the mark of PUT (${status})`);
      });
    }
  });

  test("stops a revaluation whose move takes its forward or its volatility below zero", () => {
    const change = (f: Facts) =>
      (f.exposures = [
        { of: "USDC", to: {} },
        { of: "FUT", to: { BTC: 4 } },
      ]);
    withDesk({ change }, (book) => {
      const error = failure(() => engine.margin(book, models.revaluation));
      expect(error).toBeInstanceOf(UnsupportedError);
      expect([error.path, error.message.includes("below zero")]).toEqual(["CALL", true]);
      expect(engine.margin(book, models.deltaGamma).status[0]).toBe(0);
    });
    withDesk({}, (book) => {
      const model = historical({ ...hour, options: revaluation({ volatilityBeta: -4 }) });
      expect(failure(() => engine.margin(book, model))).toBeInstanceOf(UnsupportedError);
    });
  });
});

describe("the choice of a treatment", () => {
  test("is checked where the model is made", () => {
    const wrong: readonly (readonly [string, () => unknown])[] = [
      ["historical.options", () => historical({ options: {} as never })],
      ["historical.options", () => historical({ options: "delta" as never })],
      ["historical.options", () => historical({ options: delta(), ignores: ["options"] })],
      ["parametric.options", () => parametric({ options: revaluation() })],
      ["collateral.options", () => collateral(rule, { options: deltaGamma() })],
      ["collateral.options", () => collateral({ ...rule, ignores: ["options"] }, { options: delta() })],
      ["delta.rate", () => delta({ rate: Number.NaN })],
      ["delta.missingVolatility", () => delta({ missingVolatility: "guess" as never })],
      ["deltaGamma.volatilityBeta", () => deltaGamma({ volatilityBeta: 1 } as never)],
      ["revaluation.volatilityBeta", () => revaluation({ volatilityBeta: Infinity })],
    ];
    for (const [path, make] of wrong) {
      const error = failure(make);
      expect(error, path).toBeInstanceOf(InvalidInputError);
      expect(error.path).toBe(path);
    }
  });

  test("needs a history of what a forward moves with, of the options' own factors too", () => {
    const change = (f: Facts) =>
      (f.exposures = [
        { of: "USDC", to: {} },
        { of: "FUT", to: { BTC: 1, "BTC/FUT": 1 } },
      ]);
    const plain = withDesk({}, (other) => engine.margin(other, models.revaluation).valueAtRisk[0]);
    withDesk({ change }, (book) => {
      for (const model of [models.delta, models.revaluation]) {
        const error = failure(() => engine.margin(book, model));
        expect(error).toBeInstanceOf(InsufficientDataError);
        expect(error.message).toContain("BTC/FUT");
      }
      const dropped = engine.margin(book, historical({ ...hour, missing: "drop", options: revaluation() }));
      expect(dropped.missingFactors).toEqual(["BTC/FUT"]);
      expect(dropped.valueAtRisk[0]).toBe(plain);
    });
  });
});

describe("options to second order under normal moves", () => {
  /** One factor: the loss that Y = δx + ½γx² exceeds with the tail's probability, by bisection on the normal probability of it. */
  function exactLoss(exposure: number, curvature: number, deviation: number, alpha: number): number {
    const { cdf } = normalDistribution(engine);
    const below = (level: number) => {
      const root = exposure * exposure + 2 * curvature * level;
      if (root < 0) return curvature < 0 ? 1 : 0;
      const [a, b] = [-1, 1].map((sign) => (-exposure + sign * Math.sqrt(root)) / curvature) as [number, number];
      const inside = Math.abs(cdf(b / deviation) - cdf(a / deviation));
      return curvature > 0 ? inside : 1 - inside;
    };
    let [low, high] = [-1e4, 1e4];
    for (let i = 0; i < 200; i++) {
      const middle = (low + high) / 2;
      if (below(middle) < alpha) low = middle;
      else high = middle;
    }
    return -(low + high) / 2;
  }

  test.each([4, -4])("are the quadratic form's own: %s calls beside a coin", (quantity) => {
    const only = { a: { balances: [{ asset: "USD", quantity: 1 }], positions: [position("PUT", quantity)] } };
    withDesk({ pools: only }, (book) => {
      const covariance = fixed({ factors: ["BTC"], matrix: [[0.01]] });
      const settings = { ...hour, confidence: 0.99, covariance } as const;
      const model = parametric({ ...settings, options: deltaGamma() });
      const result = engine.margin(book, model);
      const put = { type: "put", forward: 100, strike: 95, years: 35 / 365, volatility: 0.6 } as const;
      const greeks = optionGreeks(engine, put);
      const [exposure, curvature] = [10 * quantity * greeks.delta * 100, 10 * quantity * greeks.gamma * 100 * 100];
      const expected = exactLoss(exposure, curvature, 0.1, 0.01);
      expect(Math.abs((result.valueAtRisk[0] ?? 0) / expected - 1)).toBeLessThan(tolerance.optionExact);
      const linear = engine.margin(book, parametric({ ...settings, options: delta() }));
      expect((result.valueAtRisk[0] ?? 0) > (linear.valueAtRisk[0] ?? 0)).toBe(quantity < 0);
      expect(result.meta.parameters.options).toContain("method=exact");
      for (const method of ["saddlepoint", "cornishFisher"] as const) {
        const other = engine.margin(book, parametric({ ...settings, options: deltaGamma({ method }) }));
        expect(Math.abs((other.valueAtRisk[0] ?? 0) / expected - 1)).toBeLessThan(tolerance.optionApproximate);
      }
      expect(failure(() => decomposePool(book, "a", model)).path).toBe("parametric.options");
      expect(failure(() => engine.explain(book, "a", model)).path).toBe("parametric.options");
      expect(failure(() => backtest(book, model, { window: 5 })).path).toBe("accounts[1].pools[0].positions[0]");
    });
  });

  test("scale with the holding period in the covariance, not in the tail", () => {
    withDesk({}, (book) => {
      const [one, four] = [1, 4].map((bars) =>
        engine.margin(
          book,
          parametric({
            ...{ holdingPeriod: `PT${bars}H`, options: deltaGamma() },
            covariance: fixed({ factors: ["BTC"], matrix: [[0.01 / bars]] }),
          }),
        ),
      );
      expect([...(four?.valueAtRisk ?? [])]).toEqual([...(one?.valueAtRisk ?? [])]);
      expect([...(four?.deviation ?? [])]).toEqual([...(one?.deviation ?? [])]);
      expect(one?.valueAtRisk[1]).toBeGreaterThan(0);
    });
  });

  test("leave pools without options as they are to first order, and need normal moves", () => {
    withDesk({}, (book) => {
      const settings = { ...hour, covariance: sample() } as const;
      const result = engine.margin(book, parametric({ ...settings, options: deltaGamma() }));
      const linear = engine.margin(book, parametric({ ...settings, options: delta() }));
      expect(result.valueAtRisk[2]).toBe(linear.valueAtRisk[2]);
      expect(result.valueAtRisk[0]).not.toBe(linear.valueAtRisk[0]);
      const part = engine.margin(book, parametric({ ...settings, options: deltaGamma() }), { from: 1, to: 3 });
      expect([...part.valueAtRisk]).toEqual([...result.valueAtRisk.subarray(1)]);
    });
    const wrong = failure(() => parametric({ distribution: studentT({ degreesOfFreedom: 4 }), options: deltaGamma() }));
    expect([wrong.path, wrong instanceof InvalidInputError]).toEqual(["parametric.distribution", true]);
    expect(failure(() => deltaGamma({ method: "guess" as never })).path).toBe("deltaGamma.method");
  });
});

describe("the views of a book with options", () => {
  test("explain every number by terms that sum to it", () => {
    withDesk({}, (book) => {
      for (const [name, model] of Object.entries(models)) {
        const result = engine.margin(book, model as typeof models.delta);
        for (const [row, id] of ["call", "short", "none"].entries()) {
          const { equity, requirement } = engine.explain(book, id, model);
          const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
          const held = sum(equity.map(({ value }) => value));
          const asked = sum(requirement.map(({ maintenance }) => maintenance));
          expect(Math.abs(held - (result.equity[row] ?? 0)), name).toBeLessThan(tolerance.optionBook * 1000);
          expect(Math.abs(asked - (result.requirement.maintenance[row] ?? 0)), name).toBeLessThan(
            tolerance.optionBook * 1000,
          );
        }
      }
      const names = engine.explain(book, "short", models.collateral).equity.map(({ name }) => name);
      expect(names).toEqual(["balance USD", "option PUT -1", "unsettled FUT 300"]);
    });
  });

  test("split risk by factor and line, what is beyond first order apart", () => {
    withDesk({}, (book) => {
      const { factors, lines } = decomposePool(book, "call", models.revaluation);
      expect(factors.names).toEqual(["BTC", "CALL beyond first order"]);
      expect(factors.exposure[1]).toBe(4);
      expect(lines.names).toEqual(["balance BTC", "position CALL 4"]);
      expect(decomposePool(book, "call", models.delta).factors.names).toEqual(["BTC"]);
    });
  });

  test("say what a trade of an option would do: at the mark nothing to equity", () => {
    withDesk({}, (book) => {
      for (const model of [models.delta, models.revaluation, models.collateral]) {
        const buy = change({
          positions: [
            { instrument: "CALL", quantity: 3 },
            { instrument: "PUT", quantity: 1 },
          ],
        });
        const { before, after } = engine.whatIf(book, "short", buy, model as typeof models.delta);
        expect(after.equity[0]).toBeCloseTo(before.equity[0] ?? 0, 9);
        expect(after.requirement.maintenance[0]).not.toBe(before.requirement.maintenance[0]);
      }
      expect(book.packed.options.get(1)?.length).toBe(1);
    });
  });

  test("margin each line alone, options as any other", () => {
    withDesk({}, (book) => {
      for (const model of [models.revaluation, models.collateral]) {
        const { requirement, status } = isolated(book, model);
        expect([...status]).toEqual([0, 0, 0]);
        expect(requirement.isolated.maintenance[1]).toBeGreaterThan(0);
        expect(requirement.isolated.maintenance[1]).toBeGreaterThanOrEqual(
          requirement.cross.maintenance[1] ?? Infinity,
        );
      }
    });
  });

  test("add up, and are tested against the past to first order", () => {
    withDesk({}, (book) => {
      const result = engine.margin(book, models.collateral);
      const equity = [...result.equity].reduce((sum, value) => sum + value, 0);
      expect(totals(book, result).equity).toBe(equity);
      expect(byAccount(book, result).get("desk")?.equity).toBe(equity);
      const { pools: tested } = backtest(book, models.delta, { window: 5 });
      expect(tested.map(({ status, tests }) => [status, tests])).toEqual([
        ["ok", 5],
        ["ok", 5],
        ["ok", 5],
      ]);
    });
  });

  test("call an option stale whose forward's price is too old", () => {
    const old = "2026-11-20T06:00:00Z";
    const spoil: readonly ((f: Facts) => unknown)[] = [
      (f) => (f.prices[3]!.time = old),
      (f) => (f.prices[5]!.time = old),
    ];
    const only = { a: { balances: [{ asset: "USD", quantity: 1 }], positions: [position("CALL", 1)] } };
    for (const change of [undefined, ...spoil]) {
      withDesk({ ...(change === undefined ? {} : { change }), pools: only }, (book) => {
        const { status } = engine.margin(book, models.collateral);
        expect(STATUSES[status[0] ?? 9]).toBe(change === undefined ? "ok" : "stalePrice");
      });
    }
  });
});

test.each([delta(), deltaGamma(), revaluation()])(
  "monteCarlo over each observed move once is historical, with options as $key",
  (options) => {
    const each: Points = {
      name: "each",
      parameters: {},
      dimensions: 1,
      count: MOVES.length,
      first: 0,
      fill: (memory, _, from, count, out) =>
        memory.write(
          out,
          Float64Array.from({ length: count }, (_, i) => (from + i + 0.5) / MOVES.length),
        ),
    };
    const simulated = monteCarlo({
      ...hour,
      options,
      covariance: sample(),
      margin: historyMargin(),
      source: each,
      paths: MOVES.length,
    });
    withDesk({}, (book) => {
      const [found, expected] = [engine.margin(book, simulated), engine.margin(book, historical({ ...hour, options }))];
      expect(found.valueAtRisk).toEqual(expected.valueAtRisk);
      for (const [row, loss] of expected.expectedShortfall.entries()) {
        const off = Math.abs((found.expectedShortfall[row] ?? Number.NaN) - loss);
        expect(off).toBeLessThanOrEqual(tolerance.poolSumRelative * Math.abs(loss));
      }
      const parts = decomposePool(book, 0, simulated);
      expect(parts.factors.valueAtRisk.total).toBe(expected.valueAtRisk[0]);
    });
  },
);

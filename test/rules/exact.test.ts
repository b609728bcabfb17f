import { describe, expect, it } from "vitest";
import { change } from "../../src/book/change.js";
import { packBook } from "../../src/book/pack-book.js";
import { packColumns } from "../../src/book/pack-columns.js";
import type { PackedBook } from "../../src/book/packed.js";
import { InvalidInputError, UnsupportedError } from "../../src/errors.js";
import type { Market } from "../../src/market/market.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { exactAccount } from "../../src/rules/exact.js";
import { digitsOf, exactDecimal, type Rational } from "../../src/rules/exact-number.js";
import { chainHealthFactor, MAX_UINT256 } from "../../src/rules/integers.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import type { ComposedRule } from "../../src/rules/rule.js";
import { referencePool } from "../reference/composed.js";
import { tolerance } from "../support/tolerance.js";

const AS_OF = "2026-11-25T08:00:00Z";
const SECONDS = Date.parse(AS_OF) / 1000;
const USD = 10n ** 8n;
const RAY = 10n ** 27n;
const DOWN_UP = { assets: "down", liabilities: "up" };

const prices = {
  WETH: { in: "USD", index: "2000.12345678", bid: 1999, ask: 2001, time: AS_OF },
  wstETH: { in: "WETH", index: "1.234567890123456789", time: "2026-11-25T06:00:00Z" },
  USDC: { in: "USD", index: 0.9999 },
};

function market(over: Readonly<Record<string, object>> = {}): Market {
  return parseMarket({
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: [
      { id: "USD", decimals: 2 },
      { id: "WETH", decimals: 18 },
      { id: "wstETH", decimals: 18 },
      { id: "USDC", decimals: 6 },
      { id: "USDC@base", is: "USDC", decimals: 6 },
      { id: "vague" },
    ],
    prices: Object.entries({ ...prices, vague: { in: "USD", index: 1 }, ...over }).map(([of, entry]) => ({
      of,
      ...entry,
    })),
    instruments: [
      { id: "perp", kind: "perpetual", payoff: "linear", underlying: "WETH", quote: "USDC", settle: "USDC" },
      { id: "spot", kind: "spot", payoff: "linear", underlying: "WETH", quote: "USDC", settle: "USDC" },
    ],
  });
}

function book(pool: object, over: Readonly<Record<string, object>> = {}): PackedBook {
  const pools = [{ id: "p", ...pool }];
  const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
  return packBook(accounts, market({ perp: { mark: 2000 }, ...over }));
}

/** As Aave rounds, unless `over` says otherwise. */
function rule(over: object = {}): ComposedRule {
  return composedRule({
    schema: "margrave/rule/1",
    id: "r",
    model: "composed",
    rounding: { amount: DOWN_UP, value: { decimals: 8, ...DOWN_UP }, average: { initial: 4 } },
    balances: {
      assets: { index: { one: String(RAY) } },
      liabilities: { index: { one: String(RAY) } },
      interest: { assets: "linear", liabilities: "taylor" },
    },
    assets: {
      WETH: { initial: 0.8, maintenance: 0.83 },
      wstETH: { initial: 0, maintenance: 0.81 },
      USDC: { initial: 0.75, maintenance: 0.78 },
    },
    ...over,
  });
}

const supply = (asset: string, quantity: string | number, more: object = {}) => ({
  asset,
  quantity,
  collateral: true,
  ...more,
});
const loan = { supplies: [supply("WETH", "1.5")], debts: [{ asset: "USDC", quantity: "1000.000001" }] };

describe("an exact account", () => {
  it("has the integers that the rule's rounding gives", () => {
    const got = exactAccount(rule(), book(loan), 0);
    expect(got.decimals).toBe(8);
    expect(got.collateral).toBe(300_018_518_517n);
    // 1000.000001 × 0.9999 = 999.9000009999, up.
    expect(got.debt).toBe(99_990_000_100n);
    expect(got.weighted).toEqual({ initial: 240_014_814_813n, maintenance: 249_015_370_369n });
    expect(got.averages).toEqual({ initial: 8_000n, maintenance: 8_300n });
    const ratio = (300_018_518_517n * 8_300n * 10n ** 18n + 99_990_000_100n / 2n) / 99_990_000_100n / 10_000n;
    expect(got.healthFactor).toBe(ratio);
    expect(got.available).toBe(240_014_814_813n - 99_990_000_100n);
    expect(got.borrowable).toBe(true);
    expect(got.breached).toBe(false);
    expect(got.perHolding).toEqual([
      {
        asset: "WETH",
        kind: "collateral",
        amount: 15n * 10n ** 17n,
        value: 300_018_518_517n,
        weighted: 249_015_370_369n,
      },
      { asset: "USDC", kind: "debt", amount: 1_000_000_001n, value: 99_990_000_100n, weighted: 99_990_000_100n },
    ]);
  });

  it("takes a price as the document writes it, beyond the digits of an f64, and exactly through a chain", () => {
    const got = exactAccount(rule(), book({ supplies: [supply("wstETH", 1)] }), 0);
    expect(digitsOf(got.sums.perHolding[0]?.value ?? { n: 0n, d: 1n }, 8)).toBe(got.collateral);
    expect(got.collateral).toBe((1_234_567_890_123_456_789n * 200_012_345_678n) / 10n ** 18n);
    const fine = rule({ rounding: { amount: DOWN_UP, value: { decimals: 26, ...DOWN_UP } } });
    expect(exactAccount(fine, book({ supplies: [supply("wstETH", 1)] }), 0).collateral).toBe(
      1_234_567_890_123_456_789n * 200_012_345_678n,
    );
  });

  it("takes a price that was moved since the document was read from where it was moved", () => {
    const packed = book({ supplies: [supply("WETH", 1)] });
    const { prices: columns } = packed.market;
    const moved = { ...packed.market, prices: { ...columns, index: columns.index.map((price) => price / 2) } };
    const there = Object.create(packed, { market: { value: moved } }) as PackedBook;
    expect(exactAccount(rule(), there, 0).collateral).toBe(100_006_172_839n);
    expect(exactAccount(rule(), packed, 0).collateral).toBe(200_012_345_678n);
  });

  it("without debt has no health factor, and cannot be liquidated under either comparison", () => {
    for (const breach of ["<", "<="]) {
      const got = exactAccount(rule({ breach }), book({ supplies: loan.supplies }), 0);
      expect(got.healthFactor).toBeNull();
      expect(chainHealthFactor(got.healthFactor)).toBe(MAX_UINT256);
      expect(got.breached).toBe(false);
      expect(got.borrowable).toBe(true);
    }
  });

  it("at exactly its limit is breached under <= and not under <", () => {
    const pool = { supplies: [supply("USDC", 100)], debts: [{ asset: "USDC", quantity: "78" }] };
    for (const weighted of [null, { decimals: 8, assets: "down", liabilities: "up" }]) {
      const rounding = {
        amount: DOWN_UP,
        value: { decimals: 8, ...DOWN_UP },
        ...(weighted === null ? {} : { weighted }),
      };
      const at = (breach: string, quantity: string) => {
        const debts = [{ asset: "USDC", quantity }];
        return exactAccount(rule({ breach, rounding }), book({ ...pool, debts }), 0).breached;
      };
      expect([at("<", "77.999999"), at("<", "78"), at("<", "78.000001")]).toEqual([false, false, true]);
      expect([at("<=", "77.999999"), at("<=", "78"), at("<=", "78.000001")]).toEqual([false, true, true]);
    }
  });

  it("divides in basis points, of which the last half rounds a health factor up", () => {
    // ⌊⌊½⌋(Σ value · bps · 1e18 ÷ debt) ÷ 1e4⌋ in 1e-8 of money: 83 · 1e16 · value leaves 30,000 of 30,001, which is nearer to
    // one than half a ten-thousandth.
    const owed = 30_001n;
    let value = 1n;
    while ((value * 83n * 10n ** 16n) % owed !== owed - 1n) value++;
    const pool = {
      supplies: [supply("WETH", `${value}e-8`)],
      debts: [{ asset: "wstETH", quantity: `${owed}e-8` }],
    };
    const one = { in: "USD", index: 1, bid: 1, ask: 1 };
    const account = exactAccount(rule(), book(pool, { WETH: one, wstETH: one }), 0);
    expect([account.sums.collateral.maintenance.n, account.debt]).toEqual([value, owed]);
    expect(account.healthFactor).toBe((value * 83n * 10n ** 16n) / owed + 1n);
  });

  it("counts an average that the rule rounds at maintenance too", () => {
    const rounding = { amount: DOWN_UP, value: { decimals: 8, ...DOWN_UP }, average: { initial: 4, maintenance: 4 } };
    const supplies = [supply("WETH", 1), supply("USDC", 333)];
    const got = exactAccount(rule({ rounding }), book({ ...loan, supplies }), 0);
    const collateral = 200_012_345_678n + 33_296_670_000n;
    const average = (200_012_345_678n * 8_300n + 33_296_670_000n * 7_800n) / collateral;
    expect(got.averages.maintenance).toBe(average);
    const counted = (collateral * average) / 10_000n;
    expect(got.healthFactor).toBe((counted * 10n ** 18n + got.debt / 2n) / got.debt);
  });

  it("counts supplies that are not collateral, and locked balances, as idle", () => {
    const pool = {
      balances: [{ asset: "WETH", quantity: 2, locked: "0.5" }],
      supplies: [{ asset: "WETH", quantity: 3, collateral: false }],
    };
    const got = exactAccount(rule(), book(pool), 0);
    expect(got.perHolding.map(({ kind, amount, weighted }) => [kind, amount, weighted > 0n])).toEqual([
      ["collateral", 15n * 10n ** 17n, true],
      ["idle", 5n * 10n ** 17n, false],
      ["idle", 3n * 10n ** 18n, false],
    ]);
    expect(got.collateral).toBe(300_018_518_517n);
  });

  it("takes a negative balance for a debt", () => {
    const got = exactAccount(rule(), book({ balances: [{ asset: "USDC", quantity: "-5" }] }), 0);
    expect([got.debt, got.collateral, got.breached]).toEqual([499_950_000n, 0n, true]);
  });

  it("says where some collateral has no weight for borrowing", () => {
    const flag = (supplies: object[]) => exactAccount(rule(), book({ supplies }), 0).zeroWeightCollateral;
    expect(flag([supply("WETH", 1)])).toBe(false);
    expect(flag([supply("WETH", 1), supply("wstETH", "0.000000000000000001")])).toBe(true);
    expect(flag([supply("WETH", 1), supply("wstETH", 0)])).toBe(false);
  });

  it("keeps the quotient of raw integers where the rule does not round amounts", () => {
    const balances = {
      assets: { shares: {} },
      liabilities: { growth: { fractionalBits: 1 } },
    };
    const unrounded = rule({ balances, rounding: { amount: { assets: "none", liabilities: "none" } } });
    const { perHolding, sums, breached } = exactAccount(
      unrounded,
      book({
        supplies: [supply("USDC", 1, { raw: { shares: 10, totalAssets: 2, totalShares: 3 } })],
        debts: [{ asset: "USDC", quantity: 1, raw: { owed: 5, index: 4, from: 3 } }],
      }),
      0,
    );
    expect(sums.perHolding.map(({ amount: { n, d } }) => [n, d])).toEqual([
      [20n, 3n],
      // Half units are kept, the rest is not: 5 · 4/3 = 6.67 of them.
      [6n, 2n],
    ]);
    expect(perHolding.map(({ amount }) => amount)).toEqual([6n, 3n]);
    const { n, d } = sums.collateral.maintenance;
    expect(digitsOf({ n: n * 3n, d }, 12)).toBe(19_998_000n);
    expect(breached).toBe(false);
  });

  it("grows raw integers to the market's time, each account by its own", () => {
    const raw = (index: bigint, updatedAt: number, rate: bigint) => ({
      raw: { scaled: String(10n ** 18n), index: String(index), rate: String(rate), updatedAt },
    });
    const year = 31_536_000;
    const tenth = RAY / 10n;
    const parts: readonly [bigint, number, bigint][] = [
      [RAY, 0, tenth],
      [2n * RAY, 0, tenth],
      [RAY, year, tenth],
      [RAY, year, 2n * tenth],
      [RAY, 0, tenth],
    ];
    const pools = parts.map(([index, seconds, rate], i) => ({
      id: `p${i}`,
      supplies: [supply("WETH", 1, raw(index, SECONDS - seconds, rate))],
    }));
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    const packed = packBook(accounts, market());
    const one = rule();
    const amounts = parts.map((_, pool) => exactAccount(one, packed, pool).perHolding[0]?.amount);
    expect(amounts).toEqual([10n, 20n, 11n, 12n, 10n].map((tenths) => tenths * 10n ** 17n));
  });

  it("after a change holds what the document says and what the change added", () => {
    const packed = book({ balances: [{ asset: "WETH", quantity: "1.000000000000000001" }], supplies: loan.supplies });
    const { after } = change({ balances: [{ asset: "WETH", quantity: 2 }] }).apply(packed, 0);
    const amounts = exactAccount(rule(), after, 0).perHolding.map(({ amount }) => amount);
    expect(amounts).toEqual([45n * 10n ** 17n + 1n]);
  });

  it("reads a book of columns by the shortest decimals of its numbers", () => {
    const facts = market();
    const holdingAsset = [facts.assetIndex("WETH"), facts.assetIndex("USDC")];
    const packed = packColumns({ holdingStart: [0, 2], holdingAsset, holdingQuantity: [0.1, -0.3] }, facts);
    const amounts = exactAccount(rule(), packed, 0).perHolding.map(({ amount }) => amount);
    expect(amounts).toEqual([10n ** 17n, 300_000n]);
  });
});

describe("a rule's variants, exactly", () => {
  const categories = {
    "1": { assets: { USDC: { initial: 0.9, maintenance: 0.95 } }, others: { initial: 0 } },
    "2": { assets: { WETH: { initial: 0.9, maintenance: 0.93 } } },
  };
  const withModes = rule({ categories, options: { category: "eMode" } });
  const averages = (eMode: unknown) => {
    const supplies = [supply("WETH", 1), supply("USDC@base", 1)];
    return exactAccount(withModes, book({ supplies, options: { eMode } }), 0).perHolding.map(
      ({ weighted }) => weighted,
    );
  };

  it("are those of the category that the pool names", () => {
    const weighed = (weth: bigint, usdc: bigint) => [(200_012_345_678n * weth) / 100n, (99_990_000n * usdc) / 100n];
    expect(averages(0)).toEqual(weighed(83n, 78n));
    expect(averages("1")).toEqual(weighed(83n, 95n));
    expect(averages(2)).toEqual(weighed(93n, 78n));
  });

  it("give other assets what the category says of them", () => {
    const got = exactAccount(withModes, book({ supplies: [supply("WETH", 1)], options: { eMode: 1 } }), 0);
    expect(got.weighted).toEqual({ initial: 0n, maintenance: 166_010_246_912n });
    expect(got.zeroWeightCollateral).toBe(true);
  });

  it("ramp from one weight to the other, in whole units", () => {
    const at = (ramp: object) => {
      const assets = { WETH: { maintenance: { ramp } } };
      const got = exactAccount(rule({ assets, rounding: undefined }), book({ supplies: [supply("WETH", 1)] }), 0);
      const { n, d } = got.sums.weighted.maintenance;
      const of = got.sums.collateral.maintenance;
      return digitsOf({ n: n * of.d, d: d * of.n }, 6);
    };
    const over = 3 * 86_400_000;
    const until = "2026-11-26T08:00:00Z";
    expect(at({ from: 0.8, to: 0.7, until, over })).toBe(733_333n);
    expect(at({ from: 0.8, to: 0.7, until, over, unit: 1e-4 })).toBe(733_300n);
    expect(at({ from: 0.8, to: 0.7, until: AS_OF, over })).toBe(700_000n);
    expect(at({ from: 0.6, to: 0.7, until, over })).toBe(700_000n);
  });

  it("scale by what the venue holds", () => {
    const assets = {
      WETH: { maintenance: { depositScaled: { of: 0.9, start: 1_000_000, price: "index" } } },
      USDC: { maintenance: 1, liability: { maintenance: { borrowScaled: { of: 1, start: 1000, price: "index" } } } },
    };
    const state = {
      WETH: { ...prices.WETH, index: 2000, state: { deposits: 1500 } },
      USDC: { in: "USD", index: 1, state: { borrows: 3000 } },
    };
    const got = exactAccount(rule({ assets, rounding: undefined }), book(loan, state), 0);
    expect(digitsOf(got.sums.weighted.maintenance, 6)).toBe(900_000_000n);
    expect(digitsOf(got.sums.liabilities.maintenance, 6)).toBe(3_000_000_003n);
  });

  it("choose prices by level and side", () => {
    const price = {
      initial: { assets: "bid", liabilities: { above: { of: "ask", confidence: "confidence", times: 2, cap: 1 } } },
      maintenance: { assets: { median: ["bid", "index", "ask"] }, liabilities: { scaled: { of: "mid", factor: 1.1 } } },
    };
    const over = { WETH: { ...prices.WETH, confidence: 0.01 } };
    const got = exactAccount(
      rule({ price, rounding: undefined }),
      book({ supplies: [supply("WETH", 1)], debts: [{ asset: "WETH", quantity: 1 }] }, over),
      0,
    );
    const { collateral, debt } = got.sums;
    expect(digitsOf(collateral.initial, 8)).toBe(1_999n * USD);
    expect(digitsOf(debt.initial, 8)).toBe(204_102_000_000n);
    expect(digitsOf(collateral.maintenance, 8)).toBe(200_012_345_678n);
    expect(digitsOf(debt.maintenance, 8)).toBe(2_200n * USD);
  });

  it("count by tiers of value up to a cap", () => {
    const tiers = [
      [1000, 0.9],
      [2500, 0.8],
      [null, 0.5],
    ];
    const assets = {
      WETH: { maintenance: tiers, cap: { USD: 2750 } },
      USDC: { maintenance: 1, liability: { maintenance: 1.25 } },
    };
    const got = (quantity: number, rounding: object | undefined) => {
      const over = { WETH: { ...prices.WETH, index: 1000 }, USDC: { in: "USD", index: 1 } };
      const pool = { supplies: [supply("WETH", quantity)], debts: [{ asset: "USDC", quantity: 100 }] };
      return exactAccount(rule({ assets, rounding }), book(pool, over), 0);
    };
    const whole = { value: { decimals: 0, ...DOWN_UP }, weighted: { decimals: 0, ...DOWN_UP } };
    for (const [quantity, expected] of [
      [0.5, 450n],
      [1, 900n],
      [2.5, 2100n],
      [2.7, 2200n],
      [9, 2225n],
    ] as const) {
      expect(got(quantity, whole).weighted.maintenance).toBe(expected);
      expect(digitsOf(got(quantity, undefined).sums.weighted.maintenance, 0)).toBe(expected);
    }
    expect(got(9, whole).collateral).toBe(9000n);
    expect(got(9, whole).liabilities.maintenance).toBe(125n);
    expect(got(9, whole).perHolding[0]?.weighted).toBe(2225n);
  });

  it("add a balance to a supply of its asset before they are rounded", () => {
    const half = { asset: "USDC", quantity: "0.5" };
    const whole = { value: { decimals: 0, ...DOWN_UP } };
    const over = { USDC: { in: "USD", index: 1 } };
    const got = exactAccount(
      rule({ rounding: whole }),
      book({ balances: [half], supplies: [supply("USDC", 0.5)] }, over),
      0,
    );
    expect([got.collateral, got.perHolding.length]).toEqual([1n, 1]);
  });

  it("leave an asset at nothing that they do not list and do not refuse", () => {
    const pool = { supplies: [supply("USDC", 1), supply("wstETH", 1)], debts: [{ asset: "wstETH", quantity: "0.1" }] };
    const got = exactAccount(
      rule({ unlisted: "zero", assets: { USDC: { initial: 1, maintenance: 1 } } }),
      book(pool),
      0,
    );
    expect(got.collateral).toBe(99_990_000n);
    expect(got.perHolding.map(({ kind }) => kind)).toEqual(["collateral", "idle", "debt"]);
    expect(got.debt).toBe((1_234_567_890_123_456_789n * 200_012_345_678n) / 10n ** 19n + 1n);
  });

  it("take the index where a price is missing, no weight, or refuse, as they say", () => {
    const supplies = [supply("USDC", 1)];
    const of = (missing: string) =>
      exactAccount(rule({ price: { assets: "ema", liabilities: "ema" }, missing }), book({ supplies }), 0);
    expect(of("index").collateral).toBe(99_990_000n);
    expect([of("zero").collateral, of("zero").weighted.maintenance]).toEqual([0n, 0n]);
    expect(() => of("refuse")).toThrow(UnsupportedError);
  });

  it("take an old price, give it no weight, or refuse it, as they say", () => {
    const supplies = [supply("wstETH", 1)];
    const of = (stale: string) => exactAccount(rule({ maxPriceAge: "PT1H", stale }), book({ supplies }), 0);
    expect(of("flag").weighted.maintenance).toBeGreaterThan(0n);
    expect(of("zero").weighted.maintenance).toBe(0n);
    expect(() => of("refuse")).toThrow(UnsupportedError);
  });
});

describe("a rule that does not round", () => {
  const ramp = { from: 1, to: 0, until: "2026-11-26T08:00:00Z", over: 3 * 86_400_000 };
  const unrounded = rule({ rounding: undefined, assets: { USDC: { maintenance: { ramp } } } });

  it("keeps quotients, of which any digits can be had", () => {
    const got = exactAccount(
      unrounded,
      book({ supplies: [supply("USDC", 1)], debts: [{ asset: "USDC", quantity: 1 }] }),
      0,
    );
    // A third of 0.9999.
    expect(digitsOf(got.sums.weighted.maintenance, 40)).toBe(3333n * 10n ** 36n);
    expect(got.decimals).toBe(18);
    expect(got.collateral).toBe(9_999n * 10n ** 14n);
    expect(got.healthFactor).toBe(333_333_333_333_333_333n);
  });

  it("gives what is held rounded down, and what is owed up", () => {
    // A smallest unit of 18 decimals at 2,469.28... a unit.
    const pool = { supplies: [supply("wstETH", "1e-18")], debts: [{ asset: "wstETH", quantity: "1e-18" }] };
    const { collateral, debt, decimals } = exactAccount(rule({ rounding: undefined }), book(pool), 0);
    const worth = (200_012_345_678n * 1_234_567_890_123_456_789n) / 10n ** 26n;
    expect([collateral, debt, decimals]).toEqual([worth, worth + 1n, 18]);
  });

  it("decides by the quotients themselves", () => {
    const breached = (debt: string) => {
      const pool = { supplies: [supply("USDC", 3)], debts: [{ asset: "USDC", quantity: debt }] };
      return exactAccount(unrounded, book(pool), 0).breached;
    };
    expect([breached("1"), breached("1.000001")]).toEqual([false, true]);
  });
});

describe("exact mode and the slow evaluator", () => {
  /** A stream of numbers in 0 .. 1, the same in every run. */
  function stream(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }

  it("agree on random loans under random rules", () => {
    const next = stream(7);
    const pick = <T>(...items: readonly T[]) => items[Math.floor(next() * items.length)] as T;
    const weight = () => Math.round(next() * 10_000) / 10_000;
    const ramp = () => ({
      from: 0.9,
      to: weight(),
      until: "2026-11-26T08:00:00Z",
      over: 200_000_000,
      ...pick({}, { unit: 1e-4 }),
    });
    const shape = () =>
      pick<unknown>(weight(), weight(), { ramp: ramp() }, [
        [500, weight()],
        [20_000, weight()],
        [null, weight()],
      ]);
    const step = () => ({ decimals: pick(2, 8, 18), assets: pick("down", "half"), liabilities: pick("up", "down") });
    const ids = ["WETH", "wstETH", "USDC", "USDC@base"];
    let breached = 0;
    for (let i = 0; i < 300; i++) {
      const levels = () => ({ initial: shape(), maintenance: shape() });
      const multiplier = () => Math.round(10_000 + next() * 3_000) / 10_000;
      const entry = () => ({
        ...levels(),
        liability: { initial: multiplier(), maintenance: multiplier() },
        ...(next() < 0.2 ? { cap: { WETH: 1 + Math.floor(next() * 5) } } : {}),
      });
      const value = pick(null, step());
      const weighted = value === null ? pick(null, step()) : pick(null, { ...step(), decimals: value.decimals });
      const average = value !== null && weighted === null && next() < 0.5 ? { average: { initial: 4 } } : {};
      const one = rule({
        breach: pick("<", "<="),
        missing: pick("index", "zero"),
        price: {
          initial: { assets: pick("bid", "index"), liabilities: pick("ask", "mid") },
          maintenance: pick({ assets: "index", liabilities: "index" }, { assets: "twap", liabilities: "ema" }),
        },
        rounding: {
          ...(value === null ? {} : { value }),
          ...(weighted === null ? {} : { weighted }),
          ...average,
        },
        assets: { WETH: entry(), wstETH: entry(), USDC: entry() },
        categories: { "1": { assets: { USDC: levels() }, others: { initial: weight() } } },
        options: { category: "mode" },
      });
      const quantity = (id: string, most = 1) => (next() * most * (id.startsWith("USDC") ? 50_000 : 20)).toFixed(6);
      const some = () => ids.filter(() => next() < 0.5);
      const pool = {
        options: { mode: pick(0, 1) },
        balances: some().map((asset) => ({ asset, quantity: `${pick("", "", "-")}${quantity(asset)}` })),
        supplies: some().map((asset) => supply(asset, quantity(asset), { collateral: next() < 0.8 })),
        debts: some().map((asset) => ({ asset, quantity: quantity(asset, 0.4) })),
      };
      const packed = book(pool);
      const exact = exactAccount(one, packed, 0);
      const slow = referencePool(one, packed.market, pool);
      const unit = Math.max(0, ...[value, weighted].map((one) => (one === null ? 0 : 10 ** -one.decimals)));
      const allowed = tolerance.poolSumRelative * slow.scale + tolerance.composedSteps * unit * exact.perHolding.length;
      const close = (sum: Rational, expected: number, what: string) => {
        const got = Number(digitsOf(sum, 20)) / 1e20;
        expect(Math.abs(got - expected), `${i} ${what}: ${got} for ${expected}`).toBeLessThanOrEqual(allowed);
      };
      for (const level of ["initial", "maintenance"] as const) {
        const { collateral, debt, liabilities, weighted: assets } = exact.sums;
        close(collateral[level], slow.levels[level].collateral, `${level} collateral`);
        close(debt[level], slow.levels[level].debt, `${level} debt`);
        close(liabilities[level], slow.levels[level].liabilities, `${level} liabilities`);
        if (level === "initial" && "average" in average) continue;
        close(assets[level], slow.levels[level].assets, `${level} assets`);
      }
      const surplus = slow.levels.maintenance.excess;
      if (Math.abs(surplus) > 2 * allowed) expect(exact.breached, `${i}`).toBe(slow.breached);
      if (exact.breached) breached++;
    }
    expect(breached).toBeGreaterThan(50);
    expect(breached).toBeLessThan(250);
  });
});

describe("decimals", () => {
  it.each<[number | string, bigint, bigint]>([
    ["16251423051e-8", 16_251_423_051n, 10n ** 8n],
    [162.51423051, 16_251_423_051n, 10n ** 8n],
    [1e21, 10n ** 21n, 1n],
    [1.5e-7, 15n, 10n ** 8n],
    ["-0.25", -25n, 100n],
    ["2.5e3", 2_500n, 1n],
    [0.1 + 0.2, 30_000_000_000_000_004n, 10n ** 17n],
  ])("%s is exact", (text, n, d) => {
    expect(exactDecimal(text)).toEqual({ n, d });
  });

  it("are rounded by magnitude", () => {
    expect(digitsOf({ n: -2n, d: 3n }, 2)).toBe(-66n);
    expect(digitsOf({ n: 2n, d: 3n }, 2, "up")).toBe(67n);
    expect(digitsOf({ n: 1n, d: 8n }, 2, "half")).toBe(13n);
  });
});

describe("exact mode refuses by the path", () => {
  const cases: readonly [string, () => unknown][] = [
    ["pool", () => exactAccount(rule(), book(loan), 1)],
    [
      "accounts[0].pools[0].supplies[0].quantity",
      () => exactAccount(rule(), book({ supplies: [supply("USDC", "0.1234567")] }), 0),
    ],
    [
      "accounts[0].pools[0].debts[0].raw.index",
      () => exactAccount(rule(), book({ debts: [{ asset: "USDC", quantity: 1, raw: { scaled: 1 } }] }), 0),
    ],
    [
      "market.assets[5].decimals",
      () => exactAccount(rule({ unlisted: "zero" }), book({ supplies: [supply("vague", 1)] }), 0),
    ],
  ];
  it.each(cases)("%s", (path, run) => {
    expect(run).toThrow(InvalidInputError);
    expect(run).toThrow(expect.objectContaining({ path }));
  });

  const position = { instrument: "perp", quantity: 1, entryPrice: 2000 };
  const order = { instrument: "spot", quantity: 1, limitPrice: 2000 };
  const plain = { WETH: { maintenance: 0.8 }, USDC: { maintenance: 0.8 } };
  const oneLevel = (assets: object) => rule({ assets, rounding: undefined });
  const unsupported: readonly [string, () => unknown][] = [
    ["accounts[0].pools[0].positions", () => exactAccount(rule(), book({ positions: [position] }), 0)],
    ["accounts[0].pools[0].orders[0]", () => exactAccount(rule(), book({ orders: [order] }), 0)],
    [
      "accounts[0].pools[0].options.eMode",
      () => {
        const categories = { "1": { assets: {} } };
        return exactAccount(rule({ categories, options: { category: "eMode" } }), book({ options: { eMode: 7 } }), 0);
      },
    ],
    ["accounts[0].pools[0].options.colour", () => exactAccount(rule(), book({ options: { colour: "red" } }), 0)],
    [
      "accounts[0].pools[0].options.floor",
      () => exactAccount(rule({ options: { floor: "floor" } }), book({ options: { floor: 0.1 } }), 0),
    ],
    [
      "accounts[0].pools[0].balances",
      () => {
        const borrow = { rate: 0.05, accruedTo: "2026-11-24T08:00:00Z" };
        return exactAccount(rule(), book({ balances: [{ asset: "USDC", quantity: -1, borrow }] }), 0);
      },
    ],
    ["accounts[0].pools[0]", () => exactAccount(rule(), book({ balances: [{ asset: "USD", quantity: 1 }] }), 0)],
    [
      "accounts[0].pools[0]",
      () => {
        const assets = { ...plain, WETH: { maintenance: { root: { of: 0.8, imf: 0.001 } } } };
        return exactAccount(oneLevel(assets), book(loan), 0);
      },
    ],
    [
      "accounts[0].pools[0]",
      () => {
        const assets = { ...plain, USDC: { maintenance: 0.8, borrow: { maintenance: 0.1 } } };
        return exactAccount(oneLevel(assets), book(loan), 0);
      },
    ],
    [
      "requirement.maintenance",
      () => exactAccount(rule({ requirement: { maintenance: 20, initial: 0 } }), book(loan), 0),
    ],
    ["rounding.average", () => exactAccount(rule({ rounding: { average: { initial: 4 } } }), book(loan), 0)],
    [
      "accounts[0].pools[0].supplies[0].raw",
      () => {
        const supplies = [supply("USDC", 1, { raw: { scaled: 1, index: String(RAY) } })];
        return exactAccount(rule({ balances: undefined }), book({ supplies }), 0);
      },
    ],
  ];
  it.each(unsupported)("%s, as not expressed", (path, run) => {
    expect(run).toThrow(UnsupportedError);
    expect(run).toThrow(expect.objectContaining({ path }));
  });
});

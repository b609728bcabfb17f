import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "virtual:vectors";
import {
  accrue,
  amountOf,
  type BalanceForm,
  binomialInterest,
  composedRule,
  compoundedInterest,
  divide,
  linearInterest,
  linearInterestByShare,
  multiply,
  power,
  quantityOf,
  taylorGrowth,
  taylorInterest,
} from "../../src/rules/index.js";
import { INTERESTS, quotientOf, readRaw } from "../../src/rules/balances.js";
import { nearestNumber } from "../../src/rules/exact-number.js";
import { amountOf as slowAmountOf } from "../reference/composed-amounts.js";
import { pathOf } from "../support/errors.js";

const RAY = 10n ** 27n;
const WAD = 10n ** 18n;
const YEAR = 31_536_000n;
const ASOF = 1_760_000_000_000;
const index: BalanceForm = { kind: "index", one: RAY };
const shares: BalanceForm = { kind: "shares", virtualShares: 1_000_000n, virtualAssets: 1n };
const growth: BalanceForm = { kind: "growth", fractionalBits: 31, ratio: null };
const now = { asOf: ASOF, direction: "down" } as const;

type Numbers = Readonly<Record<string, string | number>>;
interface AaveReserve extends Numbers {
  readonly scaledATokenBalance: string;
}
/** The shared vectors that these tests read, as far as they do. */
interface Vectors {
  readonly "aave-v3/spec_cases.json": Readonly<
    Record<"compoundedInterest" | "compoundedRate" | "linearInterest", readonly Numbers[]>
  >;
  readonly "aave-v3/chain_v37_random.json": {
    readonly accounts: readonly {
      readonly timestamp: number;
      readonly reserves: readonly AaveReserve[];
      readonly expected: Numbers;
    }[];
  };
  readonly "comet/chain_random.json": {
    readonly markets: readonly (Readonly<Record<"baseSupplyIndex" | "baseBorrowIndex", string>> & {
      readonly accounts: readonly { readonly principal: string; readonly expected: Numbers }[];
    })[];
  };
  readonly "euler-v2/chain_random.json": {
    readonly cases: readonly { readonly liability: Numbers; readonly expected: Numbers }[];
  };
  readonly "folks-xchain/random150.json": {
    readonly cases: readonly Readonly<
      Record<"collaterals" | "borrows", readonly (Numbers & { readonly expected: Numbers })[]>
    >[];
  };
  readonly "morpho-blue/random200.json": readonly (Numbers & { readonly expected: Numbers })[];
}

/** A file of the shared vectors; a test that asks for one is skipped where the folder is missing. */
function file<P extends keyof Vectors>(path: P): Vectors[P] {
  return vectors?.[path] as Vectors[P];
}
const big = (value: string | number | undefined): bigint => BigInt(value ?? Number.NaN);

describe("rounding of whole numbers", () => {
  test("is down, up, or half up", () => {
    expect([7n, 8n, 9n].map((n) => divide(n, 4n, "down"))).toEqual([1n, 2n, 2n]);
    expect([7n, 8n, 9n].map((n) => divide(n, 4n, "up"))).toEqual([2n, 2n, 3n]);
    expect([5n, 6n, 7n].map((n) => divide(n, 4n, "half"))).toEqual([1n, 2n, 2n]);
    expect([1n, 2n].map((n) => divide(n, 3n, "half"))).toEqual([0n, 1n]);
  });

  test("of a product is half up by default", () => {
    expect(multiply(3n, RAY / 2n, RAY)).toBe(2n);
    expect(multiply(3n, RAY / 2n, RAY, "down")).toBe(1n);
  });
});

describe("interest", () => {
  test("of no time is none", () => {
    for (const grown of [linearInterest, linearInterestByShare, binomialInterest, taylorInterest, compoundedInterest]) {
      expect(grown(RAY / 20n, 0n, RAY)).toBe(RAY);
    }
    expect(taylorGrowth(WAD / 1000n, 0n, WAD)).toBe(0n);
  });

  test("of a year at 5 % is 1.05 when simple, and e^0.05 to within its order when compounded", () => {
    const rate = RAY / 20n;
    expect(linearInterest(rate, YEAR, RAY)).toBe(RAY + rate);
    // The cube of a rate per second is 4 units of a ray, rounded: the binomial form is what its contracts say, not e^x.
    // e^0.05 = 1.051271096376024…; three terms leave out 0.05^4 / 24 = 2.6e-7.
    expect(taylorInterest(rate, YEAR, RAY) / 10n ** 12n).toBe(1_051_270_833_333_333n);
    expect(compoundedInterest(rate, YEAR, RAY) / 10n ** 18n).toBe(1_051_271_096n);
    expect(binomialInterest(rate, YEAR, RAY) / 10n ** 20n).toBe(10_512_709n);
  });

  test("compounded is the product of as many factors", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1000n }), fc.integer({ min: 0, max: 40 }), (rate, n) => {
        const one = 10n ** 40n;
        const base = one + rate * 10n ** 36n;
        let product = one;
        for (let i = 0; i < n; i++) product = (product * base) / one;
        const difference = power(base, BigInt(n), one) - product;
        // Each of the products above lost less than 1, then grown by at most 1.1^40 < 46.
        expect(difference >= 0n && difference <= 46n * 80n).toBe(true);
      }),
      { seed: 11 },
    );
  });

  test.skipIf(vectors === null)("is that of the re-encoded unit tests of the Aave SDK, to the last digit", () => {
    const cases = file("aave-v3/spec_cases.json");
    for (const { rate, dt, expected } of cases.compoundedInterest) {
      expect(String(binomialInterest(big(rate), big(dt), RAY))).toBe(expected);
    }
    for (const { rate, dt, expected } of cases.compoundedRate) {
      expect(String(compoundedInterest(big(rate), big(dt), RAY) - RAY)).toBe(expected);
    }
    for (const { rate, dt, expected } of cases.linearInterest) {
      expect(String(linearInterestByShare(big(rate), big(dt), RAY))).toBe(expected);
    }
  });

  test.skipIf(vectors === null)("of Morpho's borrowers is that of its SDK, to the last digit", () => {
    const cases = file("morpho-blue/random200.json");
    for (const one of cases) {
      const growth = taylorGrowth(big(one.ratePerSecond), big(one.elapsed), WAD);
      expect(String(multiply(big(one.totalBorrowAssets), growth, WAD, "down"))).toBe(one.expected.interest);
    }
    expect(cases.length).toBeGreaterThan(100);
  });
});

describe("an amount", () => {
  test("of a scaled balance is scaled by its index, rounded as asked", () => {
    const raw = { scaled: "100000000000000000001", index: "1500000000000000000000000000" };
    expect(amountOf(index, raw, now)).toBe(150_000_000_000_000_000_001n);
    expect(amountOf(index, raw, { ...now, direction: "up" })).toBe(150_000_000_000_000_000_002n);
    expect(amountOf(index, { scaled: 3, index: 1.5e15, one: 1e15 }, { ...now, direction: "half" })).toBe(5n);
  });

  test("of a negative principal is negative, rounded by its magnitude", () => {
    const comet: BalanceForm = { kind: "index", one: 10n ** 15n };
    expect(amountOf(comet, { scaled: -3, index: "1500000000000000" }, now)).toBe(-4n);
    expect(amountOf(comet, { scaled: -3, index: "1500000000000000" }, { ...now, direction: "up" })).toBe(-5n);
  });

  test("grows from the time of its index to that asked for, by the interest of the rule", () => {
    const raw = {
      scaled: String(10n ** 18n),
      index: String(RAY),
      rate: String(RAY / 10n),
      updatedAt: ASOF / 1000 - Number(YEAR),
    };
    const grown = (interest: "linear" | "binomial" | "taylor" | "compounded") =>
      amountOf(index, raw, { ...now, interest });
    expect(grown("linear")).toBe(1_100_000_000_000_000_000n);
    expect(grown("taylor")).toBe(1_105_166_666_666_666_666n);
    expect(grown("binomial") / 10n ** 10n).toBe(110_516_727n);
    expect(grown("compounded") / 10n ** 10n).toBe(110_517_091n);
    expect(accrue(index, raw, { asOf: ASOF, interest: "linear" })).toBe(RAY + RAY / 10n);
    // A second is not over before it is.
    expect(accrue(index, raw, { asOf: ASOF + 999, interest: "linear" })).toBe(RAY + RAY / 10n);
    // 11 · 15 ÷ 10 is 16.5, and an index grows halves up.
    const coarse: BalanceForm = { kind: "index", one: 10n };
    const eleven = { scaled: 1, index: 11, rate: 5, updatedAt: raw.updatedAt };
    expect(accrue(coarse, eleven, { asOf: ASOF, interest: "linear" })).toBe(17n);
    const still = { scaled: raw.scaled, index: raw.index };
    expect(amountOf(index, still, { ...now, interest: "linear" })).toBe(10n ** 18n);
  });

  test("of shares is their part of the assets, virtual ones included, grown where a rate is given", () => {
    const raw = { shares: 5_000_000, totalAssets: 9, totalShares: 9_000_000 };
    expect(amountOf(shares, raw, now)).toBe(5n);
    const grown = { ...raw, totalAssets: "1000000000", rate: "1000000000000", updatedAt: ASOF / 1000 - 1000 };
    expect(accrue(shares, grown, { asOf: ASOF, interest: "taylor" })).toBe(1_001_000_500n);
    expect(amountOf(shares, { ...raw, totalShares: 0, shares: 0 }, now)).toBe(0n);
  });

  test("of a debt with fractional bits is rounded to bits before it is rounded to units", () => {
    const owed = String(3n * 2n ** 31n + 1n);
    expect(amountOf(growth, { owed, index: String(RAY), from: String(RAY) }, { ...now, direction: "up" })).toBe(4n);
    const lost = { owed: "1", index: "1", from: "2" };
    expect(amountOf(growth, lost, { ...now, direction: "up" })).toBe(0n);
    const grown = { owed, index: String(RAY), from: String(RAY), rate: String(RAY / 10n), updatedAt: ASOF / 1000 - 2 };
    expect(accrue(growth, grown, { asOf: ASOF, interest: "compounded" })).toBe((RAY * 121n) / 100n);
  });

  test("of a debt with a ratio is rounded at the ratio too", () => {
    const form: BalanceForm = { kind: "growth", fractionalBits: 0, ratio: 10n };
    // 10 / 9 is 1.2 in tenths rounded up, and 5 × 1.2 = 6.
    expect(amountOf(form, { owed: 5, index: 10, from: 9 }, { ...now, direction: "up" })).toBe(6n);
    expect(amountOf(form, { owed: 5, index: 10, from: 9 }, now)).toBe(5n);
  });

  test.skipIf(vectors === null)("is that of Euler's contracts, to the last unit", () => {
    const { cases } = file("euler-v2/chain_random.json");
    for (const { liability, expected } of cases) {
      const raw = {
        owed: liability.owedRaw31,
        index: liability.interestAccumulator,
        from: liability.userInterestAccumulator,
      };
      expect(String(amountOf(growth, raw, { ...now, direction: "up" }))).toBe(String(expected.owedAssets));
    }
    expect(cases.length).toBeGreaterThan(100);
  });

  test.skipIf(vectors === null)("is that of Folks' SDK, to the last unit", () => {
    const { cases } = file("folks-xchain/random150.json");
    const deposits: BalanceForm = { kind: "index", one: WAD };
    const debts: BalanceForm = { kind: "growth", fractionalBits: 0, ratio: WAD };
    for (const one of cases) {
      for (const { fTokenBalance, interestIndex18, expected } of one.collaterals) {
        expect(String(amountOf(deposits, { scaled: fTokenBalance, index: interestIndex18 }, now))).toBe(
          expected.balance,
        );
      }
      for (const { balanceAtLastUpdate, interestIndex18, lastInterestIndex18, expected } of one.borrows) {
        const raw = { owed: balanceAtLastUpdate, index: interestIndex18, from: lastInterestIndex18 };
        expect(String(amountOf(debts, raw, { ...now, direction: "up" }))).toBe(expected.balance);
      }
    }
  });

  test.skipIf(vectors === null)("is that of Comet's and Morpho's, to the last unit", () => {
    const comet: BalanceForm = { kind: "index", one: 10n ** 15n };
    for (const market of file("comet/chain_random.json").markets) {
      for (const account of market.accounts) {
        const { supplyBalance, borrowBalance } = account.expected;
        const owes = account.principal.startsWith("-");
        const raw = { scaled: account.principal, index: owes ? market.baseBorrowIndex : market.baseSupplyIndex };
        expect(amountOf(comet, raw, now)).toBe(big(supplyBalance) - big(borrowBalance));
      }
    }
    for (const one of file("morpho-blue/random200.json")) {
      const raw = { shares: one.borrowShares, totalAssets: one.totalBorrowAssets, totalShares: one.totalBorrowShares };
      expect(String(amountOf(shares, raw, { ...now, direction: "up" }))).toBe(one.expected.borrowAssets);
    }
  });

  test.skipIf(vectors === null)("adds up to what Aave's contracts say of accounts, to the last unit", () => {
    const { accounts } = file("aave-v3/chain_v37_random.json");
    for (const account of accounts) {
      let collateral = 0n;
      let debt = 0n;
      for (const reserve of account.reserves) {
        const price = big(reserve.price8);
        const unit = 10n ** big(reserve.decimals);
        const asOf = account.timestamp * 1000;
        const updatedAt = reserve.lastUpdateTimestamp;
        const supplied = { scaled: reserve.scaledATokenBalance, index: reserve.liquidityIndex };
        const owed = { scaled: reserve.scaledVariableDebt, index: reserve.variableBorrowIndex };
        const held = amountOf(
          index,
          { ...supplied, rate: reserve.liquidityRate, updatedAt },
          { asOf, interest: "linear", direction: "down" },
        );
        if (reserve.collateralEnabled) collateral += (held * price) / unit;
        const owing = amountOf(
          index,
          { ...owed, rate: reserve.variableBorrowRate, updatedAt },
          { asOf, interest: "taylor", direction: "up" },
        );
        debt += divide(owing * price, unit, "up");
      }
      expect(String(collateral)).toBe(account.expected.totalCollateralBase);
      expect(String(debt)).toBe(account.expected.totalDebtBase);
    }
    expect(accounts.length).toBeGreaterThan(100);
  });
});

describe("an amount of any form, interest and direction", () => {
  const digits = (max: bigint, min = 0n) => fc.bigInt({ min, max }).map(String);
  const bits = fc.integer({ min: 0, max: 64 });
  const ratio = fc.option(fc.constant(WAD), { nil: null });
  const rayForm = fc.record({ kind: fc.constant("index" as const), one: fc.constant(RAY) });
  const forms: fc.Arbitrary<BalanceForm> = fc.oneof(
    rayForm,
    fc.record({
      kind: fc.constant("shares" as const),
      virtualShares: fc.bigInt(1n, 10n ** 6n),
      virtualAssets: fc.bigInt(0n, 2n),
    }),
    fc.record({ kind: fc.constant("growth" as const), fractionalBits: bits, ratio }),
  );
  const fields = fc.record({
    amount: fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map(String),
    index: digits(10n ** 29n, 10n ** 26n),
    total: digits(10n ** 30n),
    from: digits(10n ** 29n, 10n ** 26n),
    rate: fc.option(digits(10n ** 19n), { nil: undefined }),
    age: fc.integer({ min: 0, max: 40_000_000 }),
  });

  test("is what the slow evaluator makes of it", () => {
    fc.assert(
      fc.property(
        forms,
        fields,
        fc.constantFrom("none", "linear", "binomial", "taylor", "compounded"),
        fc.constantFrom("down", "up", "half", "none"),
        fc.integer({ min: 0, max: 18 }),
        (form, { amount, index, total, from, rate, age }, wanted, direction, decimals) => {
          const interest = wanted === "none" || INTERESTS[form.kind].includes(wanted) ? wanted : "none";
          const grows = rate === undefined || interest === "none" ? {} : { rate, updatedAt: ASOF / 1000 - age };
          const raw: Record<string, string | number> = {
            ...(form.kind === "index" && { scaled: amount, index }),
            ...(form.kind === "shares" && { shares: amount, totalAssets: total, totalShares: total }),
            ...(form.kind === "growth" && { owed: amount, index, from }),
            ...grows,
          };
          const found =
            direction === "none"
              ? quotientOf(form, readRaw(form, raw, "raw"), accrue(form, raw, { asOf: ASOF, interest }), direction)
              : amountOf(form, raw, { asOf: ASOF, interest, direction });
          const ours = quantityOf(found, decimals);
          const balances = { assets: form, liabilities: form, interest: { assets: interest, liabilities: interest } };
          expect(ours).toBe(slowAmountOf(raw, "assets", balances, direction, decimals, ASOF) + 0);
        },
      ),
      { numRuns: 2000, seed: 12 },
    );
  });
});

describe("a raw balance is refused, by path,", () => {
  const path = (form: BalanceForm, raw: Record<string, unknown>, interest: "none" | "linear" = "none"): string =>
    pathOf(() => amountOf(form, raw, { ...now, interest }, "raw"));

  test("with a key that its form does not have, or without one that it has", () => {
    expect(path(index, { scaled: 1, index: 1, shares: 1 })).toBe("raw.shares");
    expect(path(index, { scaled: 1 })).toBe("raw.index");
    expect(path(index, { index: 1 })).toBe("raw.scaled");
    expect(path(shares, { shares: 1, totalAssets: 1 })).toBe("raw.totalShares");
    expect(path(growth, { owed: 1, index: 1 })).toBe("raw.from");
  });

  test("with what is no whole number, negative or 0 where it may not be", () => {
    expect(path(index, { scaled: 1.5, index: 1 })).toBe("raw.scaled");
    expect(path(index, { scaled: "1e3", index: 1 })).toBe("raw.scaled");
    expect(path(index, { scaled: 1, index: 0 })).toBe("raw.index");
    expect(path(index, { scaled: 1, index: 1, one: 0 })).toBe("raw.one");
    expect(path(shares, { shares: 1, totalAssets: -1, totalShares: 1 })).toBe("raw.totalAssets");
    expect(path(growth, { owed: 1, index: 1, from: 0 })).toBe("raw.from");
    const none: BalanceForm = { kind: "shares", virtualShares: 0n, virtualAssets: 0n };
    expect(path(none, { shares: 0, totalAssets: 0, totalShares: 0 })).toBe("raw.totalShares");
  });

  test("with a rate and no time, a time and no rate, a rate under a rule without interest, or a time to come", () => {
    const raw = { scaled: 1, index: 1 };
    expect(path(index, { ...raw, rate: 1 })).toBe("raw.updatedAt");
    expect(path(index, { ...raw, updatedAt: 1 })).toBe("raw.rate");
    expect(path(index, { ...raw, rate: 1, updatedAt: 1 })).toBe("raw.rate");
    expect(path(index, { ...raw, rate: 1, updatedAt: ASOF }, "linear")).toBe("raw.updatedAt");
  });

  test("with a rate that compounds beyond any f64, at once", () => {
    const most = "9".repeat(99);
    const grown = (form: BalanceForm, raw: object) =>
      pathOf(() => amountOf(form, { index: 1, ...raw }, { ...now, interest: "compounded" }));
    const year = ASOF / 1000 - Number(YEAR);
    expect(grown(index, { scaled: 1, rate: most, updatedAt: year })).toBe("raw.rate");
    expect(grown(growth, { owed: 1, from: 1, rate: most, updatedAt: year })).toBe("raw.rate");
    // 700 % a year is within it: e^7.
    const high = { index: String(RAY), scaled: 1, rate: String(7n * RAY), updatedAt: year };
    expect(amountOf(index, high, { ...now, interest: "compounded" })).toBe(1096n);
  });

  test("under a rule that gives a form an interest it has not, or a ratio and no rounding", () => {
    const rule = (balances: object, rounding: object = {}) => ({
      schema: "margrave/rule/1",
      id: "r",
      model: "composed",
      assets: {},
      rounding,
      balances: { assets: { index: { one: 1 } }, liabilities: { shares: {} }, ...balances },
    });
    expect(pathOf(() => composedRule(rule({ interest: { liabilities: "linear" } })))).toBe(
      "balances.interest.liabilities",
    );
    const amount = { liabilities: "none" };
    expect(composedRule(rule({}, { amount })).rounding.amount).toEqual({ assets: "down", liabilities: "none" });
    const ratio = { liabilities: { growth: { ratio: 10 } } };
    expect(composedRule(rule(ratio)).balances?.liabilities.kind).toBe("growth");
    expect(pathOf(() => composedRule(rule(ratio, { amount })))).toBe("balances.liabilities.growth.ratio");
    expect(pathOf(() => composedRule(rule({ assets: { growth: { fractionalBits: 1, ratio: 1 } } })))).toBe(
      "balances.assets.growth.ratio",
    );
  });
});

describe("a quantity", () => {
  test("is the amount in whole units, rounded once", () => {
    expect(quantityOf(1_500_000n, 6)).toBe(1.5);
    expect(quantityOf(-1n, 18)).toBe(-1e-18);
    expect(Object.is(quantityOf(0n, 6), 0)).toBe(true);
    // 9007199254740993 lies between two f64, and 10^23 is none: rounding one before dividing would be a second rounding.
    const amount = 9_007_199_254_740_993n;
    expect(Number(amount) / 10 ** 6).not.toBe(quantityOf(amount, 6));
    expect(quantityOf(amount, 6)).toBe(Number("9007199254.740993"));
  });
});

describe("the f64 nearest to a quotient", () => {
  const decimal = (n: bigint, places: number) => nearestNumber({ n, d: 10n ** BigInt(places) });

  test("is what the language reads the same decimal as", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }),
        fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 290, max: 400 })),
        (n, places) => {
          expect(decimal(n, places) + 0).toBe(Number(`${n}e-${places}`) + 0);
        },
      ),
      { numRuns: 2000, seed: 13 },
    );
  });

  test("is the even one of two that are equally near, whatever factors the quotient keeps", () => {
    const odd = 2n ** 53n + 1n;
    for (const d of [1n, 3n, 2n ** 70n * 7n, 2n ** 200n]) {
      expect(nearestNumber({ n: odd * d, d })).toBe(2 ** 53);
      expect(nearestNumber({ n: (odd + 2n) * d, d })).toBe(2 ** 53 + 4);
      expect(nearestNumber({ n: odd * d + 1n, d })).toBe(2 ** 53 + 2);
      expect(nearestNumber({ n: -odd * d, d })).toBe(-(2 ** 53));
    }
    expect(nearestNumber({ n: 1n, d: 3n })).toBe(1 / 3);
  });

  test("at the ends of the range is a small number, 0 or Infinity", () => {
    expect(nearestNumber({ n: 1n, d: 2n ** 1074n })).toBe(Number.MIN_VALUE);
    expect(nearestNumber({ n: 1n, d: 2n ** 1075n })).toBe(0);
    expect(nearestNumber({ n: 3n, d: 2n ** 1076n })).toBe(Number.MIN_VALUE);
    expect(nearestNumber({ n: 2n ** 1024n, d: 1n })).toBe(Number.POSITIVE_INFINITY);
    expect(nearestNumber({ n: 0n, d: 7n })).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.js";
import { aaveIsolation } from "../../src/rules/sizing/aave.js";
import { folksLoan } from "../../src/rules/sizing/folks.js";
import { type KaminoWithdrawInput, kaminoMaxWithdraw } from "../../src/rules/sizing/kamino.js";

const pathOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.path;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("isolation at Aave before 3.7", () => {
  const free = { debtCeiling: 0n, isolationDebt: 0n };

  it("is null where no collateral has a ceiling", () => {
    expect(aaveIsolation([])).toBeNull();
    expect(aaveIsolation([free, free])).toBeNull();
  });

  it("leaves what the ceiling leaves, cents as eight decimals, and nothing above it", () => {
    expect(aaveIsolation([free, { debtCeiling: 1_000_00n, isolationDebt: 400_50n }])).toEqual({
      left: 599_50n * 10n ** 6n,
    });
    expect(aaveIsolation([{ debtCeiling: 100n, isolationDebt: 101n }])).toEqual({ left: 0n });
  });

  it("refuses a negative ceiling by its path", () => {
    expect(pathOf(() => aaveIsolation([free, { debtCeiling: -1n, isolationDebt: 0n }]))).toBe(
      "aaveIsolation[1].debtCeiling",
    );
  });
});

describe("a loan of Folks", () => {
  const money = (value: bigint, factor: bigint) => ({ value: value * 10n ** 10n, effective: (value * factor) / 100n });

  it("has ratios that are against it: loan-to-value and utilisation up, the margin down", () => {
    const loan = folksLoan({ collaterals: [money(300n, 100n)], borrows: [money(100n, 100n)] });
    expect(loan.loanToValue).toBe(33_333_334n);
    expect(loan.borrowUtilisation).toBe(33_333_334n);
    expect(loan.liquidationMargin).toBe(66_666_666n);
    const bad = folksLoan({ collaterals: [money(300n, 100n)], borrows: [money(400n, 100n)] });
    expect(bad.liquidationMargin).toBe(-33_333_334n);
  });

  it("rounds the value of each collateral down and of each debt up to eight decimals before it adds", () => {
    const dust = { value: 1n, effective: 0n };
    const loan = folksLoan({ collaterals: [dust, dust], borrows: [dust, dust] });
    expect([loan.collateral, loan.borrow, loan.borrowValues]).toEqual([0n, 2n, [1n, 1n]]);
  });

  it("has ratios of zero without collateral", () => {
    const loan = folksLoan({ collaterals: [], borrows: [money(5n, 100n)] });
    expect([loan.loanToValue, loan.borrowUtilisation, loan.liquidationMargin]).toEqual([0n, 0n, 0n]);
  });

  it("refuses a negative value by its path", () => {
    const negative = { value: -1n, effective: 0n };
    expect(pathOf(() => folksLoan({ collaterals: [], borrows: [negative] }))).toBe("folksLoan.borrows[0].value");
  });
});

describe("the most that Kamino's library lets out", () => {
  const whole = (n: bigint) => ({ n, d: 1n });
  /** 100 tokens of 6 decimals at $2 of which 80 % count, and $80 borrowed. */
  const input: KaminoWithdrawInput = {
    deposit: whole(100_000_000n),
    price: whole(2n),
    decimals: 6,
    maxLtv: { n: 8n, d: 10n },
    limit: whole(160n),
    borrowed: whole(80n),
  };
  const tokens = (change: Partial<KaminoWithdrawInput>) => {
    const { n, d } = kaminoMaxWithdraw({ ...input, ...change });
    return Number(n) / Number(d) / 1e6;
  };

  it("keeps a thousandth of what the limit leaves", () => {
    // $80 of limit at 0.8 are $100, less a thousandth, at $2.
    expect(tokens({})).toBe(49.95);
  });

  it("is all without debt, nothing at the limit, and no more than the deposit", () => {
    expect(tokens({ borrowed: whole(0n) })).toBe(100);
    expect(tokens({ borrowed: whole(160n) })).toBe(0);
    expect(tokens({ limit: whole(1_000n) })).toBe(100);
  });

  it("divides a deposit that does not count by its price, as the library does", () => {
    expect(tokens({ maxLtv: whole(0n), price: whole(5_000_000n) })).toBe(20);
    expect(tokens({ maxLtv: whole(0n) })).toBe(100);
  });

  it("refuses a negative sum and a price of 0 by their paths", () => {
    expect(pathOf(() => kaminoMaxWithdraw({ ...input, limit: whole(-1n) }))).toBe("kaminoMaxWithdraw.limit");
    expect(pathOf(() => kaminoMaxWithdraw({ ...input, price: whole(0n) }))).toBe("kaminoMaxWithdraw.price");
    expect(pathOf(() => kaminoMaxWithdraw({ ...input, decimals: -1 }))).toBe("kaminoMaxWithdraw.decimals");
  });
});

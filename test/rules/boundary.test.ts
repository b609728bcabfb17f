import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine.js";
import { preset } from "../../src/presets/index.js";
import { uniforms } from "../../src/sample/random.js";
import { decimalText, type JsonRecord } from "../vectors/comparison.js";
import { type Row, VectorBook } from "../vectors/product.js";

const COUNT = 400;
const context = { engine: createEngine() };

interface Account {
  readonly collateral: readonly {
    readonly price: bigint;
    readonly amount: bigint;
    readonly decimals: number;
    readonly weight: string;
  }[];
}

/** Accounts of up to four collaterals from cents to more money than an f64 counts in units of 1e-8. */
function accounts(): Account[] {
  const uniform = uniforms(2024);
  const digits = (most: number) => BigInt(Math.floor(10 ** (2 + uniform() * (most - 2))));
  return Array.from({ length: COUNT }, () => ({
    collateral: Array.from({ length: 1 + Math.floor(uniform() * 4) }, () => ({
      price: digits(12),
      amount: digits(15),
      decimals: 6 + Math.floor(uniform() * 6),
      weight: (Math.floor(uniform() * 99) / 100).toFixed(2),
    })),
  }));
}

/** Every account with the debt of its row, in units of 1e-6 of a dollar, under Compound's rule. */
function margin(all: readonly Account[], debts: readonly bigint[]): readonly Row[] {
  const book = new VectorBook();
  const assets: Record<string, JsonRecord> = { base: { initial: 1, maintenance: 1 } };
  book.asset({ id: "base", decimals: 6 }, { index: 1 });
  for (const [i, { collateral }] of all.entries()) {
    const supplies = collateral.map(({ price, amount, decimals, weight }, k) => {
      const asset = `${i}/${k}`;
      book.asset({ id: asset, decimals }, { index: decimalText(price, 8) });
      assets[asset] = { initial: weight, maintenance: weight };
      return { asset, quantity: decimalText(amount, decimals) };
    });
    book.pool({ supplies, debts: [{ asset: "base", quantity: decimalText(debts[i] ?? 0n, 6) }] });
  }
  return book.margin(context, preset("compound-v3", { shipped: false, assets }));
}

describe("the fast path at the boundary", () => {
  const all = accounts();
  const limits = margin(all, []).map((row) => row.exact().weighted.maintenance / 100n);

  it.each([-1n, 0n, 1n])(
    "decides as the integers do, or says that it cannot tell, with %s unit beyond the limit",
    (beyond) => {
      const debts = limits.map((limit) => (limit + beyond < 0n ? 0n : limit + beyond));
      const rows = margin(all, debts);
      const wrong = rows.filter((row) => row.breached !== row.exact().breached && !row.nearBoundary);
      expect(wrong).toEqual([]);
      // The integers know: at the limit nobody is liquidated, a unit beyond it everybody is.
      expect(rows.every((row) => row.exact().breached === beyond > 0n)).toBe(true);
      expect(rows.some(({ nearBoundary }) => nearBoundary)).toBe(true);
    },
  );

  it("says nothing of the sort a thousandth away from it", () => {
    const large = limits.map((limit) => limit > 1_000_000n);
    for (const share of [999n, 1001n]) {
      const rows = margin(
        all,
        limits.map((limit) => (limit * share) / 1000n),
      );
      const unsure = rows.filter(({ nearBoundary }, i) => large[i] && nearBoundary);
      expect(unsure).toEqual([]);
      expect(rows.filter((row, i) => large[i] && row.breached !== row.exact().breached)).toEqual([]);
    }
  });
});

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseMarket } from "../../src/market/parse-market.js";
import { composedRule, liquidationPrices } from "../../src/rules/index.js";
import { composedBook } from "../support/composed-book.js";
import { numberIn, rows } from "../support/importers/rows.js";
import { near, tolerance } from "../support/tolerance.js";

const DATA = new URL("../../../shared/data/", import.meta.url);
const LOANS = new URL("crvusd_borrowers/borrower_snapshots.csv.gz", DATA);
const CLOSES = new URL("crypto_hourly_close_2021_2025/close_1h_usdt.csv.gz", DATA);
const RULE = new URL("../support/rules/loan-to-value.json", import.meta.url);
const present = existsSync(LOANS) && existsSync(CLOSES);
if (!present) console.warn(`MISSING ${LOANS.pathname} or ${CLOSES.pathname}: recorded loans are not margined`);

const text = (file: URL) => gunzipSync(readFileSync(file)).toString("utf8");

/** Least, middle and greatest hourly close of ether while the loans were recorded. */
function closes(): { least: number; middle: number; greatest: number } {
  const [head = "", ...lines] = text(CLOSES).trim().split(/\r?\n/);
  const column = head.split(",").indexOf("ETH");
  const inside = lines
    .map((line) => line.split(","))
    .filter(([time = ""]) => time >= "2023-10-01" && time < "2024-01-02");
  const prices = inside.map((cells) => Number(cells[column])).filter((price) => price > 0);
  prices.sort((a, b) => a - b);
  const at = (share: number) => prices[Math.round(share * (prices.length - 1))] ?? Number.NaN;
  return { least: at(0), middle: at(0.5), greatest: at(1) };
}

/** A market in which both collaterals cost one ether: the data has no price of wstETH, which is worth more. */
function marketAt(ether: number) {
  return parseMarket({
    schema: "margrave/market/1",
    asOf: "2024-01-01T00:00:00Z",
    numeraire: "USD",
    assets: [{ id: "USD" }, { id: "weth" }, { id: "wsteth" }, { id: "crvUSD" }],
    prices: [
      { of: "weth", in: "USD", index: ether },
      { of: "wsteth", in: "USD", index: ether },
      { of: "crvUSD", in: "USD", index: 1 },
    ],
  });
}

describe.skipIf(!present)("49,000 recorded crvUSD loans under a loan-to-value rule of a file", () => {
  const rule = composedRule(JSON.parse(readFileSync(RULE, "utf8")));
  const loans = rows(text(LOANS)).map((row) => ({
    asset: row.market ?? "",
    collateral: Math.exp(numberIn(row, "ln_collateral")),
    debt: Math.exp(numberIn(row, "ln_debt_crvusd")),
  }));
  const weights: Readonly<Record<string, number>> = { weth: 0.85, wsteth: 0.8 };

  it("have collateral × price × loan-to-value ÷ debt as health factor, and breach below 1", () => {
    const { least, middle, greatest } = closes();
    expect(loans).toHaveLength(48_983);
    for (const ether of [least, middle, greatest]) {
      const market = marketAt(ether);
      const pools = loans.map(({ asset, collateral, debt }) => ({
        supplies: [{ asset, quantity: collateral, collateral: true }],
        debts: [{ asset: "crvUSD", quantity: debt }],
      }));
      const states = new Map<string, number>();
      let worst = 0;
      let wrong = 0;
      composedBook(market, pools, rule, (result) => {
        for (const [i, { asset, collateral, debt }] of loans.entries()) {
          const worth = collateral * ether * (weights[asset] ?? Number.NaN);
          const [ours = Number.NaN, breached, state] = [result.healthFactor[i], result.breached[i], result.state[i]];
          near(ours, worth / debt, (tolerance.loanHealthRelative * worth) / debt, asset);
          worst = Math.max(worst, Math.abs((ours * debt) / worth - 1));
          if (result.nearBoundary[i] === 0 && (breached === 1) !== worth < debt) wrong++;
          const name = result.states[state ?? -1] ?? "none";
          states.set(name, (states.get(name) ?? 0) + 1);
        }
      });
      expect(wrong).toBe(0);
      const counts = [...states].map(([state, count]) => `${count} ${state}`).join(", ");
      console.log(`ether at ${ether}: ${counts}; worst health factor ${worst.toExponential(1)} from the closed form`);
    }
    console.log(
      "no health factor, price or date is recorded with these loans: there is nothing of the protocol's to agree with",
    );
  });

  it("have debt ÷ (collateral × loan-to-value) as liquidation price", () => {
    const { middle } = closes();
    const some = loans.filter((_, i) => i % 97 === 0);
    const pools = some.map(({ asset, collateral, debt }) => ({
      supplies: [{ asset, quantity: collateral, collateral: true }],
      debts: [{ asset: "crvUSD", quantity: debt }],
    }));
    composedBook(marketAt(middle), pools, rule, (_, book, model) => {
      let outside = 0;
      for (const [i, { asset, collateral, debt }] of some.entries()) {
        const expected = debt / (collateral * (weights[asset] ?? Number.NaN));
        const [found] = liquidationPrices(book, i, model, { factors: [asset], range: [-0.999, 9] }).factors;
        if (expected < 0.001 * middle || expected > 10 * middle) {
          outside++;
          expect(found?.levels).toEqual([]);
        } else {
          const [level] = found?.levels ?? [];
          near(level?.price ?? Number.NaN, expected, tolerance.loanPriceRelative * expected, `loan ${i}`);
          expect([level?.breached, level?.jump]).toEqual(["below", false]);
        }
      }
      console.log(`${some.length - outside} liquidation prices in closed form, ${outside} outside the range`);
    });
  });
});

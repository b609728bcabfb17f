import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseHistory } from "../../src/market/parse-history.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { historical } from "../../src/models/historical.js";
import { delta } from "../../src/options/delta.js";
import { deltaGamma } from "../../src/options/delta-gamma.js";
import { revaluation } from "../../src/options/revaluation.js";

const CHAIN = "../shared/data/deribit_options_2026/chain_snapshots.csv.gz";
const missing = !existsSync(CHAIN);
if (missing) console.error(`NOT RUN: repricing of recorded option chains, because ${CHAIN} is missing`);

const DAY = 86_400_000;
const STEP = 6 * 3_600_000;

/** A recorded option: marks in coin, forward and index in USD. */
interface Row {
  readonly id: string;
  readonly future: string;
  readonly right: string;
  readonly strike: number;
  readonly expiry: number;
  readonly mark: number;
  readonly forward: number;
  readonly volatility: number;
  readonly delta: number;
  readonly index: number;
}

interface Snapshot {
  readonly name: string;
  readonly time: number;
  readonly rows: ReadonlyMap<string, Row>;
}

/** The chains of one coin, oldest first. */
function chains(coin: string): readonly Snapshot[] {
  const [head = "", ...lines] = gunzipSync(readFileSync(CHAIN)).toString("utf8").trim().split("\n");
  const names = head.split(",");
  const found = new Map<string, { time: number; rows: Map<string, Row> }>();
  for (const line of lines) {
    const cells = line.split(",");
    const of = (name: string) => cells[names.indexOf(name)] ?? "";
    if (of("currency") !== coin) continue;
    const snapshot = found.get(of("snapshot_id")) ?? { time: Date.parse(of("timestamp")), rows: new Map() };
    found.set(of("snapshot_id"), snapshot);
    snapshot.rows.set(of("instrument_name"), {
      id: of("instrument_name"),
      future: of("underlying_name"),
      right: of("option_type"),
      strike: Number(of("strike")),
      expiry: Date.parse(of("expiry_datetime")),
      mark: Number(of("mark_price")),
      forward: Number(of("underlying")),
      volatility: Number(of("implied_volatility")),
      delta: Number(of("delta")),
      index: Number(of("index_price")),
    });
  }
  return [...found].map(([name, snapshot]) => ({ name, ...snapshot })).sort((a, b) => a.time - b.time);
}

const engine = createEngine();
const treatments = {
  delta: delta(),
  deltaGamma: deltaGamma(),
  revaluation: revaluation(),
} as const;

/** P&L in USD of one contract of each option, alone, under the moves that its forward and coin made to the next snapshot. */
function predicted(
  coin: string,
  from: Snapshot,
  to: Snapshot,
  options: (typeof treatments)["delta"],
): Map<string, number> {
  const rows = [...from.rows.values()];
  const [first] = rows;
  const later = [...to.rows.values()];
  if (first === undefined) throw new Error("an empty chain");
  const asOf = new Date(from.time).toISOString();
  const futures = new Map(rows.map((row) => [row.future, row]));
  const marks = new Map(later.map((row) => [row.future, row.forward]));
  const market = parseMarket({
    ...{ schema: "margrave/market/1", asOf, numeraire: "USD", assets: [{ id: "USD" }, { id: coin }] },
    prices: [
      { of: coin, in: "USD", index: first.index },
      ...Array.from(futures, ([of, { forward }]) => ({ of, mark: forward })),
      ...rows.map(({ id, mark, volatility, future }) => ({ of: id, mark, impliedVol: volatility, forward: future })),
    ],
    instruments: [
      ...Array.from(futures, ([id, { expiry }]) => ({
        ...{ id, kind: "future", payoff: "inverse", underlying: coin, quote: "USD", settle: coin },
        expiry: new Date(expiry).toISOString(),
      })),
      ...rows.map(({ id, strike, right, expiry }) => ({
        ...{ id, kind: "option", payoff: "inverse", underlying: coin, quote: coin, settle: coin, strike, right },
        expiry: new Date(expiry).toISOString(),
      })),
    ],
    exposures: Array.from(futures.keys(), (of) => ({ of, to: { [`forward ${of}`]: 1 } })),
  });
  const columns = [coin, ...Array.from(futures.keys(), (id) => `forward ${id}`)];
  const closes = [
    ...[first.index, later[0]?.index ?? 0],
    ...Array.from(futures, ([id, { forward }]) => [forward, marks.get(id) ?? forward]).flat(),
  ];
  const history = parseHistory({ times: [from.time - STEP, from.time], columns, closes, interval: STEP, in: "USD" });
  const pools = rows.map(({ id }) => ({ id, positions: [{ instrument: id, quantity: 1, entryPrice: 1 }] }));
  const accounts = { schema: "margrave/accounts/1", asOf, accounts: [{ id: "desk", pools }] };
  const resident = engine.loadMarket(market, { history });
  const book = engine.loadBook(packBook(accounts, market), resident);
  const model = historical({ holdingPeriod: "PT6H", lookback: null, options });
  const result = engine.margin(book, model);
  expect(result.meta.statuses.ok).toBe(rows.length);
  expect(result.equity.every((value, i) => value === (rows[i]?.mark ?? 0) * first.index)).toBe(true);
  book.dispose();
  resident.dispose();
  // Of one move the worst is that one.
  return new Map(rows.map(({ id }, i) => [id, -(result.valueAtRisk[i] ?? Number.NaN)]));
}

describe.skipIf(missing)("recorded chains of Deribit, every option a pool", () => {
  test.each(["BTC", "ETH"])(
    "of %s are taken to the next snapshot, better beyond first order; what is left is mostly volatility",
    (coin) => {
      const all = chains(coin);
      const errors = { delta: 0, deltaGamma: 0, revaluation: 0 };
      let [moved, options] = [0, 0];
      for (const [i, from] of all.entries()) {
        const to = all[i + 1];
        // Within half a day little time passes, of which no treatment knows.
        if (to === undefined || to.time - from.time > DAY / 2) continue;
        for (const [name, options_] of Object.entries(treatments) as [
          keyof typeof treatments,
          typeof treatments.delta,
        ][]) {
          for (const [id, pnl] of predicted(coin, from, to, options_)) {
            const [now, then] = [from.rows.get(id), to.rows.get(id)];
            if (now === undefined || then === undefined) continue;
            if (now.expiry - from.time < 7 * DAY || !(Math.abs(now.delta) > 0.05 && Math.abs(now.delta) < 0.95))
              continue;
            const change = then.mark * then.index - now.mark * now.index;
            errors[name] += Math.abs(change - pnl);
            if (name === "delta") {
              moved += Math.abs(change);
              options++;
            }
          }
        }
      }
      const shares = Object.entries(errors).map(([name, error]) => `${name} ${((100 * error) / moved).toFixed(1)} %`);
      console.log(`${coin}: ${options} options; sum of errors beside the sum of changes: ${shares.join(", ")}`);
      expect(options).toBeGreaterThan(3000);
      expect(errors.deltaGamma).toBeLessThan(errors.delta);
      expect(errors.revaluation).toBeLessThan(errors.delta);
    },
  );
});

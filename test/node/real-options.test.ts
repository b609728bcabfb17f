import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine.js";
import {
  IMPLIED_STATUSES,
  impliedVolatilities,
  inverseGreekColumns,
  inverseGreeks,
  type QuoteColumns,
} from "../../src/options/index.js";
import { tolerance } from "../support/tolerance.js";

const CHAINS = "../shared/data/deribit_options_2026/chain_snapshots.csv.gz";
const GREEKS = "../shared/data/deribit_chain_misc/btc_chain_full_greeks_2026-03.csv.gz";
const SPX = "../shared/data/equity_option_chains/spx_20151222.csv.gz";
const YEAR = 365 * 86_400_000;

const missing = [CHAINS, GREEKS, SPX].filter((path) => !existsSync(path));
if (missing.length > 0)
  console.error(`NOT RUN: implied volatilities of real chains, because ${missing.join(" and ")} is missing`);

type Row = Readonly<Record<string, string>>;

/** The rows of a table, by the names of its columns. */
function readTable(path: string): readonly Row[] {
  const [head = "", ...lines] = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i] ?? "", cell])));
}

/** Quantiles of sizes, as a line to print. */
function spread(what: string, values: readonly number[], unit = 1): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0) / unit).toExponential(1);
  return `${what}: ${sorted.length} rows, half within ${at(0.5)}, 90 % ${at(0.9)}, 99 % ${at(0.99)}, all ${at(1)}`;
}

interface Quoted {
  readonly row: Row;
  readonly call: boolean;
  readonly forward: number;
  readonly strike: number;
  readonly years: number;
  readonly mark: number;
  readonly printed: number;
}

/** Both sides of every strike that has both, with the forward that their coin marks imply: K/(1 − (C − P)). */
function quotedPairs(rows: readonly Row[]): readonly Quoted[] {
  const pairs = new Map<string, { call?: Row; put?: Row }>();
  for (const row of rows) {
    const key = `${row.snapshot_id} ${row.currency} ${row.expiry_datetime} ${row.strike}`;
    const pair = pairs.get(key) ?? {};
    pair[row.option_type === "call" ? "call" : "put"] = row;
    pairs.set(key, pair);
  }
  return [...pairs.values()].flatMap(({ call, put }) => {
    if (call === undefined || put === undefined) return [];
    const strike = Number(call.strike);
    const forward = strike / (1 - (Number(call.mark_price) - Number(put.mark_price)));
    return [call, put].map((row) => ({
      row,
      call: row === call,
      forward,
      strike,
      years: (Date.parse(row.expiry_datetime ?? "") - Date.parse(row.timestamp ?? "")) / YEAR,
      mark: Number(row.mark_price),
      printed: Number(row.implied_volatility),
    }));
  });
}

const column = <T>(list: readonly T[], of: (one: T) => number) => Float64Array.from(list, of);

const off = ({ iv, printed }: { readonly iv: number; readonly printed: number }) => Math.abs(iv - printed);

describe.skipIf(missing.length > 0)("options of real chains", () => {
  const engine = createEngine();

  test("Deribit's marks of 2026 have the volatilities that it prints, and its deltas and vegas", () => {
    const rows = readTable(CHAINS);
    expect(rows).toHaveLength(30_416);
    const quoted = quotedPairs(rows);
    const terms = {
      type: Uint8Array.from(quoted, ({ call }) => (call ? 1 : 0)),
      forward: column(quoted, ({ forward }) => forward),
      strike: column(quoted, ({ strike }) => strike),
      years: column(quoted, ({ years }) => years),
    };
    const price = column(quoted, ({ mark, forward }) => mark * forward);
    const { status, volatility } = impliedVolatilities(engine, { ...terms, price });
    const volatilities = column(quoted, ({ printed }) => printed);
    const { quote } = inverseGreekColumns(engine, { ...terms, volatility: volatilities });
    const found = quoted.map((one, i) => ({
      ...one,
      status: IMPLIED_STATUSES[status[i] ?? 0] ?? "ok",
      iv: volatility[i] ?? 0,
      // Printed per point of volatility, with five decimals.
      delta: Math.abs((quote.delta[i] ?? 0) - Number(one.row.delta)),
      vega: Math.abs((quote.vega[i] ?? 0) / 100 - Number(one.row.vega)),
    }));
    const isCentral = ({ row, years }: Quoted) => {
      const delta = Math.abs(Number(row.delta));
      return delta > 0.05 && delta < 0.95 && years > 7 / 365;
    };
    const central = found.filter(isCentral);
    const others = found.filter((one) => !isCentral(one));
    const none = others.filter((one) => one.status !== "ok");
    console.log(`Deribit 2026: ${rows.length} rows, of which ${quoted.length} have the other side of their strike`);
    console.log(spread("0.05 < |delta| < 0.95 and more than 7 days, |volatility − printed|", central.map(off)));
    console.log(spread("all other rows that have one", others.filter((one) => one.status === "ok").map(off)));
    for (const name of new Set(none.map((one) => one.status))) {
      console.log(`none, ${name}: ${none.filter((one) => one.status === name).length}`);
    }
    console.log(
      spread(
        "|delta − printed|",
        found.map(({ delta }) => delta),
      ),
    );
    console.log(
      spread(
        "|vega − printed|, USD a point",
        found.map(({ vega }) => vega),
      ),
    );
    expect(central.every((one) => one.status === "ok")).toBe(true);
    const offs = central.map(off).sort((a, b) => a - b);
    expect(offs.length).toBeGreaterThan(13_000);
    expect(offs.at(-1)).toBeLessThanOrEqual(tolerance.deribitVolatility);
    expect(offs[Math.floor(0.9 * offs.length)]).toBeLessThanOrEqual(tolerance.deribitVolatilityMost);
  });

  test("Deribit's greeks of March 2026, at the time that its marks imply, reported", () => {
    const rows = readTable(GREEKS).filter((row) => Number(row.mark_iv) > 0 && row.theta !== "");
    const priceAt = (row: Row, years: number) =>
      inverseGreeks(engine, {
        type: row.type === "call" ? "call" : "put",
        forward: Number(row.underlying_price),
        strike: Number(row.strike),
        years,
        volatility: Number(row.mark_iv) / 100,
      });
    // The time is not stored: each row's price has one, and the most of them agree.
    const times = rows.map((row) => {
      let [low, high] = [0, 2];
      for (let i = 0; i < 50; i++) {
        const middle = (low + high) / 2;
        if (priceAt(row, middle).coinPrice < Number(row.mark_price)) low = middle;
        else high = middle;
      }
      return Number(row.expiration_timestamp) - low * YEAR;
    });
    const asOf = [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;
    console.log(`${rows.length} rows, as of ${new Date(asOf).toISOString()}`);
    const compared = rows.map((row) => {
      const years = (Number(row.expiration_timestamp) - asOf) / YEAR;
      const { quote, coinPrice } = priceAt(row, years);
      return {
        mark: Math.abs(coinPrice - Number(row.mark_price)),
        delta: Math.abs(quote.delta - Number(row.delta)),
        gamma: Math.abs(quote.gamma - Number(row.gamma)),
        vega: Math.abs(quote.vega / 100 - Number(row.vega)),
        theta: Math.abs(quote.theta / 365 - Number(row.theta)) / Math.max(1, Math.abs(Number(row.theta))),
      };
    });
    for (const name of ["mark", "delta", "gamma", "vega"] as const) {
      console.log(
        spread(
          `|${name} − printed|`,
          compared.map((one) => one[name]),
        ),
      );
    }
    console.log(
      spread(
        "|theta a day − printed|, relative where above 1",
        compared.map(({ theta }) => theta),
      ),
    );
    expect(compared.length).toBeGreaterThan(100);
    expect(compared.every((one) => Object.values(one).every(Number.isFinite))).toBe(true);
  });

  test("the S&P 500's chain of 2015 by a parity forward for each expiry, reported", () => {
    const rows = readTable(SPX);
    const day = Date.parse("2015-12-22T00:00:00Z");
    const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
    let [compared, near] = [0, 0];
    for (const expiry of [...new Set(rows.map((row) => row.expiry ?? ""))].sort()) {
      const chain = rows.filter((row) => row.expiry === expiry && Number(row.close) > 0);
      const priceOf = (strike: number, right: string) =>
        Number(chain.find((row) => Number(row.strike) === strike && row.right === right)?.close);
      const pairs = [...new Set(chain.map(({ strike }) => Number(strike)))].flatMap((strike) => {
        const gap = priceOf(strike, "C") - priceOf(strike, "P");
        return Number.isFinite(gap) ? [{ strike, gap }] : [];
      });
      if (pairs.length === 0) {
        console.log(`${expiry}: no strike of ${chain.length} rows has both sides, so there is no forward`);
        continue;
      }
      // C − P = D (F − K), by least squares; from one pair the forward with a discount of 1.
      const [k, g] = [mean(pairs.map(({ strike }) => strike)), mean(pairs.map(({ gap }) => gap))];
      const cross = pairs.reduce((sum, { strike, gap }) => sum + (strike - k) * (gap - g), 0);
      const square = pairs.reduce((sum, { strike }) => sum + (strike - k) ** 2, 0);
      const discount = square > 0 ? -cross / square : 1;
      const forward = k + g / discount;
      const years = (Date.parse(expiry.replace(/(....)(..)(..)/, "$1-$2-$3")) - day) / YEAR;
      const quotes: QuoteColumns = {
        type: Uint8Array.from(chain, ({ right }) => (right === "C" ? 1 : 0)),
        forward,
        strike: column(chain, ({ strike }) => Number(strike)),
        years,
        rate: -Math.log(discount) / years,
        price: column(chain, (row) => Number(row.close)),
      };
      const { status, volatility } = impliedVolatilities(engine, quotes);
      const known = chain.flatMap(({ implied_volatility }, i) =>
        Number(implied_volatility) > 0 && status[i] === 0
          ? [off({ iv: volatility[i] ?? 0, printed: Number(implied_volatility) })]
          : [],
      );
      const within = known.filter((one) => one <= 0.01).length;
      compared += known.length;
      near += within;
      const [f, d] = [forward.toFixed(2), discount.toFixed(5)];
      console.log(
        `${expiry}: forward ${f} from ${pairs.length} strikes, discount ${d}, ${within} of ${known.length} within a point`,
      );
    }
    console.log(`S&P 500: ${near} of ${compared} rows within one point of volatility`);
    expect(compared).toBeGreaterThan(100);
  });
});

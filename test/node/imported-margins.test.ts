import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseMarket } from "../../src/market/parse-market.js";
import { composedRule } from "../../src/rules/index.js";
import { composedBook } from "../support/composed-book.js";
import { binanceRule } from "../support/importers/binance.js";
import { type DydxGenesis, dydxRule } from "../support/importers/dydx.js";
import { numberIn, rows } from "../support/importers/rows.js";
import { synthetixRule } from "../support/importers/synthetix.js";
import { near, tolerance } from "../support/tolerance.js";

const DATA = new URL("../../../shared/data/", import.meta.url);
const present = existsSync(DATA);
if (!present) console.warn(`MISSING ${DATA.pathname}: no imported rule is margined`);

function textOf(path: string): string {
  const bytes = readFileSync(new URL(path, DATA));
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** Linear perpetuals at marks, settled in one coin worth a dollar. */
function marketOf(settle: string, marks: ReadonlyMap<string, number>) {
  return parseMarket({
    schema: "margrave/market/1",
    asOf: "2026-01-01T00:00:00Z",
    numeraire: "USD",
    assets: [{ id: "USD" }, { id: settle }, { id: "underlying" }],
    prices: [
      { of: settle, in: "USD", index: 1 },
      { of: "underlying", in: "USD", index: 1 },
      ...[...marks].map(([of, mark]) => ({ of, mark })),
    ],
    instruments: [...marks.keys()].map((id) => ({
      id,
      kind: "perpetual",
      payoff: "linear",
      underlying: "underlying",
      quote: settle,
      settle,
      multiplier: 1,
    })),
  });
}

interface Held {
  readonly instrument: string;
  readonly quantity: number;
}

/** Requirements at both levels of pools of one position each, entered at the mark. */
function requirements(
  rule: Readonly<Record<string, unknown>> | undefined,
  settle: string,
  marks: ReadonlyMap<string, number>,
  held: readonly Held[],
) {
  const pools = held.map(({ instrument, quantity }) => ({
    balances: [{ asset: settle, quantity: 1e12 }],
    positions: [{ id: "p", instrument, quantity, entryPrice: marks.get(instrument) }],
  }));
  return composedBook(marketOf(settle, marks), pools, composedRule(rule), ({ requirement, status }) => {
    expect([...status].every((one) => one === 0)).toBe(true);
    return held.map((_, i) => ({
      initial: requirement.initial?.[i] ?? Number.NaN,
      maintenance: requirement.maintenance[i] ?? Number.NaN,
    }));
  });
}

describe.skipIf(!present)("positions under imported rules", () => {
  it.each(["2022-04-16", "2024-10-24"])(
    "need rate × notional − published amount at Binance on %s, in every bracket",
    (date) => {
      const text = textOf(`binance_leverage_tiers/tiers_${date}.csv.gz`);
      const { rules } = binanceRule(text, date);
      const settles = ["USDT", "BUSD", "USDC"] as const;
      let checked = 0;
      let worst = 0;
      for (const settle of settles) {
        const tiers = rows(text).filter(({ symbol = "" }) =>
          new RegExp(`${settle}(:${settle})?([-_]\\d{6})?$`).test(symbol),
        );
        if (tiers.length === 0) continue;
        const marks = new Map(tiers.map(({ symbol }) => [`binance:${symbol}`, 1]));
        const held = tiers.flatMap((tier) => {
          const [from, to] = [numberIn(tier, "min_notional"), numberIn(tier, "max_notional")];
          const instrument = `binance:${tier.symbol}`;
          // An open last bracket is written as ending at 2^63.
          const within = { tier, instrument, quantity: -Math.min((from + to) / 2, 1e12) };
          return from === 0 ? [within] : [within, { tier, instrument, quantity: from }];
        });
        const found = requirements(rules[0], settle, marks, held);
        for (const [i, { tier, quantity }] of held.entries()) {
          const notional = Math.abs(quantity);
          const published = notional * numberIn(tier, "maintenance_margin_rate") - numberIn(tier, "cum_maint_amount");
          const { initial = Number.NaN, maintenance = Number.NaN } = found[i] ?? {};
          near(maintenance, published, tolerance.bracketRelative * notional, `${tier.symbol} at ${notional}`);
          worst = Math.max(worst, Math.abs(maintenance - published) / notional);
          expect(initial).toBeGreaterThanOrEqual(maintenance);
          expect(initial).toBeLessThanOrEqual(
            notional / numberIn(tier, "max_leverage") + tolerance.bracketRelative * notional,
          );
          checked++;
        }
      }
      console.log(`${checked} positions in the brackets of ${date}, worst ${worst.toExponential(1)} of the notional`);
      expect(checked).toBeGreaterThan(1900);
    },
  );

  it("need a fraction of a fraction of the notional at dYdX, each rounded up to a millionth", () => {
    const genesis: DydxGenesis = JSON.parse(textOf("dydx_v4_market_params/mainnet_genesis_params.json"));
    const marks = new Map(genesis.perpetuals.perpetuals.map(({ params }, i) => [`dydx:${params.ticker}`, 1.5 + i]));
    const held = [...marks.keys()].map((instrument, i) => ({
      instrument,
      quantity: (i % 2 === 0 ? 1 : -1) * (0.000123 + i),
    }));
    const found = requirements(dydxRule(genesis).rules[0], "USDC", marks, held);
    const up = (a: bigint, ppm: number) => (a * BigInt(ppm) + 999_999n) / 1_000_000n;
    for (const [i, { params }] of genesis.perpetuals.perpetuals.entries()) {
      const tier = genesis.perpetuals.liquidity_tiers[params.liquidity_tier];
      if (tier === undefined) throw new Error("no tier");
      // The size in millionths times the price in halves is the notional in two millionths; down to whole ones.
      const size = BigInt(123 + i * 1_000_000);
      const notional = (size * BigInt(3 + 2 * i)) / 2n;
      const initial = up(notional, tier.initial_margin_ppm);
      expect(Math.round((found[i]?.initial ?? Number.NaN) * 1e6)).toBe(Number(initial));
      expect(Math.round((found[i]?.maintenance ?? Number.NaN) * 1e6)).toBe(
        Number(up(initial, tier.maintenance_fraction_ppm)),
      );
    }
  });

  it("need more than in proportion to their size at Synthetix, and a keeper's reward", () => {
    const files = {
      markets: textOf("synthetix_v3_perps_params/perps_markets.csv"),
      collaterals: textOf("synthetix_v3_perps_params/perps_collaterals.csv"),
      global: textOf("synthetix_v3_perps_params/perps_global.csv"),
    };
    const { rules } = synthetixRule(files, "2026-06-25");
    const long = new Map(
      rows(files.markets).map(({ market, parameter, value }) => [`${market}/${parameter}`, Number(value)]),
    );
    const markets = [...new Set(rows(files.markets).map(({ market = "" }) => market))];
    const marks = new Map(markets.map((market, i) => [`synthetix:${market.toUpperCase()}`, 10 ** (i % 5)]));
    const of = (market: string, name: string) => long.get(`${market}/perps_${name}`) ?? Number.NaN;
    const held = markets.map((market, i) => ({
      instrument: `synthetix:${market.toUpperCase()}`,
      quantity: ((i % 2 === 0 ? 1 : -1) * of(market, "market_skew_scale")) / 1000,
    }));
    const found = requirements(rules[0], "snxUSD", marks, held);
    for (const [i, market] of markets.entries()) {
      const size = of(market, "market_skew_scale") / 1000;
      const notional = size * 10 ** (i % 5);
      const ratio = of(market, "initial_margin_ratio") / 1000 + of(market, "minimum_initial_margin_ratio");
      const reward = long.get(`${market}/perps_flag_reward_ratio_d18`) ?? of(market, "flag_reward_ratio");
      const keeper = Math.min(Math.max(notional * reward, 1), 30);
      const least = of(market, "minimum_position_margin") + keeper;
      const initial = notional * ratio + least;
      const maintenance = notional * ratio * of(market, "maintenance_margin_scalar") + least;
      near(found[i]?.initial ?? Number.NaN, initial, tolerance.importedMargin * initial, `${market}, initial`);
      near(found[i]?.maintenance ?? Number.NaN, maintenance, tolerance.importedMargin * maintenance, market);
    }
    console.log(`${markets.length} markets`);
  });
});

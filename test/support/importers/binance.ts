import { type JsonObject, preset } from "../../../src/presets/index.js";
import { grouped, type Imported, numberIn, type Row, rows } from "./rows.js";

/** What a contract's brackets are in and settle in: `1000BONK/USDC:USDC`, `1000BTTC/USDT`, `BTCUSDT_210326`. */
function currencyOf(symbol: string): string {
  return /(USDT|USDC|BUSD|BTC)(:\w+)?([-_]\d{6})?$/.exec(symbol)?.[1] ?? "";
}

/**
 * Leverage brackets of `binance_leverage_tiers` as one rule: an instrument entry per contract, matched by its symbol, with
 * each published deduction for the parser to check. The initial rate of a bracket is 1 ÷ its highest leverage. Brackets
 * that do not follow one another are refused, and those that are not in a dollar coin, which a rule in USD counts as one.
 */
export function binanceRule(text: string, effective: string): Imported {
  const refused: string[] = [];
  const instruments: JsonObject[] = [];
  const settles = new Set<string>();
  let used = 0;
  for (const [symbol, tiers] of grouped(rows(text), ({ symbol = "" }) => symbol)) {
    const gap = tiers.findIndex(
      (tier, i) => numberIn(tier, "min_notional") !== (i === 0 ? 0 : numberIn(tiers[i - 1] as Row, "max_notional")),
    );
    if (gap >= 0) {
      refused.push(`${symbol}: bracket ${gap + 1} does not begin where the one before ends`);
      continue;
    }
    const currency = currencyOf(symbol);
    if (!/USD/.test(currency)) {
      refused.push(`${symbol}: brackets in ${currency || "an unknown currency"}, those of a rule are in its numeraire`);
      continue;
    }
    settles.add(currency);
    used += tiers.length;
    const upTo = (i: number) => (i === tiers.length - 1 ? null : numberIn(tiers[i] as Row, "max_notional"));
    instruments.push({
      match: { id: `binance:${symbol}` },
      initial: tiers.map((tier, i) => [upTo(i), 1 / numberIn(tier, "max_leverage")]),
      maintenance: tiers.map((tier, i) => [
        upTo(i),
        numberIn(tier, "maintenance_margin_rate"),
        numberIn(tier, "cum_maint_amount"),
      ]),
    });
  }
  const assets = Object.fromEntries([...settles].map((asset) => [asset, { initial: 1, maintenance: 1 }]));
  const source = "github.com/freqtrade/freqtrade, binance_leverage_tiers.json";
  const id = `binance-cross-${effective}`;
  return {
    rules: [preset("binance-cross", { id, effective, source, shipped: false, assets, instruments })],
    refused,
    used,
  };
}

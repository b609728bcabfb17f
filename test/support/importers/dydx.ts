import { type JsonObject, preset } from "../../../src/presets/index.js";
import type { Imported } from "./rows.js";

export interface DydxTier {
  readonly id: number;
  readonly name: string;
  readonly initial_margin_ppm: number;
  readonly maintenance_fraction_ppm: number;
  /** quote quantums, 1e-6 USDC; absent before caps on open interest */
  readonly open_interest_lower_cap?: number;
  readonly open_interest_upper_cap?: number;
}
export interface DydxGenesis {
  readonly genesis_time: string;
  readonly perpetuals: {
    readonly perpetuals: readonly { readonly params: { readonly ticker: string; readonly liquidity_tier: number } }[];
    readonly liquidity_tiers: readonly DydxTier[];
  };
}

/** Perpetuals of `dydx_v4_market_params` as one rule, each with the fractions of its liquidity tier. */
export function dydxRule({ genesis_time, perpetuals }: DydxGenesis): Imported {
  const refused: string[] = [];
  const instruments: JsonObject[] = [];
  for (const { params } of perpetuals.perpetuals) {
    const tier = perpetuals.liquidity_tiers.find(({ id }) => id === params.liquidity_tier);
    if (tier === undefined) {
      refused.push(`${params.ticker}: no liquidity tier ${params.liquidity_tier}`);
      continue;
    }
    const base = tier.initial_margin_ppm / 1e6;
    const { open_interest_lower_cap: lower = 0, open_interest_upper_cap: upper = 0 } = tier;
    const initial = upper === 0 ? base : { openInterest: { base, lower: lower / 1e6, upper: upper / 1e6 } };
    const maintenance = { share: { of: base, share: tier.maintenance_fraction_ppm / 1e6 } };
    instruments.push({ match: { id: `dydx:${params.ticker}` }, initial, maintenance });
  }
  const effective = genesis_time.slice(0, 10);
  const source = "github.com/dydxprotocol/v4-chain @ 84d4664bae71e3a077adaac67fb77ad19cd28d30, genesis.json";
  const assets = { USDC: { initial: 1, maintenance: 1 } };
  const id = `dydx-v4-${effective}`;
  const rule = preset("dydx-v4", { id, effective, source, shipped: false, assets, instruments });
  return { rules: [rule], refused, used: instruments.length };
}

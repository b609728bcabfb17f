import { type JsonObject, preset } from "../../../src/presets/index.js";
import { grouped, type Imported, type Row, rows } from "./rows.js";

/** A long table's parameters by name. */
function parameters(all: readonly Row[]): ReadonlyMap<string, number> {
  return new Map(all.map(({ parameter = "", value = "" }) => [parameter, value === "" ? Number.NaN : Number(value)]));
}

/**
 * Markets, collaterals and global numbers of `synthetix_v3_perps_params` as one rule. The slope of a market is its initial
 * margin ratio ÷ its skew scale. A collateral whose discount varies needs the skew scale of its synth, which the files lack:
 * refused unless both limits are the same.
 */
export function synthetixRule(
  files: { readonly markets: string; readonly collaterals: string; readonly global: string },
  effective: string,
): Imported {
  const refused: string[] = [];
  let used = 0;
  const instruments: JsonObject[] = [];
  for (const [market, long] of grouped(rows(files.markets), ({ market = "" }) => market)) {
    const values = parameters(long);
    const of = (name: string) => values.get(name) ?? Number.NaN;
    const slope = of("perps_initial_margin_ratio") / of("perps_market_skew_scale");
    const base = of("perps_minimum_initial_margin_ratio");
    const scalar = of("perps_maintenance_margin_scalar");
    const plus = of("perps_minimum_position_margin");
    const reward = values.get("perps_flag_reward_ratio_d18") ?? of("perps_flag_reward_ratio");
    const lacking = Object.entries({ slope, base, scalar, plus, reward }).filter(
      ([, value]) => !Number.isFinite(value),
    );
    if (lacking.length > 0) {
      refused.push(`market ${market}: no ${lacking.map(([name]) => name).join(", ")}`);
      continue;
    }
    instruments.push({
      match: { id: `synthetix:${market.toUpperCase()}` },
      initial: { affine: { base, slope } },
      maintenance: { affine: { base: base * scalar, slope: slope * scalar } },
      plus: { initial: plus, maintenance: plus },
      reward,
    });
    used++;
  }
  const assets: Record<string, JsonObject> = {};
  for (const [collateral, long] of grouped(rows(files.collaterals), ({ collateral = "" }) => collateral)) {
    const values = [...parameters(long)];
    const limit = (name: string) => values.find(([key]) => key.endsWith(name))?.[1] ?? Number.NaN;
    const [lower, upper] = [limit("_lower_limit_discount"), limit("_upper_limit_discount")];
    if (lower === upper) {
      assets[collateral === "usd" ? "snxUSD" : collateral.toUpperCase()] = {
        initial: 1 - lower,
        maintenance: 1 - lower,
      };
      used++;
    } else
      refused.push(`collateral ${collateral}: discount ${lower} to ${upper} over a skew scale that the files lack`);
  }
  const global = parameters(rows(files.global));
  const setting = (name: string) => global.get(name) ?? Number.NaN;
  const settings = {
    minimumReward: setting("perps_liquidation_min_keeper_reward_usd"),
    maximumReward: setting("perps_liquidation_max_keeper_reward_usd"),
    rewardShareOfCollateral: setting("perps_liquidation_max_keeper_scaling_ratio_d18"),
  };
  const source = "github.com/Synthetixio/synthetix-deployments @ bb0c6bca425f37346c97621e571f795efd7e0c27";
  const id = `synthetix-v3-${effective}`;
  const rule = preset("synthetix-v3", { id, effective, source, shipped: false, assets, instruments, settings });
  return { rules: [rule], refused, used };
}

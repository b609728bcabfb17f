import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { preset } from "../../src/presets/index.js";
import { composedRule, type ComposedRule, type Rate, type Weight } from "../../src/rules/index.js";
import { aaveRules } from "../support/importers/aave.js";
import { binanceRule } from "../support/importers/binance.js";
import { cometRules } from "../support/importers/comet.js";
import { type DydxGenesis, dydxRule } from "../support/importers/dydx.js";
import { type Imported, numberIn, rows } from "../support/importers/rows.js";
import { synthetixRule } from "../support/importers/synthetix.js";
import { near, tolerance } from "../support/tolerance.js";

const DATA = new URL("../../../shared/data/", import.meta.url);
const present = existsSync(DATA);
if (!present) console.warn(`MISSING ${DATA.pathname}: no rule is imported from venues' parameters`);

function textOf(path: string): string {
  const bytes = readFileSync(new URL(path, DATA));
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** The rules of an import, parsed; prints how many rows became rules, and what was refused. */
function parsed(name: string, { rules, refused, used }: Imported): ComposedRule[] {
  console.log(
    `${name}: ${used} rows in ${rules.length} rule${rules.length === 1 ? "" : "s"}, ${refused.length} refused`,
  );
  for (const reason of refused.slice(0, 10)) console.log(`  refused ${reason}`);
  if (refused.length > 10) console.log(`  and ${refused.length - 10} like the last`);
  return rules.map(composedRule);
}

function flat(weight: Weight | undefined): number {
  if (weight?.kind !== "flat") throw new Error(`${weight?.kind} is no flat weight`);
  return weight.weight;
}

/** Continuity deductions of a rate: c_k = c_{k−1} + floor_k (r_k − r_{k−1}). */
function deductions(rate: Rate | undefined): number[] {
  if (rate?.kind === "flat") return [0];
  if (rate?.kind !== "brackets") throw new Error(`${rate?.kind} has no deductions`);
  const all = [0];
  for (let k = 1; k < rate.rate.length; k++) {
    const step = (rate.rate[k] ?? Number.NaN) - (rate.rate[k - 1] ?? Number.NaN);
    all.push((all[k - 1] ?? Number.NaN) + (rate.upTo[k - 1] ?? Number.NaN) * step);
  }
  return all;
}

describe.skipIf(!present)("rules imported from recorded parameters", () => {
  it.each([
    ["2022-04-16", 162, 1077, 0],
    ["2024-10-24", 348, 2795, 1],
  ])("Binance's brackets of %s imply every published deduction", (date, contracts, tiers, refused) => {
    const text = textOf(`binance_leverage_tiers/tiers_${date}.csv.gz`);
    const imported = binanceRule(text, date);
    const [rule] = parsed(`Binance ${date}`, imported);
    expect(imported.used).toBe(tiers);
    expect(imported.refused).toHaveLength(refused);
    expect(rule?.instruments).toHaveLength(contracts);
    const derived = new Map(rule?.instruments.map(({ match, rate }) => [match.id, deductions(rate?.maintenance)]));
    let worst = 0;
    for (const row of rows(text)) {
      const published = numberIn(row, "cum_maint_amount");
      const contract = derived.get(`binance:${row.symbol}`);
      if (contract === undefined) continue;
      const implied = contract[numberIn(row, "tier") - 1] ?? Number.NaN;
      near(implied, published, tolerance.publishedDeduction(published), `${row.symbol} ${row.tier}`);
      worst = Math.max(worst, Math.abs(implied - published) / Math.max(1, published));
    }
    console.log(`  ${tiers} deductions of ${contracts} contracts, worst ${worst.toExponential(1)} relative`);
  });

  it("Aave's reserves have the recorded weights; isolated ones a category; e-modes are refused for want of weights", () => {
    const text = textOf("aave_v3_params/reserves_2026-08-22.csv");
    const imported = aaveRules(text, "2026-08-22");
    const rules = new Map(parsed("Aave v3", imported).map((rule) => [rule.id, rule]));
    expect(rules.size).toBe(13);
    expect(imported.used).toBe(218);
    const zero: string[] = [];
    for (const row of rows(text)) {
      const rule = rules.get(`aave-v3-${row.network}-2026-08-22`);
      const id = `${row.symbol}@${row.network}`;
      const entry = rule?.assets.get(id);
      expect(flat(entry?.weight.initial)).toBe(numberIn(row, "loan_to_value"));
      expect(flat(entry?.weight.maintenance)).toBe(numberIn(row, "liquidation_threshold"));
      expect(flat(entry?.weight.maintenance)).toBeGreaterThanOrEqual(flat(entry?.weight.initial));
      if (numberIn(row, "loan_to_value") === 0 && numberIn(row, "liquidation_threshold") > 0) zero.push(id);
      const category = rule?.categories.get(`isolated:${row.symbol}`);
      expect(category !== undefined).toBe(numberIn(row, "debt_ceiling") > 0);
      if (category !== undefined)
        expect(category.others?.weight).toEqual({
          initial: { kind: "flat", weight: 0 },
          maintenance: { kind: "flat", weight: 0 },
        });
    }
    console.log(`  ${zero.length} reserves count for liquidation only (being taken off)`);
    const modes = new Set(
      rows(text)
        .filter((row) => row.emode_category !== "0")
        .map((row) => `${row.network}/${row.emode_category}`),
    );
    expect(imported.refused).toHaveLength(modes.size);
  });

  it("Comet's markets have the recorded factors", () => {
    const text = textOf("compound_v3_params/collaterals.csv");
    const imported = cometRules(text, "2026-05-29");
    const rules = new Map(parsed("Compound v3", imported).map((rule) => [rule.id, rule]));
    expect(rules.size).toBe(17);
    expect(imported).toMatchObject({ used: 56, refused: [] });
    for (const row of rows(text)) {
      const rule = rules.get(`compound-v3-${row.network}-${row.market}`);
      const entry = rule?.assets.get(row.collateral ?? "");
      expect(flat(entry?.weight.initial)).toBe(numberIn(row, "borrowCF"));
      expect(flat(entry?.weight.maintenance)).toBe(numberIn(row, "liquidateCF"));
      expect(flat(rule?.assets.get(row.base_token ?? "")?.weight.maintenance)).toBe(1);
    }
  });

  it("dYdX's perpetuals have the fractions of their tiers", () => {
    const genesis: DydxGenesis = JSON.parse(textOf("dydx_v4_market_params/mainnet_genesis_params.json"));
    const imported = dydxRule(genesis);
    const [rule] = parsed("dYdX v4", imported);
    expect(imported).toMatchObject({ used: 33, refused: [] });
    expect(rule?.effective).toBe("2023-10-26");
    for (const { params } of genesis.perpetuals.perpetuals) {
      const tier = genesis.perpetuals.liquidity_tiers[params.liquidity_tier];
      const entry = rule?.instruments.find(({ match }) => match.id === `dydx:${params.ticker}`);
      expect(entry?.rate).toEqual({
        initial: { kind: "flat", rate: (tier?.initial_margin_ppm ?? Number.NaN) / 1e6 },
        maintenance: {
          kind: "share",
          of: (tier?.initial_margin_ppm ?? Number.NaN) / 1e6,
          share: (tier?.maintenance_fraction_ppm ?? Number.NaN) / 1e6,
        },
      });
    }
  });

  it("Synthetix's markets have the recorded ratios, and maintenance is the scalar of initial", () => {
    const files = {
      markets: textOf("synthetix_v3_perps_params/perps_markets.csv"),
      collaterals: textOf("synthetix_v3_perps_params/perps_collaterals.csv"),
      global: textOf("synthetix_v3_perps_params/perps_global.csv"),
    };
    const imported = synthetixRule(files, "2026-06-25");
    const [rule] = parsed("Synthetix v3", imported);
    expect(rule?.instruments).toHaveLength(92);
    expect([...(rule?.assets.keys() ?? [])]).toEqual(["snxUSD", "USDC"]);
    expect(imported.refused).toHaveLength(4);
    const values = new Map(
      rows(files.markets).map(({ market, parameter, value }) => [`${market}/${parameter}`, Number(value)]),
    );
    for (const { match, rate, plus } of rule?.instruments ?? []) {
      const of = (name: string) => values.get(`${match.id?.slice(10).toLowerCase()}/perps_${name}`) ?? Number.NaN;
      const { initial, maintenance } = rate ?? {};
      if (initial?.kind !== "affine" || maintenance?.kind !== "affine") throw new Error(`${match.id} is not affine`);
      expect(initial.base).toBe(of("minimum_initial_margin_ratio"));
      near(
        initial.slope * of("market_skew_scale"),
        of("initial_margin_ratio"),
        tolerance.importedProduct(initial.slope * of("market_skew_scale")),
        `${match.id}`,
      );
      expect(maintenance.base).toBe(initial.base * of("maintenance_margin_scalar"));
      expect(maintenance.slope).toBe(initial.slope * of("maintenance_margin_scalar"));
      expect(plus).toEqual({ initial: of("minimum_position_margin"), maintenance: of("minimum_position_margin") });
    }
  });

  it("agree with what the presets ship", () => {
    const shipped = (id: string) => composedRule(preset(id));
    const aave = aaveRules(textOf("aave_v3_params/reserves_2026-08-22.csv"), "2026-08-22").rules.map(composedRule);
    const ethereum = aave.find(({ id }) => id === "aave-v3-ethereum-2026-08-22");
    for (const [id, entry] of shipped("aave-v3").assets) expect(ethereum?.assets.get(`${id}@ethereum`)).toEqual(entry);

    const comet = cometRules(textOf("compound_v3_params/collaterals.csv"), "2026-05-29").rules.map(composedRule);
    const usdc = comet.find(({ id }) => id === "compound-v3-mainnet-usdc");
    expect(usdc?.assets).toEqual(shipped("compound-v3").assets);

    const [dydx] = dydxRule(JSON.parse(textOf("dydx_v4_market_params/mainnet_genesis_params.json"))).rules.map(
      composedRule,
    );
    const [synthetix] = synthetixRule(
      {
        markets: textOf("synthetix_v3_perps_params/perps_markets.csv"),
        collaterals: textOf("synthetix_v3_perps_params/perps_collaterals.csv"),
        global: textOf("synthetix_v3_perps_params/perps_global.csv"),
      },
      "2026-06-25",
    ).rules.map(composedRule);
    const tiers = textOf("binance_leverage_tiers/tiers_2024-10-24.csv.gz");
    const [binance] = binanceRule(tiers, "2024-10-24").rules.map(composedRule);
    const sets: readonly (readonly [string, ComposedRule | undefined, (coin: string) => string])[] = [
      ["dydx-v4", dydx, (coin) => `dydx:${coin}-USD`],
      ["synthetix-v3", synthetix, (coin) => `synthetix:${coin}`],
      ["binance-cross", binance, (coin) => `binance:${coin}/USDT:USDT`],
      ["binance-multi-asset", binance, (coin) => `binance:${coin}/USDT:USDT`],
    ];
    for (const [id, imported, nameOf] of sets) {
      for (const { match, ...terms } of shipped(id).instruments) {
        const found = imported?.instruments.find((one) => one.match.id === nameOf(match.underlying ?? ""));
        expect({ ...found, match: null }).toEqual({ ...terms, match: null });
      }
    }
    expect(synthetix?.requirement).toEqual(shipped("synthetix-v3").requirement);
    expect(synthetix?.assets).toEqual(shipped("synthetix-v3").assets);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseMarket } from "../../src/market/parse-market.js";
import { preset } from "../../src/presets/index.js";
import { composedRule } from "../../src/rules/index.js";
import { composedBook } from "../support/composed-book.js";
import { rows } from "../support/importers/rows.js";
import { shared, type Snapshot, snapshotsOf } from "../support/recorded-aave-v2.js";
import { tolerance } from "../support/tolerance.js";

const DATA = new URL("../../../shared/data/", import.meta.url);
const HISTORY = new URL("aave_v2_account_history/accounts_long.csv.gz", DATA);
const RESERVES = new URL("aave_v2_liquidations/reserve_config.csv", DATA);
const present = existsSync(HISTORY) && existsSync(RESERVES);
if (!present)
  console.warn(`MISSING ${HISTORY.pathname} or ${RESERVES.pathname}: recorded health factors are not checked`);

const POOL = "0xb53c1a33016b2dc2ff3653530bff1848a515c8c5";

/**
 * Thresholds of early 2021, where they are not those of the reserve table, which was read later. Each is what the snapshots
 * themselves imply: 156 of WETH alone, and the mixed ones for the others. USDC stood at the table's 0.85 until 2021 and at
 * 0.88 in May 2022.
 */
const EARLIER: Readonly<Record<string, number>> = {
  WETH: 0.825,
  UNI: 0.65,
  AAVE: 0.65,
  MKR: 0.65,
  ZRX: 0.65,
  TUSD: 0.8,
};
const USDC_IN_2022 = 0.88;

/** Thresholds of the main pool by symbol in capitals. */
function thresholds(): Map<string, number> {
  const main = rows(readFileSync(RESERVES, "utf8")).filter(({ pool }) => pool === POOL);
  return new Map(main.map((row) => [String(row.symbol).toUpperCase(), Number(row.reserveLiquidationThreshold) / 1e4]));
}

/**
 * Aave v2, as a user states it: the structure of the older deployments of v3, in ETH of 18 decimals, and the average
 * threshold rounded down to basis points before the health factor, which v3 does not do.
 */
function aaveV2(
  id: string,
  table: ReadonlyMap<string, number>,
  earlier: Readonly<Record<string, number>>,
  usdc?: number,
) {
  const weights = new Map([...table, ...Object.entries(earlier)]);
  if (usdc !== undefined) weights.set("USDC", usdc);
  const assets = Object.fromEntries([...weights].map(([symbol, maintenance]) => [symbol, { maintenance }]));
  const { rounding: _, ...structure } = preset("aave-v3-pre-3.7", { id, shipped: false, assets });
  const value = { decimals: 18, assets: "down", liabilities: "down" };
  return composedRule({ ...structure, rounding: { value, average: { maintenance: 4 } } });
}

const [BEFORE, AFTER] = ["aave-v2-2021", "aave-v2-2022"];
const YEAR_2022 = Date.parse("2022-01-01T00:00:00Z") / 1000;

/** A snapshot as a pool of holdings worth one ETH a unit. */
function poolOf({ block, user, timestamp, collateral, debt, totalCollateral, totalDebt }: Snapshot) {
  const units = (values: ReadonlyMap<string, number>, total: number) =>
    shared(values, total).map(([token, quantity]) => ({ asset: token.toUpperCase(), quantity, collateral: true }));
  return {
    id: `${user}/${block}`,
    rule: timestamp < YEAR_2022 ? BEFORE : AFTER,
    supplies: units(collateral, totalCollateral),
    debts: units(debt, totalDebt).map(({ asset, quantity }) => ({ asset, quantity })),
  };
}

describe.skipIf(!present)("ten Aave v2 accounts through time, at the chain's own totals", () => {
  const all = snapshotsOf(rows(gunzipSync(readFileSync(HISTORY)).toString("utf8")));
  const owing = all.filter((one) => one.totalDebt > 0 && one.totalCollateral > 0 && one.healthFactor > 0);
  const tokens = new Set(owing.flatMap(({ collateral, debt }) => [...collateral.keys(), ...debt.keys()]));
  const symbols = [...tokens].map((token) => token.toUpperCase());
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: "2022-06-01T00:00:00Z",
    numeraire: "ETH",
    assets: [{ id: "ETH" }, ...symbols.map((id) => ({ id }))],
    prices: symbols.map((of) => ({ of, in: "ETH", index: 1 })),
  });
  /** Health factor ours − recorded of each snapshot, those whose debt tokens were not recorded left out. */
  function deviations(earlier: Readonly<Record<string, number>>, usdc: number | undefined) {
    const table = new Map([...symbols.map((id): [string, number] => [id, 0]), ...thresholds()]);
    const rules = [aaveV2(BEFORE, table, earlier), aaveV2(AFTER, table, earlier, usdc)];
    const recorded = owing.filter(({ debt }) => debt.size > 0);
    return composedBook(market, recorded.map(poolOf), rules, ({ healthFactor, breached, status }) =>
      recorded.map((snapshot, i) => {
        expect(status[i]).toBe(0);
        const off = (healthFactor[i] ?? Number.NaN) - snapshot.healthFactor;
        return { snapshot, off, breached: breached[i] === 1 };
      }),
    );
  }

  it("have the recorded health factor to its last digit, at the thresholds of the time", () => {
    const found = deviations(EARLIER, USDC_IN_2022);
    const agree = found.filter(({ off }) => Math.abs(off) <= tolerance.recordedHealthFactor);
    const largest = Math.max(...found.map(({ off }) => Math.abs(off)));
    const later = deviations({}, undefined).filter(({ off }) => Math.abs(off) <= tolerance.recordedHealthFactor);
    console.log(
      `${all.length} snapshots, ${owing.length} with collateral, debt and a health factor, ${found.length} with their debt tokens: ` +
        `${agree.length} agree to the last of two decimals, the others are at most ${largest.toFixed(4)} off; ` +
        `${later.length} agree at the reserve table's later thresholds`,
    );
    for (const { snapshot, off } of found.filter((one) => !agree.includes(one))) {
      console.log(
        `  ${off.toFixed(4)}  ${snapshot.user.slice(0, 8)} block ${snapshot.block}  ${[...snapshot.collateral.keys()].join(" ")}`,
      );
    }
    const alone = found.filter(({ snapshot }) => snapshot.collateral.size === 1);
    expect(alone.length).toBeGreaterThan(250);
    expect(alone.every((one) => agree.includes(one))).toBe(true);
    expect(found.length - agree.length).toBeLessThanOrEqual(3);
    expect(largest).toBeLessThan(tolerance.recordedHealthFactorMixed);
  });

  it("are breached where the chain's health factor is below 1", () => {
    const found = deviations(EARLIER, USDC_IN_2022);
    const decided = found.filter(
      ({ snapshot }) => Math.abs(snapshot.healthFactor - 1) > tolerance.recordedHealthFactorMixed,
    );
    const wrong = decided.filter(({ snapshot, breached }) => breached !== snapshot.healthFactor < 1);
    const breached = decided.filter(({ snapshot }) => snapshot.healthFactor < 1).length;
    console.log(
      `${breached} of ${decided.length} snapshots breached, ${found.length - decided.length} recorded at 1.00 exactly`,
    );
    expect(wrong).toEqual([]);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { parseRule } from "../../src/models/rule.js";

const DATA = new URL("../../../shared/data/", import.meta.url);
const HISTORY = new URL("aave_v2_account_history/accounts_long.csv.gz", DATA);
const RESERVES = new URL("aave_v2_liquidations/reserve_config.csv", DATA);
const present = existsSync(HISTORY) && existsSync(RESERVES);
if (!present)
  console.warn(`MISSING ${HISTORY.pathname} or ${RESERVES.pathname}: recorded health factors are not checked`);

const POOL = "0xb53c1a33016b2dc2ff3653530bff1848a515c8c5";
/** Base units of tokens that the reserve table lacks; UST as of 2022. */
const DECIMALS_ELSEWHERE: Readonly<Record<string, number>> = { UST: 6 };

interface Snapshot {
  readonly user: string;
  readonly block: string;
  readonly timestamp: number;
  readonly collateral: Map<string, number>;
  readonly debt: Map<string, number>;
  readonly prices: Map<string, number>;
  healthFactor: number;
  debtUsd: number;
}

function lines(text: string): Record<string, string>[] {
  const [head = "", ...rest] = text.trim().split(/\r?\n/);
  const names = head.split(",");
  return rest.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i] ?? "", value])));
}

/** Threshold and decimals of the reserves of the main pool, by symbol in capitals. */
function reserves(): Map<string, { threshold: number; decimals: number }> {
  const table = new Map<string, { threshold: number; decimals: number }>();
  for (const row of lines(readFileSync(RESERVES, "utf8"))) {
    if (row.pool !== POOL) continue;
    const threshold = Number(row.reserveLiquidationThreshold) / 10_000;
    table.set(String(row.symbol).toUpperCase(), { threshold, decimals: Number(row.decimals) });
  }
  return table;
}

function snapshots(): Snapshot[] {
  const found = new Map<string, Snapshot>();
  for (const row of lines(gunzipSync(readFileSync(HISTORY)).toString("utf8"))) {
    const { user = "", block = "", timestamp, kind, field, token = "", value } = row;
    const key = `${user}/${block}`;
    const known = found.get(key);
    const snapshot = known ?? {
      user,
      block,
      timestamp: Number(timestamp),
      collateral: new Map(),
      debt: new Map(),
      prices: new Map(),
      healthFactor: 0,
      debtUsd: 0,
    };
    if (known === undefined) found.set(key, snapshot);
    if (kind === "price") snapshot.prices.set(token, Number(value));
    if (kind === "collateral" && field === "amount_raw") snapshot.collateral.set(token, Number(value));
    if (kind === "debt" && field === "amount_raw") snapshot.debt.set(token, Number(value));
    if (field === "healthFactor") snapshot.healthFactor = Number(value);
    if (field === "totalDebt (in USD)") snapshot.debtUsd = Number(value);
  }
  return [...found.values()];
}

/** The health factor of a snapshot from its recorded balances and prices; null where a token has no price or threshold. */
function healthFactorOf(
  engine: ReturnType<typeof createEngine>,
  snapshot: Snapshot,
  table: ReturnType<typeof reserves>,
) {
  const tokens = [...new Set([...snapshot.collateral.keys(), ...snapshot.debt.keys()])].filter((token) => {
    return (snapshot.collateral.get(token) ?? 0) + (snapshot.debt.get(token) ?? 0) > 0;
  });
  const units = (token: string, raw: number) => {
    const decimals = table.get(token.toUpperCase())?.decimals ?? DECIMALS_ELSEWHERE[token] ?? 18;
    return raw / 10 ** decimals;
  };
  if (tokens.some((token) => !((snapshot.prices.get(token) ?? 0) > 0))) return null;
  const asOf = new Date(1000 * snapshot.timestamp).toISOString();
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf,
    numeraire: "USD",
    assets: [{ id: "USD" }, ...tokens.map((id) => ({ id }))],
    prices: tokens.map((of) => ({ of, in: "USD", index: snapshot.prices.get(of) })),
  });
  const listed = (map: Map<string, number>) => [...map].filter(([, raw]) => raw > 0);
  const pool = {
    id: snapshot.block,
    venue: "aave-v2",
    supplies: listed(snapshot.collateral).map(([asset, raw]) => ({
      asset,
      quantity: units(asset, raw),
      collateral: true,
    })),
    debts: listed(snapshot.debt).map(([asset, raw]) => ({ asset, quantity: units(asset, raw) })),
  };
  const rule = parseRule({
    schema: "margrave/rule/1",
    id: "aave-v2",
    model: "collateral",
    breach: "<",
    assets: Object.fromEntries(
      tokens.map((token) => [token, { maintenance: table.get(token.toUpperCase())?.threshold ?? 0 }]),
    ),
  });
  const accounts = { schema: "margrave/accounts/1", asOf, accounts: [{ id: snapshot.user, pools: [pool] }] };
  const resident = engine.loadMarket(market);
  const book = engine.loadBook(packBook(accounts, market), resident);
  const [factor = Number.NaN] = engine.margin(book, collateral(rule)).healthFactor;
  book.dispose();
  resident.dispose();
  return { factor, tokens };
}

describe.skipIf(!present)("ten Aave v2 accounts through time", () => {
  it("have the recorded health factor, up to other prices and later thresholds", () => {
    const engine = createEngine();
    const table = reserves();
    const deviations: { deviation: number; snapshot: Snapshot; tokens: readonly string[] }[] = [];
    let unpriced = 0;
    for (const snapshot of snapshots()) {
      if (!(snapshot.debtUsd > 0) || !(snapshot.healthFactor > 0)) continue;
      const ours = healthFactorOf(engine, snapshot, table);
      if (ours === null || !Number.isFinite(ours.factor)) {
        unpriced++;
        continue;
      }
      deviations.push({ deviation: ours.factor / snapshot.healthFactor - 1, snapshot, tokens: ours.tokens });
    }
    deviations.sort((a, b) => a.deviation - b.deviation);
    const median = deviations[deviations.length >> 1]?.deviation ?? Number.NaN;
    const outliers = deviations.filter(({ deviation }) => Math.abs(deviation) > 0.08);
    const within = 1 - outliers.length / deviations.length;
    console.log(
      `${deviations.length} snapshots with debt and a recorded health factor, ${unpriced} without a price or debt token; ` +
        `median deviation ${(100 * median).toFixed(2)} %, ${(100 * within).toFixed(1)} % within 8 %`,
    );
    for (const { deviation, snapshot, tokens } of outliers) {
      const account = `${snapshot.user.slice(0, 8)} block ${snapshot.block}`;
      console.log(`outlier ${(100 * deviation).toFixed(1).padStart(7)} %  ${account}  ${tokens.join(" ")}`);
    }
    expect(deviations.length).toBeGreaterThan(500);
    expect(median).toBeGreaterThan(0.01);
    expect(median).toBeLessThan(0.04);
    expect(within).toBeGreaterThanOrEqual(0.9);
    expect(engine.memory.kept).toBe(0);
  });
});

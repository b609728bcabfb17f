import { numberIn, type Row } from "./importers/rows.js";

/** One account at one block: totals and health factor as read on chain, holdings with their value at another source's prices. */
export interface Snapshot {
  readonly user: string;
  readonly block: string;
  readonly timestamp: number;
  /** ETH, by the protocol's own prices */
  totalCollateral: number;
  totalDebt: number;
  /** two decimals */
  healthFactor: number;
  /** USD by token, CoinGecko's prices */
  readonly collateral: Map<string, number>;
  readonly debt: Map<string, number>;
}

/** The snapshots of `aave_v2_account_history`, in the order of the file. */
export function snapshotsOf(table: readonly Row[]): Snapshot[] {
  const found = new Map<string, Snapshot>();
  for (const row of table) {
    const { user = "", block = "", kind = "", field = "", token = "" } = row;
    if (kind === "kind") continue;
    const key = `${user}/${block}`;
    const snapshot = found.get(key) ?? {
      user,
      block,
      timestamp: numberIn(row, "timestamp"),
      totalCollateral: 0,
      totalDebt: 0,
      healthFactor: 0,
      collateral: new Map(),
      debt: new Map(),
    };
    found.set(key, snapshot);
    const value = numberIn(row, "value");
    if (field === "totalCollateral") snapshot.totalCollateral = value / 1e18;
    if (field === "totalDebt") snapshot.totalDebt = value / 1e18;
    if (field === "healthFactor") snapshot.healthFactor = value;
    if (field === "usd" && value > 0 && (kind === "collateral" || kind === "debt")) snapshot[kind].set(token, value);
  }
  return [...found.values()];
}

/** Values in ETH that add up to the chain's total, shared as the other source's values are. */
export function shared(values: ReadonlyMap<string, number>, total: number): [token: string, value: number][] {
  let sum = 0;
  for (const value of values.values()) sum += value;
  return [...values].map(([token, value]) => [token, (value / sum) * total]);
}

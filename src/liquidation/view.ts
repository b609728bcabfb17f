import type { PackedBook } from "../book/packed.js";
import { InvalidInputError } from "../errors.js";
import type { Market, SparseRows } from "../market/market.js";
import { STATUSES, type Status } from "../models/model.js";
import type { LiquidationResult } from "./liquidation.js";

/** Where a factor has to go, all else fixed, for the excess to be zero. */
export interface LiquidationLevel {
  readonly direction: "down" | "up";
  /** numeraire per unit of the asset; for a factor that is not an asset relative to now, 1 */
  readonly price: number;
  /** relative move from the present price */
  readonly move: number;
}

/** One factor of one pool. */
export interface FactorLiquidation {
  readonly factor: string;
  /** present level */
  readonly price: number;
  /** change of the excess per unit relative move, numeraire */
  readonly gradient: number;
  /** null where no such price exists */
  readonly down: LiquidationLevel | null;
  readonly up: LiquidationLevel | null;
  /** what the pool holds that moves with the factor: assets and positions by id */
  readonly movesAlong: readonly string[];
}

/** One pool of a liquidation result, readable. */
export interface PoolLiquidation {
  readonly pool: string;
  readonly status: Status;
  readonly breached: boolean;
  readonly excess: number;
  readonly factors: readonly FactorLiquidation[];
  /** relative move of everything that is not pegged */
  readonly uniform: { readonly fall: number | null; readonly rise: number | null };
  readonly beta: { readonly fall: number | null; readonly rise: number | null } | null;
  readonly risk: {
    readonly deviation: number;
    readonly mean: number;
    readonly distance: number;
    /** relative move by factor */
    readonly scenario: Readonly<Record<string, number>>;
    readonly breachAtEnd: number;
    readonly breachWithin: number;
    readonly expectedDeficit: number;
  } | null;
}

type Columns = Omit<LiquidationResult, "pool">;

/** `present` holds the level of every factor of the market. */
export function poolView(
  packed: PackedBook,
  market: Market,
  present: Float64Array,
  columns: Columns,
  pool: string | number,
): PoolLiquidation {
  const index = typeof pool === "string" ? packed.poolIndex(pool) : pool;
  const row = index - columns.from;
  const status = STATUSES[columns.status[row] ?? -1];
  if (status === undefined) throw new InvalidInputError("pool", "the id or row of a pool in this result", pool);
  const [first = 0, last = 0] = columns.start.subarray(row, row + 2);
  const names = (entry: number) => market.factors[columns.factor[entry] ?? 0] ?? "";
  const factors: FactorLiquidation[] = [];
  const scenario: Record<string, number> = {};
  for (let e = first; e < last; e++) {
    const factor = columns.factor[e] ?? 0;
    const price = present[factor] ?? 0;
    const level = (direction: "down" | "up", to: number): LiquidationLevel | null =>
      to > 0 ? { direction, price: to, move: to / price - 1 } : null;
    factors.push({
      factor: names(e),
      price,
      gradient: columns.gradient[e] ?? 0,
      down: level("down", columns.priceDown[e] ?? 0),
      up: level("up", columns.priceUp[e] ?? 0),
      movesAlong: movesAlong(packed, market, index, factor),
    });
    scenario[names(e)] = columns.risk?.scenario[e] ?? 0;
  }
  const pair = (levels: Columns["uniform"]) => ({ fall: levels.fall[row] ?? null, rise: levels.rise[row] ?? null });
  const { risk } = columns;
  return {
    pool: packed.pool(index).id,
    status,
    breached: columns.breached[row] === 1,
    excess: columns.excess[row] ?? 0,
    factors,
    uniform: pair(columns.uniform),
    beta: columns.beta === null ? null : pair(columns.beta),
    risk:
      risk === null
        ? null
        : {
            deviation: risk.deviation[row] ?? 0,
            mean: risk.mean[row] ?? 0,
            distance: risk.distance[row] ?? 0,
            scenario,
            breachAtEnd: risk.breachAtEnd[row] ?? 0,
            breachWithin: risk.breachWithin[row] ?? 0,
            expectedDeficit: risk.expectedDeficit[row] ?? 0,
          },
  };
}

/** Assets and positions of a pool whose price is made of a factor. */
function movesAlong(packed: PackedBook, market: Market, pool: number, factor: number): readonly string[] {
  const has = ({ start, factor: factors, coefficient }: SparseRows, row: number) => {
    for (let e = start[row] ?? 0; e < (start[row + 1] ?? 0); e++) {
      if (factors[e] === factor && coefficient[e] !== 0) return true;
    }
    return false;
  };
  const found = new Set<string>();
  for (const asset of packed.holdingAsset.subarray(packed.holdingStart[pool], packed.holdingStart[pool + 1])) {
    if (has(market.assetFactors, asset)) found.add(market.assets[asset]?.id ?? "");
  }
  for (let k = packed.positionStart[pool] ?? 0; k < (packed.positionStart[pool + 1] ?? 0); k++) {
    if (has(market.instrumentFactors, packed.positionInstrument[k] ?? 0)) found.add(packed.positionId(k));
  }
  return [...found];
}

import { HoldingKind, type PackedBook } from "./packed.js";

const KIND_NAMES: Readonly<Record<HoldingKind, string>> = {
  [HoldingKind.balance]: "balance",
  [HoldingKind.locked]: "locked",
  [HoldingKind.supply]: "supply",
  [HoldingKind.idleSupply]: "idle supply",
  [HoldingKind.debt]: "debt",
  [HoldingKind.interest]: "interest",
};

/** A pool taken apart: a book with one pool per holding and per position, in the pool's order. */
export interface PoolLines {
  readonly book: PackedBook;
  /** e.g. `balance BTC`, `position p1` */
  readonly names: readonly string[];
}

/**
 * The lines of one pool as a book of their own, so that the kernels that value pools value lines. Values and first-order
 * exposures of the lines sum to the pool's. Cost O(lines of the pool).
 */
export function linesOf(packed: PackedBook, pool: number): PoolLines {
  const firstHolding = packed.holdingStart[pool] ?? 0;
  const endHolding = packed.holdingStart[pool + 1] ?? 0;
  const firstPosition = packed.positionStart[pool] ?? 0;
  const endPosition = packed.positionStart[pool + 1] ?? 0;
  const holdings = endHolding - firstHolding;
  const count = holdings + endPosition - firstPosition;
  const names: string[] = [];
  for (let h = firstHolding; h < endHolding; h++) {
    const kind = KIND_NAMES[(packed.holdingKind[h] ?? 0) as HoldingKind];
    names.push(`${kind} ${packed.market.assets[packed.holdingAsset[h] ?? 0]?.id ?? ""}`);
  }
  for (let n = firstPosition; n < endPosition; n++) names.push(`position ${packed.positionId(n)}`);
  const whole = packed.pool(pool);
  return {
    names,
    book: {
      market: packed.market,
      poolCount: count,
      pool: (index) => ({ ...whole, id: names[index] ?? "" }),
      poolIndex: (id) => names.indexOf(id),
      holdingStart: Uint32Array.from({ length: count + 1 }, (_, l) => Math.min(l, holdings)),
      holdingAsset: packed.holdingAsset.slice(firstHolding, endHolding),
      holdingKind: packed.holdingKind.slice(firstHolding, endHolding),
      holdingQuantity: packed.holdingQuantity.slice(firstHolding, endHolding),
      positionStart: Uint32Array.from({ length: count + 1 }, (_, l) => Math.max(0, l - holdings)),
      positionInstrument: packed.positionInstrument.slice(firstPosition, endPosition),
      positionQuantity: packed.positionQuantity.slice(firstPosition, endPosition),
      positionEntry: packed.positionEntry.slice(firstPosition, endPosition),
      positionFunding: packed.positionFunding.slice(firstPosition, endPosition),
      features: new Uint8Array(count),
      featurePath: (_, feature) => packed.featurePath(pool, feature),
      positionId: (position) => packed.positionId(firstPosition + position),
      accounts: packed.accounts,
      reported: [],
      rejected: [],
      onInvalid: packed.onInvalid,
      hash: `${packed.hash}/lines/${pool}`,
    },
  };
}

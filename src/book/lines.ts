import { Book } from "./columns.js";
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
  const names: string[] = [];
  for (let h = firstHolding; h < endHolding; h++) {
    const kind = KIND_NAMES[(packed.holdingKind[h] ?? 0) as HoldingKind];
    names.push(`${kind} ${packed.market.assets[packed.holdingAsset[h] ?? 0]?.id ?? ""}`);
  }
  for (let n = firstPosition; n < endPosition; n++) names.push(`position ${packed.positionId(n)}`);
  return { names, book: linesBook(packed, pool, pool + 1, "throw").packed };
}

/**
 * The pools from .. to with a pool per line: first the holdings of a pool, then its positions. `first` is the first line of
 * each. Cost O(lines).
 */
export function linesBook(
  packed: PackedBook,
  from: number,
  to: number,
  onInvalid: PackedBook["onInvalid"] = packed.onInvalid,
): { readonly packed: PackedBook; readonly first: Uint32Array } {
  const h0 = packed.holdingStart[from] ?? 0;
  const h1 = packed.holdingStart[to] ?? 0;
  const p0 = packed.positionStart[from] ?? 0;
  const p1 = packed.positionStart[to] ?? 0;
  const count = h1 - h0 + p1 - p0;
  const first = new Uint32Array(to - from + 1);
  const owner = new Uint32Array(count);
  const holdingStart = new Uint32Array(count + 1);
  const positionStart = new Uint32Array(count + 1);
  let line = 0;
  for (let p = from; p < to; p++) {
    first[p - from] = line;
    const holdings = (packed.holdingStart[p + 1] ?? 0) - (packed.holdingStart[p] ?? 0);
    const positions = (packed.positionStart[p + 1] ?? 0) - (packed.positionStart[p] ?? 0);
    for (let i = 0; i < holdings + positions; i++, line++) {
      owner[line] = p;
      holdingStart[line + 1] = (holdingStart[line] ?? 0) + (i < holdings ? 1 : 0);
      positionStart[line + 1] = (positionStart[line] ?? 0) + (i < holdings ? 0 : 1);
    }
  }
  first[to - from] = line;
  const arrays = {
    holdingStart,
    holdingAsset: packed.holdingAsset.subarray(h0, h1),
    holdingKind: packed.holdingKind.subarray(h0, h1),
    holdingQuantity: packed.holdingQuantity.subarray(h0, h1),
    positionStart,
    positionInstrument: packed.positionInstrument.subarray(p0, p1),
    positionQuantity: packed.positionQuantity.subarray(p0, p1),
    positionEntry: packed.positionEntry.subarray(p0, p1),
    positionFunding: packed.positionFunding.subarray(p0, p1),
    options: new Map(),
    // What a pool has beside its lines concerns the pool as a whole, which was margined before.
    features: new Uint8Array(count),
  };
  const pool = (index: number) => packed.pool(owner[index] ?? -1);
  const book = new Book(packed.market, arrays, {
    pool,
    identity: (index) => `${index}\0${Object.values(pool(index)).join("\0")}`,
    poolIndex: () => -1,
    featurePath: (index, feature) => packed.featurePath(owner[index] ?? -1, feature),
    positionId: (position) => packed.positionId(p0 + position),
    accounts: () => packed.accounts,
    reported: [],
    rejected: [],
    onInvalid,
  });
  return { packed: book, first };
}

import { HoldingKind } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import type { Lines } from "./lines.js";

/** Bits of a pool's shape above those of its features, as in assembly/rules/extras.ts. */
export const Shape = {
  repeatedBalance: 256,
  repeatedSide: 512,
  more: 1024,
  contracts: 2048,
  ordered: 4096,
  several: 8192,
  settles: 16384,
} as const;

/**
 * u32[pools] in linear memory: what each pool is made of under these lines, so that the kernel knows which it can take in one
 * pass. Made anew where the lines are. Call before scratch is reserved.
 */
export function shapesOf(book: ResidentBook, lines: Lines, key: string): number {
  const { poolCount } = book.packed;
  const kept = book.derive(`${key}/shapes`, (keep) => ({ at: keep(4 * poolCount), of: null as Lines | null }));
  if (kept.of === lines) return kept.at;
  book.memory.write(kept.at, shapes(book, lines));
  kept.of = lines;
  return kept.at;
}

/** Feature bits of pools, where an asset repeats so that holdings do not stand alone, and where there is more. O(holdings). */
function shapes({ packed }: ResidentBook, { contracts, spot, bad, floor }: Lines): Uint32Array {
  const { holdingStart, holdingAsset, holdingKind, holdingQuantity, market, poolCount } = packed;
  const bits = Uint32Array.from(packed.features);
  // Per asset the last pool, one-based, that had a balance of it, held it and owed it.
  const seen = new Uint32Array(3 * market.assets.length);
  const see = (place: number, p: number, bit: number): void => {
    if (seen[place] === p + 1) bits[p] = (bits[p] ?? 0) | bit;
    seen[place] = p + 1;
  };
  const settleOf = (k: number) => market.instruments[contracts.instrument[k] ?? -1]?.settle;
  for (let p = 0; p < poolCount; p++) {
    const [first = 0, last = 0] = [contracts.start[p], contracts.start[p + 1]];
    const more = spot.start[p] !== spot.start[p + 1] || bad[p] !== 0 || floor[p] !== 0;
    const settle = settleOf(first);
    let [ordered, several, settles] = [false, false, false];
    for (let k = first; k < last; k++) {
      ordered ||= contracts.orderCount[k] !== 0 || contracts.floor[k] !== 0;
      settles ||= settleOf(k) !== settle;
    }
    for (let h = holdingStart[p] ?? 0; h < (holdingStart[p + 1] ?? 0); h++) {
      const kind = holdingKind[h];
      if (kind === HoldingKind.locked || kind === HoldingKind.idleSupply) continue;
      const at = 3 * (holdingAsset[h] ?? 0);
      const balance = kind === HoldingKind.balance || kind === HoldingKind.interest;
      if (balance) see(at, p, Shape.repeatedBalance);
      // What P&L may not join stands beside it.
      several ||=
        (holdingAsset[h] === settle && first < last && !balance) || seen[at + 1] === p + 1 || seen[at + 2] === p + 1;
      const owed = kind === HoldingKind.debt || kind === HoldingKind.interest || (holdingQuantity[h] ?? 0) < 0;
      see(at + (owed ? 2 : 1), p, Shape.repeatedSide);
    }
    bits[p] =
      (bits[p] ?? 0) |
      (more ? Shape.more : 0) |
      (first === last ? 0 : Shape.contracts) |
      (ordered ? Shape.ordered : 0) |
      (several ? Shape.several : 0) |
      (settles ? Shape.settles : 0);
  }
  return bits;
}

import { HoldingKind, type PackedBook } from "../book/packed.js";
import type { Lines } from "./lines.js";

/** A contract line of a pool, with the orders in its instrument. */
export interface ContractLine {
  readonly instrument: number;
  readonly quantity: number;
  readonly entry: number;
  readonly funding: number;
  readonly bids: number;
  readonly asks: number;
  readonly orderCount: number;
}

/** What a pool holds, as its rule reads it. */
export interface PoolLines {
  readonly holdings: readonly {
    readonly asset: number;
    readonly kind: HoldingKind;
    readonly quantity: number;
    /** whether P&L may join it */
    readonly netted: boolean;
  }[];
  readonly contracts: readonly ContractLine[];
  /** spot instruments that it has orders in */
  readonly spot: readonly number[];
}

/** What the rule reads of pool `p`. */
export function poolLines(lines: Lines, book: PackedBook, p: number): PoolLines {
  const { contracts, spot } = lines;
  const range = (start: Uint32Array) => {
    const [from = 0, to = 0] = start.subarray(p, p + 2);
    return Array.from({ length: to - from }, (_, i) => from + i);
  };
  return {
    holdings: range(book.holdingStart).map((h) => {
      const kind = (book.holdingKind[h] ?? HoldingKind.balance) as HoldingKind;
      return {
        asset: book.holdingAsset[h] ?? 0,
        kind,
        quantity: lines.quantity[h] ?? 0,
        netted: kind === HoldingKind.balance || kind === HoldingKind.interest,
      };
    }),
    contracts: range(contracts.start).map((k) => ({
      instrument: contracts.instrument[k] ?? 0,
      quantity: contracts.quantity[k] ?? 0,
      entry: contracts.entry[k] ?? 0,
      funding: contracts.funding[k] ?? 0,
      bids: contracts.bids[k] ?? 0,
      asks: contracts.asks[k] ?? 0,
      orderCount: contracts.orderCount[k] ?? 0,
    })),
    spot: range(spot.start).map((s) => spot.instrument[s] ?? 0),
  };
}

import type { Combiner } from "../../src/rules/rule.js";
import type { Level, Side } from "./composed-documents.js";

/** What an asset, position or order adds at one level. */
export interface ReferenceTerm {
  readonly name: string;
  readonly level: Level;
  readonly assets: number;
  readonly liabilities: number;
  readonly requirement: number;
}

export interface PositionTerm {
  readonly name: string;
  readonly level: Level;
  readonly requirement: number;
}

export interface ReferenceLevel {
  assets: number;
  liabilities: number;
  requirement: number;
  eligible: number;
  excess: number;
  collateral: number;
  debt: number;
}

/** Adds an amount to one of the sums of a level, as a term of that name. */
export type Put = (name: string, side: Side | "requirement", amount: number) => void;
export const same = (x: number) => x;

/** Balances and the P&L that joins them, by asset: what it all comes to, and what adds and takes by itself. */
export class Joined {
  readonly net = new Map<number, number>();
  readonly gross = new Map<number, { readonly plus: number; readonly minus: number }>();

  constructor(balances: ReadonlyMap<number, number>) {
    for (const [asset, quantity] of balances) this.add(asset, quantity);
  }

  add(asset: number, amount: number): void {
    this.net.set(asset, (this.net.get(asset) ?? 0) + amount);
    const { plus, minus } = this.gross.get(asset) ?? { plus: 0, minus: 0 };
    this.gross.set(asset, { plus: plus + Math.max(0, amount), minus: minus + Math.max(0, -amount) });
  }
}

/** What a combiner comes to over the atoms of a pool; `held` says whether the pool has a position. */
export function combined(combiner: Combiner, atoms: Readonly<Record<string, number>>, held: boolean): number {
  const of = (inner: Combiner) => combined(inner, atoms, held);
  switch (combiner.kind) {
    case "number":
      return combiner.value;
    case "atom":
      return atoms[combiner.name] ?? 0;
    case "max":
      return Math.max(...combiner.of.map(of));
    case "min":
      return Math.min(...combiner.of.map(of));
    case "sum":
      return combiner.of.map(of).reduce((sum, x) => sum + x, 0);
    case "scale":
      return combiner.by * of(combiner.of);
    case "held":
      return held ? of(combiner.of) : 0;
  }
}

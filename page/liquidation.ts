import type { PoolLiquidation } from "../src/index.js";
import type { Level } from "./charts/levels.js";

/** What the page says of one pool's way to liquidation. Moves are relative, null where there is none. */
export interface Liquidation {
  /** a breached pool has no levels any more */
  readonly breached: boolean;
  readonly levels: readonly Level[];
  /** of everything that is not pegged */
  readonly uniform: Sides;
  /** of the market factor, the others following by their betas */
  readonly beta: Sides;
  /** probability of a breach at any time within the horizon */
  readonly probability: number | null;
}

export interface Sides {
  readonly fall: number | null;
  readonly rise: number | null;
}

const NEITHER: Sides = { fall: null, rise: null };

/** One pool of the library's result as the page shows it. */
export function liquidationView({ breached, factors, uniform, beta, risk }: PoolLiquidation): Liquidation {
  return {
    breached,
    levels: factors.map(({ factor, price, down, up, movesAlong }) => ({
      factor,
      now: price,
      below: down?.price ?? null,
      above: up?.price ?? null,
      moves: movesAlong,
      likely: breached ? null : (risk?.scenario[factor] ?? null),
    })),
    uniform,
    beta: beta ?? NEITHER,
    probability: risk?.breachWithin ?? null,
  };
}

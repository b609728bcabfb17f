import type { PoolLiquidation, ResidentBook } from "../src/index.js";
import { type ComposedModel, liquidationPrices } from "../src/rules/index.js";
import type { Level } from "./charts/levels.js";

/** What the page says of one pool's way to liquidation. Moves are relative, null where there is none. */
export interface Liquidation {
  /** a breached pool has no levels any more */
  readonly breached: boolean;
  /** under a rule from the picker, of which joint moves and probabilities are not known */
  readonly picked: boolean;
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

/** One pool under a picked rule: the nearest price on either side, factor by factor, and of everything at once. */
export function liquidationUnder(book: ResidentBook, row: number, model: ComposedModel): Liquidation {
  const { breached, factors, direction } = liquidationPrices(book, row, model, WIDE);
  const sides = (levels: readonly { readonly move: number }[]) => ({
    fall: levels.findLast(({ move }) => move < 0)?.move ?? null,
    rise: levels.find(({ move }) => move > 0)?.move ?? null,
  });
  return {
    breached,
    picked: true,
    levels: factors.map(({ factor, price, levels }) => {
      const now = price ?? 1;
      const { fall, rise } = sides(levels);
      return {
        factor: factor ?? "",
        now,
        below: fall === null ? null : now * (1 + fall),
        above: rise === null ? null : now * (1 + rise),
        moves: [],
        likely: null,
      };
    }),
    uniform: direction === null ? NEITHER : sides(direction.levels),
    beta: NEITHER,
    probability: null,
  };
}

/** Moves that are looked at under a picked rule, from a twentieth of the price to tenfold, and in how many steps. */
export const WIDE = { range: [-0.95, 9], nodes: 129 } as const;

const NEITHER: Sides = { fall: null, rise: null };

/** One pool of the library's result as the page shows it. */
export function liquidationView({ breached, factors, uniform, beta, risk }: PoolLiquidation): Liquidation {
  return {
    breached,
    picked: false,
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

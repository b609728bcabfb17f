import {
  InsufficientDataError,
  InvalidInputError,
  type LiquidationOptions,
  type LiquidationResult,
  liquidation,
  type ResidentBook,
  UnsupportedError,
} from "../index.js";
import { BadInput, quoted } from "./bad-input.js";
import type { Inputs } from "./inputs.js";
import { advised } from "./located.js";
import { estimator } from "./models.js";
import type { Asked } from "./options.js";
import type { DetailView, DistanceView } from "./view.js";

/** What has to happen until each pool is liquidated, under the rules that were given. */
export interface Liquidation {
  readonly result: LiquidationResult;
  /** the factor whose move the others follow by beta; null without history */
  readonly marketFactor: string | null;
}

/**
 * Liquidation levels of the whole book; null where no rule was given. Distances and probabilities need a history: where
 * it does not do, they are left out with a note, since the levels stand without them.
 */
export function liquidationOf(book: ResidentBook, inputs: Inputs, asked: Asked, notes: string[]): Liquidation | null {
  const [only, ...more] = inputs.rules;
  if (only === undefined) return null;
  const rules = more.length === 0 ? only : inputs.rules;
  const { history } = inputs;
  if (history !== null) {
    const marketFactor = marketFactorOf(inputs, asked, history.columns);
    const options: LiquidationOptions = {
      covariance: estimator(asked),
      returns: asked.returns,
      gaps: asked.gaps,
      missing: asked.missing,
      horizon: asked.holdingPeriod,
      marketFactor,
    };
    try {
      return { result: liquidation(book, rules, options), marketFactor };
    } catch (error) {
      const aboutHistory =
        error instanceof InvalidInputError ||
        error instanceof UnsupportedError ||
        error instanceof InsufficientDataError;
      if (!aboutHistory) throw error;
      notes.push(`Distances in standard deviations are not shown: ${advised(error.message)}.`);
    }
  }
  return { result: liquidation(book, rules), marketFactor: null };
}

/** The factor asked for, else BTC where there is one, else the first with a history. */
function marketFactorOf(inputs: Inputs, asked: Asked, columns: readonly string[]): string | null {
  const known = inputs.market.factors.filter((factor) => columns.includes(factor));
  if (asked.marketFactor === undefined) return known.find((factor) => factor === "BTC") ?? known[0] ?? null;
  if (known.includes(asked.marketFactor)) return asked.marketFactor;
  throw new BadInput("--market-factor", "", "a factor of the market with a history", quoted(asked.marketFactor));
}

/** The row of the table of pools. */
export function distanceOf({ result }: Liquidation, row: number): DistanceView {
  const { uniform, beta, risk, breached } = result;
  const finite = (value: number | undefined): number | null =>
    value !== undefined && Number.isFinite(value) ? value : null;
  return {
    breached: breached[row] === 1,
    deviations: finite(risk?.distance[row]),
    uniform: { fall: uniform.fall[row] ?? null, rise: uniform.rise[row] ?? null },
    beta: { fall: beta?.fall[row] ?? null, rise: beta?.rise[row] ?? null },
    breachAtEnd: finite(risk?.breachAtEnd[row]),
    breachWithin: finite(risk?.breachWithin[row]),
  };
}

/** Levels factor by factor and the most likely way there, of one pool. */
export function levelsOf({ result }: Liquidation, pool: number): Pick<DetailView, "levels" | "scenario"> {
  const view = result.pool(pool);
  const scenario = Object.entries(view.risk?.scenario ?? {})
    .filter(([, move]) => move !== 0)
    .map(([factor, move]) => ({ factor, move }));
  return {
    levels: view.factors.map(({ factor, price, gradient, down, up, movesAlong }) => ({
      factor,
      price,
      gradient,
      down: down === null ? null : { price: down.price, move: down.move },
      up: up === null ? null : { price: up.price, move: up.move },
      movesAlong,
    })),
    scenario: scenario.length === 0 ? null : scenario,
  };
}

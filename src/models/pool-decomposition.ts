import type { ResidentBook } from "../book/resident.js";
import { byFactor, type FactorShares, type LineMatrix, type RiskShares } from "./decomposition.js";
import type { PoolExposures } from "./factor-risk.js";
import type { Explanation, Term } from "./model.js";
import { poolRow } from "./run.js";

/** A scenario of the tail: a past move applied to today's exposures. */
export interface WorstScenario {
  /** end of the move, ms since 1970 */
  readonly time: number;
  readonly pnl: number;
  /** weight in the expected shortfall */
  readonly weight: number;
}

/** VaR and ES of one pool, split by factor and by line. Components sum to the totals. */
export interface PoolDecomposition {
  readonly pool: string;
  /** name of the model, e.g. `parametric` */
  readonly model: string;
  /** over the holding period; null in a model that is not parametric */
  readonly deviation: number | null;
  readonly factors: {
    readonly names: readonly string[];
    /** numeraire per unit relative move */
    readonly exposure: Float64Array;
    readonly valueAtRisk: FactorShares;
    readonly expectedShortfall: FactorShares;
  };
  readonly lines: {
    /** e.g. `balance BTC`, `position p1` */
    readonly names: readonly string[];
    /** numeraire at index */
    readonly value: Float64Array;
    readonly valueAtRisk: RiskShares;
    readonly expectedShortfall: RiskShares;
  };
  /** factors without history whose exposures were left out */
  readonly missingFactors: readonly string[];
  /** scenarios of the tail, worst first; empty in a model that does not weigh scenarios */
  readonly worst: readonly WorstScenario[];
  /** P&L under every scenario, oldest first, with the ends of the moves; empty in a parametric model */
  readonly pnl: Float64Array;
  readonly times: Float64Array;
}

/**
 * VaR and ES of one pool by factor and by line, under a model that can take them apart.
 *
 * @throws InvalidInputError  there is no such pool
 * @throws what the model throws when it evaluates the pool, also where the book collects its faults
 * @see METHODS.md#decomposition
 */
export function decomposePool(
  book: ResidentBook,
  pool: string | number,
  model: { decompose(book: ResidentBook, pool: number): PoolDecomposition },
): PoolDecomposition {
  const row = poolRow(book, pool);
  return book.memory.scope(() => model.decompose(book, row));
}

interface Shares {
  readonly deviation?: number;
  readonly valueAtRisk: FactorShares;
  readonly expectedShortfall: FactorShares;
}

/** Put the shares by line and by factor together; `shares` computes them for the rows of a matrix. */
export function poolDecomposition<S extends Shares>(
  book: ResidentBook,
  pool: number,
  model: PoolDecomposition["model"],
  parts: PoolExposures,
  shares: (matrix: LineMatrix) => S,
  scenarios: (shares: S) => Pick<PoolDecomposition, "worst" | "pnl" | "times"> = () => NO_SCENARIOS,
): PoolDecomposition {
  const { matrix } = parts;
  const exposure = new Float64Array(matrix.factors);
  for (const [i, value] of matrix.values.entries()) {
    const factor = i % matrix.factors;
    exposure[factor] = (exposure[factor] ?? 0) + value;
  }
  const none = matrix.factors === 0;
  const lines = none ? null : shares(matrix);
  const factors = none ? null : shares(byFactor(exposure));
  return {
    pool: book.packed.pool(pool).id,
    model,
    deviation: model === "parametric" ? (factors?.deviation ?? 0) : null,
    factors: {
      names: parts.factorNames,
      exposure,
      valueAtRisk: factors?.valueAtRisk ?? nothing(0),
      expectedShortfall: factors?.expectedShortfall ?? nothing(0),
    },
    lines: {
      names: parts.names,
      value: parts.value,
      valueAtRisk: byLine(lines?.valueAtRisk ?? nothing(matrix.lines)),
      expectedShortfall: byLine(lines?.expectedShortfall ?? nothing(matrix.lines)),
    },
    missingFactors: parts.missing,
    ...(factors === null ? NO_SCENARIOS : scenarios(factors)),
  };
}

const NO_SCENARIOS = { worst: [], pnl: new Float64Array(0), times: new Float64Array(0) };

/** Shares of a pool that moves with nothing. */
function nothing(parts: number): FactorShares {
  const zeros = () => new Float64Array(parts);
  return { total: 0, marginal: new Float64Array(0), component: zeros(), percent: null, incremental: zeros() };
}

function byLine({ total, component, percent, incremental }: FactorShares): RiskShares {
  return { total, component, percent, incremental };
}

/** A decomposition as the terms of the requirement and of the equity that backs it. */
export function explainRisk(
  decomposition: PoolDecomposition,
  settings: {
    readonly measure: "valueAtRisk" | "expectedShortfall";
    readonly factors: { readonly initial: number; readonly maintenance: number };
  },
): Explanation {
  const { lines, pool } = decomposition;
  const { initial, maintenance } = settings.factors;
  const shares = lines[settings.measure];
  const equity = lines.names.map((name, l) => {
    const value = lines.value[l] ?? 0;
    return { name, value, workings: {} };
  });
  const requirement: Term[] = lines.names.map((name, l) => {
    const component = shares.component[l] ?? 0;
    return {
      name,
      initial: component * initial,
      maintenance: component * maintenance,
      workings: {
        value: lines.value[l] ?? 0,
        component,
        incremental: shares.incremental[l] ?? 0,
        initialFactor: initial,
        maintenanceFactor: maintenance,
      },
    };
  });
  if (shares.total < 0) {
    const workings = { [settings.measure]: shares.total };
    const floor = { initial: -shares.total * initial, maintenance: -shares.total * maintenance };
    requirement.push({ name: "floor at zero", ...floor, workings });
  }
  return {
    pool,
    equity,
    eligible: equity.map(({ name, value, workings }) => ({ name, initial: value, maintenance: value, workings })),
    requirement,
  };
}

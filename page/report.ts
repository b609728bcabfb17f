import type { Components } from "./charts/component-bars.js";
import type { Distribution } from "./charts/distribution.js";
import type { Spectrum } from "./charts/eigenvalues.js";
import type { Correlation } from "./charts/heat-map.js";
import type { Liquidation } from "./liquidation.js";

/** One pool as the desk's table shows it. Amounts in the numeraire; `initial` is null where the rule has no such level. */
export interface PoolRow {
  readonly id: string;
  readonly venue: string;
  readonly status: string;
  /** why there is no number; null where there is one */
  readonly reason: string | null;
  /** what the rule calls a breach */
  readonly breached: boolean;
  readonly equity: number;
  readonly eligible: Pair;
  readonly requirement: Pair;
  readonly excess: Pair;
  readonly healthFactor: number;
  /** distance to liquidation in standard deviations of one day; null where nothing can move the pool */
  readonly sigmas: number | null;
}

export interface Pair {
  readonly initial: number | null;
  readonly maintenance: number;
}

/** One number taken apart: its terms sum to it. */
export interface TermTable {
  readonly title: string;
  readonly terms: readonly {
    readonly name: string;
    readonly initial: number | null;
    readonly maintenance: number;
    readonly workings: string;
  }[];
}

/** Everything the page shows, computed from one state of the documents. */
export interface Report {
  readonly asOf: number;
  readonly numeraire: string;
  /** worst first */
  readonly pools: readonly PoolRow[];
  readonly selected: PoolRow;
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  readonly confidence: number;
  /** what the two numbers above come from, `parametric` or `historical` */
  readonly riskModel: string;
  /** the measure chosen, split twice; both splits sum to it */
  readonly components: {
    readonly of: string;
    readonly byFactor: Components;
    readonly byLine: Components;
  };
  readonly distribution: Distribution;
  readonly correlation: Correlation & {
    readonly rows: number;
    /** the estimator's name and parameters */
    readonly estimator: string;
    /** weight of the target; null without shrinkage */
    readonly shrinkage: number | null;
    readonly spectrum: Spectrum;
    /** largest eigenvalue ÷ smallest; null where that is not above 0 */
    readonly condition: number | null;
  };
  /** under the collateral rule, whatever model margins */
  readonly liquidation: Liquidation;
  readonly terms: readonly TermTable[];
  readonly kernel: { readonly hash: string; readonly build: string };
  /** what margins: a model, or a rule with its date */
  readonly under: string;
  readonly version: string;
  readonly bits: string;
  readonly notes: readonly string[];
  readonly milliseconds: number;
}

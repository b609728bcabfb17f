import type { Explanation, MarginMeta, Rejection, Status } from "../index.js";

/**
 * A report as plain data: what the terminal shows and `--json` prints are both made of this. Amounts are in the numeraire,
 * gains positive, losses as VaR and ES positive. A number that does not exist is null; one that is infinite by definition
 * is infinite here and null with a reason in JSON.
 */
export interface Report {
  readonly sources: {
    readonly accounts: string;
    readonly market: string;
    readonly rules: readonly string[];
    readonly history: string | null;
  };
  /** ms since 1970 */
  readonly asOf: number;
  readonly numeraire: string;
  /** the model that margins the pools */
  readonly meta: MarginMeta;
  /** the model behind VaR, ES and what drives the risk: the same, or the one beside the collateral model; null without history */
  readonly risk: RiskMeta | null;
  readonly history: HistoryView | null;
  /** in the order of the accounts document */
  readonly pools: readonly PoolView[];
  /** sums over all pools; null where a pool has no number or an old one */
  readonly totals: Totals | null;
  /** the worst pool, or the one asked for; null in an empty book */
  readonly detail: DetailView | null;
  readonly rejected: readonly Rejection[];
  /** what was assumed or left out, each a sentence */
  readonly notes: readonly string[];
}

export interface RiskMeta {
  readonly model: string;
  readonly confidence: number;
  readonly holdingPeriod: string;
  readonly observations: number;
  readonly droppedRows: number;
  readonly missingFactors: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface HistoryView {
  readonly in: string;
  readonly interval: number;
  readonly rows: number;
  readonly columns: number;
  readonly first: number;
  readonly last: number;
}

/** Initial and maintenance; `initial` is null where the rule has no such level. */
export interface LevelsView {
  readonly initial: number | null;
  readonly maintenance: number;
}

/** `inBreach` and `belowInitial` say what the rule makes of the excess; `notComputed` that there is no number. */
export type Standing = "ok" | "belowInitial" | "inBreach" | "notComputed";

export interface PoolView {
  readonly id: string;
  readonly account: string;
  readonly venue: string | null;
  readonly rule: string | null;
  readonly status: Status;
  readonly standing: Standing;
  readonly equity: number;
  readonly eligible: LevelsView;
  readonly requirement: LevelsView;
  readonly excess: LevelsView;
  readonly healthFactor: number;
  readonly risk: {
    readonly status: Status;
    readonly valueAtRisk: number;
    readonly expectedShortfall: number;
  } | null;
  readonly liquidation: DistanceView | null;
}

/** How far a pool is from liquidation. Each is null where no such move exists; 0 in a pool that is there already. */
export interface DistanceView {
  /** in standard deviations over the holding period; null also without history */
  readonly deviations: number | null;
  /** the fall of all prices at once that liquidates, a fraction */
  readonly uniformFall: number | null;
  /** the same with every factor falling by its beta to the first */
  readonly betaFall: number | null;
  /** that the pool is in breach at the end of the holding period */
  readonly probability: number | null;
}

export interface Totals {
  readonly equity: number;
  readonly eligible: LevelsView;
  readonly requirement: LevelsView;
  readonly excess: LevelsView;
}

export interface DetailView {
  readonly pool: string;
  readonly terms: Explanation | null;
  readonly levels: readonly LiquidationLevel[];
  /** the most likely move that liquidates: a fraction per factor; null without history or where there is none */
  readonly scenario: readonly { readonly factor: string; readonly move: number }[] | null;
  /** what drives VaR and ES, by risk factor and by line of the pool; each sums to the pool's */
  readonly factors: readonly ComponentView[];
  readonly lines: readonly ComponentView[];
  /** days of the tail, worst first; historical model only */
  readonly worst: readonly { readonly time: number; readonly pnl: number; readonly weight: number }[];
  readonly isolated: { readonly cross: LevelsView; readonly isolated: LevelsView; readonly saving: LevelsView } | null;
}

/** Where a pool liquidates if one factor moves and all else stays. */
export interface LiquidationLevel {
  readonly factor: string;
  readonly price: number | null;
  /** null where no price of the factor liquidates */
  readonly liquidationPrice: number | null;
  /** holdings and positions that move along */
  readonly along: readonly string[];
}

export interface ComponentView {
  readonly name: string;
  /** value gained per unit relative move of a factor, or value of a line at index */
  readonly amount: number;
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  /** of the expected shortfall; null where that is 0 */
  readonly share: number | null;
  /** expected shortfall − expected shortfall without it */
  readonly incremental: number;
}

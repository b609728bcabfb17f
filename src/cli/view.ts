import type { Explanation, MarginMeta, Rejection, Status, Totals } from "../index.js";

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
  /** the factor that betas are to; null without history or rule */
  readonly marketFactor: string | null;
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

/** How far a pool is from liquidation. Moves are relative; null where no such move liquidates. */
export interface DistanceView {
  /** the rule calls it a breach already; there are then no moves to one */
  readonly breached: boolean;
  /** excess in standard deviations over the holding period, negative in a breach; null without history */
  readonly deviations: number | null;
  /** of all prices that are not pegged, alike */
  readonly uniform: { readonly fall: number | null; readonly rise: number | null };
  /** of the market factor, the others following by beta; null also without history */
  readonly beta: { readonly fall: number | null; readonly rise: number | null };
  /** probability of a breach at the end of the holding period, and at any time within it; null without history */
  readonly breachAtEnd: number | null;
  readonly breachWithin: number | null;
}

export interface DetailView {
  readonly pool: string;
  readonly terms: Explanation | null;
  /** why the pool has no number under the model, with the place in the document; null where it has one */
  readonly reason: string | null;
  readonly levels: readonly LevelView[];
  /** the most likely move that liquidates: a fraction per factor; null without history or where there is none */
  readonly scenario: readonly { readonly factor: string; readonly move: number }[] | null;
  /** what drives VaR and ES, by risk factor and by line of the pool; each sums to the pool's */
  readonly factors: readonly ComponentView[];
  readonly lines: readonly ComponentView[];
  /** days of the tail, worst first; historical model only */
  readonly worst: readonly { readonly time: number; readonly pnl: number; readonly weight: number }[];
  /** the pool as one against each of its lines margined alone */
  readonly isolated: readonly ComparedView[];
}

/** Where a pool liquidates if one factor moves and all else stays. */
export interface LevelView {
  readonly factor: string;
  /** in the numeraire; for a factor that is not an asset relative to now, 1 */
  readonly price: number;
  /** change of the excess per unit relative move, numeraire */
  readonly gradient: number;
  /** levels below and above the present one; null where no such price exists */
  readonly down: { readonly price: number; readonly move: number } | null;
  readonly up: { readonly price: number; readonly move: number } | null;
  /** assets and positions of the pool that move along */
  readonly movesAlong: readonly string[];
}

/** One measure of a pool as a whole and line by line; saving = isolated − cross. */
export interface ComparedView {
  /** the requirement of the margin model, what is short of it, and the VaR of the risk model beside it */
  readonly measure: "requirement" | "shortfall" | "valueAtRisk";
  readonly level: "initial" | "maintenance";
  readonly cross: number;
  readonly isolated: number;
  readonly saving: number;
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

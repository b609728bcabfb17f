import {
  type CollateralResult,
  createEngine,
  type Engine,
  type HistoricalResult,
  InsufficientDataError,
  InvalidInputError,
  type Levels,
  type MarginModel,
  type MarginResult,
  type ParametricResult,
  type ResidentBook,
  RiskError,
  STATUSES,
  type Status,
  totals,
  UnsupportedError,
} from "../index.js";
import { BadInput, quoted } from "./bad-input.js";
import { detailOf } from "./detail.js";
import type { Inputs } from "./inputs.js";
import { distanceOf, liquidationOf } from "./liquidation.js";
import { advised, inInputs } from "./located.js";
import { collateralModel, type RiskModel, riskModel } from "./models.js";
import type { Asked } from "./options.js";
import type { Progress } from "./progress.js";
import type { HistoryView, LevelsView, PoolView, Report, RiskMeta, Standing } from "./view.js";

type RiskResult = ParametricResult | HistoricalResult;

/** Margin every pool and take the worst, or the one asked for, apart. */
export function computeReport(inputs: Inputs, asked: Asked, progress: Progress): Report {
  const engine = createEngine();
  const market = engine.loadMarket(inputs.market, inputs.history === null ? {} : { history: inputs.history });
  const book = engine.loadBook(inputs.book, market);
  const notes = [...inputs.notes];

  progress.say("margining");
  const main = mainModel(inputs, asked);
  const result = inInputs(inputs, () => engine.margin(book, main));
  const risk = riskBeside(engine, book, inputs, asked, result, notes);
  const liquidation = inInputs(inputs, () => liquidationOf(book, inputs, asked, notes));

  if (liquidation !== null && asked.model !== "collateral") {
    notes.push(`Liquidation is that of the rules given (${inputs.rules.map((rule) => rule.id).join(", ")}).`);
  }

  const pools = Array.from({ length: inputs.book.poolCount }, (_, row) => poolView(inputs, result, row)).map(
    (pool, row) => ({
      ...pool,
      risk: risk === null ? null : riskRow(risk.result, row),
      liquidation: liquidation === null ? null : distanceOf(liquidation, row),
    }),
  );
  const shown = shownPool(pools, asked, inputs);
  progress.say("taking one pool apart");
  return {
    sources: inputs.sources,
    asOf: inputs.market.asOf,
    numeraire: inputs.market.numeraire,
    meta: result.meta,
    risk: risk === null ? null : riskMeta(risk, asked),
    marketFactor: liquidation?.marketFactor ?? null,
    history: historyView(inputs),
    pools,
    // A pool without a number, or with an old one, has no place in a sum.
    totals: pools.every((pool) => pool.status === "ok") ? totals(book, result) : null,
    detail:
      shown === null
        ? null
        : inInputs(inputs, () =>
            detailOf({
              engine,
              book,
              inputs,
              asked,
              main,
              risk: risk?.model ?? null,
              pool: shown,
              view: pools[shown],
              liquidation,
            }),
          ),
    rejected: inputs.book.rejected,
    notes: [
      ...new Set([
        ...notes,
        ...[...result.meta.notes, ...(risk?.result.meta.notes ?? []), ...(liquidation?.result.notes ?? [])].map(
          asSentence,
        ),
      ]),
    ],
  };
}

/** The model that margins. */
export function mainModel(inputs: Inputs, asked: Asked): MarginModel {
  if (asked.model === "collateral") return collateralModel(inputs.rules);
  if (inputs.history === null) {
    throw new BadInput(`--model ${asked.model}`, "", "given with --history or a market that names one", "neither");
  }
  return riskModel(asked, asked.model);
}

/**
 * VaR and ES of every pool: of the margin model itself, or of the historical model beside the collateral model where there
 * is a history. There it is an extra, so that what stops it is a note and not an error.
 */
function riskBeside(
  engine: Engine,
  book: ResidentBook,
  inputs: Inputs,
  asked: Asked,
  result: MarginResult,
  notes: string[],
): { readonly model: RiskModel; readonly result: RiskResult } | null {
  if (isRisk(result) && asked.model !== "collateral") return { model: riskModel(asked, asked.model), result };
  if (inputs.history === null) {
    notes.push("No price history was given: VaR, ES and distances in standard deviations are not shown.");
    return null;
  }
  const model = riskModel(asked, "historical");
  try {
    const computed = model.kind === "historical" ? engine.margin(book, model) : engine.margin(book, model);
    return { model, result: computed };
  } catch (error) {
    if (!(error instanceof RiskError)) throw error;
    const expected =
      error instanceof InvalidInputError || error instanceof UnsupportedError || error instanceof InsufficientDataError;
    if (!expected) throw error;
    notes.push(`VaR and ES are not shown: ${advised(error.message)}.`);
    return null;
  }
}

function isRisk(result: MarginResult): result is RiskResult {
  return "valueAtRisk" in result;
}

function poolView(inputs: Inputs, result: MarginResult, row: number): PoolView {
  const { id, account, venue, rule } = inputs.book.pool(row);
  const status = STATUSES[result.status[row] ?? 0] ?? "unsupported";
  const applied = inputs.rules.length === 1 ? inputs.rules[0] : inputs.rules.find((candidate) => candidate.id === rule);
  const hasInitial = result.meta.model !== "collateral" || applied?.hasInitial === true;
  const excess = levelsView(result.excess, row, hasInitial);
  return {
    id,
    account,
    venue,
    rule: result.meta.model === "collateral" ? (applied?.id ?? rule) : rule,
    status,
    standing: standingOf(status, excess, isCollateral(result) ? result.breached[row] : undefined),
    equity: result.equity[row] ?? 0,
    eligible: levelsView(result.eligible, row, hasInitial),
    requirement: levelsView(result.requirement, row, hasInitial),
    excess,
    healthFactor: result.healthFactor[row] ?? 0,
    risk: null,
    liquidation: null,
  };
}

function isCollateral(result: MarginResult): result is CollateralResult {
  return "breached" in result;
}

function standingOf(status: Status, excess: LevelsView, breached: number | undefined): Standing {
  if (!hasNumber(status)) return "notComputed";
  if (breached === undefined ? excess.maintenance < 0 : breached !== 0) return "inBreach";
  return excess.initial !== null && excess.initial < 0 ? "belowInitial" : "ok";
}

/** Whether a row of this status holds numbers; those of a stale price are numbers, but old ones. */
export function hasNumber(status: Status): boolean {
  return status === "ok" || status === "stalePrice";
}

/** Both levels of one row; a rule that has no initial level has none of it. */
export function levelsView(levels: Levels, row: number, hasInitial: boolean): LevelsView {
  return {
    initial: hasInitial ? (levels.initial?.[row] ?? null) : null,
    maintenance: levels.maintenance[row] ?? 0,
  };
}

function riskRow(result: RiskResult, row: number): PoolView["risk"] {
  return {
    status: STATUSES[result.status[row] ?? 0] ?? "unsupported",
    valueAtRisk: result.valueAtRisk[row] ?? 0,
    expectedShortfall: result.expectedShortfall[row] ?? 0,
  };
}

function riskMeta({ model, result }: { model: RiskModel; result: RiskResult }, asked: Asked): RiskMeta {
  const { observations, droppedRows, missingFactors, meta } = result;
  const { confidence, holdingPeriod } = asked;
  return {
    model: model.name,
    confidence,
    holdingPeriod,
    observations,
    droppedRows,
    missingFactors,
    parameters: meta.parameters,
  };
}

function historyView({ history, clock }: Inputs): HistoryView | null {
  if (history === null) return null;
  const { times, columns, interval } = history;
  return {
    in: history.in,
    interval,
    rows: times.length,
    columns: columns.length,
    first: clock(times[0] ?? 0),
    last: times[times.length - 1] ?? 0,
  };
}

/** Rows worst first: the lowest health factor, and of equal ones the lowest excess; ties in the order of the document. */
export function worstFirst(pools: readonly PoolView[]): readonly number[] {
  const order = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
  return pools
    .map((_, row) => row)
    .sort((a, b) => {
      const [one, other] = [pools[a], pools[b]];
      if (one === undefined || other === undefined) return 0;
      return (
        order(one.healthFactor, other.healthFactor) || order(one.excess.maintenance, other.excess.maintenance) || a - b
      );
    });
}

/** Row of the pool asked for, else of the worst that has a number, else null. */
function shownPool(pools: readonly PoolView[], asked: Asked, inputs: Inputs): number | null {
  if (asked.pool !== undefined) {
    const row = inputs.book.poolIndex(asked.pool);
    if (row < 0) throw new BadInput("--pool", "", `the id of a pool in ${inputs.sources.accounts}`, quoted(asked.pool));
    return row;
  }
  return worstFirst(pools).find((row) => hasNumber(pools[row]?.status ?? "unsupported")) ?? null;
}

/** The library's notes begin in lower case, since they follow a name; here each stands alone. */
export function asSentence(note: string): string {
  const text = note.charAt(0).toUpperCase() + note.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}

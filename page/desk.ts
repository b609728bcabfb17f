import {
  createEngine,
  decomposePool,
  type Engine,
  type Explanation,
  type FactorRiskResult,
  historical,
  type HistoricalModel,
  type Levels,
  type LiquidationResult,
  liquidation,
  type MarginModel,
  type MarginResult,
  marketCovariance,
  normal,
  type PoolDecomposition,
  packBook,
  parametric,
  parseHistory,
  parseMarket,
  parseRule,
  type ResidentBook,
  RiskError,
  type RiskShares,
  type Rule,
  STATUSES,
} from "../src/index.js";
import { eigenSymmetric } from "../src/numerics/index.js";
import type { Sample } from "../src/sample.js";
import { bitsOf } from "./bits.js";
import type { Components } from "./charts/component-bars.js";
import type { Distribution } from "./charts/distribution.js";
import type { Documents } from "./documents.js";
import { estimatorOf } from "./estimators.js";
import { typographic } from "./format.js";
import { liquidationUnder, liquidationView } from "./liquidation.js";
import type { Asked, Waterfall } from "./explain.js";
import type { Pair, PoolRow, Report, TermTable } from "./report.js";
import { type Margined, type Margining, marginingOf, ruleChoices } from "./rule-choice.js";
import { waterfallOf } from "./waterfall.js";

export type RiskKind = "parametric" | "historical";

/** What the reader chose. Numbers as typed: whether they are some is for the library to say. */
export interface Choice {
  readonly model: "collateral" | RiskKind;
  /** `own`, or the id of a preset that takes every pool */
  readonly rule: string;
  readonly confidence: string;
  readonly measure: "valueAtRisk" | "expectedShortfall";
  /** of the covariance: one of `estimatorChoices` */
  readonly estimator: string;
  /** null: the worst */
  readonly pool: string | null;
}

/** What the report says once, whatever is asked: one day. */
export const HOLDING_PERIOD = "P1D";

/** What the others follow by their betas. */
export const MARKET_FACTOR = "BTC";

type RiskModel = MarginModel<FactorRiskResult> & Pick<HistoricalModel, "decompose">;

/** The sample, an engine, and the sample's history resident in it. Reports are pure functions of documents and choice. */
export class Desk {
  private readonly engine = createEngine();
  private readonly origin: Documents;
  private readonly rules: readonly Rule[];
  private readonly market;

  constructor({ market, accounts, rules, history }: Sample) {
    this.origin = { market, accounts } as Documents;
    this.rules = rules.map(parseRule);
    this.market = this.engine.loadMarket(parseMarket(market), { history: parseHistory(history) });
  }

  /** The sample's documents, fresh, to be edited. */
  documents(): Documents {
    return structuredClone(this.origin);
  }

  /** What the picker of rules offers. */
  readonly ruleChoices = ruleChoices;

  /** @throws what the library refuses, with its path; the next report is not affected */
  report(documents: Documents, choice: Choice): Report {
    const began = performance.now();
    const report = this.with(documents, choice, (book, margining) => this.compute(book, choice, margining));
    return { ...report, milliseconds: performance.now() - began };
  }

  /** How a number of a pool came about. @throws as `report` */
  explain(documents: Documents, choice: Choice, asked: Asked): Waterfall {
    const of = { ...choice, pool: asked.pool };
    return this.with(documents, of, (book, margining) => {
      const report = { ...this.compute(book, of, margining), milliseconds: 0 };
      const { model } = modelsOf(of, margining);
      return waterfallOf(asked.key, report, this.engine.explain(book, asked.pool, model), workingsOf);
    });
  }

  private with<T>(documents: Documents, choice: Choice, work: (book: ResidentBook, margining: Margining) => T): T {
    const market = parseMarket(documents.market);
    const margining = marginingOf(choice.rule, this.rules);
    const pack = (onInvalid: "throw" | "collect") => packBook(documents.accounts, market, { onInvalid });
    // A pool that a picked rule refuses is a row that says so; one that cannot be read is the reader's to mend.
    let packed = pack(margining.composed === null ? "throw" : "collect");
    if (packed.rejected.length > 0) packed = pack("throw");
    this.market.reprice(market);
    const book = this.engine.loadBook(packed, this.market);
    try {
      return work(book, margining);
    } finally {
      book.dispose();
    }
  }

  /** The factors' correlation under the estimator chosen, with its eigenvalues. */
  private correlation(choice: Choice): Report["correlation"] {
    const found = marketCovariance(this.market, { estimator: estimatorOf(choice.estimator) });
    const { names, correlation: values, estimator, rows, shrinkage } = found;
    const ascending = eigenSymmetric(this.engine, names.length, values).values;
    const [least = 0, most = 0] = [ascending[0], ascending.at(-1)];
    const spectrum = { values: Array.from(ascending).reverse() };
    return { names, values, estimator, rows, shrinkage, spectrum, condition: least > 0 ? most / least : null };
  }

  private compute(book: ResidentBook, choice: Choice, margining: Margining): Omit<Report, "milliseconds"> {
    const { engine, rules } = this;
    const { market } = this.market;
    const { sampled, risk, model, confidence } = modelsOf(choice, margining);

    const result = engine.margin(book, model);
    const tails = engine.margin(book, risk);
    const { levels, levelsOf } = levelsUnder(book, rules, choice, margining);
    const pools = Array.from({ length: book.packed.poolCount }, (_, row) =>
      poolRow(engine, book, result, row, model, margining, levels?.risk?.distance[row] ?? null),
    ).sort(worse);
    const chosen = pools.find((pool) => pool.id === choice.pool) ?? pools[0];
    if (chosen === undefined) throw new Error("the sample has no pool");
    const row = book.packed.poolIndex(chosen.id);
    const parts = decomposePool(book, row, risk);
    const correlation = this.correlation(choice);
    return {
      asOf: market.asOf,
      numeraire: market.numeraire,
      pools,
      selected: chosen,
      valueAtRisk: tails.valueAtRisk[row] ?? 0,
      expectedShortfall: tails.expectedShortfall[row] ?? 0,
      confidence,
      riskModel: risk.name,
      components: {
        of: choice.measure === "valueAtRisk" ? "Value at risk" : "Expected shortfall",
        byFactor: components(parts.factors.names, parts.factors[choice.measure]),
        byLine: components(parts.lines.names, parts.lines[choice.measure]),
      },
      distribution: distributionOf(parts, risk === sampled ? parts : decomposePool(book, row, sampled)),
      correlation,
      liquidation: levelsOf(row),
      terms: chosen.reason === null ? termTables(engine.explain(book, row, model)) : [],
      under: model.name === risk.name ? model.name : margining.under,
      kernel: { hash: engine.kernelHash, build: engine.build },
      version: result.meta.version,
      bits: bitsOf(numbers(result, tails, levels)),
      notes: [...new Set([...result.meta.notes, ...tails.meta.notes, ...(levels?.notes ?? [])])].map(sentence),
    };
  }
}

/** Every number of the results, column after column. */
export function* numbers(
  result: MarginResult,
  tails: Pick<FactorRiskResult, "valueAtRisk" | "expectedShortfall">,
  levels: LiquidationResult | null,
): Iterable<number> {
  yield* result.equity;
  for (const { initial, maintenance } of [result.eligible, result.requirement, result.excess]) {
    yield* initial ?? [];
    yield* maintenance;
  }
  yield* result.healthFactor;
  yield* tails.valueAtRisk;
  yield* tails.expectedShortfall;
  yield* levels?.priceDown ?? [];
  yield* levels?.priceUp ?? [];
  yield* levels?.risk?.distance ?? [];
  yield* levels?.risk?.breachWithin ?? [];
}

/** Where pools liquidate: of all at once with their distances under the basic rules, pool by pool under a picked one. */
function levelsUnder(
  book: ResidentBook,
  rules: readonly Rule[],
  choice: Choice,
  { composed }: Margining,
): { readonly levels: LiquidationResult | null; levelsOf(row: number): Report["liquidation"] } {
  if (composed !== null) return { levels: null, levelsOf: (row) => liquidationUnder(book, row, composed) };
  const levels = liquidation(book, rules, {
    covariance: estimatorOf(choice.estimator),
    horizon: HOLDING_PERIOD,
    marketFactor: MARKET_FACTOR,
  });
  return { levels, levelsOf: (row) => liquidationView(levels.pool(row)) };
}

/** The models that a choice asks for: what margins, and what says VaR. */
function modelsOf(choice: Choice, margining: Margining) {
  const confidence = Number(choice.confidence === "" ? Number.NaN : choice.confidence);
  const shared = { confidence, holdingPeriod: HOLDING_PERIOD, measure: choice.measure };
  const sampled = historical(shared);
  const risk: RiskModel =
    choice.model === "parametric"
      ? parametric({ ...shared, covariance: estimatorOf(choice.estimator), distribution: normal() })
      : sampled;
  const model: MarginModel<Margined> = choice.model === "collateral" ? margining.model : risk;
  return { confidence, sampled, risk, model };
}

function poolRow(
  engine: Engine,
  book: ResidentBook,
  result: Margined,
  row: number,
  model: MarginModel<Margined>,
  margining: Margining,
  sigmas: number | null,
): PoolRow {
  const { id, venue, rule } = book.packed.pool(row);
  // A rule without an initial level has none to show, whatever the column holds for the rules beside it.
  const initial = model !== margining.model || margining.initial(rule);
  const status = STATUSES[result.status[row] ?? 0] ?? "unsupported";
  const pair = (levels: Levels): Pair => ({
    initial: initial ? (levels.initial?.[row] ?? null) : null,
    maintenance: levels.maintenance[row] ?? 0,
  });
  const excess = pair(result.excess);
  return {
    id,
    venue: venue ?? "",
    status,
    reason: status === "ok" || status === "stalePrice" ? null : reasonOf(engine, book, row, model),
    breached: result.breached === undefined ? excess.maintenance < 0 : result.breached[row] === 1,
    equity: result.equity[row] ?? 0,
    eligible: pair(result.eligible),
    requirement: pair(result.requirement),
    excess,
    healthFactor: result.healthFactor[row] ?? 0,
    sigmas,
  };
}

/** Why a model has no number of a pool: what it says when it is asked for the terms. */
function reasonOf(engine: Engine, book: ResidentBook, row: number, model: MarginModel): string {
  try {
    engine.explain(book, row, model);
    return "no reason was given";
  } catch (error) {
    if (error instanceof RiskError) return error.message;
    throw error;
  }
}

/** Lowest health factor first, of equal ones the lowest excess. A row without a number has health 0 and comes first. */
function worse(a: PoolRow, b: PoolRow): number {
  const order = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);
  return order(a.healthFactor, b.healthFactor) || order(a.excess.maintenance, b.excess.maintenance);
}

function components(names: readonly string[], { total, component }: RiskShares): Components {
  return { total, parts: names.map((name, i) => ({ name, value: component[i] ?? 0 })) };
}

/** The observed P&L with the tail of the model in charge; its density where it has one. */
function distributionOf(parts: PoolDecomposition, sampled: PoolDecomposition): Distribution {
  const { deviation } = parts;
  const scale = deviation === null || deviation === 0 ? null : 1 / (deviation * Math.sqrt(2 * Math.PI));
  return {
    pnl: sampled.pnl,
    valueAtRisk: parts.factors.valueAtRisk.total,
    expectedShortfall: parts.factors.expectedShortfall.total,
    density: deviation === null || scale === null ? null : (pnl) => scale * Math.exp(-((pnl / deviation) ** 2) / 2),
  };
}

function termTables({ requirement, eligible, equity }: Explanation): readonly TermTable[] {
  const lines = (terms: Explanation["eligible"]): TermTable["terms"] =>
    terms.map((term) => ({ ...term, workings: workingsOf(term.workings) }));
  return [
    { title: "Eligible", terms: lines(eligible) },
    { title: "Requirement", terms: lines(requirement) },
    {
      title: "Equity",
      terms: equity.map(({ name, value, workings }) => ({
        name,
        initial: null,
        maintenance: value,
        workings: workingsOf(workings),
      })),
    },
  ];
}

const seven = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 7 });

/** `{ quantity: 10, maintenanceWeight: 0.95 }` as `quantity 10, maintenance weight 0.95`. */
function workingsOf(workings: Readonly<Record<string, number | string>>): string {
  return Object.entries(workings)
    .map(([name, value]) => {
      const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      return `${words} ${typeof value === "number" ? typographic(seven.format(value)) : value}`;
    })
    .join(", ");
}

/** The library's notes begin in lower case, since they follow a name; here each stands alone. */
function sentence(note: string): string {
  const text = note.charAt(0).toUpperCase() + note.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}

import {
  type Compared,
  decomposePool,
  type Engine,
  type Explanation,
  isolated,
  type MarginModel,
  RiskError,
  type ResidentBook,
} from "../index.js";
import { hasNumber } from "./compute.js";
import type { Inputs } from "./inputs.js";
import { type Liquidation, levelsOf } from "./liquidation.js";
import type { RiskModel } from "./models.js";
import type { Asked } from "./options.js";
import type { ComparedView, ComponentView, DetailView, PoolView } from "./view.js";

export interface DetailRequest {
  readonly engine: Engine;
  readonly book: ResidentBook;
  readonly inputs: Inputs;
  readonly asked: Asked;
  readonly main: MarginModel;
  readonly risk: RiskModel | null;
  /** row of the pool */
  readonly pool: number;
  readonly view: PoolView | undefined;
  readonly liquidation: Liquidation | null;
}

/** One pool taken apart: terms, liquidation levels, what drives its risk, its worst days, the saving of one collateral. */
export function detailOf(request: DetailRequest): DetailView {
  const { engine, book, inputs, main, risk, pool, view, liquidation } = request;
  const computed = view !== undefined && hasNumber(view.status);
  const terms: Explanation | null = computed ? engine.explain(book, pool, main) : null;
  const decomposable = risk !== null && view?.risk != null && hasNumber(view.risk.status);
  const parts = decomposable ? decomposePool(book, pool, risk) : null;
  const components = (shares: "factors" | "lines"): readonly ComponentView[] => {
    if (parts === null) return [];
    const { names, valueAtRisk, expectedShortfall } = parts[shares];
    return names.map((name, i) => ({
      name,
      amount: (shares === "factors" ? parts.factors.exposure : parts.lines.value)[i] ?? 0,
      valueAtRisk: valueAtRisk.component[i] ?? 0,
      expectedShortfall: expectedShortfall.component[i] ?? 0,
      share: expectedShortfall.percent?.[i] ?? null,
      incremental: expectedShortfall.incremental[i] ?? 0,
    }));
  };
  return {
    pool: inputs.book.pool(pool).id,
    terms,
    reason: computed ? null : termsOf(engine, book, pool, main).reason,
    ...(computed && liquidation !== null ? levelsOf(liquidation, pool) : { levels: [], scenario: null }),
    factors: components("factors"),
    lines: components("lines"),
    worst: (parts?.worst ?? []).map((day) => ({ ...day, time: inputs.clock(day.time) })),
    isolated: computed ? comparedOf(request, decomposable) : [],
  };
}

/** The terms of a pool under a model, or what the model says where it refuses the pool. */
export function termsOf(
  engine: Engine,
  book: ResidentBook,
  row: number,
  model: MarginModel,
): { readonly explanation: Explanation | null; readonly reason: string | null } {
  try {
    return { explanation: engine.explain(book, row, model), reason: null };
  } catch (error) {
    if (error instanceof RiskError) return { explanation: null, reason: error.message };
    throw error;
  }
}

/** One collateral for all against each line on its own: the margin model's requirement and shortfall, and VaR. */
function comparedOf({ book, main, risk, pool }: DetailRequest, hasRisk: boolean): readonly ComparedView[] {
  const range = { from: pool, to: pool + 1 };
  const rows: ComparedView[] = [];
  const add = (measure: ComparedView["measure"], level: ComparedView["level"], compared: Compared): void => {
    const [cross, isolated, saving] = [compared.cross, compared.isolated, compared.saving].map(
      (levels) => levels[level]?.[0] ?? Number.NaN,
    );
    if (cross === undefined || isolated === undefined || saving === undefined) return;
    if (Number.isFinite(cross) && Number.isFinite(isolated)) rows.push({ measure, level, cross, isolated, saving });
  };
  const { requirement, shortfall } = isolated(book, main, range);
  for (const level of ["initial", "maintenance"] as const) {
    add("requirement", level, requirement);
    add("shortfall", level, shortfall);
  }
  // The requirement of a risk model is its VaR; where that model margins, it stands there already.
  if (hasRisk && risk !== null && risk !== main && main.name === "collateral") {
    add("valueAtRisk", "maintenance", isolated(book, risk, range).requirement);
  }
  return rows;
}

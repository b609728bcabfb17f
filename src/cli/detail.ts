import type { Engine, Explanation, MarginModel, ResidentBook } from "../index.js";
import { hasNumber } from "./compute.js";
import type { Inputs } from "./inputs.js";
import { isolatedOf, levelsOf, scenarioOf } from "./liquidation.js";
import type { RiskModel } from "./models.js";
import type { Asked } from "./options.js";
import type { ComponentView, DetailView, PoolView } from "./view.js";

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
}

/** One pool taken apart: terms, liquidation levels, what drives its risk, its worst days, the saving of one collateral. */
export function detailOf(request: DetailRequest): DetailView {
  const { engine, book, inputs, main, risk, pool, view } = request;
  const computed = view !== undefined && hasNumber(view.status);
  const terms: Explanation | null = computed ? engine.explain(book, pool, main) : null;
  const decomposable = risk !== null && view?.risk != null && hasNumber(view.risk.status);
  const parts = decomposable ? risk.decompose(book, pool) : null;
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
    levels: computed ? levelsOf(request) : [],
    scenario: computed ? scenarioOf(request) : null,
    factors: components("factors"),
    lines: components("lines"),
    worst: (parts?.worst ?? []).map((day) => ({ ...day, time: inputs.clock(day.time) })),
    isolated: computed ? isolatedOf(request) : null,
  };
}

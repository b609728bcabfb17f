import { hasNumber } from "./compute.js";
import { duration } from "./time-cell.js";
import type { ComponentView, DistanceView, LevelsView, PoolView, Report } from "./view.js";

/**
 * A report as JSON: keys are stable, numbers in full precision (as few digits as give the same f64 back). JSON has no
 * infinity: where a number does not exist or is infinite there is null, and `reasons` of the same object says why, under
 * the path of the number.
 */
export function reportJson(report: Report): object {
  const { meta, risk, history, totals, detail } = report;
  return {
    schema: "margrave/report/1",
    sources: report.sources,
    asOf: iso(report.asOf),
    numeraire: report.numeraire,
    meta,
    risk,
    marketFactor: report.marketFactor,
    history:
      history === null
        ? null
        : { ...history, interval: duration(history.interval), first: iso(history.first), last: iso(history.last) },
    pools: report.pools.map(poolJson),
    totals: totals === null ? null : objectOf((number) => totalsJson(totals, number)),
    ...(totals === null ? { totalsReason: "a pool has a status other than ok" } : {}),
    detail: detail === null ? null : detailJson(detail),
    rejected: report.rejected,
    notes: report.notes,
  };
}

type Finite = (path: string, value: number | null, reason: string) => number | null;

/** An object made with `number`, which turns what is not finite into null, and its reasons where there are any. */
export function objectOf(make: (number: Finite) => object): object {
  const reasons: Record<string, string> = {};
  const made = make((path, value, reason) => {
    if (value !== null && Number.isFinite(value)) return value;
    reasons[path] = reason;
    return null;
  });
  return Object.keys(reasons).length === 0 ? made : { ...made, reasons };
}

const NO_INITIAL = "the rule has no initial level";

/** Both levels with the reason where one has no number. */
export function levelsJson(path: string, levels: LevelsView, number: Finite, reason: string): object {
  return {
    initial: number(`${path}.initial`, levels.initial, levels.initial === null ? NO_INITIAL : reason),
    maintenance: number(`${path}.maintenance`, levels.maintenance, reason),
  };
}

function poolJson(pool: PoolView): object {
  const { id, account, venue, rule, status, standing, risk, liquidation } = pool;
  const computed = hasNumber(status);
  const lacking = `status ${status}`;
  return objectOf((number) => ({
    id,
    account,
    venue,
    rule,
    status,
    standing,
    equity: number("equity", computed ? pool.equity : null, lacking),
    eligible: levelsJson("eligible", computed ? pool.eligible : nothing(pool.eligible), number, lacking),
    requirement: levelsJson("requirement", computed ? pool.requirement : nothing(pool.requirement), number, lacking),
    excess: levelsJson("excess", computed ? pool.excess : nothing(pool.excess), number, lacking),
    healthFactor: number(
      "healthFactor",
      computed ? pool.healthFactor : null,
      computed ? "infinite: no liabilities and no requirement" : lacking,
    ),
    risk:
      risk === null
        ? null
        : {
            status: risk.status,
            valueAtRisk: number("risk.valueAtRisk", risk.valueAtRisk, `risk status ${risk.status}`),
            expectedShortfall: number("risk.expectedShortfall", risk.expectedShortfall, `risk status ${risk.status}`),
          },
    liquidation:
      liquidation === null
        ? null
        : {
            breached: liquidation.breached,
            deviations: number("liquidation.deviations", liquidation.deviations, NO_DISTANCE),
            uniform: movesJson("liquidation.uniform", liquidation.uniform, number, NO_MOVE),
            beta: movesJson("liquidation.beta", liquidation.beta, number, `${NO_MOVE}, or there is no history`),
            breachAtEnd: number("liquidation.breachAtEnd", liquidation.breachAtEnd, NO_DISTANCE),
            breachWithin: number("liquidation.breachWithin", liquidation.breachWithin, NO_DISTANCE),
          },
  }));
}

const NO_DISTANCE = "nothing of the pool moves, or there is no history";
const NO_MOVE = "no such move liquidates, or the pool is in breach already";

function movesJson(path: string, moves: DistanceView["uniform"], number: Finite, reason: string): object {
  return {
    fall: number(`${path}.fall`, moves.fall, reason),
    rise: number(`${path}.rise`, moves.rise, reason),
  };
}

/** A level that has no number: NaN at maintenance, and at initial unless the rule has none. */
export function nothing(levels: LevelsView): LevelsView {
  return { initial: levels.initial === null ? null : Number.NaN, maintenance: Number.NaN };
}

function totalsJson(totals: NonNullable<Report["totals"]>, number: Finite): object {
  const sum = "a pool has no finite number";
  return {
    equity: number("equity", totals.equity, sum),
    eligible: levelsJson("eligible", totals.eligible, number, sum),
    requirement: levelsJson("requirement", totals.requirement, number, sum),
    excess: levelsJson("excess", totals.excess, number, sum),
  };
}

function detailJson(detail: NonNullable<Report["detail"]>): object {
  const components = (parts: readonly ComponentView[]): readonly object[] =>
    parts.map((part) =>
      objectOf((number) => ({ ...part, share: number("share", part.share, "the expected shortfall is 0") })),
    );
  return {
    pool: detail.pool,
    terms: detail.terms,
    reason: detail.reason,
    levels: detail.levels,
    scenario: detail.scenario,
    factors: components(detail.factors),
    lines: components(detail.lines),
    worst: detail.worst.map((day) => ({ ...day, time: iso(day.time) })),
    isolated: detail.isolated,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

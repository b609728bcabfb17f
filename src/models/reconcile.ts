import type { ResidentBook } from "../book/resident.js";
import type { MarginResult } from "./model.js";

/** One number of ours beside the venue's, in the asset that the venue reports in. */
export interface Difference {
  readonly ours: number;
  readonly reported: number;
  /** ours − reported */
  readonly absolute: number;
  /** absolute ÷ |reported|; null where that is 0 */
  readonly relative: number | null;
}

/** What a venue said of a pool beside what was computed. A field is null where either side has no number. */
export interface Reconciliation {
  readonly pool: string;
  readonly asset: string;
  /** ms since 1970 */
  readonly reportedAt: number;
  /** ms by which the report is older than the market's valuation; negative where it is younger */
  readonly age: number;
  readonly equity: Difference | null;
  /** the requirement at the initial level */
  readonly initial: Difference | null;
  /** the requirement at maintenance */
  readonly maintenance: Difference | null;
}

/**
 * Beside each report in the accounts document, ours for the same pool, converted at the index price of the reported asset.
 * Reports of pools outside the result's rows are left out. Reports enter no computation. Order: that of the document.
 */
export function reconcile(book: ResidentBook, result: MarginResult): readonly Reconciliation[] {
  const { packed } = book;
  const { market } = book.market;
  return packed.reported.flatMap((report) => {
    const row = packed.poolIndex(report.pool) - result.from;
    if (row < 0 || row >= result.to - result.from) return [];
    const price = market.prices.index[market.assetIndex(report.asset)] ?? Number.NaN;
    const beside = (ours: number | undefined, reported: number | null): Difference | null => {
      const converted = (ours ?? Number.NaN) / price;
      if (reported === null || !Number.isFinite(converted)) return null;
      const absolute = converted - reported;
      return { ours: converted, reported, absolute, relative: reported === 0 ? null : absolute / Math.abs(reported) };
    };
    return [
      {
        pool: report.pool,
        asset: report.asset,
        reportedAt: report.asOf,
        age: market.asOf - report.asOf,
        equity: beside(result.equity[row], report.equity),
        initial: beside(result.requirement.initial?.[row], report.initial),
        maintenance: beside(result.requirement.maintenance[row], report.maintenance),
      },
    ];
  });
}

import type { ResidentBook } from "../book/resident.js";
import { checkOptions, truth, withDefault } from "../checks.js";
import { UnsupportedError } from "../errors.js";
import { type MarginResult, STATUSES, type Status } from "./model.js";

/** Sums over rows of a result, in the numeraire. Health factors, VaR and expected shortfall do not add up. */
export interface Totals {
  /** rows in the sums */
  readonly pools: number;
  /** rows left out on request, because they hold no number or a stale one */
  readonly skipped: number;
  readonly equity: number;
  readonly eligible: { readonly initial: number | null; readonly maintenance: number };
  readonly requirement: { readonly initial: number | null; readonly maintenance: number };
  readonly excess: { readonly initial: number | null; readonly maintenance: number };
}

export interface TotalsOptions {
  /** count rows of status `stalePrice` as well; default false */
  readonly stale?: boolean;
  /** leave out rows that may not be counted, instead of refusing the sum; default false */
  readonly skip?: boolean;
}

type Sums = { pools: number; skipped: number; hasInitial: boolean; values: number[] };

/**
 * Sums over all rows of a result.
 *
 *   equity, and eligible, requirement and excess at both levels; rows added in their order. The initial level is null where
 *   the rule of a row in the sum has none
 *
 * @throws UnsupportedError   a row that is not `ok` is in the sum: naming the first, unless `stale` or `skip` allows for it
 * Cost: O(rows).
 * @see METHODS.md#totals
 */
export function totals(book: ResidentBook, result: MarginResult, options?: TotalsOptions): Totals {
  const counts = counted(options, "totals");
  const sums = empty();
  for (let row = 0; row < result.to - result.from; row++) addRow(sums, book, result, row, counts);
  return totalsOf(sums, result);
}

/**
 * Sums up the account tree: each account with its own pools and those of all accounts below it, in the order of the
 * accounts document. An account without pools in the result's rows has sums of 0 over 0 pools.
 *
 * @throws UnsupportedError   as `totals`
 * Cost: O(rows × depth of the tree).
 */
export function byAccount(
  book: ResidentBook,
  result: MarginResult,
  options?: TotalsOptions,
): ReadonlyMap<string, Totals> {
  const counts = counted(options, "byAccount");
  const { accounts } = book.packed;
  const sums = new Map([...accounts.keys()].map((id) => [id, empty()]));
  for (let row = 0; row < result.to - result.from; row++) {
    let id: string | null = book.packed.pool(result.from + row).account;
    while (id !== null) {
      const account = sums.get(id);
      if (account !== undefined) addRow(account, book, result, row, counts);
      id = accounts.get(id)?.parent ?? null;
    }
  }
  return new Map([...sums].map(([id, account]) => [id, totalsOf(account, result)]));
}

function counted(options: TotalsOptions | undefined, name: string): { stale: boolean; skip: boolean } {
  return checkOptions(options, name, { stale: withDefault(false, truth), skip: withDefault(false, truth) });
}

function empty(): Sums {
  return { pools: 0, skipped: 0, hasInitial: true, values: new Array<number>(7).fill(0) };
}

function addRow(
  sums: Sums,
  book: ResidentBook,
  result: MarginResult,
  row: number,
  counts: { readonly stale: boolean; readonly skip: boolean },
): void {
  const status: Status = STATUSES[result.status[row] ?? 0] ?? "unsupported";
  if (status !== "ok" && !(status === "stalePrice" && counts.stale)) {
    if (!counts.skip) {
      const { path, id } = book.packed.pool(result.from + row);
      throw new UnsupportedError(
        path,
        `pool ${id} is ${status} and cannot be added up`,
        "Leave it out with skip: true",
      );
    }
    sums.skipped++;
    return;
  }
  sums.pools++;
  if (result.requirement.initial === null || result.requirement.initial[row] === Number.POSITIVE_INFINITY) {
    sums.hasInitial = false;
  }
  columnsOf(result).forEach((column, i) => {
    sums.values[i] = (sums.values[i] ?? 0) + (column?.[row] ?? 0);
  });
}

function columnsOf({ equity, eligible, requirement, excess }: MarginResult): readonly (Float64Array | null)[] {
  return [equity, ...[eligible, requirement, excess].flatMap((levels) => [levels.initial, levels.maintenance])];
}

function totalsOf({ pools, skipped, hasInitial, values }: Sums, result: MarginResult): Totals {
  const [equity = 0] = values;
  const levels = (i: number) => ({
    initial: hasInitial && result.requirement.initial !== null ? (values[i] ?? 0) : null,
    maintenance: values[i + 1] ?? 0,
  });
  return { pools, skipped, equity, eligible: levels(1), requirement: levels(3), excess: levels(5) };
}

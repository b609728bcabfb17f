import { type Fields, type Place, spell } from "../checks.js";
import { Feature, type PackedBook } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { InsufficientDataError, InvalidInputError, RiskError, UnsupportedError } from "../errors.js";
import type { Market } from "../market/market.js";
import { STATUSES, type Status } from "../models/model.js";
import { atMark, ContractLineWriter, type ContractLines } from "./contract-lines.js";
import { LineWatch } from "./line-watch.js";
import { readPoolAmounts } from "./pool-amounts.js";
import { type PoolOptions, readPoolOptions } from "./pool-options.js";
import { NO_OPEN_ORDERS, type OpenOrders, readPoolOrders } from "./pool-orders.js";
import type { ComposedRule } from "./rule.js";
import { NO_VARIANT, type Variant, variantsOf } from "./variants.js";

/** Per spot instrument in which a pool has orders: see `OpenOrders`. */
export interface SpotLines {
  /** u32[pools + 1] */
  readonly start: Uint32Array;
  /** u32[lines]: index into market.instruments */
  readonly instrument: Uint32Array;
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  readonly bidValue: Float64Array;
  readonly askValue: Float64Array;
  readonly bidBest: Float64Array;
  readonly askBest: Float64Array;
  readonly orderCount: Uint32Array;
}

/** What composed rules read of a book beside its columns: orders, pool options and raw integers, as columns. */
export interface Lines {
  readonly variants: readonly Variant[];
  /** u32[pools]: index into `variants`, NO_VARIANT where the pool names a rule that was not given */
  readonly variant: Uint32Array;
  /** f64[pools]: the pool's own floor of margin, 0: none */
  readonly floor: Float64Array;
  /** u8[pools]: index into STATUSES of what a pool gets whatever its numbers are; 0: none */
  readonly bad: Uint8Array;
  /** f64[holdings]: amounts after raw integers; the book's own column where no pool has any */
  readonly quantity: Float64Array;
  readonly contracts: ContractLines;
  readonly spot: SpotLines;
  /** what is odd about the documents that these were read from, a sentence each */
  readonly notes: readonly string[];
  /** Why a pool is bad, with the place; null where it is not. */
  refusal(pool: number): RiskError | null;
}

/** Features whose numbers stand in the document only. */
const IN_SOURCE = Feature.orders | Feature.raw | Feature.poolOptions;

/** Lines with what of which market they were made from. */
interface Made {
  readonly lines: Lines;
  readonly watch: LineWatch;
  readonly state: string;
  readonly market: Market;
}

/**
 * The lines of a book under rules, made on first use; after a repricing again, where it changed what they were made from.
 * `numbers` is the rule of each pool, as `poolRule` gives it; null: the one rule takes all.
 *
 * A pool that the rules refuse throws nothing here, whatever the book does with invalid pools: its row of `bad` says so and
 * `refusal` why, for the model to throw or to give the status of the rows that it is asked for.
 *
 * O(pools), with no memory per pool that has neither orders, options nor raw integers; some microseconds for one that has.
 */
export function linesOf(book: ResidentBook, rules: readonly ComposedRule[], numbers: Uint32Array | null): Lines {
  const { market } = book.market;
  const kept = book.derive(linesKey(rules, numbers), (): { made: Made | null } => ({ made: null }));
  const { made } = kept;
  if (made?.market === market) return made.lines;
  if (made === null || made.watch.state(market) !== made.state) kept.made = build(book, rules, numbers);
  else kept.made = { ...made, lines: { ...made.lines, contracts: atMark(made.lines.contracts, market) }, market };
  return kept.made.lines;
}

/** What the lines of a book are known by: names of what is derived from them begin with it. */
export function linesKey(rules: readonly ComposedRule[], numbers: Uint32Array | null): string {
  return `rules/lines/${rules.map(({ hash }) => hash).join("+")}/${numbers === null ? "single" : "named"}`;
}

function build(book: ResidentBook, rules: readonly ComposedRule[], numbers: Uint32Array | null): Made {
  const { packed } = book;
  const { market } = book.market;
  const { poolCount } = packed;
  const variants = variantsOf(rules);
  const first = rules.map((rule) => variants.findIndex((variant) => variant.rule === rule));
  const variant = new Uint32Array(poolCount);
  const floor = new Float64Array(poolCount);
  const bad = new Uint8Array(poolCount);
  const faults = new Map<number, RiskError>();
  const contracts = new ContractLineWriter(packed, market);
  const spot: { readonly pool: number; readonly orders: OpenOrders }[] = [];
  const watch = new LineWatch();
  let quantity = packed.holdingQuantity;

  const read = (p: number, rule: ComposedRule, start: number, place: Place): void => {
    const features = packed.features[p] ?? 0;
    const pool = sourceOf(packed.source(p), place);
    const options = readPoolOptions(pool, place, rule, market);
    variant[p] = variantOf(variants, start, options);
    floor[p] = options.floor;
    if ((features & Feature.raw) !== 0 && !rule.ignores.includes("raw")) {
      if (quantity === packed.holdingQuantity) quantity = quantity.slice();
      readPoolAmounts(pool, place, rule, market, packed, p, quantity, watch);
    }
    const hasOrders = (features & Feature.orders) !== 0;
    const orders = hasOrders ? readPoolOrders(pool, place, rule, market, watch) : NO_OPEN_ORDERS;
    contracts.put(p, orders.contracts, options);
    for (const one of orders.spot) spot.push({ pool: p, orders: one });
  };
  for (let p = 0; p < poolCount; p++) {
    const number = numbers?.[p] ?? 0;
    const start = first[number] ?? NO_VARIANT;
    variant[p] = start;
    const rule = rules[number];
    if (rule === undefined) bad[p] = code("unsupported");
    if (rule === undefined || ((packed.features[p] ?? 0) & IN_SOURCE) === 0) continue;
    // The place of a pool is made only for an error: most of a book has none.
    if (attempt(() => read(p, rule, start, "")) === null) continue;
    const fault = attempt(() => read(p, rule, start, packed.pool(p).path));
    if (fault === null) continue;
    faults.set(p, fault);
    bad[p] = code(fault instanceof InsufficientDataError ? "insufficientData" : "unsupported");
  }
  const lines: Lines = {
    variants,
    variant,
    floor,
    bad,
    quantity,
    contracts: contracts.lines(),
    spot: spotLines(poolCount, spot),
    notes:
      quantity === packed.holdingQuantity
        ? []
        : unlike(packed, market, quantity, (p) => rules[numbers?.[p] ?? 0]?.id ?? ""),
    refusal: (pool: number) =>
      faults.get(pool) ?? (variant[pool] === NO_VARIANT ? unknownRule(book, pool, rules) : null),
  };
  return { lines, watch, state: watch.state(market), market };
}

/**
 * Raw integers whose amount has little to do with the quantity stated beside them: most likely those of another protocol,
 * whose index is written in another unit.
 */
function unlike(
  packed: PackedBook,
  market: Market,
  quantity: Float64Array,
  ruleOf: (pool: number) => string,
): readonly string[] {
  let count = 0;
  let first = "";
  for (let p = 0; p < packed.poolCount; p++) {
    if (((packed.features[p] ?? 0) & Feature.raw) === 0) continue;
    for (let h = packed.holdingStart[p] ?? 0; h < (packed.holdingStart[p + 1] ?? 0); h++) {
      const stated = Math.abs(packed.holdingQuantity[h] ?? 0);
      const amount = Math.abs(quantity[h] ?? 0);
      if (stated === 0 || (amount <= 2 * stated && stated <= 2 * amount)) continue;
      const id = market.assets[packed.holdingAsset[h] ?? -1]?.id;
      if (count === 0) first = `${packed.pool(p).path}, ${amount} ${id} under rule ${ruleOf(p)}`;
      count++;
    }
  }
  if (count === 0) return [];
  const what = "Raw integers give less than half or more than twice the quantity stated beside them";
  return [`${what}, ${count === 1 ? "once" : `${count} times`}, first in ${first}.`];
}

/** The error of this package that `work` throws, null where it throws none. */
function attempt(work: () => void): RiskError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof RiskError) return error;
    throw error;
  }
}

function variantOf(variants: readonly Variant[], first: number, { category }: PoolOptions): number {
  if (category === null) return first;
  return variants.findIndex((variant, v) => v > first && variant.category?.id === category);
}

/** The document of a pool, whose shape packing has checked. */
export function sourceOf(source: unknown, place: Place): Fields {
  if (typeof source === "object" && source !== null) return source as Fields;
  const what = "orders, options or raw integers in a document that the book does not have";
  throw new UnsupportedError(spell(place), what, "Pack the book from its document");
}

function code(status: Status): number {
  return STATUSES.indexOf(status);
}

function unknownRule(book: ResidentBook, pool: number, rules: readonly ComposedRule[]): RiskError {
  const { path, rule } = book.packed.pool(pool);
  const known = rules.map(({ id }) => JSON.stringify(id)).join(", ");
  return new InvalidInputError(`${path}.rule`, `the id of a rule that was given (${known})`, rule);
}

function spotLines(
  poolCount: number,
  rows: readonly { readonly pool: number; readonly orders: OpenOrders }[],
): SpotLines {
  const start = new Uint32Array(poolCount + 1);
  for (const { pool } of rows) start[pool + 1] = (start[pool + 1] ?? 0) + 1;
  for (let p = 0; p < poolCount; p++) start[p + 1] = (start[p + 1] ?? 0) + (start[p] ?? 0);
  const column = (value: (orders: OpenOrders) => number) => Float64Array.from(rows, ({ orders }) => value(orders));
  return {
    start,
    instrument: Uint32Array.from(rows, ({ orders }) => orders.instrument),
    bids: column(({ bids }) => bids),
    asks: column(({ asks }) => asks),
    bidValue: column(({ bidValue }) => bidValue),
    askValue: column(({ askValue }) => askValue),
    bidBest: column(({ bidBest }) => bidBest),
    askBest: column(({ askBest }) => askBest),
    orderCount: Uint32Array.from(rows, ({ orders }) => orders.count),
  };
}

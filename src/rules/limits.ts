import { change } from "../book/change.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { checkOptions, invalid, price as readPrice, oneOf, truth, withDefault } from "../checks.js";
import type { Instrument, Market } from "../market/market.js";
import type { MarginModel, Status } from "../models/model.js";
import { poolRow } from "../models/run.js";
import { assetOf, held, holdingsAfter, lends, priceOf } from "./holdings.js";
import { type Largest, largest } from "./largest.js";
import { collecting, margined, reasonOf, type Standing, standing } from "./overlay.js";

/** The largest change of one kind that a pool's rule still allows. */
export interface Limit {
  readonly pool: string;
  readonly status: Status;
  /** why there is no number, where there is none */
  readonly reason: string | null;
  /** units of the asset or contracts; null where the status has no number, or where nothing limits it */
  readonly amount: number | null;
  /**
   * what stops a larger one: the level that would not hold, what the pool has (`held`), or nothing within 2^60 times a first
   * guess. Where the level holds at no amount looked at, the amount is 0 and the level is the one that fails.
   */
  readonly binding: "initial" | "maintenance" | "held" | "nothing" | null;
  /** excess at the binding level at the amount, numeraire: at least 0 unless the level fails as it is */
  readonly excess: number;
  /** the same one step beyond the amount, below 0; null where no level stops it */
  readonly beyond: number | null;
  /** `line`: the excess is linear up to the amount; `bracket`: searched */
  readonly method: Largest["method"] | null;
  /** how far the excess at a linear amount may be from 0, numeraire */
  readonly tolerance: number;
  readonly evaluations: number;
}

/** Part of what a pool adds up that rounding may cost. */
const ROUNDING = 2 ** -44;
/** Nodes of the ladder for changes that may help a pool at first and hurt it later. */
const NODES = 33;

/**
 * How much of `asset` the pool can borrow and take away: the largest amount owed more at which the initial level, or
 * maintenance where the rule has no initial, still holds.
 *
 * @param options.as  `debt`: a debt of a lending pool, beside what it may hold of the asset; `balance`: a balance that turns
 *                    negative, after what is held of it is used up. Default: `debt` where the pool has supplies or debts
 * @throws InvalidInputError   no such pool, asset or price of it
 * Cost: 4 evaluations of the pool where the excess is linear, else up to some 25.
 * @see METHODS.md#solvers
 */
export function maxBorrow(
  book: ResidentBook,
  pool: string | number,
  asset: string,
  model: MarginModel,
  options: { readonly as?: "debt" | "balance" } = {},
): Limit {
  const at = poolRow(book, pool);
  const { as } = checkOptions(options, "maxBorrow", {
    as: withDefault(lends(book.packed, at) ? ("debt" as const) : ("balance" as const), oneOf(["debt", "balance"])),
  });
  const id = assetOf(book, asset, "maxBorrow.asset");
  const kind = HoldingKind[as];
  return limitOf(book, at, model, {
    bound: Number.POSITIVE_INFINITY,
    unit: priceOf(book, id),
    nodes: 0,
    after: holdingsAfter(book.packed, at, (amount) => [{ asset: id, kind, quantity: -amount }]),
  });
}

/**
 * How much of `asset` the pool can give away of what it holds: all of it, or the largest amount at which the level holds.
 *
 * @param options.from  the list it is taken from; default: `supply` where the pool supplies the asset, else `balance`
 * @throws InvalidInputError   no such pool, asset or price of it
 * Cost and level: see `maxBorrow`.
 */
export function maxWithdraw(
  book: ResidentBook,
  pool: string | number,
  asset: string,
  model: MarginModel,
  options: { readonly from?: "balance" | "supply" } = {},
): Limit {
  const at = poolRow(book, pool);
  const id = assetOf(book, asset, "maxWithdraw.asset");
  const supplied = held(book.packed, at, id, HoldingKind.supply) > 0;
  const { from } = checkOptions(options, "maxWithdraw", {
    from: withDefault(supplied ? ("supply" as const) : ("balance" as const), oneOf(["balance", "supply"])),
  });
  const kind = HoldingKind[from];
  return limitOf(book, at, model, {
    bound: Math.max(0, held(book.packed, at, id, kind)),
    unit: priceOf(book, id),
    nodes: 0,
    after: holdingsAfter(book.packed, at, (amount) => [{ asset: id, kind, quantity: -amount }]),
  });
}

/**
 * How many contracts of `instrument` the pool can buy or sell at once, filled at `price`. A trade first reduces positions on
 * the other side, as `change` does, so that the excess may rise before it falls.
 *
 * @param options.price  price of the fill, in the quote asset; default: the mark
 * @throws InvalidInputError, UnsupportedError   see `change`
 * Cost: 37 evaluations of the pool where the excess is linear in each direction, else up to some 60.
 */
export function maxPosition(
  book: ResidentBook,
  pool: string | number,
  instrument: string,
  side: "buy" | "sell",
  model: MarginModel,
  options: { readonly price?: number | string } = {},
): Limit {
  const at = poolRow(book, pool);
  const { market } = book.market;
  const index = market.instrumentIndex(instrument);
  const found = market.instruments[index];
  if (found === undefined) throw invalid("maxPosition.instrument", "the id of an instrument of the market", instrument);
  const sign = oneOf(["buy", "sell"])(side, "maxPosition.side") === "buy" ? 1 : -1;
  const { price } = checkOptions(options, "maxPosition", { price: withDefault(market.marks[index] ?? 0, readPrice) });
  const opposite = opposing(book.packed, at, index, sign);
  return limitOf(book, at, model, {
    bound: Number.POSITIVE_INFINITY,
    unit: worthOf(market, found, market.marks[index] ?? Number.NaN),
    nodes: opposite > 0 ? NODES : 0,
    span: 2 * opposite,
    after: (amount) => {
      const traded = { instrument, quantity: sign * amount, entryPrice: price };
      return collecting(change({ positions: [traded] }).apply(book.packed, at).after);
    },
  });
}

/**
 * How much of `from` the pool can exchange for `to` at `price`. Looked at on a ladder of 33 amounts first, since what a swap
 * repays may help a pool before what it gives away hurts it; the amount is the last that holds.
 *
 * @param options.price   units of `to` per unit of `from`; default: the ratio of their index prices
 * @param options.list    the lists of both; default: `supply` where the pool supplies `from`, else `balance`
 * @param options.borrow  whether a balance of `from` may turn negative; default false
 * @throws InvalidInputError   no such pool or asset, one asset given twice, or no price
 */
export function maxSwap(
  book: ResidentBook,
  pool: string | number,
  from: string,
  to: string,
  model: MarginModel,
  options: {
    readonly price?: number | string;
    readonly list?: "balance" | "supply";
    readonly borrow?: boolean;
  } = {},
): Limit {
  const at = poolRow(book, pool);
  const [source, target] = [assetOf(book, from, "maxSwap.from"), assetOf(book, to, "maxSwap.to")];
  if (source === target) throw invalid("maxSwap.to", "another asset than from", to);
  const supplied = held(book.packed, at, source, HoldingKind.supply) > 0;
  const { price, list, borrow } = checkOptions(options, "maxSwap", {
    price: withDefault(priceOf(book, source) / priceOf(book, target), readPrice),
    list: withDefault(supplied ? ("supply" as const) : ("balance" as const), oneOf(["balance", "supply"])),
    borrow: withDefault(false, truth),
  });
  const kind = HoldingKind[list];
  const own = Math.max(0, held(book.packed, at, source, kind));
  return limitOf(book, at, model, {
    bound: borrow ? Number.POSITIVE_INFINITY : own,
    unit: priceOf(book, source),
    nodes: NODES,
    span: 2 * own,
    after: holdingsAfter(book.packed, at, (amount) => [
      { asset: source, kind, quantity: -amount },
      { asset: target, kind, quantity: amount * price },
    ]),
  });
}

/** What stops a limit where no level does. */
const STOPS = { bound: "held", none: "nothing" } as const;

/** What a limit is looked for along. */
interface Path {
  readonly bound: number;
  /** numeraire per unit of the amount */
  readonly unit: number;
  readonly nodes: number;
  /** amount up to which the ladder looks at the least, where there is no bound */
  readonly span?: number;
  after(amount: number): PackedBook;
}

function limitOf(book: ResidentBook, at: number, model: MarginModel, path: Path): Limit {
  const { id } = book.packed.pool(at);
  const look = (packed: PackedBook): Standing => standing(margined(book.market, packed, model));
  const now = look(path.after(0));
  if (!now.known) {
    const reason = reasonOf(book, at, model);
    const none = { amount: null, binding: null, excess: Number.NEGATIVE_INFINITY, beyond: null, method: null };
    return { pool: id, status: now.status, reason, ...none, tolerance: 0, evaluations: 1 };
  }
  const excess = ({ initial, maintenance }: Standing) =>
    initial === null ? maintenance : Math.min(initial, maintenance);
  const tolerance = ROUNDING * Math.max(now.size, Number.MIN_VALUE);
  const worth = Math.max(Math.abs(excess(now)), now.size * 2 ** -10) || 1;
  const guess = Math.max(worth / path.unit, path.span ?? 0);
  const found = largest((amount) => excess(look(path.after(amount))), {
    bound: path.bound,
    guess,
    tolerance,
    nodes: path.nodes,
  });
  const last = look(path.after(found.amount));
  const lower = last.initial !== null && last.initial <= last.maintenance ? "initial" : "maintenance";
  return {
    pool: id,
    status: now.status,
    reason: null,
    amount: found.stop === "none" ? null : found.amount,
    binding: found.stop === "level" ? lower : STOPS[found.stop],
    excess: found.at,
    beyond: found.beyond?.value ?? null,
    method: found.method,
    tolerance,
    evaluations: found.evaluations + 2,
  };
}

/** Contracts of an instrument that a trade of this sign closes. */
function opposing(book: PackedBook, p: number, instrument: number, sign: number): number {
  let total = 0;
  for (let n = book.positionStart[p] ?? 0; n < (book.positionStart[p + 1] ?? 0); n++) {
    const quantity = book.positionQuantity[n] ?? 0;
    if (book.positionInstrument[n] === instrument && quantity * sign < 0) total += Math.abs(quantity);
  }
  return total;
}

/** Notional of one contract, numeraire. */
function worthOf(market: Market, { payoff, multiplier, quote }: Instrument, mark: number): number {
  return multiplier * (payoff === "inverse" ? 1 : mark) * (market.prices.index[quote] ?? Number.NaN);
}

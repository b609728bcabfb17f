import { poolSlice } from "../book/change.js";
import { Book, type BookArrays } from "../book/columns.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import { ResidentBook, type ResidentMarket } from "../book/resident.js";
import { RiskError } from "../errors.js";
import { type MarginModel, type MarginResult, STATUSES, type Status } from "../models/model.js";
import { runOf } from "../models/run.js";
import type { Level } from "./names.js";

/** Something to be added to what a pool holds, in units of the asset; a debt is negative. */
export interface HoldingDelta {
  readonly asset: number;
  readonly kind: HoldingKind;
  readonly quantity: number;
}

/**
 * A book of pool `p` alone with deltas added to its holdings. A holding that the pool does not have yet is appended. The
 * pool's document stays, for its orders and options; of holdings with raw integers, rules know deltas from what it states.
 */
export function withHoldings(book: PackedBook, p: number, deltas: readonly HoldingDelta[]): PackedBook {
  const one = poolSlice(book, p);
  const holdings = Array.from(one.holdingAsset, (asset, i) => ({
    asset,
    kind: (one.holdingKind[i] ?? HoldingKind.balance) as HoldingKind,
    quantity: one.holdingQuantity[i] ?? 0,
  }));
  for (const { asset, kind, quantity } of deltas) {
    const known = holdings.find((holding) => holding.asset === asset && holding.kind === kind);
    if (known === undefined) holdings.push({ asset, kind, quantity });
    else known.quantity += quantity;
  }
  return alone(
    one,
    {
      holdingStart: Uint32Array.of(0, holdings.length),
      holdingAsset: Uint32Array.from(holdings, ({ asset }) => asset),
      holdingKind: Uint8Array.from(holdings, ({ kind }) => kind),
      holdingQuantity: Float64Array.from(holdings, ({ quantity }) => quantity + 0),
      positionStart: one.positionStart,
      positionInstrument: one.positionInstrument,
      positionQuantity: one.positionQuantity,
      positionEntry: one.positionEntry,
      positionFunding: one.positionFunding,
      options: one.options,
      features: one.features,
    },
    "collect",
  );
}

/** A book of one as it is, under whose model a pool without a number has a status instead of throwing, or the reverse. */
export function collecting(one: PackedBook, onInvalid: "collect" | "throw" = "collect"): PackedBook {
  return one.onInvalid === onInvalid ? one : alone(one, one, onInvalid);
}

function alone(one: PackedBook, arrays: BookArrays, onInvalid: "collect" | "throw"): PackedBook {
  const info = one.pool(0);
  return new Book(one.market, arrays, {
    pool: () => info,
    source: () => one.source(0),
    identity: () => Object.values(info).join("\0"),
    poolIndex: (id) => (id === info.id ? 0 : -1),
    featurePath: (_, feature) => one.featurePath(0, feature),
    positionId: (position) => one.positionId(position),
    accounts: () => one.accounts,
    reported: [],
    rejected: [],
    onInvalid,
  });
}

/** What a solver reads of one pool under a model. Money in the numeraire. */
export interface Standing {
  readonly status: Status;
  /** excess; null where the rule has no initial level */
  readonly initial: number | null;
  readonly maintenance: number;
  /** whether the status comes with numbers */
  readonly known: boolean;
  /** |equity| or |eligible| + requirement, whichever is greatest: what rounding is relative to */
  readonly size: number;
}

/** The first row of a result. */
export function standing(result: MarginResult): Standing {
  const status = STATUSES[result.status[0] ?? -1] ?? "unsupported";
  const known = status === "ok" || status === "stalePrice";
  const initial = result.excess.initial?.[0] ?? Number.NEGATIVE_INFINITY;
  const level = (name: Level) => Math.abs(result.eligible[name]?.[0] ?? 0) + (result.requirement[name]?.[0] ?? 0);
  const sizes = [level("initial"), level("maintenance"), Math.abs(result.equity[0] ?? 0)];
  return {
    status,
    initial: known && Number.isFinite(initial) ? initial : null,
    maintenance: result.excess.maintenance[0] ?? Number.NEGATIVE_INFINITY,
    known,
    size: Math.max(...sizes.filter(Number.isFinite)),
  };
}

/** A model's result of a book of one. Its columns are copies; the memory of the call is given back. */
export function margined<R extends MarginResult>(market: ResidentMarket, packed: PackedBook, model: MarginModel<R>): R {
  const alone = new ResidentBook(market, packed);
  try {
    return market.memory.scope(() => model.evaluate(alone, runOf(alone)));
  } finally {
    alone.dispose();
  }
}

/** Why a model has no number for a pool, in the words of the error that it throws; null where it throws none. */
export function reasonOf(book: ResidentBook, p: number, model: MarginModel): string | null {
  try {
    margined(book.market, collecting(poolSlice(book.packed, p), "throw"), model);
    return null;
  } catch (error) {
    if (error instanceof RiskError) return error.message;
    throw error;
  }
}

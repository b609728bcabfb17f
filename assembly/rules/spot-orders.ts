/** Open orders in spot instruments: what they may leave a pool with. */
import { multiplierOf, quoteOf } from "../book/market";
import { startOf } from "../book/book";
import { ASK_VALUE, ASKS, BID_VALUE, BIDS, spotInstrument, spotOrderCount, spotOrderOf, spotStarts } from "./extras";
import {
  ASSETS,
  add,
  assetRecord,
  extrasOf,
  FILL_ASKS,
  FILL_BIDS,
  HELD,
  heldAt,
  hold,
  LIABILITIES,
  marketOf,
  note,
  noteLine,
  ORDERS,
  OWED,
  priceOf,
  RECORD_ORDERS,
  RESERVED,
  rowOf,
  touchedAsset,
  touchedCount,
  variantOf,
} from "./frame";
import {
  ASSETS as AS_ASSET,
  FILL,
  flagsOf,
  instrumentCurve,
  LIABILITIES as AS_LIABILITY,
  moneyPerOrder,
  ORDERS_AT_BOTH,
  ORDERS_IGNORED,
  spotOrders,
  UNDERLYING,
} from "./variant";
import { valueOf, worthAsset, worthLiability } from "./weights";

/** Spot lines of pool p: money per order, and where the rule fills them, what they leave held or owed of each asset. */
export function fillSpot(frame: usize, p: usize, first: usize): void {
  const mode = spotOrders(variantOf(frame));
  const extras = extrasOf(frame);
  const begin = startOf(spotStarts(extras), p);
  const end = startOf(spotStarts(extras), p + 1);
  if (begin == end || mode <= ORDERS_IGNORED) return;
  let orders: u32 = 0;
  for (let s = begin; s < end; s++) {
    orders += spotOrderCount(extras, s);
    noteLine(frame);
    if (mode != FILL) continue;
    const row = rowOf(frame, underlyingOf(frame, s));
    const unit = unitOf(frame, s);
    hold(row, FILL_BIDS, 0, spotOrderOf(extras, s, BIDS) * unit);
    hold(row, FILL_ASKS, 0, spotOrderOf(extras, s, ASKS) * unit);
  }
  for (let level = first, last = levelsWithOrders(frame); level < last; level++) {
    add(frame, ORDERS, level, moneyPerOrder(variantOf(frame)) * <f64>orders);
    if (mode == FILL) for (let n: usize = 0; n < touchedCount(frame); n++) fill(frame, touchedAsset(frame, n), level);
  }
}

/** Of all bids or all asks of an asset filled at its own price, the side that leaves less. */
function fill(frame: usize, asset: usize, level: usize): void {
  const row = rowOf(frame, asset);
  const bids = heldAt(row, FILL_BIDS, 0);
  const asks = heldAt(row, FILL_ASKS, 0);
  if (bids == 0.0 && asks == 0.0) return;
  const net = heldAt(row, HELD, level) - heldAt(row, OWED, level);
  const order = leaves(frame, asset, level, net, -asks) < leaves(frame, asset, level, net, bids) ? -asks : bids;
  const amount = net + order;
  const side = amount < 0.0 ? AS_LIABILITY : AS_ASSET;
  const price = priceOf(frame, asset, level, side);
  store<f64>(row + (level << 3), max(amount, 0.0), HELD);
  store<f64>(row + (level << 3), max(-amount, 0.0), OWED);
  const cash = order > 0.0 ? valueOf(frame, order, price, AS_LIABILITY) : valueOf(frame, -order, price, AS_ASSET);
  add(frame, order > 0.0 ? LIABILITIES : ASSETS, level, cash);
  note(assetRecord(frame, asset), RECORD_ORDERS, level, order > 0.0 ? -cash : cash);
}

/** Weighted worth of an asset and of the cash after `order` of it is filled. */
function leaves(frame: usize, asset: usize, level: usize, net: f64, order: f64): f64 {
  const amount = net + order;
  const side = amount < 0.0 ? AS_LIABILITY : AS_ASSET;
  const price = priceOf(frame, asset, level, side);
  const size = abs(amount);
  const worth =
    side == AS_LIABILITY
      ? -worthLiability(frame, asset, level, size, size * price)
      : worthAsset(frame, asset, level, size, size * price);
  return worth - order * price;
}

/**
 * Where the rule reserves: each line adds the lesser of all ending in base or all in quote, an amount r of an asset of which
 * the pool may at most come to hold b counting min(r, b) as an asset and the rest at the liability weight.
 */
export function reserveSpot(frame: usize, p: usize, first: usize): void {
  const mode = spotOrders(variantOf(frame));
  const extras = extrasOf(frame);
  const begin = startOf(spotStarts(extras), p);
  const end = startOf(spotStarts(extras), p + 1);
  if (begin == end || mode <= FILL) return;
  for (let level = first, last = levelsWithOrders(frame); level < last; level++) {
    for (let s = begin; s < end; s++) {
      hold(rowOf(frame, underlyingOf(frame, s)), RESERVED, level, inBase(frame, s, level));
      hold(rowOf(frame, quoteAsset(frame, s)), RESERVED, level, inQuote(frame, s, level));
    }
    for (let s = begin; s < end; s++) {
      const base = inBase(frame, s, level);
      const quote = inQuote(frame, s, level);
      if (base == 0.0 || quote == 0.0) continue;
      const ofBase = reserved(frame, underlyingOf(frame, s), level, base);
      const counted = min(ofBase, reserved(frame, quoteAsset(frame, s), level, quote));
      add(frame, ASSETS, level, counted);
      note(assetRecord(frame, underlyingOf(frame, s)), RECORD_ORDERS, level, counted);
    }
  }
}

/** What a line comes to where everything ends in its base: asks as they are, and what its bids buy. */
function inBase(frame: usize, s: usize, level: usize): f64 {
  const extras = extrasOf(frame);
  const unit = unitOf(frame, s);
  const pays = priceOf(frame, quoteAsset(frame, s), level, AS_ASSET);
  const costs = priceOf(frame, underlyingOf(frame, s), level, AS_LIABILITY);
  const bought = min((spotOrderOf(extras, s, BID_VALUE) * unit * pays) / costs, spotOrderOf(extras, s, BIDS) * unit);
  return spotOrderOf(extras, s, ASKS) * unit + bought;
}

/** The same where everything ends in its quote. */
function inQuote(frame: usize, s: usize, level: usize): f64 {
  const extras = extrasOf(frame);
  const unit = unitOf(frame, s);
  const pays = priceOf(frame, underlyingOf(frame, s), level, AS_ASSET);
  const costs = priceOf(frame, quoteAsset(frame, s), level, AS_LIABILITY);
  const sold = min((spotOrderOf(extras, s, ASKS) * unit * pays) / costs, spotOrderOf(extras, s, ASK_VALUE) * unit);
  return spotOrderOf(extras, s, BID_VALUE) * unit + sold;
}

function reserved(frame: usize, asset: usize, level: usize, amount: f64): f64 {
  const row = rowOf(frame, asset);
  const most = heldAt(row, HELD, level) - heldAt(row, OWED, level) + heldAt(row, RESERVED, level);
  const owns = max(0.0, min(amount, most));
  const owes = amount - owns;
  return (
    worthAsset(frame, asset, level, owns, owns * priceOf(frame, asset, level, AS_ASSET)) +
    worthLiability(frame, asset, level, owes, owes * priceOf(frame, asset, level, AS_LIABILITY))
  );
}

/** One more than the last level at which orders count. */
function levelsWithOrders(frame: usize): usize {
  return (flagsOf(variantOf(frame)) & ORDERS_AT_BOTH) != 0 ? 2 : 1;
}
function underlyingOf(frame: usize, s: usize): usize {
  return <usize>load<u32>(instrumentCurve(variantOf(frame), spotInstrument(extrasOf(frame), s)), UNDERLYING);
}
function quoteAsset(frame: usize, s: usize): usize {
  return <usize>quoteOf(marketOf(frame), <u32>spotInstrument(extrasOf(frame), s));
}
function unitOf(frame: usize, s: usize): f64 {
  return multiplierOf(marketOf(frame), <u32>spotInstrument(extrasOf(frame), s));
}

/** What a pool of rules/solo holds and owes, at both levels at once: the operations of holdings.ts, the sums in locals. */
import { holdingQuantities, IDLE, slots } from "../book/book";
import { NO_ASSET } from "./contracts";
import {
  addBoth,
  ASSETS,
  BORROWING,
  bookOf,
  bothOf,
  COLLATERAL,
  DEBT,
  LIABILITIES,
  setBoth,
  variantOf,
  WEIGHTED,
} from "./frame";
import { assetsCounted, liabilitiesCounted } from "./pair-curves";
import { requirementOf } from "./requirement";
import { roundedPair } from "./rounding";
import { RUN_JOINS } from "./solo-lines";
import {
  ASSETS as AS_ASSET,
  assetCurve,
  assetLane,
  assetPair,
  assetRow,
  BORROW_CURVE,
  BORROW_RATE,
  CAP,
  COUNTS,
  directionOf,
  INITIAL,
  KINDS,
  LENDS,
  LIABILITIES as AS_LIABILITY,
  LIABILITY_CURVE,
  LIABILITY_WEIGHT,
  MAINTENANCE,
  MIXED,
  NUMBERS,
  PRICE,
  scaleOf,
  VALUE,
  WEIGHT,
  WEIGHT_CURVE,
  WEIGHTED as WEIGHTED_STEP,
} from "./variant";
import { worthAsset, worthLiability } from "./weights";

/**
 * What is held and owed, valued, weighed and rounded, and P&L in the settle asset where that stands in the order of the book,
 * joined with the balance or apart from it. `settle`: NO_ASSET where no P&L is left to count; else `run` says what it adds
 * and takes.
 */
export function weighHoldings(
  frame: usize,
  variant: usize,
  begin: usize,
  end: usize,
  settle: usize,
  run: usize,
  joined: bool,
): void {
  const book = bookOf(frame);
  const valueScale = scaleOf(variant, VALUE);
  const weightedScale = scaleOf(variant, WEIGHTED_STEP);
  let liabilities = bothOf(frame, LIABILITIES);
  let weighted = bothOf(frame, WEIGHTED);
  let collateral = bothOf(frame, COLLATERAL);
  let debt = bothOf(frame, DEBT);
  for (let h = begin; h <= end; h++) {
    let asset = settle;
    let quantity = 0.0;
    if (h < end) {
      const slot = load<u32>(slots(book) + (h << 2));
      if ((slot & 3) == IDLE) continue;
      asset = <usize>(slot >> 2);
      quantity = load<f64>(holdingQuantities(book) + (h << 3));
    } else if (settle == NO_ASSET) break;
    let net = 0.0;
    if (asset == settle) {
      settle = NO_ASSET;
      const added = load<f64>(run, RUN_JOINS);
      const taken = load<f64>(run, RUN_JOINS + 8);
      if (joined) quantity = quantity + added - taken;
      else net = added - taken;
    }
    const row = assetRow(variant, asset);
    const curves = assetCurve(variant, asset);
    const kinds = load<u32>(curves, KINDS);
    if (quantity > 0.0) {
      if (load<f64>(row, COUNTS) != 0.0) {
        const whole = f64x2.mul(f64x2.splat(quantity), assetPair(row, PRICE + (AS_ASSET << 3)));
        const value = roundedPair(whole, valueScale, directionOf(variant, VALUE, AS_ASSET));
        const most = f64x2.pmin(value, v128.load_splat<f64>(row, CAP));
        const counted = heldCounted(frame, asset, row, curves, kinds & 255, quantity, most);
        collateral = f64x2.add(collateral, value);
        weighted = f64x2.add(
          weighted,
          roundedPair(counted, weightedScale, directionOf(variant, WEIGHTED_STEP, AS_ASSET)),
        );
      }
    } else if (quantity < 0.0) {
      const whole = f64x2.mul(f64x2.splat(-quantity), assetPair(row, PRICE + (AS_LIABILITY << 3)));
      const value = roundedPair(whole, valueScale, directionOf(variant, VALUE, AS_LIABILITY));
      debt = f64x2.add(debt, value);
      liabilities = f64x2.add(liabilities, owedCounted(frame, variant, asset, -quantity, value));
      if ((kinds & LENDS) != 0) {
        const first = f64x2.splat(borrowing(frame, asset, INITIAL, -quantity, f64x2.extract_lane(value, 0)));
        const last = borrowing(frame, asset, MAINTENANCE, -quantity, f64x2.extract_lane(value, 1));
        addBoth(frame, BORROWING, f64x2.replace_lane(first, 1, last));
      }
    }
    if (net > 0.0) addBoth(frame, ASSETS, gained(variant, asset, net));
    else if (net < 0.0) liabilities = f64x2.add(liabilities, lost(frame, variant, asset, -net));
  }
  setBoth(frame, LIABILITIES, liabilities);
  setBoth(frame, WEIGHTED, weighted);
  setBoth(frame, COLLATERAL, collateral);
  setBoth(frame, DEBT, debt);
}

/** What P&L of a run adds and takes, apart from what is held. */
export function weighApart(frame: usize, variant: usize, run: usize): void {
  const net = load<f64>(run, RUN_JOINS) - load<f64>(run, RUN_JOINS + 8);
  const settle = <usize>load<u32>(run);
  if (net > 0.0) addBoth(frame, ASSETS, gained(variant, settle, net));
  else if (net < 0.0) addBoth(frame, LIABILITIES, lost(frame, variant, settle, -net));
}

/** `worthAsset` of what is worth `most`, its cap reckoned in. */
function heldCounted(
  frame: usize,
  asset: usize,
  row: usize,
  curves: usize,
  kind: u32,
  quantity: f64,
  most: v128,
): v128 {
  if (kind == NUMBERS) return f64x2.mul(most, assetPair(row, WEIGHT));
  if (kind != MIXED) {
    const first = load<usize>(curves, WEIGHT_CURVE);
    return assetsCounted(kind, first, load<usize>(curves, WEIGHT_CURVE + 4), f64x2.splat(quantity), most);
  }
  const first = f64x2.splat(worthAsset(frame, asset, INITIAL, quantity, f64x2.extract_lane(most, 0)));
  return f64x2.replace_lane(first, 1, worthAsset(frame, asset, MAINTENANCE, quantity, f64x2.extract_lane(most, 1)));
}

/** `weightedLiability` of what is worth `value`. */
function owedCounted(frame: usize, variant: usize, asset: usize, owed: f64, value: v128): v128 {
  const curves = assetCurve(variant, asset);
  const kind = (load<u32>(curves, KINDS) >> 8) & 255;
  let counted: v128;
  if (kind == NUMBERS) counted = f64x2.mul(value, assetPair(assetRow(variant, asset), LIABILITY_WEIGHT));
  else if (kind != MIXED) {
    const first = load<usize>(curves, LIABILITY_CURVE);
    counted = liabilitiesCounted(first, load<usize>(curves, LIABILITY_CURVE + 4), f64x2.splat(owed), value);
  } else {
    const first = f64x2.splat(worthLiability(frame, asset, INITIAL, owed, f64x2.extract_lane(value, 0)));
    const last = worthLiability(frame, asset, MAINTENANCE, owed, f64x2.extract_lane(value, 1));
    counted = f64x2.replace_lane(first, 1, last);
  }
  return roundedPair(counted, scaleOf(variant, WEIGHTED_STEP), directionOf(variant, WEIGHTED_STEP, AS_LIABILITY));
}

function borrowing(frame: usize, asset: usize, level: usize, owed: f64, value: f64): f64 {
  const variant = variantOf(frame);
  const curve = load<usize>(assetCurve(variant, asset) + (level << 2), BORROW_CURVE);
  return requirementOf(frame, curve, assetLane(assetRow(variant, asset), level, BORROW_RATE), owed, value, 0.0);
}

/** What a net gain of an asset adds to assets, and a net loss to liabilities: `weighApart` of holdings.ts. */
function gained(variant: usize, asset: usize, gain: f64): v128 {
  const value = valueOf(variant, asset, gain, AS_ASSET);
  return roundedPair(value, scaleOf(variant, WEIGHTED_STEP), directionOf(variant, WEIGHTED_STEP, AS_ASSET));
}

function lost(frame: usize, variant: usize, asset: usize, loss: f64): v128 {
  return owedCounted(frame, variant, asset, loss, valueOf(variant, asset, loss, AS_LIABILITY));
}

function valueOf(variant: usize, asset: usize, amount: f64, side: usize): v128 {
  const value = f64x2.mul(f64x2.splat(amount), assetPair(assetRow(variant, asset), PRICE + (side << 3)));
  return roundedPair(value, scaleOf(variant, VALUE), directionOf(variant, VALUE, side));
}

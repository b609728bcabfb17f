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
import { alike, assetsCounted, liabilitiesCounted } from "./pair-curves";
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
  LIABILITIES as AS_LIABILITY,
  LIABILITY_CURVE,
  LIABILITY_WEIGHT,
  MAINTENANCE,
  PRICE,
  scaleOf,
  VALUE,
  WEIGHT,
  WEIGHT_CURVE,
  WEIGHTED as WEIGHTED_STEP,
} from "./variant";
import { valueOf, weightedAsset, weightedLiability, weightedOnce } from "./weights";

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
    if (quantity > 0.0) {
      if (load<f64>(row, COUNTS) != 0.0) {
        const whole = f64x2.mul(f64x2.splat(quantity), assetPair(row, PRICE + (AS_ASSET << 3)));
        const value = roundedPair(whole, valueScale, directionOf(variant, VALUE, AS_ASSET));
        const most = f64x2.pmin(value, v128.load_splat<f64>(row, CAP));
        const curve = load<usize>(curves, WEIGHT_CURVE);
        const other = load<usize>(curves, WEIGHT_CURVE + 4);
        let counted: v128;
        if ((curve | other) == 0 || alike(curve, other)) {
          counted =
            curve == 0
              ? f64x2.mul(most, assetPair(row, WEIGHT))
              : assetsCounted(curve, other, f64x2.splat(quantity), most);
          counted = roundedPair(counted, weightedScale, directionOf(variant, WEIGHTED_STEP, AS_ASSET));
        } else {
          counted = f64x2.splat(weightedAsset(frame, asset, INITIAL, quantity, f64x2.extract_lane(most, 0)));
          const last = weightedAsset(frame, asset, MAINTENANCE, quantity, f64x2.extract_lane(most, 1));
          counted = f64x2.replace_lane(counted, 1, last);
        }
        collateral = f64x2.add(collateral, value);
        weighted = f64x2.add(weighted, counted);
      }
    } else if (quantity < 0.0) {
      const owed = -quantity;
      const whole = f64x2.mul(f64x2.splat(owed), assetPair(row, PRICE + (AS_LIABILITY << 3)));
      const value = roundedPair(whole, valueScale, directionOf(variant, VALUE, AS_LIABILITY));
      const curve = load<usize>(curves, LIABILITY_CURVE);
      const other = load<usize>(curves, LIABILITY_CURVE + 4);
      let counted: v128;
      if ((curve | other) == 0 || alike(curve, other)) {
        counted =
          curve == 0
            ? f64x2.mul(value, assetPair(row, LIABILITY_WEIGHT))
            : liabilitiesCounted(curve, other, f64x2.splat(owed), value);
        counted = roundedPair(counted, weightedScale, directionOf(variant, WEIGHTED_STEP, AS_LIABILITY));
      } else {
        counted = f64x2.splat(weightedLiability(frame, asset, INITIAL, owed, f64x2.extract_lane(value, 0)));
        const last = weightedLiability(frame, asset, MAINTENANCE, owed, f64x2.extract_lane(value, 1));
        counted = f64x2.replace_lane(counted, 1, last);
      }
      debt = f64x2.add(debt, value);
      liabilities = f64x2.add(liabilities, counted);
      if (v128.any_true(assetPair(row, BORROW_RATE)) || load<u64>(curves, BORROW_CURVE) != 0) {
        const first = f64x2.splat(borrowing(frame, asset, INITIAL, owed, f64x2.extract_lane(value, 0)));
        const last = borrowing(frame, asset, MAINTENANCE, owed, f64x2.extract_lane(value, 1));
        addBoth(frame, BORROWING, f64x2.replace_lane(first, 1, last));
      }
    }
    if (net == 0.0) continue;
    const first = f64x2.splat(apart(frame, asset, INITIAL, net));
    const counted = f64x2.replace_lane(first, 1, apart(frame, asset, MAINTENANCE, net));
    if (net > 0.0) addBoth(frame, ASSETS, counted);
    else liabilities = f64x2.add(liabilities, counted);
  }
  setBoth(frame, LIABILITIES, liabilities);
  setBoth(frame, WEIGHTED, weighted);
  setBoth(frame, COLLATERAL, collateral);
  setBoth(frame, DEBT, debt);
}

function borrowing(frame: usize, asset: usize, level: usize, owed: f64, value: f64): f64 {
  const variant = variantOf(frame);
  const curve = load<usize>(assetCurve(variant, asset) + (level << 2), BORROW_CURVE);
  return requirementOf(frame, curve, assetLane(assetRow(variant, asset), level, BORROW_RATE), owed, value, 0.0);
}

/** What P&L of a run adds and takes, apart from what is held. */
export function weighApart(frame: usize, run: usize): void {
  const net = load<f64>(run, RUN_JOINS) - load<f64>(run, RUN_JOINS + 8);
  if (net == 0.0) return;
  const settle = <usize>load<u32>(run);
  const first = f64x2.splat(apart(frame, settle, INITIAL, net));
  const counted = f64x2.replace_lane(first, 1, apart(frame, settle, MAINTENANCE, net));
  addBoth(frame, net > 0.0 ? ASSETS : LIABILITIES, counted);
}

/** What a net gain of an asset adds to assets, or a net loss to liabilities: `weighApart`. */
function apart(frame: usize, asset: usize, level: usize, net: f64): f64 {
  const side = net > 0.0 ? AS_ASSET : AS_LIABILITY;
  const price = assetLane(assetRow(variantOf(frame), asset), level, PRICE + (side << 3));
  const value = valueOf(frame, abs(net), price, side);
  return net > 0.0 ? weightedOnce(frame, value) : weightedLiability(frame, asset, level, -net, value);
}

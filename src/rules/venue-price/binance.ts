import { at, finiteNumber, invalid, list, own, type Place, record } from "../../checks.js";

/** Maintenance margin of a notional from `floor` on: notional · rate − deduction ("cum", "maintenance amount"). */
export interface BinanceBracket {
  readonly floor: number;
  readonly rate: number;
  readonly deduction: number;
}

/** One position in the contract: one-way mode has one, hedge mode one long and one short. */
export interface BinanceLeg {
  /** signed */
  readonly size: number;
  readonly entryPrice: number;
  readonly brackets: readonly BinanceBracket[];
}

export interface BinancePriceInput {
  /** wallet balance of the cross margin, or isolated margin */
  readonly walletBalance: number;
  /** maintenance margin and unrealised P&L of the cross positions in other contracts; 0 where isolated */
  readonly otherMaintenance: number;
  readonly otherUnrealised: number;
  /** the positions in the contract whose price is asked */
  readonly legs: readonly BinanceLeg[];
}

/**
 * Liquidation price of a USDⓈ-M contract as Binance states it:
 *
 *   (wallet − otherMaintenance + otherUnrealised + Σ deduction − Σ size · entry) / (Σ |size| · rate − Σ size)
 *
 * over its legs, with the brackets that are in force at that price. Maintenance rises faster than the notional, so there are
 * up to two such prices: one below which, and one above which the margin does not suffice. The one that the net position is
 * exposed to is returned: the lower of a net long, the upper of a net short and of legs that cancel. null where that is not
 * above 0. O(brackets²).
 *
 * Source: binance.com/en/support/faq, "How to Calculate Liquidation Price of USDⓈ-M Futures Contracts".
 *
 * @throws InvalidInputError   naming a field that is not finite, a leg without brackets, bounds that do not rise from 0
 */
export function binanceLiquidationPrice(input: BinancePriceInput): number | null {
  const place = "binanceLiquidationPrice";
  const fields = record(input, place, ["walletBalance", "otherMaintenance", "otherUnrealised", "legs"]);
  const wallet = finiteNumber(own(fields, "walletBalance"), at(place, "walletBalance"));
  const other = finiteNumber(own(fields, "otherMaintenance"), at(place, "otherMaintenance"), { min: 0 });
  const unrealised = finiteNumber(own(fields, "otherUnrealised"), at(place, "otherUnrealised"));
  const legs = list(own(fields, "legs"), at(place, "legs"), readLeg);
  const net = legs.reduce((sum, { size }) => sum + size, 0);

  const edges = legs.flatMap(({ size, brackets }) =>
    size === 0 ? [] : brackets.map(({ floor }) => floor / Math.abs(size)),
  );
  const from = [...new Set(edges)].sort((a, b) => a - b);
  const found = from.flatMap((low, i) => {
    const high = from[i + 1] ?? Number.POSITIVE_INFINITY;
    let numerator = wallet - other + unrealised;
    let denominator = 0;
    for (const leg of legs) {
      const { rate, deduction } = bracketFrom(leg, low);
      numerator += deduction - leg.size * leg.entryPrice;
      denominator += Math.abs(leg.size) * rate - leg.size;
    }
    const price = numerator / denominator;
    // A denominator of 0 gives no price in this stretch.
    return price >= low && price < high && price > 0 ? [{ price, rises: denominator < 0 }] : [];
  });
  // The margin rises with the price where the denominator is negative: there it is short below.
  const exposed = found.filter(({ rises }) => rises === net > 0);
  return (net > 0 ? exposed[0] : exposed.at(-1))?.price ?? null;
}

interface Leg {
  readonly size: number;
  readonly entryPrice: number;
  readonly brackets: readonly BinanceBracket[];
}

function readLeg(value: unknown, place: Place): Leg {
  const fields = record(value, place, ["size", "entryPrice", "brackets"]);
  const size = finiteNumber(own(fields, "size"), at(place, "size"));
  const entryPrice = finiteNumber(own(fields, "entryPrice"), at(place, "entryPrice"), { above: 0 });
  let last = -1;
  const brackets = list(own(fields, "brackets"), at(place, "brackets"), (item, here) => {
    const parts = record(item, here, ["floor", "rate", "deduction"]);
    const floor = finiteNumber(own(parts, "floor"), at(here, "floor"), { min: 0 });
    if (last < 0 ? floor !== 0 : floor <= last) {
      throw invalid(at(here, "floor"), last < 0 ? "0 in the first bracket" : "above the one before", floor);
    }
    last = floor;
    return {
      floor,
      rate: finiteNumber(own(parts, "rate"), at(here, "rate"), { min: 0, below: 1 }),
      deduction: finiteNumber(own(parts, "deduction"), at(here, "deduction")),
    };
  });
  if (brackets.length === 0) throw invalid(at(place, "brackets"), "at least one bracket", own(fields, "brackets"));
  return { size, entryPrice, brackets };
}

/** The bracket in force from `price` on. */
function bracketFrom({ size, brackets }: Leg, price: number): BinanceBracket {
  // The edge is floor ÷ size: compared as that, so that the bracket that begins at the price is found for certain.
  const found = brackets.findLast(({ floor }) => floor === 0 || floor / Math.abs(size) <= price);
  return found ?? { floor: 0, rate: 0, deduction: 0 };
}

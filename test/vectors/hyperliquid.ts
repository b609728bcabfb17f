import { preset } from "../../src/presets/index.js";
import { hyperliquidBrackets } from "../../src/rules/sizing/hyperliquid.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  isList,
  type JsonRecord,
  numberAt,
  objectAt,
  textAt,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { type MarketParts, NUMERAIRE, type PoolNumbers, poolNumbers } from "./pools.js";

/** Above this ratio of what is required to what backs it a portfolio-margin account is liquidated. */
const LIMIT = 0.95;

const MARKET: MarketParts = {
  assets: [{ id: "USDC" }, { id: "COLLATERAL" }],
  prices: [
    { of: "USDC", in: NUMERAIRE, index: 1 },
    { of: "COLLATERAL", in: NUMERAIRE, index: 1 },
    { of: "perp", mark: 1 },
  ],
  instruments: [
    { id: "perp", kind: "perpetual", payoff: "linear", underlying: "COLLATERAL", quote: "USDC", settle: "USDC" },
  ],
};

function one(context: VectorContext, rule: unknown, pool: JsonRecord): PoolNumbers {
  const [row] = poolNumbers(context, MARKET, rule, [pool]);
  if (row === undefined) throw new Error("no row for a pool");
  return row;
}

/** Tiers of [lower bound, leverage] as the product's. */
export function tiersAt(input: JsonRecord): readonly { readonly lowerBound: number; readonly maxLeverage: number }[] {
  const { tiers } = input;
  if (!isList(tiers)) throw new TypeError("tiers must be a list");
  return tiers.map((tier, i) => {
    const parts = isList(tier) ? tier : [];
    const of = { lowerBound: parts[0] ?? null, maxLeverage: parts[1] ?? null };
    if (parts.length !== 2) throw new TypeError(`tiers.${i} must be a pair`);
    return { lowerBound: numberAt(of, "lowerBound"), maxLeverage: numberAt(of, "maxLeverage") };
  });
}

/** Maintenance margin of a position of some notional under the preset's rule with the case's tiers. */
export function maintenanceOf(context: VectorContext, input: JsonRecord): number {
  const brackets = hyperliquidBrackets(tiersAt(input));
  // The deduction is stated too, so that the rule is refused where it does not follow from the rates.
  const maintenance = brackets.map(({ rate, deduction }, k) => [brackets[k + 1]?.lowerBound ?? null, rate, deduction]);
  const rule = preset("hyperliquid", {
    shipped: false,
    assets: { USDC: { initial: 1, maintenance: 1 } },
    instruments: [{ match: { id: "perp" }, initial: maintenance, maintenance }],
  });
  const positions = [{ instrument: "perp", quantity: numberAt(input, "notional"), entryPrice: 1 }];
  return one(context, rule, { positions }).maintenance.requirement;
}

/**
 * The portfolio-margin ratio as a rule: what is required, over the limit, against the balance and the collateral at its
 * liquidation threshold, of which no more counts than may be borrowed. Breached where the ratio is above the limit.
 */
function ratioRule(threshold: number, borrowCap: number, constants: number): JsonRecord {
  const cap = threshold === 0 ? {} : { cap: { [NUMERAIRE]: borrowCap / threshold } };
  return {
    schema: "margrave/rule/1",
    model: "composed",
    id: "hyperliquid portfolio margin",
    assets: {
      USDC: { maintenance: 1, liability: { maintenance: 1 / LIMIT } },
      COLLATERAL: { maintenance: threshold, ...cap },
    },
    instruments: [{ match: { id: "perp" }, maintenance: 1 }],
    requirement: { scale: { of: { sum: [constants, "positions"] }, by: 1 / LIMIT } },
  };
}

function portfolio(context: VectorContext, input: JsonRecord): Comparison[] {
  // The numerator has what is owed, the margin of cross positions, and a constant.
  const parts = Object.entries(objectAt(input, "numerator")).map(([name, value]) => {
    const kind = /borrow|owed|debt/i.test(name) ? "debt" : /margin|maint|cross|mm/i.test(name) ? "margin" : "constant";
    return { kind, value: numberAt({ value }, "value") };
  });
  const sum = (kind: string) => parts.reduce((total, part) => total + (part.kind === kind ? part.value : 0), 0);
  const rule = ratioRule(numberAt(input, "liqThreshold"), numberAt(input, "borrowCap"), sum("constant"));
  const row = one(context, rule, {
    supplies: [
      { asset: "USDC", quantity: numberAt(input, "balance"), collateral: true },
      { asset: "COLLATERAL", quantity: numberAt(input, "collateralValue"), collateral: true },
    ],
    debts: [{ asset: "USDC", quantity: sum("debt") }],
    positions: [{ instrument: "perp", quantity: sum("margin"), entryPrice: 1 }],
  });
  const { assets, liabilities, requirement } = row.maintenance;
  return [
    { field: "expected.num", actual: (liabilities + requirement) * LIMIT, tolerance: tolerance.venueExact },
    { field: "expected.den", actual: assets, tolerance: tolerance.venueExact },
    { field: "expected.ratio", actual: LIMIT / row.healthFactor, tolerance: tolerance.venueExact },
    { field: "expected.liquidatable", actual: row.breached },
  ];
}

export const checks: VectorChecks = {
  "hyperliquid/spec_cases.json": {
    cases: (document) => casesIn(document, "cases"),
    answer: (cases, context) =>
      cases.map(({ input }) =>
        textAt(input, "kind") === "maintenance"
          ? [{ field: "expected", actual: maintenanceOf(context, input), tolerance: tolerance.venueExact }]
          : portfolio(context, input),
      ),
  },
};

import { preset } from "../../src/presets/index.js";
import { gmxCosts, gmxEntryPrice, gmxLeverage } from "../../src/rules/sizing/gmx.js";
import { gmxLiquidationPrice } from "../../src/rules/venue-price/gmx.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  decimalText,
  eachCase,
  integerAt,
  type JsonRecord,
  numberAt,
  truthAt,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { edgesOf, type MarketParts, NUMERAIRE } from "./pools.js";

/** Money, factors and prices of whole tokens have 30 decimals. */
const MONEY = 30;
const ONE = 1e30;

const optionalAt = (of: JsonRecord, key: string) =>
  of[key] === null || of[key] === undefined ? 0n : integerAt(of, key);

/**
 * Where the preset's rule has the position on the edge, in the venue's units. The fee and the capped impact are fractions of
 * the size at entry; what it owes in fees is due; the mark is the lower of the two prices, from which the edge is found.
 */
function edgeOf(context: VectorContext, input: JsonRecord, costs: number): number | null {
  const size = integerAt(input, "sizeInUsd");
  const tokens = integerAt(input, "sizeInTokens");
  const decimals = numberAt(input, "indexDecimals");
  const held = truthAt(input, "sameToken");
  const price = decimalText(integerAt(input, "indexPriceMin"), MONEY);
  const market: MarketParts = {
    assets: [{ id: "INDEX" }],
    prices: [
      { of: "INDEX", in: NUMERAIRE, index: price },
      { of: "perp", mark: price },
    ],
    instruments: [
      { id: "perp", kind: "perpetual", payoff: "linear", underlying: "INDEX", quote: NUMERAIRE, settle: NUMERAIRE },
    ],
  };
  const fraction = (key: string) => Number(decimalText(integerAt(input, key), MONEY));
  const rule = preset("gmx-v2", {
    assets: { [NUMERAIRE]: { maintenance: 1 }, INDEX: { maintenance: 1 } },
    instruments: [
      {
        match: { id: "perp" },
        maintenance: fraction("minCollateralFactorForLiquidation"),
        atLeast: { maintenance: fraction("minCollateralUsd") },
        costs,
      },
    ],
  });
  const quantity = Number(decimalText(tokens, decimals));
  const pending = integerAt(input, "pendingFundingFeesUsd") + integerAt(input, "pendingBorrowingFeesUsd");
  const collateral = held
    ? { asset: "INDEX", quantity: decimalText(integerAt(input, "collateralAmount"), decimals) }
    : { asset: NUMERAIRE, quantity: decimalText(integerAt(input, "collateralUsd"), MONEY) };
  const positions = [
    {
      instrument: "perp",
      quantity: truthAt(input, "isLong") ? quantity : -quantity,
      entryPrice: Number(decimalText(size, MONEY)) / quantity,
      fundingDue: decimalText(-pending, MONEY),
    },
  ];
  const edges = edgesOf(context, market, rule, { balances: [collateral], positions }, "INDEX");
  return edges[0] === undefined ? null : edges[0].price * ONE;
}

export const checks: VectorChecks = {
  "gmx-v2/random200.json": {
    cases: (document) => casesIn(document),
    answer: eachCase(({ input }, context): Comparison[] => {
      const of = (key: string) => integerAt(input, key);
      const sizeInUsd = of("sizeInUsd");
      const sizeInTokens = of("sizeInTokens");
      const indexDecimals = numberAt(input, "indexDecimals");
      const collateralUsd = of("collateralUsd");
      const pendingFeesUsd = of("pendingFundingFeesUsd") + of("pendingBorrowingFeesUsd");
      const costs = gmxCosts({
        sizeInUsd,
        positionFeeFactor: of("positionFeeFactorNegative"),
        referralRebateFactor: optionalAt(input, "referralRebateFactor"),
        referralDiscountFactor: optionalAt(input, "referralDiscountFactor"),
        maxImpactFactor: of("maxPositionImpactFactorForLiquidations"),
      });
      const liquidation = gmxLiquidationPrice({
        isLong: truthAt(input, "isLong"),
        sameToken: truthAt(input, "sameToken"),
        sizeInUsd,
        sizeInTokens,
        indexDecimals,
        collateralAmount: of("collateralAmount"),
        collateralUsd,
        pendingFeesUsd,
        closingFeeUsd: costs.fee,
        impactUsd: costs.impact,
        minCollateralFactor: of("minCollateralFactorForLiquidation"),
        minCollateralUsd: of("minCollateralUsd"),
      });
      return [
        { field: "expected.liquidationPrice", what: "integers", actual: liquidation },
        // Money without tokens, or tokens without money, is no position of a document: it has no entry price.
        ...(sizeInUsd === 0n || sizeInTokens === 0n
          ? []
          : [
              {
                field: "expected.liquidationPrice",
                what: "of the rule",
                actual: edgeOf(context, input, Number(costs.fee + costs.impact) / Number(sizeInUsd)),
                tolerance: tolerance.integerRatio,
              },
            ]),
        { field: "expected.leverageBps", actual: gmxLeverage({ sizeInUsd, collateralUsd, pendingFeesUsd }) },
        { field: "expected.entryPrice", actual: gmxEntryPrice({ sizeInUsd, sizeInTokens, indexDecimals }) },
      ];
    }),
  },
};

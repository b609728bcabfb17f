import { preset } from "../../src/presets/index.js";
import { synthetixFillPrice, synthetixReward, synthetixWithdrawable } from "../../src/rules/sizing/synthetix.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { type MarketParts, NUMERAIRE, type PoolNumbers, poolNumbers } from "./pools.js";

const DEBT = "snxUSD";

const collateral = (i: number) => `collateral ${i}`;
const perp = (i: number) => `perp ${i}`;

function marketOf(input: JsonRecord): MarketParts {
  const held = objectsAt(input, "collateral");
  const positions = objectsAt(input, "positions");
  return {
    assets: [
      { id: DEBT },
      ...held.map((_, i) => ({ id: collateral(i) })),
      ...positions.map((_, i) => ({ id: `base of ${perp(i)}` })),
    ],
    prices: [
      { of: DEBT, in: NUMERAIRE, index: 1 },
      ...held.map((of, i) => ({ of: collateral(i), in: NUMERAIRE, index: numberAt(of, "price") })),
      ...positions.map((of, i) => ({ of: perp(i), mark: numberAt(of, "oracle") })),
    ],
    instruments: positions.map((_, i) => ({
      id: perp(i),
      kind: "perpetual",
      payoff: "linear",
      underlying: `base of ${perp(i)}`,
      quote: DEBT,
      settle: DEBT,
    })),
  };
}

/** Weight of a collateral: one less a discount that rises with its amount, where it has one. */
function weightOf(of: JsonRecord): JsonRecord {
  const scale = of.skewScale === undefined || of.skewScale === null ? 0 : numberAt(of, "skewScale");
  if (scale === 0) return { initial: 1, maintenance: 1 };
  const clamp = {
    scale,
    slope: numberAt(of, "discountScalar"),
    lower: numberAt(of, "lowerLimitDiscount"),
    upper: numberAt(of, "upperLimitDiscount"),
  };
  return { initial: { clamp }, maintenance: { clamp } };
}

function positionEntry(of: JsonRecord, i: number): JsonRecord {
  const base = numberAt(of, "minimumInitialMarginRatio");
  const slope = numberAt(of, "initialMarginFraction") / numberAt(of, "skewScale");
  const scalar = numberAt(of, "maintenanceMarginScalar");
  const plus = numberAt(of, "minimumPositionMargin");
  return {
    match: { id: perp(i) },
    initial: { affine: { base, slope } },
    maintenance: { affine: { base: base * scalar, slope: slope * scalar } },
    plus: { initial: plus, maintenance: plus },
    reward: numberAt(of, "liquidationRewardRatio"),
  };
}

/** The preset's rule with the case's parameters. */
function ruleOf(input: JsonRecord): JsonRecord {
  const guards = objectAt(input, "guards");
  const document = preset("synthetix-v3", {
    shipped: false,
    assets: {
      [DEBT]: { initial: 1, maintenance: 1 },
      ...Object.fromEntries(objectsAt(input, "collateral").map((of, i) => [collateral(i), weightOf(of)])),
    },
    instruments: objectsAt(input, "positions").map(positionEntry),
    settings: {
      minimumReward: numberAt(guards, "minLiquidationReward"),
      maximumReward: numberAt(guards, "maxLiquidationReward"),
      rewardShareOfCollateral: numberAt(guards, "maxKeeperScalingRatio"),
    },
  });
  return { ...(document as JsonRecord), breachNeeds: "requirement" };
}

function positionOf(of: JsonRecord, i: number): JsonRecord {
  const trade = {
    skew: numberAt(of, "skewBefore"),
    skewScale: numberAt(of, "skewScale"),
    size: numberAt(of, "size"),
    price: numberAt(of, "fillOracle"),
  };
  return { instrument: perp(i), quantity: trade.size, entryPrice: synthetixFillPrice(trade) };
}

function account(input: JsonRecord, context: VectorContext): Comparison[] {
  const market = marketOf(input);
  const rule = ruleOf(input);
  const held = objectsAt(input, "collateral");
  const positions = objectsAt(input, "positions").map(positionOf);
  const debt = numberAt(input, "debt");
  const balances = [
    ...held.map((of, i) => ({ asset: collateral(i), quantity: numberAt(of, "amount") })),
    { asset: DEBT, quantity: -debt },
  ];
  const bare: JsonRecord = { ...rule, requirement: "positions" };
  const one = (under: JsonRecord, pool: JsonRecord): PoolNumbers => {
    const [row] = poolNumbers(context, market, under, [pool]);
    if (row === undefined) throw new Error("no row for a pool");
    return row;
  };
  const row = one(rule, { balances, positions });
  const alone = poolNumbers(
    context,
    market,
    bare,
    positions.map((position) => ({ positions: [position] })),
  );
  const { initial, maintenance } = one(bare, { balances, positions });
  const guards = objectAt(input, "guards");
  const flag = objectsAt(input, "positions").reduce(
    (sum, of, i) => sum + (alone[i]?.notional ?? 0) * numberAt(of, "liquidationRewardRatio"),
    0,
  );
  const reward = row.maintenance.requirement - maintenance.requirement;
  const withdrawable = synthetixWithdrawable({
    collateral: row.collateral,
    debt,
    excess: row.initial.excess,
    positions: positions.length,
  });
  const bounded = synthetixReward(positions.length === 0 ? null : flag, row.collateral, {
    minimum: numberAt(guards, "minLiquidationReward"),
    maximum: numberAt(guards, "maxLiquidationReward"),
    collateralFraction: numberAt(guards, "maxKeeperScalingRatio"),
  });
  return [
    {
      field: "expected.available",
      actual: row.initial.assets - row.initial.liabilities,
      tolerance: tolerance.synthetixAsserted,
    },
    { field: "expected.withdrawable", actual: withdrawable, tolerance: tolerance.synthetixAsserted },
    { field: "expected.im", actual: initial.requirement, tolerance: tolerance.synthetixAsserted },
    { field: "expected.mm", actual: maintenance.requirement, tolerance: tolerance.synthetixAsserted },
    { field: "expected.reward", what: "by the rule", actual: reward, tolerance: tolerance.synthetixAsserted },
    { field: "expected.reward", what: "by itself", actual: bounded, tolerance: tolerance.synthetixAsserted },
    { field: "expected.pnls", actual: alone.map(({ equity }) => equity), tolerance: tolerance.synthetixAsserted },
    { field: "expected.liquidatable", actual: row.breached },
  ];
}

function discount(input: JsonRecord, context: VectorContext): Comparison[] {
  const guards = { minLiquidationReward: 0, maxLiquidationReward: 0, maxKeeperScalingRatio: 0 };
  const only = { collateral: [input], positions: [], guards };
  const pool = { balances: [{ asset: collateral(0), quantity: numberAt(input, "amount") }] };
  const [row] = poolNumbers(context, marketOf(only), ruleOf(only), [pool]);
  if (row === undefined) throw new Error("no row for a pool");
  const kept = row.maintenance.assets / row.collateral;
  return [{ field: "expected.discount", actual: 1 - kept, tolerance: tolerance.synthetixAsserted }];
}

export const checks: VectorChecks = {
  "synthetix-v3/spec_cases.json": {
    cases: (document) => casesIn(document, "cases"),
    answer: (cases, context) =>
      cases.map(({ input }) =>
        textAt(input, "kind") === "discount" ? discount(input, context) : account(input, context),
      ),
  },
};

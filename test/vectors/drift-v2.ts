import {
  driftAssetForLiability,
  driftAssetWeight,
  driftBaseToCover,
  driftHealth,
  driftLiabilityOfAsset,
  driftLiabilityToCover,
  driftLiabilityWeight,
} from "../../src/rules/sizing/drift.js";
import {
  driftLiquidationPrice,
  type DriftPerpExposure,
  type DriftSpotExposure,
} from "../../src/rules/venue-price/drift.js";
import { tolerance } from "../support/tolerance.js";
import {
  byList,
  type Comparison,
  decimalText,
  eachCase,
  casesIn,
  integerAt,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  truthAt,
  type VectorCheck,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import {
  MONEY,
  BASE,
  UNIT,
  WEIGHT,
  IMF,
  ORDER,
  token,
  find,
  amount,
  marketOf,
  highLeverage,
  ruleOf,
  poolOf,
  numbersOf,
  totals,
  integer,
} from "./drift-documents.js";
import { type MarketParts, NUMERAIRE, type PoolNumbers, poolNumbers, wholeAt } from "./pools.js";

const random: VectorCheck["answer"] = eachCase(({ input }, context) => {
  const row = numbersOf(context, input, "sdk", true);
  const bare = numbersOf(context, input, "sdk", false);
  const maintenance = totals(row, "maintenance");
  const health = driftHealth(maintenance.totalCollateral, maintenance.marginRequirement);
  const sums = [
    ["Initial", row, "initial"],
    ["InitialNoOrders", bare, "initial"],
    ["Maintenance", row, "maintenance"],
    ["MaintenanceNoOrders", bare, "maintenance"],
  ] as const;
  const free = (numbers: PoolNumbers) => integer(numbers.maintenance.excess);
  return [
    ...sums.map(([name, numbers, level]) => ({
      field: `expected.${name}`,
      actual: totals(numbers, level),
      tolerance: tolerance.integerFast(),
    })),
    {
      field: "expected.Maintenance",
      what: "liquidatable",
      of: (sum) =>
        typeof sum === "object" && sum !== null
          ? BigInt(String(Reflect.get(sum, "totalCollateral"))) < BigInt(String(Reflect.get(sum, "marginRequirement")))
          : null,
      actual: row.breached,
    },
    {
      field: "expected.freeCollateralInitial",
      actual: integer(Math.max(0, row.initial.excess)),
      tolerance: tolerance.integerFast(),
    },
    { field: "expected.health", actual: health },
    { field: "expected.leverage", skipped: "README: not among the outputs that it describes" },
    ...venuePrices(input, free(bare), free(row)),
  ];
});

/** The SDK's own prices: integers, linear from the state at hand. */
function venuePrices(input: JsonRecord, withoutOrders: bigint, withOrders: bigint): Comparison[] {
  const user = objectAt(input, "user");
  const spots = objectsAt(input, "spotMarkets");
  const perps = objectsAt(input, "perpMarkets");
  const spotExposure = (market: number): DriftSpotExposure | null => {
    const position = objectsAt(user, "spotPositions").find((one) => numberAt(one, "marketIndex") === market);
    if (position === undefined) return null;
    const of = find(spots, "idx", market);
    const held = amount(integerAt(position, "scaledBalance"), of, textAt(position, "type"));
    const decimals = numberAt(of, "decimals");
    const size = (held < 0n ? -held : held) * 10n ** BigInt(Math.max(0, BASE - decimals));
    const sized = { size: size / 10n ** BigInt(Math.max(0, decimals - BASE)), imf: integerAt(of, "imfFactor") };
    return {
      amount: held,
      decimals,
      weight:
        held < 0n
          ? driftLiabilityWeight({ ...sized, weight: integerAt(of, "maintenanceLiabilityWeight") })
          : driftAssetWeight({ ...sized, weight: integerAt(of, "maintenanceAssetWeight") }),
    };
  };
  const perpExposure = (of: JsonRecord): DriftPerpExposure | null => {
    const market = numberAt(of, "idx");
    const position = objectsAt(user, "perpPositions").find((one) => numberAt(one, "marketIndex") === market);
    if (position === undefined) return null;
    const base = integerAt(position, "baseAssetAmount");
    const high = truthAt(user, "highLeverage") && highLeverage(of);
    const weight = integerAt(of, high ? "highLeverageMarginRatioMaintenance" : "marginRatioMaintenance");
    const size = base < 0n ? -base : base;
    return { base, marginRatio: driftLiabilityWeight({ size, weight, imf: integerAt(of, "imfFactor") }) };
  };
  const shown = (price: bigint | null) => price ?? -1n;
  const perpPrices = objectsAt(user, "perpPositions").map((position): [string, bigint] => {
    const of = find(perps, "idx", numberAt(position, "marketIndex"));
    const price = driftLiquidationPrice({
      of: "perp",
      price: integerAt(of, "price"),
      freeCollateral: withoutOrders,
      perp: perpExposure(of),
      spot: spotExposure(numberAt(of, "okey")),
    });
    return [String(numberAt(of, "idx")), shown(price)];
  });
  const held = objectsAt(user, "spotPositions").filter((position) => numberAt(position, "marketIndex") !== 0);
  const spotPrices = held.map((position): [string, bigint] => {
    const of = find(spots, "idx", numberAt(position, "marketIndex"));
    const same = perps.find((one) => numberAt(one, "okey") === numberAt(of, "idx"));
    const price = driftLiquidationPrice({
      of: "spot",
      price: integerAt(of, "price"),
      freeCollateral: withOrders,
      perp: same === undefined ? null : perpExposure(same),
      spot: spotExposure(numberAt(of, "idx")),
    });
    return [String(numberAt(of, "idx")), shown(price)];
  });
  return [
    { field: "expected.perpLiqPrice", actual: Object.fromEntries(perpPrices), tolerance: tolerance.integerFast() },
    { field: "expected.spotLiqPrice", actual: Object.fromEntries(spotPrices), tolerance: tolerance.integerFast() },
  ];
}

// Cases of the program's and the SDK's own tests.

const ONE_ASSET = "token";
const ONE: MarketParts = {
  assets: [{ id: ONE_ASSET }],
  prices: [
    { of: ONE_ASSET, in: NUMERAIRE, index: 1 },
    { of: "perp", mark: 1 },
  ],
  instruments: [
    { id: "perp", kind: "perpetual", payoff: "linear", underlying: ONE_ASSET, quote: NUMERAIRE, settle: NUMERAIRE },
  ],
};

/** One pool under a rule without rounding, whose one part has the weight that is asked. */
function single(context: VectorContext, parts: JsonRecord, pool: JsonRecord): PoolNumbers {
  const rule = { schema: "margrave/rule/1", model: "composed", id: "one weight", pnl: { joins: "position" }, ...parts };
  const assets = { [NUMERAIRE]: { maintenance: 1 }, [ONE_ASSET]: { maintenance: 1 }, ...objectAt(rule, "assets") };
  const [row] = poolNumbers(context, ONE, { ...rule, assets }, [pool]);
  if (row === undefined) throw new Error("no row for a pool");
  return row;
}

/** Size of a case, and its weight and factor as fractions. */
function sized(input: JsonRecord) {
  const precision = input.precision === undefined ? WEIGHT : numberAt(input, "precision");
  return {
    size: decimalText(wholeAt(input, "size9"), BASE),
    weight: numberAt(input, "weight") / precision,
    imf: numberAt(input, "imf") / IMF,
    unit: 1 / precision,
    // Roots of sizes have 5 decimals, which the rule language takes from a unit of 4.
    ordinary: precision === WEIGHT,
    integers: {
      size: wholeAt(input, "size9"),
      weight: integerAt(input, "weight"),
      imf: integerAt(input, "imf"),
      precision: BigInt(precision),
    },
  };
}

const premiums = eachCase(({ input }, context): Comparison[] => {
  const { size, weight, imf, unit, ordinary, integers } = sized(input);
  const exact: Comparison = { field: "expected", what: "integers", actual: driftLiabilityWeight(integers) };
  if (!ordinary) return [exact];
  const instruments = [{ match: { id: "perp" }, maintenance: { root: { rate: weight, imf, unit } } }];
  const row = single(
    context,
    { instruments, assets: {} },
    {
      positions: [{ instrument: "perp", quantity: size, entryPrice: 1 }],
    },
  );
  const ratio = row.maintenance.requirement / row.notional;
  return [exact, { field: "expected", what: "f64", actual: ratio * WEIGHT, tolerance: tolerance.integerRatio }];
});

const discounts = eachCase(({ input }, context): Comparison[] => {
  const { size, weight, imf, unit, ordinary, integers } = sized(input);
  const exact: Comparison = { field: "expected", what: "integers", actual: driftAssetWeight(integers) };
  if (!ordinary) return [exact];
  const assets = { [ONE_ASSET]: { maintenance: { root: { of: weight, imf, unit } } } };
  const row = single(context, { assets }, { balances: [{ asset: ONE_ASSET, quantity: size }] });
  const counted = (row.maintenance.assets / row.collateral) * WEIGHT;
  return [exact, { field: "expected", what: "f64", actual: counted, tolerance: tolerance.integerRatio }];
});

/** The program's weight of a gain: the size is the money itself, where the SDK takes a thousandth. */
const gains = eachCase(({ input }, context): Comparison[] => {
  const weight = numberAt(input, "weight") / WEIGHT;
  const root = { weight, imf: numberAt(input, "imf") / IMF, unit: 1 / WEIGHT };
  const gain = decimalText(integerAt(input, "pnlQuote"), MONEY);
  const row = single(
    context,
    {
      instruments: [{ match: { id: "perp" }, maintenance: 0, gain: { maintenance: { root } } }],
      assets: {},
    },
    { positions: [{ instrument: "perp", quantity: 0, entryPrice: 1, fundingDue: gain }] },
  );
  const counted = (row.maintenance.assets / Number(gain)) * WEIGHT;
  return [{ field: "expected", actual: counted, tolerance: tolerance.integerRatio }];
});

const scaledWeights = eachCase(({ input }, context): Comparison[] => {
  const market = objectAt(input, "market");
  const index = numberAt(market, "idx");
  const user = {
    maxMarginRatio: 0,
    highLeverage: false,
    spotPositions: [],
    perpPositions: [],
  };
  const all = { spotMarkets: [market, ...(index === 0 ? [] : [QUOTE_MARKET])], perpMarkets: [], user };
  const pool = { balances: [{ asset: token(index), quantity: 1 }] };
  const [row] = poolNumbers(context, marketOf(all), ruleOf(all, "program", ORDER, 0), [pool]);
  const counted = ((row?.initial.assets ?? Number.NaN) / (row?.collateral ?? Number.NaN)) * WEIGHT;
  return [{ field: "expected", actual: counted, tolerance: tolerance.integerRatio }];
});

/** The quote token of cases that leave it out. */
const QUOTE_MARKET: JsonRecord = {
  idx: 0,
  decimals: 6,
  price: 1_000_000,
  initialAssetWeight: 10_000,
  maintenanceAssetWeight: 10_000,
  initialLiabilityWeight: 10_000,
  maintenanceLiabilityWeight: 10_000,
  imfFactor: 0,
  scaleInitialAssetWeightStart: "0",
  depositBalance: "0",
  cumulativeDepositInterest: "10000000000",
  cumulativeBorrowInterest: "10000000000",
};

const accounts = eachCase(({ input }, context): Comparison[] => {
  const row = numbersOf(context, input, "program", true);
  return [
    { field: "expected.Initial", actual: totals(row, "initial"), tolerance: tolerance.integerFast() },
    { field: "expected.Maintenance", actual: totals(row, "maintenance"), tolerance: tolerance.integerFast() },
  ];
});

const NAMES = {
  baseToCoverShortage: (of: JsonRecord) => {
    const size = driftBaseToCover({
      shortage: integerAt(of, "marginShortage"),
      marginRatio: integerAt(of, "marginRatio"),
      liquidationFee: integerAt(of, "liquidationFee"),
      insuranceFee: integerAt(of, "ifFee"),
      oraclePrice: integerAt(of, "oraclePrice"),
      quotePrice: integerAt(of, "quotePrice"),
    });
    // What the program writes where no size does.
    return size ?? 2n ** 64n - 1n;
  },
  liabilityTransferToCover: (of: JsonRecord) => {
    const size = driftLiabilityToCover({
      shortage: integerAt(of, "marginShortage"),
      assetWeight: integerAt(of, "assetWeight"),
      assetMultiplier: integerAt(of, "assetMultiplier"),
      liabilityWeight: integerAt(of, "liabilityWeight"),
      liabilityMultiplier: integerAt(of, "liabilityMultiplier"),
      liabilityDecimals: numberAt(of, "liabilityDecimals"),
      liabilityPrice: integerAt(of, "liabilityPrice"),
      insuranceFee: integerAt(of, "ifFee"),
    });
    return size ?? 2n ** 128n - 1n;
  },
  liabilityImpliedByAsset: (of: JsonRecord) => driftLiabilityOfAsset(exchange(of)),
  assetForLiability: (of: JsonRecord) =>
    driftAssetForLiability({ ...exchange(of), transfer: integerAt(of, "liabilityTransfer") }),
};

function exchange(of: JsonRecord) {
  return {
    assetAmount: integerAt(of, "assetAmount"),
    assetMultiplier: integerAt(of, "assetMultiplier"),
    assetDecimals: numberAt(of, "assetDecimals"),
    assetPrice: integerAt(of, "assetPrice"),
    liabilityMultiplier: integerAt(of, "liabilityMultiplier"),
    liabilityDecimals: numberAt(of, "liabilityDecimals"),
    liabilityPrice: integerAt(of, "liabilityPrice"),
  };
}

const liquidation = eachCase(({ input }): Comparison[] => {
  const name = textAt(input, "fn");
  const compute = Object.entries(NAMES).find(([known]) => known === name)?.[1];
  if (compute === undefined) throw new TypeError(`no function ${name}`);
  return [{ field: "expected", actual: compute(input) }];
});

/** Which side of open orders is the worse: the amount that it leaves, and the money that it brings or takes. */
const worstCases: VectorCheck["answer"] = eachCase(({ input, document }, context): Comparison[] => {
  const market = objectAt(objectAt(objectAt({ document }, "document"), "worstCaseSpot"), "market");
  const index = numberAt(market, "idx");
  const position = { openOrders: 0, ...objectAt(input, "pos"), marketIndex: index };
  const user = { maxMarginRatio: 0, highLeverage: false, spotPositions: [position], perpPositions: [] };
  // The amount is read at maintenance: both levels get the initial weights, at which the side is chosen.
  const initial = {
    maintenanceAssetWeight: numberAt(market, "initialAssetWeight"),
    maintenanceLiabilityWeight: numberAt(market, "initialLiabilityWeight"),
  };
  const all = { spotMarkets: [{ ...market, ...initial }, QUOTE_MARKET], perpMarkets: [], user };
  const { pool } = poolOf(all, true);
  const rule = ruleOf(all, "program", 0, 0);
  const [filled] = poolNumbers(context, marketOf(all), rule, [pool]);
  if (filled === undefined) throw new Error("no row for a pool");
  const price = numberAt(market, "price") / UNIT;
  const amountLeft = (filled.collateral - filled.debt) / price;
  // The same amount without orders: what the excess differs by is the money of the orders.
  const bare = { balances: [{ asset: token(index), quantity: amountLeft }] };
  const [left] = poolNumbers(context, marketOf(all), rule, [bare]);
  const money = filled.maintenance.excess - (left?.maintenance.excess ?? Number.NaN);
  return [
    {
      field: "expected.tokenAmount",
      actual: amountLeft * 10 ** numberAt(market, "decimals"),
      tolerance: tolerance.integerFast(),
    },
    { field: "expected.ordersValue", actual: integer(money), tolerance: tolerance.integerFast() },
  ];
});

const lists = byList({
  premiumLiabilityWeight: premiums,
  discountAssetWeight: discounts,
  unrealizedPnlAssetWeight: gains,
  scaledInitialAssetWeight: scaledWeights,
  accounts,
  liquidation,
});

export const checks: VectorChecks = {
  "drift-v2/random.json": { cases: (document) => casesIn(document), answer: random },
  "drift-v2/spec_cases.json": {
    cases: (document) => [...lists.cases(document), ...casesIn(document, "worstCaseSpot", "cases")],
    answer(cases, context) {
      const spots = cases.filter(({ at }) => at[0] === "worstCaseSpot");
      const others = lists.answer(cases, context);
      const worst = worstCases(spots, context);
      return cases.map((one, i) => (spots.includes(one) ? worst[spots.indexOf(one)] : others[i]) ?? []);
    },
  },
};

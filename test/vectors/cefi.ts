import { dydxBankruptcyPrice, dydxFillablePrice } from "../../src/rules/sizing/dydx.js";
import { hyperliquidBrackets, hyperliquidLiquidationThreshold } from "../../src/rules/sizing/hyperliquid.js";
import { binanceLiquidationPrice } from "../../src/rules/venue-price/binance.js";
import { hyperliquidLiquidationPrice } from "../../src/rules/venue-price/hyperliquid.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  decimalText,
  isList,
  isRecord,
  type Json,
  type JsonRecord,
  numberAt,
  objectAt,
  textAt,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { marginOfNotional } from "./dydx-v4.js";
import { maintenanceOf, tiersAt } from "./hyperliquid.js";
import { edgesOf, type MarketParts, NUMERAIRE, type PoolNumbers, poolNumbers } from "./pools.js";

type Check = (inputs: JsonRecord, context: VectorContext) => Comparison[];

/** A rule of one level. */
const rule = (parts: JsonRecord): JsonRecord => ({
  schema: "margrave/rule/1",
  model: "composed",
  id: "published example",
  ...parts,
});

function one(context: VectorContext, market: MarketParts, of: JsonRecord, pool: JsonRecord): PoolNumbers {
  const [row] = poolNumbers(context, market, of, [pool]);
  if (row === undefined) throw new Error("no row for a pool");
  return row;
}

/** A market of one linear perpetual per coin, in the numeraire. */
function perpetuals(marks: Readonly<Record<string, number>>): MarketParts {
  const coins = Object.keys(marks);
  return {
    assets: coins.map((id) => ({ id })),
    prices: coins.flatMap((of) => [
      { of, in: NUMERAIRE, index: marks[of] ?? null },
      { of: `${of}-PERP`, mark: marks[of] ?? null },
    ]),
    instruments: coins.map((id) => ({
      id: `${id}-PERP`,
      kind: "perpetual",
      payoff: "linear",
      underlying: id,
      quote: NUMERAIRE,
      settle: NUMERAIRE,
    })),
  };
}

const CASH: JsonRecord = { [NUMERAIRE]: { initial: 1, maintenance: 1 } };
const CASH_MAINTENANCE: JsonRecord = { [NUMERAIRE]: { maintenance: 1 } };

/** Rows of a table of a case. */
function rowsOf(inputs: JsonRecord): readonly (readonly Json[])[] {
  const { rows } = inputs;
  if (!isList(rows)) throw new TypeError("rows must be a list");
  return rows.map((row) => (isList(row) ? row : []));
}

const asNumber = (value: Json | undefined): number => numberAt({ value: value ?? null }, "value");

/** `BTC 2%+0.005%*size; SOL …` as affine rates by coin. */
function affineRates(text: string): ReadonlyMap<string, JsonRecord> {
  const found = [...text.matchAll(/(\w+) ([\d.]+)%\+([\d.]+)%\*size/g)];
  return new Map(
    found.map(([, coin = "", base, slope]) => [
      coin,
      { affine: { base: Number(base) / 100, slope: Number(slope) / 100 } },
    ]),
  );
}

const deribitLinear: Check = (inputs, context) => {
  const [initial, maintenance] = [affineRates(textAt(inputs, "im")), affineRates(textAt(inputs, "mm"))];
  const rows = rowsOf(inputs).map((row) => {
    const coin = String(row[0]);
    const mark = numberAt(inputs, `${coin.toLowerCase()}Price`);
    const rates = { initial: initial.get(coin) ?? null, maintenance: maintenance.get(coin) ?? null };
    const instruments = [{ match: { underlying: coin }, ...rates }];
    const positions = [{ instrument: `${coin}-PERP`, quantity: row[1] ?? null, entryPrice: mark }];
    const numbers = one(context, perpetuals({ [coin]: mark }), rule({ assets: CASH, instruments }), { positions });
    return { name: `${row[1]}${coin}`, ...numbers };
  });
  return [
    { field: "expected.imUSDC", actual: rows.map((row) => row.initial.requirement), tolerance: tolerance.venueExact },
    ...rows.map((row) => ({
      field: ["expected", `mmUSDC_${row.name}`],
      actual: row.maintenance.requirement,
      tolerance: tolerance.venueExact,
    })),
  ];
};

const okxDiscount: Check = (inputs, context) => {
  const { tiers } = inputs;
  if (!isList(tiers)) throw new TypeError("tiers must be a list");
  const maintenance = tiers.map((tier) => (isList(tier) ? [tier[1] ?? null, tier[2] ?? null] : tier));
  const market = { assets: [{ id: "COIN" }], prices: [{ of: "COIN", in: NUMERAIRE, index: 1 }] };
  const pool = { balances: [{ asset: "COIN", quantity: numberAt(inputs, "usd") }] };
  const { assets } = one(context, market, rule({ assets: { COIN: { maintenance } } }), pool).maintenance;
  return [{ field: "expected.discountedUSD", actual: assets, tolerance: tolerance.venueExact }];
};

/** A progressive charge: each slice of the raw one times its multiplier; the unit's margin is that, or more. */
const okxMinimumCharge: Check = (inputs, context) => {
  const { tiers } = inputs;
  if (!isList(tiers)) throw new TypeError("tiers must be a list");
  const maintenance = tiers.map((tier, i) => {
    const [, end, multiplier] = isList(tier) ? tier : [];
    return [i === tiers.length - 1 ? null : (end ?? null), multiplier ?? null];
  });
  const of = (requirement: Json) =>
    rule({ assets: CASH_MAINTENANCE, instruments: [{ match: { underlying: "COIN" }, maintenance }], requirement });
  const positions = [{ instrument: "COIN-PERP", quantity: numberAt(inputs, "mr7raw"), entryPrice: 1 }];
  const required = (requirement: Json) =>
    one(context, perpetuals({ COIN: 1 }), of(requirement), { positions }).maintenance.requirement;
  return [
    { field: "expected.mr7adj", actual: required("positions"), tolerance: tolerance.venueExact },
    {
      field: "expected.mmr",
      actual: required({ max: [numberAt(inputs, "mr"), "positions"] }),
      tolerance: tolerance.venueExact,
    },
  ];
};

/** The bracket that a published rate and deduction are of, with nothing required below where it would begin by itself. */
function bracket(rate: number, deduction: number): JsonRecord[] | number | (number | null)[][] {
  return deduction === 0
    ? rate
    : [
        [deduction / rate, 0],
        [null, rate, deduction],
      ];
}

const binanceCross: Check = (inputs, context) => {
  const coins = Object.entries(inputs).flatMap(([coin, of]) => (isRecord(of) && "q" in of ? [{ coin, of }] : []));
  const wallet = numberAt(inputs, "walletBalance");
  const market = perpetuals(Object.fromEntries(coins.map(({ coin, of }) => [coin, numberAt(of, "mark")])));
  const instruments = coins.map(({ coin, of }) => ({
    match: { underlying: coin },
    maintenance: bracket(numberAt(of, "mmr"), numberAt(of, "cum")) as Json,
  }));
  const cross = rule({ breach: "<=", assets: CASH_MAINTENANCE, instruments });
  const positions = coins.map(({ coin, of }) => ({
    instrument: `${coin}-PERP`,
    quantity: numberAt(of, "q"),
    entryPrice: numberAt(of, "EP"),
  }));
  const alone = poolNumbers(
    context,
    market,
    cross,
    positions.map((position) => ({ positions: [position] })),
  );
  const pool = { balances: [{ asset: NUMERAIRE, quantity: wallet }], positions };
  return coins.flatMap(({ coin, of }, i): Comparison[] => {
    const others = alone.filter((_, k) => k !== i);
    const price = binanceLiquidationPrice({
      walletBalance: wallet,
      otherMaintenance: others.reduce((sum, { maintenance }) => sum + maintenance.requirement, 0),
      otherUnrealised: others.reduce((sum, { equity }) => sum + equity, 0),
      legs: [
        {
          size: numberAt(of, "q"),
          entryPrice: numberAt(of, "EP"),
          brackets: [{ floor: 0, rate: numberAt(of, "mmr"), deduction: numberAt(of, "cum") }],
        },
      ],
    });
    return [
      {
        field: `expected.MM_${coin}`,
        actual: alone[i]?.maintenance.requirement ?? null,
        tolerance: tolerance.venueThousandths,
      },
      { field: `expected.UPNL_${coin}`, actual: alone[i]?.equity ?? null, tolerance: tolerance.venueCents },
      { field: `expected.LP_${coin}`, what: "as the venue has it", actual: price, tolerance: tolerance.venueCents },
      {
        field: `expected.LP_${coin}`,
        what: "of the rule",
        actual: edgesOf(context, market, cross, pool, coin)[0]?.price ?? null,
        tolerance: tolerance.venueCents,
      },
    ];
  });
};

const binanceCum: Check = (inputs, context) => {
  const [floor, rate] = [numberAt(inputs, "floor"), numberAt(inputs, "rate")];
  const [before, cum] = [numberAt(inputs, "prevRate"), numberAt(inputs, "prevCum")];
  const maintenance = [...(cum === 0 ? [] : [[cum / before, 0]]), [floor, before], [null, rate]];
  const size = 2 * floor;
  const instruments = [{ match: { underlying: "COIN" }, maintenance }];
  const positions = [{ instrument: "COIN-PERP", quantity: size, entryPrice: 1 }];
  const of = rule({ assets: CASH_MAINTENANCE, instruments });
  const { requirement } = one(context, perpetuals({ COIN: 1 }), of, { positions }).maintenance;
  return [{ field: "expected.cum", actual: size * rate - requirement, tolerance: tolerance.venueExact }];
};

const binanceBuffer: Check = (inputs, context) => {
  const factor = (key: string, sign: number) => ({
    scaled: { of: "index", factor: 1 + sign * numberAt(inputs, key) },
  });
  const price = { assets: factor("bidBuffer", -1), liabilities: factor("askBuffer", 1) };
  const market = {
    assets: [{ id: "COIN" }],
    prices: [{ of: "COIN", in: NUMERAIRE, index: numberAt(inputs, "index") }],
  };
  const of = rule({ price, assets: { COIN: { maintenance: 1 } } });
  const pool = (quantity: number) => ({ balances: [{ asset: "COIN", quantity }] });
  const [held, owed] = poolNumbers(context, market, of, [pool(1), pool(-1)]);
  return [
    { field: "expected.bid", actual: held?.maintenance.assets ?? null, tolerance: tolerance.venueExact },
    { field: "expected.ask", actual: owed?.maintenance.liabilities ?? null, tolerance: tolerance.venueExact },
  ];
};

/** Per coin what a portfolio-margin account has and its futures require, each in the coin. */
const binancePortfolio: Check = (inputs, context) => {
  const coins = objectAt(inputs, "coins");
  const list = isList(inputs.pos) ? inputs.pos.map((row) => (isList(row) ? row : [])) : [];
  const futures = list.map((row) => {
    const [id, side] = [String(row[0]), String(row[1])];
    const inverse = side.endsWith("USD");
    const sign = side.startsWith("short") ? -1 : 1;
    const [quantity, entryPrice, mark] = [sign * asNumber(row[2]), asNumber(row[3]), asNumber(row[4])];
    return { id, inverse, coin: inverse ? id.slice(0, id.indexOf("USD")) : "USDT", quantity, entryPrice, mark };
  });
  // Inverse contracts settle in their coin at its mark; a linear contract only pays USDT.
  const priceOf = (coin: string) => futures.find((one) => one.inverse && one.coin === coin)?.mark ?? 1;
  const ids = [...new Set([...Object.keys(coins), ...futures.map(({ coin }) => coin)])];
  const market: MarketParts = {
    assets: ids.map((id) => ({ id })),
    prices: [
      ...ids.map((of) => ({ of, in: NUMERAIRE, index: priceOf(of) })),
      ...futures.map(({ id, mark }) => ({ of: id, mark })),
    ],
    instruments: futures.map(({ id, inverse, coin }) => ({
      id,
      kind: "perpetual",
      payoff: inverse ? "inverse" : "linear",
      underlying: inverse ? coin : "BTC",
      quote: inverse ? NUMERAIRE : "USDT",
      settle: coin,
    })),
  };
  const of = rule({
    assets: Object.fromEntries([NUMERAIRE, ...ids].map((id) => [id, { maintenance: 1 }])),
    instruments: [{ match: { kind: "perpetual" }, maintenance: numberAt(inputs, "mmr") }],
  });
  const wallets: Readonly<Record<string, number>> = {
    USDT: numberAt(inputs, "umWalletUSDT"),
    BTC: numberAt(inputs, "cmWalletBTC"),
  };
  const position = ({ id, quantity, entryPrice }: (typeof futures)[number]) => ({
    instrument: id,
    quantity,
    entryPrice,
  });
  const pools = ids.map((coin): JsonRecord => {
    const pair = coins[coin];
    const [held, loan] = isList(pair) ? pair : [0, 0];
    return {
      supplies: [{ asset: coin, quantity: held ?? 0, collateral: true }],
      debts: [{ asset: coin, quantity: loan ?? 0 }],
      balances: [{ asset: coin, quantity: wallets[coin] ?? 0 }],
      positions: futures.filter((one) => one.coin === coin).map(position),
    };
  });
  const linear = futures.filter(({ inverse }) => !inverse);
  const rows = poolNumbers(context, market, of, pools);
  const profits = poolNumbers(
    context,
    market,
    of,
    linear.map((one) => ({ positions: [position(one)] })),
  );
  return [
    { field: "expected.upnlUSDT", actual: profits.map(({ equity }) => equity), tolerance: tolerance.venueExact },
    ...ids.flatMap((coin, i): Comparison[] => [
      {
        field: `expected.ourEquity${coin}`,
        actual: (rows[i]?.equity ?? Number.NaN) / priceOf(coin),
        tolerance: tolerance.venueExact,
      },
      {
        field: `expected.ourFuturesMM_${coin}`,
        actual: (rows[i]?.maintenance.requirement ?? Number.NaN) / priceOf(coin),
        tolerance: tolerance.venueExact,
      },
    ]),
  ];
};

const hyperliquidLiquidation: Check = (inputs, context) => [
  ...rowsOf(inputs).flatMap((row): Comparison[] => {
    const [, entry, side, size, collateral, maxLeverage, recorded] = row;
    const [price, quantity, leverage] = [asNumber(entry), asNumber(side) * asNumber(size), asNumber(maxLeverage)];
    const venue = hyperliquidLiquidationPrice({
      price,
      size: quantity,
      equity: asNumber(collateral),
      otherMaintenance: 0,
      tiers: [{ lowerBound: 0, maxLeverage: leverage }],
    });
    const instruments = [{ match: { underlying: "COIN" }, maintenance: 0.5 / leverage }];
    const pool = {
      balances: [{ asset: NUMERAIRE, quantity: asNumber(collateral) }],
      positions: [{ instrument: "COIN-PERP", quantity, entryPrice: price }],
    };
    const of = rule({ assets: CASH_MAINTENANCE, instruments });
    const edge = edgesOf(context, perpetuals({ COIN: price }), of, pool, "COIN")[0]?.price ?? null;
    const common = { field: "expected.relTol", of: () => recorded ?? null, tolerance: tolerance.hyperliquidRecorded };
    return [
      { ...common, what: `as the venue has it: ${row[0]} ${entry}`, actual: venue },
      { ...common, what: `of the rule: ${row[0]} ${entry}`, actual: edge },
    ];
  }),
  { field: "expected.relTol", actual: tolerance.hyperliquidRecorded.relative },
];

const hyperliquidTier: Check = (inputs, context) => [
  {
    field: "expected.deduction",
    actual: hyperliquidBrackets(tiersAt(inputs)).at(-1)?.deduction ?? null,
    tolerance: tolerance.venueExact,
  },
  { field: "expected.mm", actual: maintenanceOf(context, inputs), tolerance: tolerance.venueExact },
];

const hyperliquidBorrow: Check = (inputs, context) => {
  const ltv = numberAt(inputs, "ltv");
  const market = {
    assets: [{ id: "COIN" }],
    prices: [{ of: "COIN", in: NUMERAIRE, index: numberAt(inputs, "price") }],
  };
  const of = rule({ assets: { COIN: { initial: ltv, maintenance: hyperliquidLiquidationThreshold(ltv) } } });
  const row = one(context, market, of, { balances: [{ asset: "COIN", quantity: numberAt(inputs, "qty") }] });
  return [
    { field: "expected.borrowable", actual: row.initial.excess, tolerance: tolerance.venueExact },
    {
      field: "expected.liqThreshold",
      actual: row.maintenance.assets / row.collateral,
      tolerance: tolerance.venueExact,
    },
  ];
};

/** Base quantums of 1e-9 coins, prices of 1e-6 USDC. */
const [COIN, PRICE] = [9, 6];
const whole = (value: number, decimals: number) => BigInt(Math.round(value * 10 ** decimals));

const dydxLiquidation: Check = (inputs) => {
  const rows = rowsOf(inputs).map((row) => {
    const positions = isList(row[1]) ? row[1].map((part) => (isList(part) ? part.map(asNumber) : [])) : [];
    const subaccount = {
      usdc: whole(asNumber(row[0]), 6),
      positions: positions.map(([size = 0, price = 0, initial = 0, maintenance = 0]) => ({
        quantums: whole(size, COIN),
        perpetual: {
          atomicResolution: -COIN,
          exponent: -PRICE,
          price: whole(price, PRICE),
          initialPpm: whole(initial, 6),
          maintenancePpm: whole(maintenance, 6),
        },
      })),
    };
    const position = asNumber(row[2]);
    const delta = -whole((positions[position]?.[0] ?? 0) * asNumber(row[3]), COIN);
    const fill = dydxFillablePrice({
      subaccount,
      position,
      bankruptcyAdjustmentPpm: 1_000_000n,
      spreadToMaintenancePpm: 100_000n,
    });
    // Quote quantums for a base quantum, as USDC for a coin.
    const price = fill === null ? null : Number(fill.numerator * 1000n) / Number(fill.denominator);
    return { bankruptcy: dydxBankruptcyPrice({ subaccount, position, delta }), price };
  });
  return [
    {
      field: "expected.bankruptcyQuote",
      actual: rows.map(({ bankruptcy }) => (bankruptcy === null ? null : decimalText(bankruptcy, 6))),
    },
    ...rows.map(
      ({ price }, i): Comparison => ({
        field: `expected.fillablePrice.${i}`,
        actual: price,
        tolerance: tolerance.venueExact,
        whereNull: "the source has no price for this row",
      }),
    ),
  ];
};

const dydxOpenInterest: Check = (inputs, context) =>
  rowsOf(inputs).flatMap(([initialMarginPpm, oiLowerCap, oiUpperCap, oi, notional], i) => {
    const texts = { oiQuote: String(asNumber(oi)), notional: String(asNumber(notional)) };
    const of = {
      initialMarginPpm: initialMarginPpm ?? null,
      oiLowerCap: oiLowerCap ?? null,
      oiUpperCap: oiUpperCap ?? null,
    };
    return marginOfNotional(`expected.imQuantums.${i}`, { ...of, ...texts }, context);
  });

const paradexOpenSize: Check = (inputs, context) => {
  const [imf, mark] = [numberAt(inputs, "imf"), numberAt(inputs, "mark")];
  const of = rule({
    assets: CASH,
    instruments: [{ match: { underlying: "COIN" }, initial: imf, maintenance: imf }],
    orders: { contracts: "worstSide", spot: "refuse", levels: "initial", each: 0 },
  });
  const positions = [{ instrument: "COIN-PERP", quantity: numberAt(inputs, "position"), entryPrice: mark }];
  const order = (quantity: number) => ({ instrument: "COIN-PERP", quantity, limitPrice: mark });
  const [buy, sell] = [order(numberAt(inputs, "buy")), order(-numberAt(inputs, "sell"))];
  const pools = [[buy], [sell], [buy, sell]].map((orders) => ({ positions, orders }));
  const rows = poolNumbers(context, perpetuals({ COIN: mark }), of, pools).map(({ initial }) => initial.requirement);
  const sizes = rows.map((requirement) => requirement / (imf * mark));
  return [
    { field: "expected.buyOpen", actual: sizes[0] ?? null, tolerance: tolerance.venueExact },
    { field: "expected.sellOpen", actual: sizes[1] ?? null, tolerance: tolerance.venueExact },
    { field: "expected.netImr", actual: rows[2] ?? null, tolerance: tolerance.venueExact },
  ];
};

const CHECKS: Readonly<Record<string, Check>> = {
  "deribit-linear-sm": deribitLinear,
  "okx-beth-discount": okxDiscount,
  "okx-mr7-tier": okxMinimumCharge,
  "binance-cross-liq": binanceCross,
  "binance-coinm-cum": binanceCum,
  "binance-multiasset-buffer": binanceBuffer,
  "binance-pmpro-inputs": binancePortfolio,
  "hyperliquid-liq": hyperliquidLiquidation,
  "hyperliquid-tier": hyperliquidTier,
  "hyperliquid-pm-borrow": hyperliquidBorrow,
  "dydx-bankruptcy": dydxLiquidation,
  "dydx-oimf": dydxOpenInterest,
  "paradex-imr-open-size": paradexOpenSize,
};

/** Scenario grids, option formulas and what is built on them: no rule of weights and rates says them. */
const SCENARIOS = /^(deribit-pm|okx-pm|bybit-(short|long)|paradex-min-delta|derive-|span|regt-|tims|sec-|cboe-)/;

export const checks: VectorChecks = {
  "cefi.json": {
    cases: (document) => casesIn(document),
    answer: (cases, context) =>
      cases.map(({ input }): Comparison[] => {
        const id = textAt(input, "id");
        const check = Object.hasOwn(CHECKS, id) ? CHECKS[id] : undefined;
        if (check !== undefined) return check(objectAt(input, "inputs"), context);
        const reason = SCENARIOS.test(id)
          ? `${id}: scenarios or option formulas, which no linear rule says`
          : `${id}: an example that this version does not know`;
        return [{ field: "expected", skipped: reason }];
      }),
  },
};

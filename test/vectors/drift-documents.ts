import { preset } from "../../src/presets/index.js";
import { amountOf } from "../../src/rules/balances.js";
import {
  decimalText,
  integerAt,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  truthAt,
  type VectorContext,
} from "./comparison.js";
import { type MarketParts, NUMERAIRE, type PoolNumbers, poolNumbers } from "./pools.js";

/** Units of the venue: money and prices 6 decimals, base 9, weights and ratios 4, factors 6. */
export const MONEY = 6;
export const BASE = 9;
export const UNIT = 1e6;
export const WEIGHT = 1e4;
export const IMF = 1e6;
export const ORDER = 0.01;

export const token = (market: number) => (market === 0 ? "USDC" : `token ${market}`);
export const spot = (market: number) => `spot ${market}`;
export const perp = (market: number) => `perp ${market}`;

/** What differs between the program and its SDK, whose numbers random.json holds. */
type Side = "sdk" | "program";

export function find(list: readonly JsonRecord[], key: string, value: number): JsonRecord {
  const found = list.find((one) => numberAt(one, key) === value);
  if (found === undefined) throw new TypeError(`no market with ${key} ${value}`);
  return found;
}

/** The asset that a perpetual's price is of: the token on the same oracle, else one of its own. */
function baseOf(input: JsonRecord, market: JsonRecord): string {
  const oracle = numberAt(market, "okey");
  const same = objectsAt(input, "spotMarkets").some((one) => numberAt(one, "idx") === oracle);
  return same ? token(oracle) : `base ${numberAt(market, "idx")}`;
}

const DEPOSIT = { kind: "index", one: 10n ** 10n } as const;

/** Raw balance of a token: the program's interest has 10 decimals and its balances 9. */
function rawOf(scaled: bigint, market: JsonRecord, type: string) {
  const key = type === "deposit" ? "cumulativeDepositInterest" : "cumulativeBorrowInterest";
  const one = 10n ** BigInt(19 - numberAt(market, "decimals"));
  return { scaled: scaled.toString(), index: integerAt(market, key).toString(), one: one.toString() };
}

/** Amount in units of the token, signed. */
export function amount(scaled: bigint, market: JsonRecord, type: string): bigint {
  const direction = type === "deposit" ? "down" : "up";
  const found = amountOf(DEPOSIT, rawOf(scaled, market, type), { asOf: 0, direction });
  return type === "deposit" ? found : -found;
}

export function marketOf(input: JsonRecord): MarketParts {
  const spots = objectsAt(input, "spotMarkets");
  const perps = objectsAt(input, "perpMarkets");
  const price = (market: JsonRecord) => decimalText(integerAt(market, "price"), MONEY);
  const own = perps.filter((market) => !spots.some((one) => token(numberAt(one, "idx")) === baseOf(input, market)));
  return {
    assets: [
      ...spots.map((market) => ({ id: token(numberAt(market, "idx")), decimals: numberAt(market, "decimals") })),
      ...own.map((market) => ({ id: baseOf(input, market) })),
    ],
    prices: [
      ...spots.map((market) => {
        const deposits = amount(integerAt(market, "depositBalance"), market, "deposit");
        const state = { deposits: Number(decimalText(deposits, numberAt(market, "decimals"))) };
        return { of: token(numberAt(market, "idx")), in: NUMERAIRE, index: price(market), state };
      }),
      ...own.map((market) => ({ of: baseOf(input, market), in: NUMERAIRE, index: price(market) })),
      ...perps.map((market) => ({ of: perp(numberAt(market, "idx")), mark: price(market) })),
    ],
    instruments: [
      ...perps.map((market) => ({
        id: perp(numberAt(market, "idx")),
        kind: "perpetual",
        payoff: "linear",
        underlying: baseOf(input, market),
        quote: token(0),
        settle: token(0),
      })),
      ...spots
        .filter((market) => numberAt(market, "idx") !== 0)
        .map((market) => ({
          id: spot(numberAt(market, "idx")),
          kind: "spot",
          payoff: "linear",
          underlying: token(numberAt(market, "idx")),
          quote: token(0),
          settle: token(0),
        })),
    ],
  };
}

function assetEntry(market: JsonRecord): JsonRecord {
  const imf = numberAt(market, "imfFactor") / IMF;
  const of = (key: string) => numberAt(market, key) / WEIGHT;
  const start = integerAt(market, "scaleInitialAssetWeightStart");
  const initial = of("initialAssetWeight");
  const scaled = start === 0n ? initial : { depositScaled: { of: initial, start: decimalText(start, MONEY) } };
  return {
    initial: { root: { of: scaled, imf } },
    maintenance: { root: { of: of("maintenanceAssetWeight"), imf } },
    liability: {
      initial: { root: { of: of("initialLiabilityWeight"), imf } },
      maintenance: { root: { of: of("maintenanceLiabilityWeight"), imf } },
    },
  };
}

function perpEntry(market: JsonRecord, side: Side): JsonRecord {
  const of = (key: string) => numberAt(market, key) / WEIGHT;
  const imf = numberAt(market, "imfFactor") / IMF;
  const gain = numberAt(market, "unrealizedPnlImfFactor") / IMF;
  return {
    match: { id: perp(numberAt(market, "idx")) },
    initial: { root: { rate: of("marginRatioInitial"), imf } },
    maintenance: { root: { rate: of("marginRatioMaintenance"), imf } },
    gain: {
      initial: {
        root: { weight: of("unrealizedPnlInitialAssetWeight"), imf: gain, scale: side === "sdk" ? 0.001 : 1 },
      },
      maintenance: of("unrealizedPnlMaintenanceAssetWeight"),
    },
    ...(side === "sdk" ? { gainCap: null } : {}),
  };
}

/** Whether a perpetual has a pair of ratios for users in high-leverage mode. */
export function highLeverage(market: JsonRecord): boolean {
  return (
    numberAt(market, "highLeverageMarginRatioInitial") > 0 && numberAt(market, "highLeverageMarginRatioMaintenance") > 0
  );
}

function highLeverageEntry(market: JsonRecord, side: Side): JsonRecord {
  const of = (key: string) => numberAt(market, key) / WEIGHT;
  const imf = numberAt(market, "imfFactor") / IMF;
  return {
    ...perpEntry(market, side),
    initial: { rootBetween: { low: of("highLeverageMarginRatioInitial"), high: of("marginRatioInitial"), imf } },
    maintenance: { root: { rate: of("highLeverageMarginRatioMaintenance"), imf } },
  };
}

/** The rule of a case. `extra` is money for orders that its counts hold beyond those that have a size. */
export function ruleOf(input: JsonRecord, side: Side, each: number, extra: number): JsonRecord {
  const perps = objectsAt(input, "perpMarkets");
  const own = perps.map((market) => baseOf(input, market)).filter((id) => id.startsWith("base"));
  const document = preset("drift-v2", {
    assets: Object.fromEntries([
      ...objectsAt(input, "spotMarkets").map((market) => [token(numberAt(market, "idx")), assetEntry(market)] as const),
      ...own.map((id) => [id, { initial: 0, maintenance: 0 }] as const),
    ]),
    instruments: perps.map((market) => perpEntry(market, side)),
    categories: {
      highLeverage: { instruments: perps.filter(highLeverage).map((market) => highLeverageEntry(market, side)) },
    },
  }) as JsonRecord;
  return {
    ...document,
    orders: { contracts: "worstSide", spot: "fill", levels: "both", each },
    requirement: { sum: ["positions", "borrowing", "orders", extra] },
  };
}

interface PoolOf {
  readonly pool: JsonRecord;
  /** money for orders: a count may be less than the sides that have a size, which no list of orders is */
  readonly each: number;
  readonly extra: number;
}

export function poolOf(input: JsonRecord, withOrders: boolean): PoolOf {
  const user = objectAt(input, "user");
  const spots = objectsAt(input, "spotMarkets");
  const perps = objectsAt(input, "perpMarkets");
  const balances: JsonRecord[] = [];
  const positions: JsonRecord[] = [];
  const orders: JsonRecord[] = [];
  let count = 0;
  const add = (position: JsonRecord, instrument: string, decimals: number, market: JsonRecord) => {
    // A case has no limits: orders count at the oracle price, whatever theirs is.
    const limitPrice = decimalText(integerAt(market, "price"), MONEY);
    const open = numberAt(position, "openOrders");
    count += open;
    const sides = ["openBids", "openAsks"].map((key) => integerAt(position, key)).filter((size) => size !== 0n);
    const sized = sides.map((size) => ({ instrument, limitPrice, quantity: decimalText(size, decimals) }));
    // Orders that wait for their trigger have no size on the book, but count.
    const waiting = Array.from({ length: Math.max(0, open - sized.length) }, () => ({
      instrument,
      limitPrice,
      quantity: 0,
    }));
    orders.push(...sized, ...waiting);
  };
  for (const position of objectsAt(user, "spotPositions")) {
    const index = numberAt(position, "marketIndex");
    const market = find(spots, "idx", index);
    const type = textAt(position, "type");
    const scaled = integerAt(position, "scaledBalance");
    const quantity = decimalText(amount(scaled, market, type), numberAt(market, "decimals"));
    const raw = rawOf(type === "deposit" ? scaled : -scaled, market, type);
    balances.push({ asset: token(index), quantity, raw });
    if (index !== 0) add(position, spot(index), numberAt(market, "decimals"), market);
  }
  for (const position of objectsAt(user, "perpPositions")) {
    const index = numberAt(position, "marketIndex");
    const market = find(perps, "idx", index);
    const base = integerAt(position, "baseAssetAmount");
    // What was paid is in the quote amount, whatever its sign: entered at the oracle price, and the rest is due.
    const due = base * integerAt(market, "price") + integerAt(position, "quoteAssetAmount") * 10n ** BigInt(BASE);
    positions.push({
      instrument: perp(index),
      quantity: decimalText(base, BASE),
      entryPrice: decimalText(integerAt(market, "price"), MONEY),
      fundingDue: decimalText(due, BASE + MONEY),
    });
    add(position, perp(index), BASE, market);
  }
  const ratio = numberAt(user, "maxMarginRatio") / WEIGHT;
  const options = {
    ...(ratio === 0 ? {} : { maxMarginRatio: ratio }),
    ...(truthAt(user, "highLeverage") ? { marginMode: "highLeverage" } : {}),
  };
  const pool = { balances, positions, options };
  if (!withOrders) return { pool, each: ORDER, extra: 0 };
  const consistent = orders.length === count;
  return { pool: { ...pool, orders }, each: consistent ? ORDER : 0, extra: consistent ? 0 : ORDER * count };
}

export function numbersOf(context: VectorContext, input: JsonRecord, side: Side, withOrders: boolean): PoolNumbers {
  const { pool, each, extra } = poolOf(input, withOrders);
  const [row] = poolNumbers(context, marketOf(input), ruleOf(input, side, each, extra), [pool]);
  if (row === undefined) throw new Error("no row for a pool");
  return row;
}

/** The venue's total collateral and margin requirement, which has the weighted liabilities in it, in its units. */
export function totals(row: PoolNumbers, level: "initial" | "maintenance") {
  const { assets, liabilities, requirement } = row[level];
  return { totalCollateral: integer(assets), marginRequirement: integer(liabilities + requirement) };
}

/** Money of ours in the venue's integers: a multiple of the unit in f64 is not quite one. */
export const integer = (money: number) => BigInt(Math.round(money * UNIT));

import { describe } from "../book/exposures.js";
import { HoldingKind } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import type { Market } from "../market/market.js";
import { refusal } from "./collateral-refusal.js";
import type { Explanation, Term } from "./model.js";
import type { Rule } from "./rule.js";
import { assetRule, instrumentRule, priceOf, ruleTables } from "./rule-tables.js";

const KIND_NAMES = {
  [HoldingKind.balance]: "balance",
  [HoldingKind.locked]: "locked",
  [HoldingKind.supply]: "supply",
  [HoldingKind.idleSupply]: "idle supply",
  [HoldingKind.debt]: "debt",
  [HoldingKind.interest]: "interest",
};

type Workings = Term["workings"];

/**
 * The terms of one pool's equity, eligible value and requirement, line by line from the same kernel functions that make
 * the totals. A liability is a negative term. Terms of a number sum to it, up to the order of summation.
 *
 * @throws what `collateral` throws, whatever the book's `onInvalid`: there are no terms of a number that does not exist
 */
export function explainCollateral(
  book: ResidentBook,
  pool: number,
  rules: readonly Rule[],
  number: number,
): Explanation {
  const { memory, packed } = book;
  const { kernel } = memory;
  const { market } = book.market;
  const { bookAt, marketAt } = describe(book);
  const rule = rules[number];
  const { at } = ruleTables(book.market, rules, book.options);
  const bytes = kernel.collateralScratch(marketAt);
  const scratch = memory.reserve(bytes);
  const total = memory.reserve(kernel.collateralOutputBytes(1));
  const refused = kernel.collateralPools(
    bookAt,
    marketAt,
    at + kernel.descriptorBytes() * (rule === undefined ? 0 : number),
    0,
    pool,
    pool + 1,
    total,
    scratch,
  );
  if (rule === undefined || refused > 0) throw refusal(book, pool, rules, number);

  const [firstHolding = 0, lastHolding = 0] = packed.holdingStart.subarray(pool, pool + 2);
  const [firstPosition = 0, lastPosition = 0] = packed.positionStart.subarray(pool, pool + 2);
  const holdingsAt = memory.reserveF64(4 * (lastHolding - firstHolding));
  const positionsAt = memory.reserveF64(6 * (lastPosition - firstPosition));
  memory.u8(scratch, bytes).fill(0);
  kernel.collateralLines(
    bookAt,
    marketAt,
    at + kernel.descriptorBytes() * number,
    pool,
    holdingsAt,
    positionsAt,
    scratch,
  );

  const equity: { name: string; value: number; workings: Workings }[] = [];
  const eligible: Term[] = [];
  const requirement: Term[] = [];
  const add = (name: string, lanes: Float64Array, workings: Workings, weight: Workings) => {
    const [value = 0, initial = 0, asset = 0, liability = 0] = lanes;
    equity.push({ name, value, workings });
    const level = rule.hasInitial ? initial : null;
    eligible.push({ name, initial: level, maintenance: asset - liability, workings: { ...workings, ...weight } });
  };
  const holdings = memory.f64(holdingsAt, 4 * (lastHolding - firstHolding));
  for (let h = firstHolding; h < lastHolding; h++) {
    const asset = packed.holdingAsset[h] ?? 0;
    const quantity = packed.holdingQuantity[h] ?? 0;
    const kind = KIND_NAMES[(packed.holdingKind[h] ?? 0) as HoldingKind];
    const lanes = holdings.subarray(4 * (h - firstHolding), 4 * (h - firstHolding) + 4);
    const side = quantity < 0 ? "liabilities" : "assets";
    const price = priceOf(market, rule.price[side], asset);
    const name = `${kind} ${market.assets[asset]?.id}`;
    add(
      name,
      lanes,
      { quantity, index: priceOf(market, "index", asset) },
      holdingWeight(rule, lanes, quantity * price, price),
    );
  }
  const positions = memory.f64(positionsAt, 6 * (lastPosition - firstPosition));
  for (let k = firstPosition; k < lastPosition; k++) {
    const index = packed.positionInstrument[k] ?? 0;
    const instrument = market.instruments[index];
    if (instrument === undefined) continue;
    const lanes = positions.subarray(6 * (k - firstPosition), 6 * (k - firstPosition) + 6);
    const id = packed.positionId(k);
    const quantity = packed.positionQuantity[k] ?? 0;
    const mark = market.marks[index] ?? 0;
    const isOption = instrument.option !== null;
    const unsettled = {
      instrument: instrument.id,
      quantity,
      multiplier: instrument.multiplier,
      ...(isOption ? {} : { entryPrice: packed.positionEntry[k] ?? 0 }),
      mark,
      fundingDue: packed.positionFunding[k] ?? 0,
      settle: market.assets[instrument.settle]?.id ?? "",
      index: priceOf(market, "index", instrument.settle),
    };
    add(
      `${isOption ? "option" : "unsettled"} ${id}`,
      lanes,
      unsettled,
      unsettledWeight(rule, market, instrument.settle, lanes),
    );
    const row = instrumentRule(rule, market, instrument);
    const [initial = 0, maintenance = 0] = lanes.subarray(4);
    requirement.push({
      name: id === instrument.id ? id : `${id} ${instrument.id}`,
      initial: rule.hasInitial ? initial : null,
      maintenance,
      workings: {
        size: Math.abs(quantity) * instrument.multiplier,
        ...(isOption
          ? { notional: Math.abs(quantity) * (book.options?.tables(book.market).notionals[index] ?? 0) }
          : {
              ...(instrument.payoff === "linear" ? { mark } : {}),
              quoteIndex: priceOf(market, "index", instrument.quote),
            }),
        ...(row?.initial == null ? {} : { initialRate: row.initial }),
        maintenanceRate: row?.maintenance ?? 0,
      },
    });
  }
  return { pool: packed.pool(pool).id, equity, eligible, requirement };
}

/** The price that a rule reads for a holding and the weights that came out of it, tiers and caps included. */
function holdingWeight(rule: Rule, lanes: Float64Array, worth: number, price: number): Workings {
  const [, initial = 0, asset = 0, liability = 0] = lanes;
  const weight = (counted: number) => (worth === 0 ? 0 : counted / worth);
  return {
    price,
    ...(rule.hasInitial ? { initialWeight: weight(initial) } : {}),
    maintenanceWeight: weight(asset - liability),
  };
}

/** A net gain per settle asset counts in full at the price for assets; a net loss is a liability. */
function unsettledWeight(rule: Rule, market: Market, settle: number, lanes: Float64Array): Workings {
  const loss = (lanes[3] ?? 0) !== 0;
  const { initial, maintenance } = assetRule(rule, market, settle)?.liability ?? { initial: 1, maintenance: 1 };
  return {
    price: priceOf(market, loss ? rule.price.liabilities : rule.price.assets, settle),
    ...(rule.hasInitial ? { initialWeight: loss ? initial : 1 } : {}),
    maintenanceWeight: loss ? maintenance : 1,
  };
}

import { HoldingKind } from "../src/book/packed.js";
import type { ResidentBook } from "../src/book/resident.js";
import type { Market } from "../src/market/market.js";
import { poolRule } from "../src/models/collateral.js";
import { linesOf } from "../src/rules/index.js";
import type { Combiner, ComposedRule, Direction } from "../src/rules/rule.js";
import { assetTables } from "../src/rules/tables-assets.js";
import { Curves } from "../src/rules/tables-curves.js";
import { instrumentTables } from "../src/rules/tables-instruments.js";
import { variantsOf } from "../src/rules/variants.js";

/**
 * The peer of composed rules: the same columns in typed-array JavaScript, written for speed. It reads the same tables of
 * numbers, made from rules and market before anything is timed, and the same columns of the book; nothing is allocated, and
 * every loop sees one type. It does the primitives that rule-books.ts uses and takes for granted what holds there: an asset
 * is once on a side of a pool, and contracts are linear and settle in one asset.
 */
export interface RuleLoops {
  readonly run: () => void;
  /** in the order of the kernel: assembly/rules/output.ts */
  readonly columns: readonly Float64Array[];
  readonly status: Uint8Array;
  readonly breached: Uint8Array;
  readonly nearBoundary: Uint8Array;
  readonly state: Uint8Array;
}

/** Kinds of curves, lanes of rows: as in assembly/rules, whose tables these are. */
const TIERS = 1;
const ROOT = 2;
const CLAMP = 3;
const BRACKETS = 4;
const AFFINE = 5;
const ASSET_LANES = 16;
const INSTRUMENT_LANES = 20;
const CURVES = 8;

/** Up to the noise of f64, a number just below a multiple is that multiple. */
const GUARD = 1 + 2 ** -50;
const NEAR = 2 ** -40;

const APART = 0;
const POSITION = 1;
const BALANCE = 2;
const JOINS = { apart: APART, position: POSITION, balance: BALANCE } as const;
const DOWN = 1;
const UP = 2;
const DIRECTIONS: Readonly<Record<Direction, number>> = { none: 0, down: DOWN, up: UP, half: 3 };

/** Sums of a pool at the two levels: initial, maintenance. */
const SUM = {
  equity: 0,
  assets: 2,
  liabilities: 4,
  collateral: 6,
  debt: 8,
  positions: 10,
  orders: 12,
  rewards: 14,
  notional: 16,
  joined: 18,
} as const;

/** x ≥ 0 to a multiple of 1 / scale. */
function rounded(x: number, scale: number, direction: number): number {
  if (direction === 0) return x;
  if (direction === DOWN) return Math.floor(x * scale * GUARD) / scale;
  return Math.ceil((x * scale) / GUARD) / scale;
}

/** What a variant switches, a column each. */
function switches(rules: readonly ComposedRule[], states: readonly string[]) {
  const numbers = (of: (rule: ComposedRule) => number) => Float64Array.from(rules, of);
  const flags = (of: (rule: ComposedRule) => number) => Int32Array.from(rules, of);
  const scale = (decimals: number | null | undefined) => (decimals == null ? 0 : 10 ** decimals);
  const steps = (rule: ComposedRule) => rule.ladder?.steps ?? [];
  const most = Math.max(0, ...rules.map((rule) => steps(rule).length));
  return {
    atEquality: flags(({ breach }) => (breach === "<=" ? 1 : 0)),
    needsRequirement: flags(({ breachNeeds }) => (breachNeeds === "requirement" ? 1 : 0)),
    joins: flags(({ pnl }) => JOINS[pnl.joins]),
    lossesOff: flags(({ pnl }) => (pnl.losses === "assets" ? 1 : 0)),
    refusesOrders: flags(({ orders }) => (orders.contracts === "refuse" ? 1 : 0)),
    ordersAtBoth: flags(({ orders }) => (orders.levels === "both" ? 1 : 0)),
    each: numbers(({ orders }) => orders.each),
    valueScale: numbers(({ rounding }) => scale(rounding.value?.decimals)),
    valueAssets: flags(({ rounding }) => DIRECTIONS[rounding.value?.assets ?? "none"]),
    valueLiabilities: flags(({ rounding }) => DIRECTIONS[rounding.value?.liabilities ?? "none"]),
    weightedScale: numbers(({ rounding }) => scale(rounding.weighted?.decimals)),
    weightedAssets: flags(({ rounding }) => DIRECTIONS[rounding.weighted?.assets ?? "none"]),
    weightedLiabilities: flags(({ rounding }) => DIRECTIONS[rounding.weighted?.liabilities ?? "none"]),
    requirementScale: numbers(({ rounding }) => scale(rounding.requirement?.decimals)),
    requirementDirection: flags(({ rounding }) => DIRECTIONS[rounding.requirement?.direction ?? "none"]),
    average: numbers(({ rounding }) => scale(rounding.average.initial)),
    averageMaintenance: numbers(({ rounding }) => scale(rounding.average.maintenance)),
    nearUnit: numbers(({ rounding }) =>
      Math.max(
        0,
        ...[rounding.value, rounding.weighted, rounding.requirement].map((s) => (s === null ? 0 : 10 ** -s.decimals)),
      ),
    ),
    coverage: flags(({ ladder }) => (ladder?.of === "coverage" ? 1 : 0)),
    most,
    stepCount: flags((rule) => steps(rule).length),
    stepBelow: Float64Array.from(
      rules.flatMap((rule) => Array.from({ length: most }, (_, s) => steps(rule)[s]?.below ?? 0)),
    ),
    stepState: Int32Array.from(
      rules.flatMap((rule) => Array.from({ length: most }, (_, s) => states.indexOf(steps(rule)[s]?.name ?? ""))),
    ),
    rewards: rewardTerms(rules),
  };
}

/** Where the requirement has more than positions and orders: held { min of [max of [rewards, least], most, share × collateral] }. */
function rewardTerms(rules: readonly ComposedRule[]): Float64Array {
  return Float64Array.from(
    rules.flatMap(({ requirement }) => {
      const whole = requirement.maintenance;
      const held = whole.kind === "sum" ? whole.of.find((one) => one.kind === "held") : undefined;
      if (held?.kind !== "held" || held.of.kind !== "min") return [0, 0, 0, 0];
      const [least, most, share] = held.of.of.map((one: Combiner) => {
        if (one.kind === "max" && one.of[1]?.kind === "number") return one.of[1].value;
        return one.kind === "number" ? one.value : one.kind === "scale" ? one.by : 0;
      });
      return [1, least ?? 0, most ?? 0, share ?? 0];
    }),
  );
}

/** The tables of every variant, back to back; pointers to curves are places in `curve`, 0 for none. */
function compiled(market: Market, rules: readonly ComposedRule[]) {
  const parts = variantsOf(rules).map((variant) => {
    const curves = new Curves();
    const assets = assetTables(variant, market, curves, new Set());
    const instruments = instrumentTables(variant, market, assets, curves);
    return { variant, assets, instruments, bytes: curves.bytes() };
  });
  // Place 0 stands for none, hence a number before the first.
  const curve = new Float64Array(1 + parts.reduce((sum, { bytes }) => sum + bytes.length / 8, 0));
  let next = 1;
  const bases = parts.map(({ bytes }) => {
    const base = next;
    new Uint8Array(curve.buffer).set(bytes, 8 * base);
    next += bytes.length / 8;
    return base;
  });
  const joined = <T extends Float64Array | Uint8Array>(of: (part: (typeof parts)[number]) => T): number[] =>
    parts.flatMap((part) => [...of(part)]);
  const pointers = (of: (part: (typeof parts)[number]) => Uint32Array, places: number) =>
    Int32Array.from(
      parts.flatMap((part, v) =>
        [...of(part)].map((x, i) => (i % CURVES < places ? (x === 0 ? 0 : (bases[v] ?? 0) + (x - 1) / 8) : x)),
      ),
    );
  return {
    rules: parts.map(({ variant }) => variant.rule),
    assetRow: Float64Array.from(joined(({ assets }) => assets.rows)),
    assetCurve: pointers(({ assets }) => assets.curves, 6),
    slotStatus: Uint8Array.from(joined(({ assets }) => assets.slotStatus)),
    instrumentRow: Float64Array.from(joined(({ instruments }) => instruments.rows)),
    instrumentCurve: pointers(({ instruments }) => instruments.curves, 4),
    instrumentStatus: Uint8Array.from(joined(({ instruments }) => instruments.status)),
    curve,
    kind: new Int32Array(curve.buffer),
    /** whether the variant is one of loans: static weights alone */
    loans: Uint8Array.from(parts, ({ assets, variant }) =>
      assets.plain && variant.rule.instruments.length === 0 ? 1 : 0,
    ),
    /** whether an asset's value as collateral, and as debt, is the same at both levels */
    same: Uint8Array.from(parts, ({ variant: { rule } }) =>
      JSON.stringify(rule.price.initial) === JSON.stringify(rule.price.maintenance) ? 1 : 0,
    ),
  };
}

/** The classes that the kernel keeps of holdings: 4 × asset + 0 collateral, 1 owed, 2 idle; and whether P&L may join it. */
function slotsOf({ packed }: ResidentBook): { readonly slot: Uint32Array; readonly netted: Uint8Array } {
  const { holdingAsset, holdingKind, holdingQuantity } = packed;
  const slot = holdingAsset.map((asset, h) => {
    const kind = holdingKind[h];
    const idle = kind === HoldingKind.locked || kind === HoldingKind.idleSupply;
    return 4 * asset + (idle ? 2 : (holdingQuantity[h] as number) < 0 ? 1 : 0);
  });
  return { slot, netted: holdingKind.map((kind) => (kind === HoldingKind.balance ? 1 : 0)) };
}

/** The loops over a book whose pools name `rules`; `states` are the names that the column `state` counts in. */
export function ruleLoops(book: ResidentBook, rules: readonly ComposedRule[], states: readonly string[]): RuleLoops {
  const { packed } = book;
  const { market } = book.market;
  const { poolCount, holdingStart, holdingQuantity } = packed;
  const lines = linesOf(book, rules, poolRule(book, rules, false));
  const { variant } = lines;
  const { start, instrument, quantity, entry, funding, bids, asks, orderCount, floor } = lines.contracts;
  const tables = compiled(market, rules);
  const { assetRow, assetCurve, slotStatus, instrumentRow, instrumentCurve, instrumentStatus, curve, kind } = tables;
  const { loans, same } = tables;
  const by = switches(tables.rules, states);
  const { slot, netted } = slotsOf(book);
  const assetCount = market.assets.length;
  const instrumentCount = market.instruments.length;
  const marks = market.marks;
  const facts = (of: (i: number) => number) => Float64Array.from(market.instruments.keys(), of);
  const multiplier = facts((i) => market.instruments[i]?.multiplier ?? 1);
  const settles = Int32Array.from(market.instruments, ({ settle }) => settle);
  const quoteIndex = facts((i) => market.prices.index[market.instruments[i]?.quote ?? 0] ?? Number.NaN);
  const settleIndex = facts((i) => market.prices.index[settles[i] as number] ?? Number.NaN);
  const column = () => new Float64Array(poolCount);
  const flags = () => new Uint8Array(poolCount);
  const equity = column();
  const eligibleInitial = column();
  const eligible = column();
  const requirementInitial = column();
  const requirement = column();
  const excessInitial = column();
  const excess = column();
  const health = column();
  const assetsInitial = column();
  const assets = column();
  const liabilitiesInitial = column();
  const liabilities = column();
  const collateral = column();
  const debt = column();
  const notional = column();
  const [status, breached, nearBoundary, state] = [flags(), flags(), flags(), flags()];
  // Sums of the pool at hand. Functions hand numbers on by it, since what they return may be boxed.
  const sum = new Float64Array(20);

  /** A pool of loans at static weights. The worst status of what it holds. */
  function loanPool(p: number, v: number): number {
    const valueScale = by.valueScale[v] as number;
    const valueAssets = by.valueAssets[v] as number;
    const valueLiabilities = by.valueLiabilities[v] as number;
    const weightedScale = by.weightedScale[v] as number;
    const weightedAssets = by.weightedAssets[v] as number;
    const weightedLiabilities = by.weightedLiabilities[v] as number;
    const alike = same[v] === 1;
    let worst = 0;
    let worth = 0;
    let heldInitial = 0;
    let held = 0;
    let countedInitial = 0;
    let counted = 0;
    let owed = 0;
    let owedInitial = 0;
    let total = 0;
    for (let h = holdingStart[p] as number, end = holdingStart[p + 1] as number; h < end; h++) {
      const at = slot[h] as number;
      const found = slotStatus[4 * assetCount * v + at] as number;
      if (found > worst) worst = found;
      const row = ASSET_LANES * (assetCount * v + (at >> 2));
      const amount = holdingQuantity[h] as number;
      worth += amount * (assetRow[row] as number);
      const side = at & 3;
      if (side === 0) {
        const value = rounded(amount * (assetRow[row + 10] as number), valueScale, valueAssets);
        const first = alike ? value : rounded(amount * (assetRow[row + 4] as number), valueScale, valueAssets);
        held += value;
        heldInitial += first;
        counted += rounded(value * (assetRow[row + 12] as number), weightedScale, weightedAssets);
        countedInitial += rounded(first * (assetRow[row + 6] as number), weightedScale, weightedAssets);
      } else if (side === 1) {
        const value = rounded(-amount * (assetRow[row + 11] as number), valueScale, valueLiabilities);
        const first = alike ? value : rounded(-amount * (assetRow[row + 5] as number), valueScale, valueLiabilities);
        owed += value;
        total += rounded(value * (assetRow[row + 13] as number), weightedScale, weightedLiabilities);
        owedInitial += rounded(first * (assetRow[row + 7] as number), weightedScale, weightedLiabilities);
      }
    }
    const average = by.average[v] as number;
    if (average !== 0 && heldInitial !== 0) {
      const share = Math.floor((countedInitial / heldInitial) * average * GUARD) / average;
      countedInitial = Math.floor(heldInitial * share * valueScale * GUARD) / valueScale;
    }
    const averageMaintenance = by.averageMaintenance[v] as number;
    if (averageMaintenance !== 0 && held !== 0) {
      const share = Math.floor((counted / held) * averageMaintenance * GUARD) / averageMaintenance;
      counted = Math.floor(held * share * valueScale * GUARD) / valueScale;
    }
    sum[SUM.equity] = worth;
    sum[SUM.assets] = countedInitial;
    sum[SUM.assets + 1] = counted;
    sum[SUM.liabilities] = owedInitial;
    sum[SUM.liabilities + 1] = total;
    sum[SUM.collateral] = heldInitial;
    sum[SUM.collateral + 1] = held;
    sum[SUM.debt + 1] = owed;
    return worst;
  }

  /** Add what `amount` units of an asset count at a level: at one weight or by a curve. */
  function holding(v: number, asset: number, level: number): void {
    const amount = sum[SUM.joined] as number;
    const row = ASSET_LANES * (assetCount * v + asset);
    const lane = row + 4 + 6 * level;
    const pointers = CURVES * (assetCount * v + asset) + level;
    if (amount >= 0) {
      if (amount === 0 || assetRow[row + 2] === 0) return;
      const whole = amount * (assetRow[lane] as number);
      const value = rounded(whole, by.valueScale[v] as number, by.valueAssets[v] as number);
      const most = Math.min(value, assetRow[row + 1] as number);
      const at = assetCurve[pointers] as number;
      let counted = 0;
      if (at === 0) counted = most * (assetRow[lane + 2] as number);
      else if (kind[2 * at] === TIERS) {
        let lower = 0;
        for (let k = at + 5, end = k + 3 * (kind[2 * at + 1] as number); k < end && most > lower; k += 3) {
          const upper = curve[k] as number;
          counted += (Math.min(most, upper) - lower) * (curve[k + 1] as number);
          lower = upper;
        }
      } else if (kind[2 * at] === CLAMP) {
        const share = (amount / (curve[at + 1] as number)) * (curve[at + 2] as number);
        counted = most * (1 - Math.min(Math.max(share, curve[at + 3] as number), curve[at + 4] as number));
      } else {
        const scale = curve[at + 3] as number;
        const root = Math.floor(Math.sqrt(amount + 1e-10) * 10 * scale * GUARD) / (10 * scale);
        const product = Math.floor(root * (curve[at + 2] as number) * 100 * scale * GUARD) / (100 * scale);
        const lowered = Math.floor((1.1 / (1 + product)) * scale * GUARD) / scale;
        counted = most * Math.min(curve[at + 1] as number, lowered);
      }
      sum[SUM.collateral + level] = (sum[SUM.collateral + level] as number) + value;
      sum[SUM.assets + level] =
        (sum[SUM.assets + level] as number) +
        rounded(counted, by.weightedScale[v] as number, by.weightedAssets[v] as number);
      return;
    }
    const whole = -amount * (assetRow[lane + 1] as number);
    const value = rounded(whole, by.valueScale[v] as number, by.valueLiabilities[v] as number);
    const at = assetCurve[pointers + 2] as number;
    let weight = assetRow[lane + 3] as number;
    if (at !== 0) {
      const scale = curve[at + 3] as number;
      const root = Math.floor(Math.sqrt(1e-10 - amount) * 10 * scale * GUARD) / (10 * scale);
      const product = Math.floor(root * (curve[at + 2] as number) * scale * GUARD) / scale;
      const own = curve[at + 1] as number;
      weight = Math.max(own, own - Math.floor((own / 5) * scale * GUARD) / scale + product);
    }
    sum[SUM.debt + level] = (sum[SUM.debt + level] as number) + value;
    sum[SUM.liabilities + level] =
      (sum[SUM.liabilities + level] as number) +
      rounded(value * weight, by.weightedScale[v] as number, by.weightedLiabilities[v] as number);
  }

  /** P&L of one position by itself at a level, from `sum.joined`. */
  function alone(v: number, i: number, level: number, long: number): void {
    const pnl = sum[SUM.joined] as number;
    const row = INSTRUMENT_LANES * (instrumentCount * v + i) + 8 * level;
    const price = ASSET_LANES * (assetCount * v + (settles[i] as number)) + 4 + 6 * level;
    const scale = by.valueScale[v] as number;
    if (pnl < 0) {
      const whole = -pnl * (assetRow[price + 1] as number);
      const loss = by.valueLiabilities[v] === 0 ? whole : rounded(whole, scale, long === 1 ? UP : DOWN);
      if (by.lossesOff[v] === 1) sum[SUM.assets + level] = (sum[SUM.assets + level] as number) - loss;
      else sum[SUM.liabilities + level] = (sum[SUM.liabilities + level] as number) + loss;
      return;
    }
    const whole = pnl * (assetRow[price] as number);
    const value = by.valueAssets[v] === 0 ? whole : rounded(whole, scale, long === 1 ? DOWN : UP);
    const at = instrumentCurve[CURVES * (instrumentCount * v + i) + 2 + level] as number;
    let weight = instrumentRow[row + 3] as number;
    if (at !== 0) {
      const unit = curve[at + 3] as number;
      const root = Math.floor(Math.sqrt(value * (curve[at + 4] as number) + 1e-10) * 10 * unit * GUARD) / (10 * unit);
      const product = Math.floor(root * (curve[at + 2] as number) * 100 * unit * GUARD) / (100 * unit);
      weight = Math.min(curve[at + 1] as number, Math.floor((1.1 / (1 + product)) * unit * GUARD) / unit);
    }
    const gain = rounded(value * weight, by.weightedScale[v] as number, by.weightedAssets[v] as number);
    sum[SUM.assets + level] = (sum[SUM.assets + level] as number) + Math.min(instrumentRow[row + 4] as number, gain);
  }

  /** What `sum.joined` units of an instrument require at a level. */
  function required(v: number, i: number, k: number, level: number): void {
    const size = sum[SUM.joined] as number;
    const row = INSTRUMENT_LANES * (instrumentCount * v + i) + 8 * level;
    const scale = by.requirementScale[v] as number;
    const direction = by.requirementDirection[v] as number;
    const units = size * (multiplier[i] as number);
    const whole = units * (marks[i] as number) * (quoteIndex[i] as number);
    const money = direction === 0 ? whole : Math.floor(whole * scale * GUARD) / scale;
    const least = level === 0 ? (floor[k] as number) : 0;
    const at = instrumentCurve[CURVES * (instrumentCount * v + i) + level] as number;
    let due = 0;
    if (at === 0) due = Math.max(instrumentRow[row] as number, least) * money;
    else if (kind[2 * at] === BRACKETS) {
      let b = at + 5;
      for (const last = b + 3 * ((kind[2 * at + 1] as number) - 1); b < last && money > (curve[b] as number); ) b += 3;
      due = Math.max((curve[b + 1] as number) * money - (curve[b + 2] as number), least * money);
    } else if (kind[2 * at] === AFFINE) {
      due = Math.max((curve[at + 1] as number) + (curve[at + 2] as number) * units, least) * money;
    } else if (kind[2 * at] === ROOT) {
      const unit = curve[at + 3] as number;
      const root = Math.floor(Math.sqrt(units + 1e-10) * 10 * unit * GUARD) / (10 * unit);
      const product = Math.floor(root * (curve[at + 2] as number) * unit * GUARD) / unit;
      const own = curve[at + 1] as number;
      const rate = Math.max(own, own - Math.floor((own / 5) * unit * GUARD) / unit + product);
      due = Math.max(rate, least) * money;
    } else {
      const initial = Math.ceil(((curve[at + 1] as number) * money * scale) / GUARD) / scale;
      due = Math.max((curve[at + 2] as number) * initial, least * money);
    }
    due = rounded(due, scale, direction) + (instrumentRow[row + 1] as number);
    sum[SUM.positions + level] =
      (sum[SUM.positions + level] as number) + Math.max(due, instrumentRow[row + 2] as number);
  }

  /** A pool of balances and contracts. The worst status of what it holds. */
  function marginPool(p: number, v: number): number {
    // A loop: `fill` of so few numbers costs more.
    for (let i = 0; i < sum.length; i++) sum[i] = 0;
    let worst = 0;
    let worth = 0;
    let joined = 0;
    let settle = -1;
    let own = 0;
    let rewards = 0;
    let count = 0;
    const joins = by.joins[v] as number;
    const both = by.ordersAtBoth[v] as number;
    for (let k = start[p] as number, end = start[p + 1] as number; k < end; k++) {
      const i = instrument[k] as number;
      const found = instrumentStatus[instrumentCount * v + i] as number;
      if (found > worst) worst = found;
      if (by.refusesOrders[v] === 1 && (orderCount[k] as number) > 0) worst = 2;
      settle = settles[i] as number;
      const q = quantity[k] as number;
      const mark = marks[i] as number;
      const pnl = (mark - (entry[k] as number)) * q * (multiplier[i] as number) + (funding[k] as number);
      worth += pnl * (settleIndex[i] as number);
      const money = Math.abs(q) * (multiplier[i] as number) * mark * (quoteIndex[i] as number);
      own += money;
      rewards += money * (instrumentRow[INSTRUMENT_LANES * (instrumentCount * v + i) + 17] as number);
      if (joins === POSITION) {
        sum[SUM.joined] = pnl;
        alone(v, i, 0, q > 0 ? 1 : 0);
        alone(v, i, 1, q > 0 ? 1 : 0);
      } else joined += pnl;
      count += orderCount[k] as number;
      const worse = Math.max(Math.abs(q + (bids[k] as number)), Math.abs(q - (asks[k] as number)));
      if (worse !== 0) {
        sum[SUM.joined] = worse;
        required(v, i, k, 0);
      }
      const size = both === 1 ? worse : Math.abs(q);
      if (size !== 0) {
        sum[SUM.joined] = size;
        required(v, i, k, 1);
      }
    }
    for (let h = holdingStart[p] as number, end = holdingStart[p + 1] as number; h < end; h++) {
      const at = slot[h] as number;
      const asset = at >> 2;
      const found = slotStatus[4 * assetCount * v + at] as number;
      if (found > worst) worst = found;
      const amount = holdingQuantity[h] as number;
      worth += amount * (assetRow[ASSET_LANES * (assetCount * v + asset)] as number);
      if ((at & 3) === 2) continue;
      sum[SUM.joined] = amount;
      if (joins === BALANCE && asset === settle && netted[h] === 1) {
        sum[SUM.joined] = amount + joined;
        joined = 0;
      }
      holding(v, asset, 0);
      holding(v, asset, 1);
    }
    sum[SUM.equity] = worth;
    if (joined !== 0) {
      // A loss counts as what is owed does, a gain in full.
      sum[SUM.joined] = joined;
      if (joins === BALANCE) {
        holding(v, settle, 0);
        holding(v, settle, 1);
      } else for (let level = 0; level < 2; level++) apart(v, settle, level);
    }
    sum[SUM.notional + 1] = own;
    sum[SUM.rewards] = rewards;
    sum[SUM.orders] = (by.each[v] as number) * count;
    sum[SUM.orders + 1] = both === 1 ? (by.each[v] as number) * count : 0;
    return worst;
  }

  /** P&L in an asset, apart from what is held of it. */
  function apart(v: number, asset: number, level: number): void {
    const net = sum[SUM.joined] as number;
    const lane = ASSET_LANES * (assetCount * v + asset) + 4 + 6 * level;
    const scale = by.valueScale[v] as number;
    if (net > 0) {
      const value = rounded(net * (assetRow[lane] as number), scale, by.valueAssets[v] as number);
      sum[SUM.assets + level] =
        (sum[SUM.assets + level] as number) +
        rounded(value, by.weightedScale[v] as number, by.weightedAssets[v] as number);
      return;
    }
    const value = rounded(-net * (assetRow[lane + 1] as number), scale, by.valueLiabilities[v] as number);
    sum[SUM.liabilities + level] =
      (sum[SUM.liabilities + level] as number) +
      rounded(
        value * (assetRow[lane + 3] as number),
        by.weightedScale[v] as number,
        by.weightedLiabilities[v] as number,
      );
  }

  /** The row of a pool from its sums. */
  function finish(p: number, v: number, worst: number): void {
    const loan = loans[v] === 1;
    let dueInitial = 0;
    let due = 0;
    if (!loan) {
      dueInitial = (sum[SUM.positions] as number) + (sum[SUM.orders] as number);
      due = (sum[SUM.positions + 1] as number) + (sum[SUM.orders + 1] as number);
      if (by.rewards[4 * v] === 1 && (sum[SUM.notional + 1] as number) > 0) {
        const reward = Math.min(
          Math.max(sum[SUM.rewards] as number, by.rewards[4 * v + 1] as number),
          by.rewards[4 * v + 2] as number,
        );
        const share = by.rewards[4 * v + 3] as number;
        dueInitial += Math.min(reward, share * (sum[SUM.collateral] as number));
        due += Math.min(reward, share * (sum[SUM.collateral + 1] as number));
      }
    }
    const backing = sum[SUM.assets + 1] as number;
    const owed = sum[SUM.liabilities + 1] as number;
    const left = backing - owed - due;
    const measure = owed + due === 0 ? Number.POSITIVE_INFINITY : backing / (owed + due);
    equity[p] = sum[SUM.equity] as number;
    eligibleInitial[p] = (sum[SUM.assets] as number) - (sum[SUM.liabilities] as number);
    eligible[p] = backing - owed;
    requirementInitial[p] = dueInitial;
    requirement[p] = due;
    excessInitial[p] = (sum[SUM.assets] as number) - (sum[SUM.liabilities] as number) - dueInitial;
    excess[p] = left;
    health[p] = measure;
    assetsInitial[p] = sum[SUM.assets] as number;
    assets[p] = backing;
    liabilitiesInitial[p] = sum[SUM.liabilities] as number;
    liabilities[p] = owed;
    collateral[p] = sum[SUM.collateral + 1] as number;
    debt[p] = sum[SUM.debt + 1] as number;
    notional[p] = loan ? 0 : (sum[SUM.notional + 1] as number);
    status[p] = worst;
    const equal = by.atEquality[v] === 1;
    const broken = left < 0 || (equal && left === 0 && owed + due > 0);
    breached[p] = broken && (by.needsRequirement[v] === 0 || due > 0) ? 1 : 0;
    const held = (holdingStart[p + 1] as number) - (holdingStart[p] as number);
    const count = held + (start[p + 1] as number) - (start[p] as number);
    const slack = NEAR * (Math.abs(backing) + owed + due) + (count + 2) * (by.nearUnit[v] as number);
    nearBoundary[p] = Math.abs(left) <= slack && owed + due !== 0 ? 1 : 0;
    let reached = 0;
    const of = by.coverage[v] === 1 ? (due === 0 ? Number.POSITIVE_INFINITY : (backing - owed) / due) : measure;
    for (let s = by.most * v, end = s + (by.stepCount[v] as number); s < end; s++) {
      const below = by.stepBelow[s] as number;
      if (of < below || (equal && of === below)) reached = by.stepState[s] as number;
    }
    state[p] = reached;
  }

  return {
    run() {
      for (let p = 0; p < poolCount; p++) {
        const v = variant[p] as number;
        finish(p, v, loans[v] === 1 ? loanPool(p, v) : marginPool(p, v));
      }
    },
    columns: [
      equity,
      eligibleInitial,
      eligible,
      requirementInitial,
      requirement,
      excessInitial,
      excess,
      health,
      assetsInitial,
      assets,
      liabilitiesInitial,
      liabilities,
      collateral,
      debt,
      notional,
    ],
    status,
    breached,
    nearBoundary,
    state,
  };
}

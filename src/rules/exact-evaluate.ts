import { HoldingKind, type PackedBook } from "../book/packed.js";
import type { ExactAccount, ExactHolding, ExactSums } from "./exact.js";
import type { Rational } from "./exact-number.js";
import { roundQuotient } from "./exact-number.js";
import { exactAmount, PoolDocument } from "./exact-pool.js";
import { categoryOf, refuse } from "./exact-refusal.js";
import type { ExactTables, Units } from "./exact-tables.js";
import { divideHalfUp, divideUp, WAD } from "./integers.js";
import type { Direction, Pair } from "./rule.js";

/** Decimals of averages that a rule does not round: basis points, as venues report them. */
const AVERAGE_DECIMALS = 4;

/** A sum of exact numbers over a denominator that is changed only where it must be. */
class Sum {
  n = 0n;
  d = 1n;

  add(n: bigint, d: bigint): void {
    if (d === this.d) this.n += n;
    else if (this.n === 0n) {
      this.n = n;
      this.d = d;
    } else if (n !== 0n) {
      this.n = this.n * d + n * this.d;
      this.d *= d;
    }
  }
}

/** A holding's numbers before they are made whole. */
interface Counted {
  readonly asset: string;
  readonly kind: ExactHolding["kind"];
  readonly amount: Rational;
  readonly value: Rational;
  readonly weighted: Rational;
}

class Level {
  readonly collateral = new Sum();
  readonly debt = new Sum();
  readonly weighted = new Sum();
  readonly liabilities = new Sum();
}

/**
 * The account of pool `pool`, which must be a row of the book.
 *
 * @param place   where the pool stands, for errors: spelling it costs more than the account, so callers leave it out first
 */
export function evaluate(table: ExactTables, book: PackedBook, pool: number, place: string): ExactAccount {
  const { rule } = table;
  const document = new PoolDocument(book.source(pool));
  refuse(rule, book, pool, document, place);
  const category = categoryOf(rule, document, place);
  const assets = table.variant(category?.id ?? null);
  const { value, weighted } = rule.rounding;
  const initial = new Level();
  const maintenance = new Level();
  const held: Counted[] = [];
  let zeroWeight = false;

  const from = book.holdingStart[pool] ?? 0;
  const to = book.holdingStart[pool + 1] ?? 0;
  for (let h = from; h < to; h++) {
    const index = book.holdingAsset[h] ?? 0;
    let asset = assets[index];
    if (asset === undefined) {
      asset = table.make(index, category, place);
      assets[index] = asset;
    }
    const kind = book.holdingKind[h] ?? HoldingKind.balance;
    const owed = (book.holdingQuantity[h] ?? 0) < 0 || kind === HoldingKind.debt;
    const side = owed ? "liabilities" : "assets";
    const amount = exactAmount(table, book, h, document, asset, side, place);
    const valueStep = value === null ? "none" : value[side];
    const weightedStep = weighted === null ? "none" : weighted[side];
    const factors = asset[side];

    const worth = scaled(amount, factors.maintenance.value, valueStep);
    if (kind === HoldingKind.locked || kind === HoldingKind.idleSupply) {
      held.push({ asset: asset.id, kind: "idle", amount, value: worth, weighted: { n: 0n, d: 1n } });
      continue;
    }
    const counts = scaled(worth, factors.maintenance.weight, weightedStep);
    (owed ? maintenance.debt : maintenance.collateral).add(worth.n, worth.d);
    (owed ? maintenance.liabilities : maintenance.weighted).add(counts.n, counts.d);
    held.push({ asset: asset.id, kind: owed ? "debt" : "collateral", amount, value: worth, weighted: counts });
    if (rule.hasInitial) {
      const first = asset.sameValue[side] ? worth : scaled(amount, factors.initial.value, valueStep);
      const lent = scaled(first, factors.initial.weight, weightedStep);
      (owed ? initial.debt : initial.collateral).add(first.n, first.d);
      (owed ? initial.liabilities : initial.weighted).add(lent.n, lent.d);
    }
    if (!owed && amount.n > 0n && factors[rule.hasInitial ? "initial" : "maintenance"].isZero) zeroWeight = true;
  }
  return new Account(table, { initial, maintenance }, held, zeroWeight);
}

function scaled(amount: Rational, factor: Rational, direction: Direction): Rational {
  const n = amount.n * factor.n;
  const d = amount.d * factor.d;
  return direction === "none" ? { n, d } : { n: roundQuotient(n, d, direction), d: 1n };
}

/** What a level comes to. */
interface Outcome {
  /** what counts against the liabilities, in weighted units: the weighted collateral, or its value at the rounded average */
  readonly counted: Rational;
  readonly average: bigint;
}

class Account implements ExactAccount {
  readonly decimals: number;
  readonly weightedDecimals: number;
  readonly collateral: bigint;
  readonly debt: bigint;
  readonly weighted: Pair<bigint>;
  readonly liabilities: Pair<bigint>;
  readonly averages: Pair<bigint>;
  readonly averageDecimals: Pair<number>;
  readonly healthFactor: bigint | null;
  readonly available: bigint;
  readonly borrowable: boolean;
  readonly breached: boolean;
  readonly zeroWeightCollateral: boolean;
  private readonly units: Units;
  private readonly levels: Pair<Level>;
  private readonly held: readonly Counted[];

  constructor(table: ExactTables, levels: Pair<Level>, held: readonly Counted[], zeroWeight: boolean) {
    const { rule } = table;
    const { average } = rule.rounding;
    const units = table.units;
    const { initial, maintenance } = levels;
    this.units = units;
    this.levels = levels;
    this.held = held;
    this.decimals = units.decimals;
    this.weightedDecimals = units.weightedDecimals;
    this.zeroWeightCollateral = zeroWeight;
    this.collateral = down(maintenance.collateral, units.value);
    this.debt = up(maintenance.debt, units.value);
    this.weighted = {
      initial: down(initial.weighted, units.weighted),
      maintenance: down(maintenance.weighted, units.weighted),
    };
    this.liabilities = {
      initial: up(initial.liabilities, units.weighted),
      maintenance: up(maintenance.liabilities, units.weighted),
    };
    this.averageDecimals = {
      initial: average.initial ?? AVERAGE_DECIMALS,
      maintenance: average.maintenance ?? AVERAGE_DECIMALS,
    };
    const first = outcome(initial, average.initial, units);
    const last = outcome(maintenance, average.maintenance, units);
    this.averages = { initial: first.average, maintenance: last.average };

    const owed = maintenance.liabilities;
    this.healthFactor = healthOf(last.counted, owed, table.dividesTwice);
    const limit = rule.breach === "<" ? 0n : 1n;
    // In the form that divides twice the chain compares the factor that it has rounded, not the sums.
    const past = table.dividesTwice ? (this.healthFactor ?? WAD) < WAD + limit : surplus(last.counted, owed) < limit;
    this.breached = rule.breachNeeds === "nothing" && owed.n > 0n && past;
    const [counted, borrowed] = rule.hasInitial ? [first.counted, initial.liabilities] : [last.counted, owed];
    const free = surplus(counted, borrowed);
    this.borrowable = !this.breached && (borrowed.n === 0n || free >= limit);
    this.available = free > 0n ? (free * units.weighted) / (counted.d * borrowed.d) : 0n;
  }

  get perHolding(): readonly ExactHolding[] {
    const { value, weighted } = this.units;
    return this.held.map((one) => {
      const round = one.kind === "debt" ? up : down;
      const amount = round(one.amount, 1n);
      return {
        asset: one.asset,
        kind: one.kind,
        amount,
        value: round(one.value, value),
        weighted: round(one.weighted, weighted),
      };
    });
  }

  get sums(): ExactSums {
    const { valuePerOne, weightedPerOne } = this.units;
    const { initial, maintenance } = this.levels;
    const value = ({ n, d }: Rational): Rational => ({ n, d: d * valuePerOne });
    const weighted = ({ n, d }: Rational): Rational => ({ n, d: d * weightedPerOne });
    return {
      collateral: { initial: value(initial.collateral), maintenance: value(maintenance.collateral) },
      debt: { initial: value(initial.debt), maintenance: value(maintenance.debt) },
      weighted: { initial: weighted(initial.weighted), maintenance: weighted(maintenance.weighted) },
      liabilities: { initial: weighted(initial.liabilities), maintenance: weighted(maintenance.liabilities) },
      perHolding: this.held.map((one) => ({
        amount: one.amount,
        value: value(one.value),
        weighted: weighted(one.weighted),
      })),
    };
  }
}

function outcome({ collateral, weighted }: Level, places: number | null, units: Units): Outcome {
  if (collateral.n === 0n) return { counted: weighted, average: 0n };
  const scale = 10n ** BigInt(places ?? AVERAGE_DECIMALS);
  const average =
    (weighted.n * scale * collateral.d * units.valuePerOne) / (weighted.d * collateral.n * units.weightedPerOne);
  if (places === null) return { counted: weighted, average };
  // Values are rounded to units of a rule that rounds averages, whose weighted values are not: both are in the same unit.
  return { counted: { n: (collateral.n * average) / (collateral.d * scale), d: 1n }, average };
}

/** Health factor with 18 decimals; null without liabilities. */
function healthOf(counted: Rational, owed: Rational, twice: boolean): bigint | null {
  if (owed.n === 0n) return null;
  if (twice && counted.d % owed.d === 0n) {
    return divideHalfUp(counted.n * WAD, owed.n) / (counted.d / owed.d);
  }
  return (counted.n * owed.d * WAD) / (counted.d * owed.n);
}

/** counted − owed, in parts of the product of their denominators. */
function surplus(counted: Rational, owed: Rational): bigint {
  return counted.n * owed.d - owed.n * counted.d;
}

function down({ n, d }: Rational, scale: bigint): bigint {
  return (n * scale) / d;
}

function up({ n, d }: Rational, scale: bigint): bigint {
  return d === 1n ? n * scale : divideUp(n * scale, d);
}

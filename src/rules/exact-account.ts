import type { ExactAccount, ExactHolding, ExactSums } from "./exact.js";
import { ONE, type Rational, ZERO } from "./exact-number.js";
import { shaped } from "./exact-shape.js";
import type { ExactAsset, ExactTables, SideFactors } from "./exact-tables.js";
import type { AverageUnits } from "./exact-units.js";
import { divideHalfUp, divideUp, WAD } from "./integers.js";
import { divide as round } from "./interest.js";
import type { Direction, Pair } from "./rule.js";

/** A sum of exact numbers over a denominator that is changed only where it must be. */
class Sum {
  n = 0n;
  d = 1n;

  /** Add a weighted value, rounded. */
  add(value: Rational, { weight, shape }: SideFactors, direction: Direction): void {
    if (shape !== null) {
      const { n, d } = scaled(shaped(value, shape), ONE, direction);
      this.plus(n, d);
      return;
    }
    const n = weight.n === 1n ? value.n : value.n * weight.n;
    const d = value.d === 1n ? weight.d : value.d * weight.d;
    if (direction === "none" || d === 1n) this.plus(n, d);
    else this.plus(round(n, d, direction), 1n);
  }

  plus(n: bigint, d: bigint): void {
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

/** A holding's numbers at maintenance before they are made whole. Its weighted value is worked out when asked for. */
export interface Counted {
  readonly asset: ExactAsset;
  readonly kind: ExactHolding["kind"];
  readonly amount: Rational;
  value: Rational;
}

/** The sums of one level. Those of values may be another level's, where both value everything alike. */
export class LevelSums {
  readonly collateral: Sum;
  readonly debt: Sum;
  readonly weighted = new Sum();
  readonly liabilities = new Sum();

  constructor(values: LevelSums | null) {
    this.collateral = values === null ? new Sum() : values.collateral;
    this.debt = values === null ? new Sum() : values.debt;
  }
}

/** value × factor, rounded. */
export function scaled(amount: Rational, factor: Rational, direction: Direction): Rational {
  const n = amount.n * factor.n;
  const d = amount.d === 1n ? factor.d : amount.d * factor.d;
  return direction === "none" ? { n, d } : { n: round(n, d, direction), d: 1n };
}

/** What a level comes to. */
interface Outcome {
  /** what counts against the liabilities, in weighted units: the weighted collateral, or its value at the rounded average */
  readonly counted: Rational;
  readonly average: bigint;
}

/** What the sums of a pool come to. */
export class Account implements ExactAccount {
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
  private readonly table: ExactTables;
  private readonly levels: Pair<LevelSums>;
  private readonly held: readonly Counted[];

  constructor(table: ExactTables, levels: Pair<LevelSums>, held: readonly Counted[], zeroWeight: boolean) {
    const { rule, units } = table;
    const { initial, maintenance } = levels;
    this.table = table;
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
    this.averageDecimals = units.averageDecimals;
    const first = outcome(initial, units.average.initial);
    const last = outcome(maintenance, units.average.maintenance);
    this.averages = { initial: first.average, maintenance: last.average };

    const owed = maintenance.liabilities;
    this.healthFactor = healthOf(last.counted, owed, table.dividesTwice);
    const limit = rule.breach === "<" ? 0n : 1n;
    // In the form that divides twice the chain compares the factor that it has rounded with 1, not the sums.
    const past =
      table.dividesTwice && rule.breach === "<"
        ? (this.healthFactor ?? WAD) < WAD
        : surplus(last.counted, owed) < limit;
    this.breached = rule.breachNeeds === "nothing" && owed.n > 0n && past;
    const [counted, borrowed] = rule.hasInitial ? [first.counted, initial.liabilities] : [last.counted, owed];
    const free = surplus(counted, borrowed);
    this.borrowable = !this.breached && (borrowed.n === 0n || free >= limit);
    this.available = free > 0n ? (free * units.weighted) / (counted.d * borrowed.d) : 0n;
  }

  get perHolding(): readonly ExactHolding[] {
    const { value, weighted } = this.table.units;
    return this.held.map((one) => {
      const whole = one.kind === "debt" ? up : down;
      return {
        asset: one.asset.id,
        kind: one.kind,
        amount: whole(one.amount, 1n),
        value: whole(one.value, value),
        weighted: whole(this.weigh(one), weighted),
      };
    });
  }

  get sums(): ExactSums {
    const { valuePerOne, weightedPerOne } = this.table.units;
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
        weighted: weighted(this.weigh(one)),
      })),
    };
  }

  /** The weighted value of a holding at maintenance. */
  private weigh({ asset, kind, value }: Counted): Rational {
    if (kind === "idle") return ZERO;
    const side = kind === "debt" ? "liabilities" : "assets";
    const { weight, shape } = asset[side].maintenance;
    const direction = this.table.rule.rounding.weighted?.[side] ?? "none";
    return shape === null ? scaled(value, weight, direction) : scaled(shaped(value, shape), ONE, direction);
  }
}

function outcome({ collateral, weighted }: LevelSums, { rounds, scale, unit }: AverageUnits): Outcome {
  if (collateral.n === 0n) return { counted: weighted, average: 0n };
  const whole = collateral.d === 1n && unit === 1n && weighted.d === scale;
  const average = whole
    ? weighted.n / collateral.n
    : (weighted.n * scale * collateral.d) / (weighted.d * collateral.n * unit);
  if (!rounds) return { counted: weighted, average };
  // A rule that rounds averages rounds values and not weighted values: both are in the unit of values.
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

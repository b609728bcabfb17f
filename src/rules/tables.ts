import { Feature, type FeatureName } from "../book/packed.js";
import type { ResidentMarket } from "../book/resident.js";
import type { Packed } from "../memory.js";
import type { RulesKernel } from "../wasm/rules-kernel.js";
import { rulesKernel } from "./kernel.js";
import { readsFeature } from "./reads.js";
import type { ComposedRule, Direction, RoundingStep } from "./rule.js";
import { Shape } from "./shapes.js";
import { type AssetTables, assetTables, roundedRows } from "./tables-assets.js";
import { Curves } from "./tables-curves.js";
import { type InstrumentTables, instrumentTables } from "./tables-instruments.js";
import { isNothing, isSum, ladderOf, programOf, reads, statesOf } from "./tables-programs.js";
import { type Variant, variantsOf } from "./variants.js";

/** Codes of assembly/rules. */
const DIRECTIONS: Readonly<Record<Direction, number>> = { none: 0, down: 1, up: 2, half: 3 };
const CONTRACT_ORDERS = { refuse: 0, ignore: 1, worstSide: 2, settle: 3 } as const;
const SPOT_ORDERS = { refuse: 0, ignore: 1, fill: 2, reserved: 3 } as const;
const FLAGS = {
  hasInitial: 1,
  atEquality: 2,
  flat: 4,
  rounded: 8,
  stale: 16,
  joinsPosition: 32,
  joinsBalance: 64,
  lossesOffAssets: 128,
  ordersAtBoth: 256,
  ladderOfCoverage: 512,
  breachNeedsRequirement: 1024,
  missing: 2048,
  overlapLiability: 4096,
  overlapAsset: 8192,
  plainHoldings: 16384,
  plainSum: 32768,
} as const;

/** Composed rules applied to a market, in linear memory. */
export interface ComposedTables {
  /** address of the descriptors (assembly/rules/variant.ts), one per variant, back to back */
  readonly at: number;
  readonly variants: readonly Variant[];
  /** names that a result's `state` counts in, "ok" first */
  readonly states: readonly string[];
  /** what the rules read otherwise than asked, each a sentence */
  readonly notes: readonly string[];
}

/**
 * Tables of `rules` and their categories over the market's prices, made on first use and after each repricing. Call before
 * scratch is reserved. Cost: O(variants × (assets + instruments)).
 *
 * @throws InvalidInputError   where a cap is in an asset that the market does not know or price
 */
export function composedTables(resident: ResidentMarket, rules: readonly ComposedRule[]): ComposedTables {
  return resident.derive(`price/composed/${rules.map((rule) => rule.hash).join("+")}`, (keep) => {
    const kernel = rulesKernel(resident.memory);
    const variants = variantsOf(rules);
    const states = statesOf(rules);
    const notes = new Set<string>();
    const size = kernel.variantBytes();
    const at = keep(size * variants.length);
    for (const [i, variant] of variants.entries()) {
      new Filler(resident, kernel, keep, at + size * i).fill(variant, states, notes);
    }
    return { at, variants, states, notes: [...notes] };
  });
}

/** Fills the descriptor of one variant. */
class Filler {
  constructor(
    private readonly resident: ResidentMarket,
    private readonly kernel: RulesKernel,
    private readonly keep: (bytes: number) => number,
    private readonly at: number,
  ) {}

  fill(variant: Variant, states: readonly string[], notes: Set<string>): void {
    const { market } = this.resident;
    const { rule } = variant;
    const curves = new Curves();
    const assets = assetTables(variant, market, curves, notes);
    const instruments = instrumentTables(variant, market, assets, curves);
    this.tables(
      assets,
      instruments,
      curves,
      isRounded(rule)
        ? roundedRows(assets, unitsOf(rule.rounding.value), unitsOf(rule.rounding.weighted))
        : assets.flat,
    );
    this.rounding(rule);
    const { orders } = rule;
    const ignored = rule.ignores.includes("orders");
    const contracts = orders.contracts === "refuse" && ignored ? "ignore" : orders.contracts;
    const spot = orders.spot === "refuse" && ignored ? "ignore" : orders.spot;
    const modes = CONTRACT_ORDERS[contracts] | (SPOT_ORDERS[spot] << 8);
    const flags = flagsOf(rule, assets);
    const refused = refusedBits(rule);
    const notPlain = refused | notPlainBits(rule, flags);
    const notSolo = refused | notSoloBits(rule, flags, instruments);
    this.kernel.variantSwitches(this.at, flags, refused, notPlain, notSolo, modes, orders.each, noiseUnit(rule));
    const [initial, maintenance] = [rule.requirement.initial, rule.requirement.maintenance].map((combiner) =>
      programOf(combiner, rule.id),
    );
    if (initial === undefined || maintenance === undefined) return;
    const ladder = ladderOf(rule, states);
    this.kernel.variantPrograms(
      this.at,
      this.stay(initial.bytes),
      initial.steps,
      this.stay(maintenance.bytes),
      maintenance.steps,
      this.stay(ladder.bytes),
      ladder.steps,
    );
  }

  private tables(assets: AssetTables, instruments: InstrumentTables, curves: Curves, flat: Float64Array): void {
    const base = this.stay(curves.bytes());
    // Places of the pointers among the numbers of a row; the rest are numbers.
    const pointers = (numbers: Uint32Array, places: number) =>
      numbers.map((number, i) => (i % 8 < places && number !== 0 ? base + number - 1 : number));
    this.kernel.variantTables(
      this.at,
      this.stay(flat),
      this.stay(assets.rows),
      this.stay(pointers(assets.curves, 6)),
      this.stay(instruments.rows),
      this.stay(pointers(instruments.curves, 4)),
      this.stay(assets.slotStatus),
      this.stay(instruments.status),
      this.stay(instruments.lines),
    );
  }

  private rounding({ rounding }: ComposedRule): void {
    const { kernel, at } = this;
    for (const [step, rule] of [rounding.value, rounding.weighted].entries()) {
      if (rule === null) kernel.variantRounding(at, step, 0, 0, 0);
      else kernel.variantRounding(at, step, unitsOf(rule), DIRECTIONS[rule.assets], DIRECTIONS[rule.liabilities]);
    }
    const { requirement, average } = rounding;
    const direction = requirement === null ? 0 : DIRECTIONS[requirement.direction];
    kernel.variantRounding(at, 2, requirement === null ? 0 : unitsOf(requirement), direction, direction);
    const scale = (decimals: number | null) => (decimals === null ? 0 : unitsOf({ decimals }));
    kernel.variantAverages(at, scale(average.initial), scale(average.maintenance));
  }

  private stay(values: Packed): number {
    if (values.byteLength === 0) return 0;
    const to = this.keep(values.byteLength);
    this.resident.memory.write(to, values);
    return to;
  }
}

/** Units in one of a rounding step, 1 where there is none. Read as a decimal, since `10 ** n` differs between engines. */
function unitsOf(step: Pick<RoundingStep, "decimals"> | null): number {
  return step === null ? 1 : Number(`1e${step.decimals}`);
}

/** Whether a rule rounds what holdings come to. */
function isRounded({ rounding: { value, weighted, average } }: ComposedRule): boolean {
  return [value, weighted, average.initial, average.maintenance].some((step) => step !== null);
}

function flagsOf(rule: ComposedRule, assets: AssetTables): number {
  const levels = rule.hasInitial
    ? ([rule.requirement.initial, rule.requirement.maintenance] as const)
    : [rule.requirement.maintenance];
  const plain = assets.plain && levels.every(isNothing);
  const exact = !isRounded(rule);
  const set: Readonly<Record<keyof typeof FLAGS, boolean>> = {
    hasInitial: rule.hasInitial,
    atEquality: rule.breach === "<=",
    flat: plain && exact,
    rounded: plain && !exact,
    stale: assets.stale,
    joinsPosition: rule.pnl.joins === "position",
    joinsBalance: rule.pnl.joins === "balance",
    lossesOffAssets: rule.pnl.losses === "assets",
    ordersAtBoth: rule.orders.levels === "both",
    ladderOfCoverage: rule.ladder?.of === "coverage",
    breachNeedsRequirement: rule.breachNeeds === "requirement",
    missing: assets.missing,
    overlapLiability: rule.pnl.overlap === "liability",
    overlapAsset: rule.pnl.overlap === "asset",
    plainHoldings: assets.plain && exact && levels.every((combiner) => !reads(combiner, ["collateral", "debt"])),
    plainSum: levels.every(isSum),
  };
  return (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).reduce((bits, name) => bits | (set[name] ? FLAGS[name] : 0), 0);
}

/** Bits of a pool's shape that the flat table does not do. */
function notPlainBits({ pnl }: ComposedRule, flags: number): number {
  const netted = pnl.joins === "balance" ? Shape.repeatedBalance : 0;
  const repeated = (flags & FLAGS.rounded) === 0 ? 0 : Shape.repeatedSide;
  return Shape.more | Shape.ordered | Shape.contracts | netted | repeated;
}

/** Bits of a pool's shape that one pass over its holdings and lines does not do. */
function notSoloBits({ pnl }: ComposedRule, flags: number, { weighs }: InstrumentTables): number {
  if (pnl.overlap !== "net" || weighs) return ~0;
  const alone = (flags & FLAGS.plainHoldings) !== 0 && pnl.joins !== "balance";
  return Shape.more | (alone ? 0 : Shape.several | Shape.settles);
}

/** Bits of the features that a rule refuses whatever they hold. Orders are refused by their instrument. */
function refusedBits(rule: ComposedRule): number {
  return (Object.keys(Feature) as FeatureName[])
    .filter((name) => !readsFeature(rule, name))
    .reduce((bits, name) => bits | Feature[name], 0);
}

/** What one rounding of money may change a number by; 0 where the rule rounds to less than f64 does. */
export function noiseUnit({ rounding }: ComposedRule): number {
  const steps = [rounding.value, rounding.weighted, rounding.requirement].flatMap((step) =>
    step === null ? [] : [1 / unitsOf(step)],
  );
  return Math.max(0, ...steps);
}

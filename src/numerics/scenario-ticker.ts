import { checkOptions, finiteNumber, invalid, withDefault } from "../checks.js";
import { type TailPair, tailOf } from "../distribution.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import {
  changeOf,
  finiteArray,
  indexOf,
  LARGEST,
  largestDifference,
  largestOf,
  REBUILD_EVERY,
  Resident,
} from "./resident.js";

export interface ScenarioTickerOptions {
  /** number of scenarios, ≥ 1 */
  readonly scenarios: number;
  /** f64[factors*scenarios], one factor after the other: gain of an exposure of 1 to it under each scenario */
  readonly returns: Float64Array;
  /** f64[factors]: exposures to begin with; default 0 */
  readonly exposures?: Float64Array;
  /** confidence of VaR and expected shortfall, above 0 and below 1 */
  readonly confidence: number;
  /** ticks after which gains and losses are summed anew; default 4,096 */
  readonly rebuildEvery?: number;
}

/** Gains and losses under scenarios in an engine's memory, and their tail after every change of an exposure. */
export interface ScenarioTicker {
  readonly factors: number;
  readonly scenarios: number;
  /** VaR and expected shortfall as they stand, as amounts of loss, neither floored at 0 */
  readonly tail: TailPair;
  /** f64[factors], a copy */
  readonly exposures: Float64Array;
  /** f64[scenarios], a copy: gain or loss under each scenario */
  readonly pnl: Float64Array;
  /** how far, at most, a gain or loss, and so the tail, is from its sum anew; 0 after a rebuild */
  readonly driftBound: number;
  /** how far they were at most at the last rebuild; 0 before the first */
  readonly residual: number;
  /**
   * Add `change` to the exposure to a factor: VaR and expected shortfall after it, exactly those of `pnl`.
   *
   * @param factor   index of the factor
   * @throws InvalidInputError   no such factor, a change that is not finite, or exposures, gains and losses of 1e290 or more;
   *                             nothing is changed
   * @throws DisposedError       after `dispose()`
   * Cost: a pass over one row of scenarios, some 0.7 ns each; every `rebuildEvery` ticks one over the whole matrix.
   */
  tick(factor: number, change: number): TailPair;
  /** Sum gains and losses anew from the exposures: the residual. Happens by itself every `rebuildEvery` ticks. */
  rebuild(): number;
  /** Give its memory back. Idempotent; nothing of the ticker works afterwards. */
  dispose(): void;
  [Symbol.dispose](): void;
}

class Ticker extends Resident implements ScenarioTicker {
  readonly factors: number;
  private readonly kernel: NumericsKernel;
  private readonly held: Float64Array;
  /** largest |return| of each factor */
  private readonly largest: Float64Array;
  private output: Float64Array;
  /** sum of |exposure| × largest |return|; at least the largest |gain or loss| */
  private gross = 0;
  private reach = 0;
  private ticks = 0;
  private drift = 0;
  private measured = 0;

  constructor(
    memory: Memory,
    returns: Float64Array,
    exposures: Float64Array,
    readonly scenarios: number,
    private readonly alpha: number,
    private readonly every: number,
  ) {
    const kernel = numericsKernel(memory);
    super(memory, "the scenario ticker", [
      returns.byteLength,
      8 * scenarios,
      memory.kernel.tailScratch(scenarios),
      OUTPUT * 8,
    ]);
    this.kernel = kernel;
    this.factors = exposures.length;
    this.held = exposures.slice();
    this.largest = exposures.map((_, f) => largestOf(returns.subarray(f * scenarios, (f + 1) * scenarios)));
    const [at = 0, , , out = 0] = this.parts;
    memory.write(at, returns);
    this.output = memory.f64(out, OUTPUT);
    this.sum();
  }

  get tail(): TailPair {
    this.check();
    // A view of no length is one that growing memory detached.
    if (this.output.length === 0) this.output = this.memory.f64(this.parts[3] ?? 0, OUTPUT);
    return { valueAtRisk: this.output[0] ?? Number.NaN, expectedShortfall: this.output[1] ?? Number.NaN };
  }

  get exposures(): Float64Array {
    this.check();
    return this.held.slice();
  }

  get pnl(): Float64Array {
    this.check();
    return this.memory.f64(this.parts[1] ?? 0, this.scenarios).slice();
  }

  get driftBound(): number {
    this.check();
    return this.ticks === 0 ? 0 : this.drift + this.rounding();
  }

  get residual(): number {
    this.check();
    return this.measured;
  }

  tick(factor: number, change: number): TailPair {
    this.check();
    const { held, scenarios, kernel, parts } = this;
    indexOf(factor, "factor", this.factors);
    changeOf(change);
    const before = held[factor] ?? 0;
    const after = before + change;
    const size = this.largest[factor] ?? 0;
    const moved = Math.abs(change) * size;
    const reach = this.reach + moved;
    if (!(reach < LARGEST && Math.abs(after) < LARGEST)) {
      throw invalid("change", `one that keeps exposures, gains and losses below ${LARGEST}`, change);
    }
    const [returns = 0, pnl = 0, scratch = 0, out = 0] = parts;
    kernel.scenarioTick(scenarios, change, returns + 8 * factor * scenarios, pnl, this.alpha, scratch, out);
    held[factor] = after;
    this.gross += (Math.abs(after) - Math.abs(before)) * size;
    this.reach = Math.min(reach, this.gross);
    // Half an ulp each of the product, of the sum, and of the exposure, from which a later sum begins.
    this.drift += (Number.EPSILON / 2) * (moved + this.reach + Math.abs(after) * size);
    if (++this.ticks >= this.every) this.rebuild();
    return this.tail;
  }

  rebuild(): number {
    const before = this.pnl;
    this.sum();
    this.measured = largestDifference(before, this.pnl);
    return this.measured;
  }

  /** Gains and losses from the exposures, and their tail. */
  private sum(): void {
    const { memory, held, scenarios } = this;
    const [returns = 0, pnl = 0, scratch = 0, out = 0] = this.parts;
    memory.scope(() => {
      const order = memory.copy(Uint32Array.from(held, (_, f) => f));
      memory.kernel.scenarioPnl(scenarios, held.length, order, memory.copy(held), returns, pnl);
    });
    this.kernel.scenarioTail(scenarios, pnl, this.alpha, scratch, out);
    this.gross = held.reduce((total, exposure, f) => total + Math.abs(exposure) * (this.largest[f] ?? 0), 0);
    this.reach = largestOf(memory.f64(pnl, scenarios));
    this.ticks = 0;
    this.drift = this.rounding();
  }

  /** What a sum of all products may be off by: half an ulp of the sum of their magnitudes for each product and each sum. */
  private rounding(): number {
    return Number.EPSILON * this.factors * this.gross;
  }
}

/** VaR, ES and mass of the tail, threshold and slack of the next tick. */
const OUTPUT = 5;

/**
 * Keep gains and losses of exposures under scenarios, so that a change of one exposure gives the exact VaR and expected shortfall
 * of a sample of thousands in microseconds: y += change · row, and a selection that begins where the last one ended.
 *
 * @throws InvalidInputError   an option that is unknown or out of range, a number that is not finite, or gains and losses of
 *                             1e290 or more
 * @throws OutOfMemoryError    the returns do not fit
 * Cost: the matrix is copied once, 8 · factors · scenarios bytes.
 * @see METHODS.md#scenario-ticker
 */
export function scenarioTicker({ memory }: Owner, options: ScenarioTickerOptions): ScenarioTicker {
  const name = "scenarioTicker";
  const read = checkOptions(options, name, {
    scenarios: (value, place) => finiteNumber(value, place, { min: 1, max: 2 ** 28, whole: true }),
    returns: (value, place) => finiteArray(value, place),
    exposures: withDefault(null, (value, place) => finiteArray(value, place)),
    confidence: (value, place) => tailOf(finiteNumber(value, place), place),
    rebuildEvery: withDefault(REBUILD_EVERY, (value, place) => finiteNumber(value, place, { min: 1, whole: true })),
  });
  const { scenarios, returns, confidence: alpha, rebuildEvery } = read;
  const factors = returns.length / scenarios;
  if (!(factors >= 1) || !Number.isInteger(factors)) {
    throw invalid(
      `${name}.returns`,
      `some rows of ${scenarios} numbers, one for each factor`,
      `${returns.length} numbers`,
    );
  }
  const exposures = read.exposures ?? new Float64Array(factors);
  if (exposures.length !== factors) {
    throw invalid(`${name}.exposures`, `a Float64Array of ${factors} numbers`, `${exposures.length} numbers`);
  }
  const reach = exposures.reduce(
    (total, exposure, f) =>
      total + Math.abs(exposure) * largestOf(returns.subarray(f * scenarios, (f + 1) * scenarios)),
    0,
  );
  if (!(reach < LARGEST) || !(largestOf(exposures) < LARGEST)) {
    throw invalid(`${name}.exposures`, `such that they, gains and losses stay below ${LARGEST}`, reach);
  }
  return new Ticker(memory, returns, exposures, scenarios, alpha, rebuildEvery);
}

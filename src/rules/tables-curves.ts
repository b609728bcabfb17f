import type { GainWeight, Rate, Weight } from "./rule.js";

/** Kinds of assembly/rules/curve.ts, and of assembly/rules/variant.ts where the two levels are not of one. */
export const KINDS = {
  number: 0,
  mixed: 255,
  tiers: 1,
  root: 2,
  clamp: 3,
  brackets: 4,
  affine: 5,
  rootBetween: 6,
  share: 7,
} as const;

/** Bytes of a curve before its rows, and of a row. */
const HEAD = 40;
const ROW = 24;

/**
 * The curves of a set of tables while those are made: weights and rates that depend on size. A curve goes by a number that
 * is 0 for none and else one more than its place; `pointers` turns numbers into addresses.
 */
export class Curves {
  private readonly list: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  private size = 0;

  /** Bytes of all curves. */
  get byteLength(): number {
    return this.size;
  }

  /**
   * Weights of size at both levels, whose static parts are `inner` where they have one, and the kind that a vector of the two
   * is computed by. A number beside tiers is one tier, and both have as many: those that are added are never reached.
   */
  weights(
    { initial, maintenance }: { readonly initial: Weight; readonly maintenance: Weight },
    inner: readonly number[],
  ): { readonly kind: number; readonly first: number; readonly last: number } {
    const pair = [initial, maintenance] as const;
    const kinds = pair.map(({ kind }) => (kind === "tiers" || kind === "root" || kind === "clamp" ? kind : "number"));
    const tiered = kinds.includes("tiers") && kinds.every((kind) => kind === "tiers" || kind === "number");
    const tiers = tiered ? Math.max(...pair.map((weight) => (weight.kind === "tiers" ? weight.upTo.length : 1))) : 0;
    const [first = 0, last = 0] = pair.map((weight, l) => this.weight(weight, inner[l] ?? Number.NaN, tiers));
    if (tiered) return { kind: KINDS.tiers, first, last };
    const [one = "number", other] = kinds;
    const rooted = initial.kind !== "root" || maintenance.kind !== "root" || isAlike(initial, maintenance);
    return { kind: one === other && rooted ? KINDS[one] : KINDS.mixed, first, last };
  }

  private weight(weight: Weight, inner: number, tiers: number): number {
    switch (weight.kind) {
      case "tiers":
        return this.tiers(
          weight.upTo.map((upTo, k) => [upTo, weight.weight[k] ?? 0, 0]),
          tiers,
        );
      case "root":
        return this.add("root", [inner, weight.imf, perUnit(weight.unit)], []);
      case "clamp":
        return this.add("clamp", [weight.scale, weight.slope, weight.lower, weight.upper], []);
      default:
        return tiers === 0 ? 0 : this.tiers([[Number.POSITIVE_INFINITY, inner, 0]], tiers);
    }
  }

  /** Tiers, and as many that hold nothing as make `count`. */
  private tiers(rows: readonly (readonly number[])[], count: number): number {
    const empty = Array.from({ length: Math.max(0, count - rows.length) }, () => [Number.POSITIVE_INFINITY, 0, 0]);
    return this.add("tiers", [], [...rows, ...empty]);
  }

  /** A rate of size; 0 for a rate that is one number. */
  rate(rate: Rate): number {
    switch (rate.kind) {
      case "brackets":
        return this.add("brackets", [], bracketRows(rate.upTo, rate.rate));
      case "affine":
        return this.add("affine", [rate.base, rate.slope], []);
      case "root":
        return this.add("root", [rate.rate, rate.imf, perUnit(rate.unit)], []);
      case "rootBetween":
        return this.add("rootBetween", [rate.high, rate.imf, perUnit(rate.unit), rate.low], []);
      case "share":
        return this.add("share", [rate.of, rate.share], []);
      default:
        return 0;
    }
  }

  /** A weight of gains that falls with their size; 0 for one that is one number. */
  gain(gain: GainWeight): number {
    return gain.kind === "flat" ? 0 : this.add("root", [gain.weight, gain.imf, perUnit(gain.unit), gain.scale], []);
  }

  /** All curves, back to back. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.size);
    for (const { at, bytes } of this.list) all.set(bytes, at);
    return all;
  }

  private add(
    kind: Exclude<keyof typeof KINDS, "number" | "mixed">,
    parameters: readonly number[],
    rows: readonly (readonly number[])[],
  ): number {
    const bytes = new Uint8Array(HEAD + ROW * rows.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, KINDS[kind], true);
    view.setUint32(4, rows.length, true);
    for (const [i, parameter] of parameters.entries()) view.setFloat64(8 + 8 * i, parameter, true);
    for (const [i, x] of rows.flat().entries()) view.setFloat64(HEAD + 8 * i, x, true);
    const at = this.size;
    this.list.push({ at, bytes });
    this.size += bytes.length;
    return at + 1;
  }
}

/** Upper bound, rate and deduction of marginal brackets: c_0 = 0, c_k = c_{k−1} + bound_{k−1} (r_k − r_{k−1}). */
function bracketRows(upTo: readonly number[], rate: readonly number[]): readonly (readonly number[])[] {
  let deduction = 0;
  return upTo.map((bound, k) => {
    if (k > 0) deduction += (upTo[k - 1] ?? 0) * ((rate[k] ?? 0) - (rate[k - 1] ?? 0));
    return [bound, rate[k] ?? 0, deduction];
  });
}

/** Whether roots at the two levels are rounded alike; one of imf 0 is none. */
export function isAlike(
  initial: { readonly imf: number; readonly unit: number | null },
  maintenance: { readonly imf: number; readonly unit: number | null },
): boolean {
  return initial.imf !== 0 && maintenance.imf !== 0 && perUnit(initial.unit) === perUnit(maintenance.unit);
}

/** Units in one: what a step is rounded by. 1e-4 has no f64, its inverse has. */
export function perUnit(unit: number | null): number {
  if (unit === null) return 0;
  const whole = Math.round(1 / unit);
  return Math.abs(whole * unit - 1) < 1e-9 ? whole : 1 / unit;
}

/** 2^−50 and the most that it is held to: see assembly/rules/rounding.ts. */
const NOISE = 2 ** -50;
const MOST_NOISE = 0.25;

/** x ≥ 0 rounded down to a multiple of `unit`, as assembly/rules/rounding.ts rounds. */
export function roundedDown(x: number, unit: number | null): number {
  if (unit === null) return x;
  const scale = perUnit(unit);
  const units = x * scale;
  return Math.floor(units + Math.min(units * NOISE, MOST_NOISE)) / scale;
}

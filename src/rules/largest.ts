import { type Along, type End, evenly, refine } from "./roots.js";

/** The largest amount at which a function is not below zero. */
export interface Largest {
  /** 0 where the function is below zero at every amount looked at */
  readonly amount: number;
  /** the function at the amount */
  readonly at: number;
  /** one step beyond the amount, where the function is below zero; null where the bound stops it, or nothing does */
  readonly beyond: { readonly at: number; readonly value: number } | null;
  /** what stops the amount: the function, the bound, or nothing within 2^60 guesses */
  readonly stop: "level" | "bound" | "none";
  /** `line`: two values and the line through them gave it; `bracket`: a refined bracket */
  readonly method: "line" | "bracket";
  readonly evaluations: number;
}

export interface LargestOptions {
  /** amounts above it are not possible; Infinity where all are */
  readonly bound: number;
  /** an amount of the order of what is looked for; above zero */
  readonly guess: number;
  /** |f| up to which a value counts as zero */
  readonly tolerance: number;
  /** nodes of a ladder up to the bound, for a function that may rise and fall; 0 for one that falls once below zero */
  readonly nodes: number;
}

/** Doublings of the guess before an amount counts as unlimited. */
const DOUBLINGS = 60;
/** Evaluations of one refinement: enough to halve a bracket to its last digit. */
const REFINEMENTS = 60;
/** One step beyond an amount: this part of it, or what takes a line from `tolerance` to as much below zero. */
const STEP = 2 ** -40;

const below = (value: number) => value < 0;

/**
 * The largest amount in 0 .. bound at which f ≥ 0.
 *
 * A function that falls, as excess does with what is borrowed or withdrawn, is bracketed by the line through its first two
 * values, which ends at the answer where the function is that line, and refined. One that may rise and fall is looked at on
 * a ladder of `nodes` amounts first; the crossing behind the last node that holds counts. The amount itself holds: where
 * rounding puts the value at the crossing below zero, the last amount before it that holds is taken.
 *
 * Cost: 4 evaluations for a line; `nodes` + 5 to 25 otherwise.
 */
export function largest(f: Along, { bound, guess, tolerance, nodes }: LargestOptions): Largest {
  let evaluations = 0;
  const look = (at: number): End => {
    evaluations++;
    return { at, value: f(at) };
  };
  const zero = look(0);
  let held: End | null = below(zero.value) ? null : zero;
  let lost: End | null = null;
  if (nodes > 0) {
    for (const at of evenly(0, Number.isFinite(bound) ? bound : guess, nodes).slice(1)) {
      const next = look(at);
      if (!below(next.value)) [held, lost] = [next, null];
      else if (held !== null) lost ??= next;
    }
  }
  const result = (end: End, stop: Largest["stop"], method: Largest["method"], beyond: End | null): Largest => {
    return { amount: end.at, at: end.value, beyond, stop, method, evaluations };
  };
  if (held === null) return result(zero, "level", "bracket", null);
  if (held.at >= bound) return result(held, "bound", "bracket", null);

  const start = held;
  let end: End | null = null;
  let slope = Number.NaN;
  if (lost === null) {
    const next = look(Math.min(bound, start.at + guess));
    slope = (next.value - start.value) / (next.at - start.at);
    const line = start.at - start.value / slope;
    const guessed = slope < 0 && line < bound ? look(line) : null;
    if (guessed !== null && Math.abs(guessed.value) <= tolerance) end = guessed;
    for (const known of guessed === null ? [next] : [next, guessed].sort((a, b) => a.at - b.at)) {
      if (below(known.value)) lost ??= known;
      else if (lost === null) held = known;
    }
  }
  const method = end === null ? "bracket" : "line";
  for (let i = 0; end === null && lost === null; i++) {
    if (held.at >= bound) return result(held, "bound", "bracket", null);
    if (i === DOUBLINGS) return result(held, "none", "bracket", null);
    const next = look(Math.min(bound, start.at + 2 * Math.max(guess, held.at - start.at)));
    if (below(next.value)) lost = next;
    else held = next;
  }
  if (end === null && lost !== null) {
    const refined = refine(
      (at) => look(at).value,
      held,
      lost,
      below,
      () => tolerance,
      REFINEMENTS,
    );
    [held, end] = [refined.above, refined];
    slope = (refined.under.value - refined.above.value) / (refined.under.at - refined.above.at);
  }
  let last = end ?? held;
  // Back along the line by a few times what is missing, at least a last digit or two, then twice as much each time.
  let back = Math.max(last.at * 2 ** -50, slope < 0 ? (4 * last.value) / slope : 0);
  for (const from = last.at; below(last.value) && back < from - held.at; back *= 2) last = look(from - back);
  if (below(last.value)) last = held;
  // Where a value near zero gave the amount, what is lost within a step may be less than rounding: then a longer one.
  let step = Math.max(last.at * STEP, slope < 0 ? (-2 * tolerance) / slope : 0);
  for (let i = 0; i < 2 * DOUBLINGS; i++) {
    if (last.at + step > bound) return result(last, "bound", method, null);
    const next = look(last.at + step);
    if (below(next.value)) return result(last, "level", method, next);
    last = next;
    step *= 2;
  }
  return result(last, "none", method, null);
}

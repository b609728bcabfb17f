/** A function of one number: an excess along a move or an amount. Where it has no number it is not finite. */
export type Along = (at: number) => number;

/** Where a function passes through zero, or jumps across it. */
export interface Crossing {
  readonly at: number;
  /** whether the function is below zero beyond it, in the direction of growing arguments */
  readonly falls: boolean;
  /**
   * no value within tolerance of zero was found: the function jumps across zero here, or is so steep that it might as well
   */
  readonly jump: boolean;
}

/** What a search found, and what it looked at. */
export interface Crossings {
  readonly found: readonly Crossing[];
  readonly evaluations: number;
  /** nodes at which the function has no number: nothing is known beside them */
  readonly gaps: number;
}

/** Evaluations that one crossing may cost beyond the ladder's own. */
export const REFINEMENTS = 20;

/**
 * Every change of sign of `f` between the nodes of a ladder, refined by at most `REFINEMENTS` further evaluations each.
 * What changes sign twice between two nodes is not seen.
 *
 * @param nodes      in growing order; f is evaluated at each, once
 * @param below      whether a value counts as below zero: `<` or `<=`
 * @param tolerance  |f| up to which a value counts as zero when a refinement may end, and as a root rather than a jump
 */
export function ladder(
  f: Along,
  nodes: readonly number[],
  below: (value: number) => boolean,
  tolerance: (at: number) => number,
): Crossings {
  const found: Crossing[] = [];
  let evaluations = 0;
  let gaps = 0;
  let last: End | null = null;
  for (const at of nodes) {
    const next: End = { at, value: f(at) };
    evaluations++;
    if (!Number.isFinite(next.value)) {
      gaps++;
      last = null;
      continue;
    }
    if (last !== null && below(last.value) !== below(next.value)) {
      const refined = refine(f, last, next, below, tolerance);
      evaluations += refined.evaluations;
      found.push({ at: refined.at, falls: below(next.value), jump: refined.jump });
    }
    last = next;
  }
  return { found, evaluations, gaps };
}

/** Halvings that a refinement may be behind bisection: interpolation comes from one side, or is fooled by a jump or a kink. */
const BEHIND = 3;

/** A bracket's end: an argument and what the function is there. */
export interface End {
  readonly at: number;
  readonly value: number;
}

/** Where the function changes sign within a bracket, and the bracket that was left of it. */
export interface Refined extends End {
  readonly jump: boolean;
  readonly evaluations: number;
  /** the end that is not below zero and the end that is */
  readonly above: End;
  readonly under: End;
}

/**
 * The change of sign between two ends, by Chandrupatla's method: inverse quadratic interpolation where the last three
 * points allow it, else bisection; and bisection wherever the bracket is more than `BEHIND` halvings wider than bisection
 * alone would have made it, so that a jump is as narrow as a move that is not a root can be. Ends where a value is within
 * `tolerance` of zero, where no number lies between the ends, or after `most` evaluations; reports the end whose value is
 * nearer to zero.
 *
 * Tirupathi Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function without
 * using derivatives", Advances in Engineering Software 28 (1997) 145.
 */
export function refine(
  f: Along,
  from: End,
  to: End,
  below: (value: number) => boolean,
  tolerance: (at: number) => number,
  most = REFINEMENTS,
): Refined {
  const near = ({ at, value }: End) => Math.abs(value) <= tolerance(at);
  let [a, b, c] = [to, from, from];
  const width = Math.abs(to.at - from.at);
  let share = 0.5;
  let evaluations = 0;
  while (evaluations < most && !near(a) && !near(b)) {
    const at = a.at + share * (b.at - a.at);
    if (at === a.at || at === b.at) break;
    const next = { at, value: f(at) };
    evaluations++;
    if (below(next.value) === below(a.value)) {
      c = a;
    } else {
      c = b;
      b = a;
    }
    a = next;
    const behind = Math.abs(b.at - a.at) > width * 2 ** (BEHIND - evaluations);
    share = behind ? 0.5 : nextShare(a, b, c);
  }
  const best = Math.abs(b.value) < Math.abs(a.value) ? b : a;
  const jump = !near(best);
  return { ...best, jump, evaluations, ...(below(a.value) ? { above: b, under: a } : { above: a, under: b }) };
}

/** Where between the newest point (0) and the one across zero (1) to look next. */
function nextShare(a: End, b: End, c: End): number {
  const xi = (a.at - b.at) / (c.at - b.at);
  const phi = (a.value - b.value) / (c.value - b.value);
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5;
  const share =
    (a.value / (b.value - a.value)) * (c.value / (b.value - c.value)) +
    ((c.at - a.at) / (b.at - a.at)) * (a.value / (c.value - a.value)) * (b.value / (c.value - b.value));
  const least = 2 ** -26;
  return Math.min(Math.max(share, least), 1 - least) || 0.5;
}

/** `count` nodes from `from` to `to`, both included, evenly spaced. Zero is one of them where it is half way. */
export function evenly(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (from * (count - 1 - i) + to * i) / (count - 1));
}

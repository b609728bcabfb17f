/** What `prepare` hands out: both sides ready to be timed, and a check that they agree, which runs before any timing. */
export interface Prepared {
  /** Ours. The result is looked at by nobody, but returned, so that no compiler may drop the work. */
  subject(): unknown;
  /** What it is measured against, doing the same work. */
  peer(): unknown;
  /** Throws where the two results differ by more than rounding. */
  agree(): void;
  /** Gives back what `prepare` took. */
  dispose?(): void;
}

/**
 * One row of the benchmark: the same work done by us and by one peer. `id` is `<area>.<case>.<size>.<peer>` and stable:
 * later runs are compared by it, and bench/README.md lists it.
 */
export interface BenchCase {
  readonly id: string;
  /** the work in words, with its size: `VaR and ES of 100,000 observations` */
  readonly work: string;
  readonly subject: string;
  readonly peer: string;
  /** true: the peer is no rival but a ceiling; its best sample counts, and the ratio is the share of it that ours reaches */
  readonly ceiling?: boolean;
  prepare(): Promise<Prepared>;
}

/** Throw unless `actual` is `expected` within `relative`; `what` names the number. */
export function agreeing(what: string, actual: number, expected: number, relative = 1e-9): void {
  const error = Math.abs(actual - expected);
  if (Object.is(actual, expected) || error <= relative * Math.max(Math.abs(expected), Number.MIN_VALUE)) return;
  throw new Error(`${what} must be ${expected} within ${relative} relative, got ${actual}`);
}

/** The same for all numbers of two arrays, relative to the largest magnitude among the expected. */
export function allAgreeing(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  relative = 1e-9,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what} must have ${expected.length} numbers, got ${actual.length}`);
  }
  let scale = Number.MIN_VALUE;
  for (let i = 0; i < expected.length; i++) {
    const magnitude = Math.abs(expected[i] as number);
    if (magnitude > scale && magnitude < Number.POSITIVE_INFINITY) scale = magnitude;
  }
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] as number, expected[i] as number];
    if (!Object.is(a, b) && !(Math.abs(a - b) <= relative * scale)) {
      throw new Error(`${what}[${i}] must be ${b} within ${relative * scale}, got ${a}`);
    }
  }
}

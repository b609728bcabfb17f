import type { Crossing } from "./roots.js";

/** c0 + c1 t + c2 t² */
export type Quadratic = readonly [number, number, number];

export const ZERO: Quadratic = [0, 0, 0];

export function constant(value: number): Quadratic {
  return [value, 0, 0];
}

/** value · (1 + motion · t) */
export function moving(value: number, motion: number): Quadratic {
  return [value, value * motion, 0];
}

export function plus(p: Quadratic, q: Quadratic): Quadratic {
  return [p[0] + q[0], p[1] + q[1], p[2] + q[2]];
}

export function minus(p: Quadratic, q: Quadratic): Quadratic {
  return [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
}

export function times(p: Quadratic, factor: number): Quadratic {
  return [p[0] * factor, p[1] * factor, p[2] * factor];
}

export function valueAt(p: Quadratic, t: number): number {
  return p[0] + t * (p[1] + t * p[2]);
}

export function isConstant(p: Quadratic): boolean {
  return p[1] === 0 && p[2] === 0;
}

/** Real roots, ascending; none where p is constant. */
export function rootsOf([c, b, a]: Quadratic): readonly number[] {
  if (a === 0) return b === 0 ? [] : [-c / b];
  const discriminant = b * b - 4 * a * c;
  if (!(discriminant >= 0)) return [];
  const root = -0.5 * (b + (b < 0 ? -1 : 1) * Math.sqrt(discriminant));
  const both = root === 0 ? [0] : [root / a, c / root];
  return both.filter((t) => Number.isFinite(t)).sort((x, y) => x - y);
}

/**
 * Where a computation stands while it is carried out on functions of t instead of numbers. It starts at a point `at` of an
 * interval; every comparison decides as it does there and narrows the interval to where it decides alike. What is computed
 * in the end therefore holds, as one function, on from .. to.
 */
export class Cell {
  readonly at: number;
  from: number;
  to: number;
  /** something was met that is no polynomial of degree two or less: the result means nothing */
  curved = false;

  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
    this.at = from + (to - from) / 2;
  }

  /** The sign of p at the point; just above the point where p passes through zero there. */
  sign(p: Quadratic): number {
    for (const root of rootsOf(p)) {
      if (root > this.at) this.to = Math.min(this.to, root);
      else this.from = Math.max(this.from, root);
    }
    return Math.sign(valueAt(p, this.at)) || Math.sign(p[1] + 2 * p[2] * this.at) || Math.sign(p[2]);
  }

  lesser(p: Quadratic, q: Quadratic): Quadratic {
    return this.sign(minus(p, q)) <= 0 ? p : q;
  }

  greater(p: Quadratic, q: Quadratic): Quadratic {
    return this.sign(minus(p, q)) >= 0 ? p : q;
  }

  product(p: Quadratic, q: Quadratic): Quadratic {
    if (p[1] * q[2] !== 0 || p[2] * q[1] !== 0 || p[2] * q[2] !== 0) return this.unknown();
    return [p[0] * q[0], p[0] * q[1] + p[1] * q[0], p[0] * q[2] + p[1] * q[1] + p[2] * q[0]];
  }

  unknown(): Quadratic {
    this.curved = true;
    return ZERO;
  }
}

/** A function on from .. to. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly value: Quadratic;
}

/** Pieces narrower than this part of the interval are rounding, not features. */
const NARROW = 2 ** -44;
/** More pieces than any pool has; beyond it the caller is better served by a ladder. */
const MOST = 4096;

/**
 * `compute` as a function in pieces on from .. to: it is carried out at the middle of the interval, holds on some piece
 * around that, and is carried out again on what is left at either side. Exact up to rounding, whatever the number of
 * breaks. null where `compute` meets something curved.
 */
export function piecewise(from: number, to: number, compute: (cell: Cell) => Quadratic): readonly Piece[] | null {
  const narrow = NARROW * Math.max(Math.abs(from), Math.abs(to));
  const pieces: Piece[] = [];
  const open: [number, number][] = [[from, to]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const cell = new Cell(...next);
    const value = compute(cell);
    if (cell.curved || pieces.length === MOST) return null;
    pieces.push({ from: cell.from, to: cell.to, value });
    if (next[1] - cell.to > narrow) open.push([cell.to, next[1]]);
    if (cell.from - next[0] > narrow) open.push([next[0], cell.from]);
  }
  return pieces.sort((a, b) => a.from - b.from);
}

/** Two crossings nearer to each other than this, one back over the other, are one touch. */
const TOUCH = 2 ** -42;

/**
 * Every crossing of zero of a function in pieces.
 *
 * @param below      whether a value counts as below zero
 * @param tolerance  |value| up to which an end of a piece counts as zero, so that the crossing there is no jump
 */
export function crossingsOf(
  pieces: readonly Piece[],
  below: (value: number) => boolean,
  tolerance: number,
): readonly Crossing[] {
  const found: Crossing[] = [];
  let last: { readonly below: boolean; readonly value: Quadratic } | null = null;
  for (const { from, to, value } of pieces) {
    const cuts = [from, ...rootsOf(value).filter((root) => root > from && root < to), to];
    for (let i = 1; i < cuts.length; i++) {
      const [left = from, right = to] = [cuts[i - 1], cuts[i]];
      const here = below(valueAt(value, left + (right - left) / 2));
      if (last !== null && last.below !== here) {
        const jump = Math.min(Math.abs(valueAt(last.value, left)), Math.abs(valueAt(value, left))) > tolerance;
        const before = found.at(-1);
        if (before !== undefined && left - before.at < TOUCH) found.pop();
        else found.push({ at: left, falls: here, jump });
      }
      last = { below: here, value };
    }
  }
  return found;
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Cell,
  constant,
  crossingsOf,
  minus,
  moving,
  piecewise,
  plus,
  type Quadratic,
  rootsOf,
  times,
  valueAt,
} from "../../src/rules/pieces.js";
import { evenly, ladder, REFINEMENTS } from "../../src/rules/roots.js";
import { tolerance } from "../support/tolerance.js";

const below = (value: number) => value < 0;
const nodes = evenly(-0.6, 0.6, 33);

describe("a ladder", () => {
  test("has zero among its nodes and both ends of the range", () => {
    expect(nodes[0]).toBe(-0.6);
    expect(nodes[16]).toBe(0);
    expect(nodes[32]).toBe(0.6);
    expect(nodes.length).toBe(33);
  });

  test("finds both roots of an excess that falls on either side, with the direction of each", () => {
    const { found } = ladder(
      (t) => 0.04 - t * t,
      nodes,
      below,
      () => 1e-14,
    );
    expect(found.map(({ falls, jump }) => [falls, jump])).toEqual([
      [false, false],
      [true, false],
    ]);
    expect(found[0]?.at).toBeCloseTo(-0.2, 12);
    expect(found[1]?.at).toBeCloseTo(0.2, 12);
  });

  test("refines a smooth root in at most twenty evaluations beyond its nodes", () => {
    fc.assert(
      fc.property(fc.double({ min: -0.59, max: 0.59, noNaN: true }), (root) => {
        const f = (t: number) => Math.exp(3 * t) - Math.exp(3 * root);
        const { found, evaluations } = ladder(f, nodes, below, () => 1e-14);
        expect(found.length).toBe(1);
        expect(evaluations).toBeLessThanOrEqual(33 + REFINEMENTS);
        expect(found[0]?.jump).toBe(false);
        expect(Math.abs((found[0]?.at ?? 1) - root)).toBeLessThan(tolerance.rootRelative);
      }),
    );
  });

  test("flags a jump across zero, and places it within a millionth of the distance of two nodes", () => {
    fc.assert(
      fc.property(fc.double({ min: -0.59, max: 0.59, noNaN: true }), (at) => {
        const { found } = ladder(
          (t) => (t < at ? 1 : -3) + t,
          nodes,
          below,
          () => 1e-14,
        );
        expect(found.map(({ falls, jump }) => ({ falls, jump }))).toEqual([{ falls: true, jump: true }]);
        expect(Math.abs((found[0]?.at ?? 1) - at)).toBeLessThanOrEqual(0.0375 / 2 ** REFINEMENTS + Number.EPSILON);
      }),
    );
  });

  test("places a kink at zero and a step of unequal sides within sixteen of the narrowest steps that bisection would make", () => {
    const shapes = [(t: number) => (t < 0 ? 231_000 : 13_000) * t, (t: number) => (t < 0 ? -1 : 1000 + 1e6 * t)];
    fc.assert(
      fc.property(fc.double({ min: -0.59, max: 0.59, noNaN: true }), fc.constantFrom(...shapes), (at, shape) => {
        const { found } = ladder(
          (t) => shape(t - at),
          nodes,
          below,
          () => 1e-14,
        );
        expect(Math.abs((found[0]?.at ?? 1) - at)).toBeLessThanOrEqual(
          (16 * 0.0375) / 2 ** REFINEMENTS + Number.EPSILON,
        );
      }),
    );
  });

  test("takes zero as above or below as it is told to", () => {
    const touch = (t: number) => t * t;
    expect(ladder(touch, nodes, below, () => 0).found).toEqual([]);
    expect(
      ladder(
        touch,
        nodes,
        (value) => value <= 0,
        () => 0,
      ).found.length,
    ).toBe(2);
  });
});

/** A random expression of lines, to be carried out on numbers and on cells alike. */
type Tree =
  | { readonly kind: "line"; readonly zero: number; readonly slope: number }
  | { readonly kind: "lesser" | "greater" | "plus" | "minus"; readonly of: readonly [Tree, Tree] };

const tree: (depth?: number) => fc.Arbitrary<Tree> = fc.memo((depth) => {
  const line = fc.record({
    kind: fc.constant("line" as const),
    zero: fc.integer({ min: -40, max: 40 }).map((zero) => zero / 64),
    slope: fc.integer({ min: -100, max: 100 }),
  });
  if (depth <= 1) return line;
  const kind = fc.constantFrom("lesser" as const, "greater" as const, "plus" as const, "minus" as const);
  return fc.oneof(line, fc.record({ kind, of: fc.tuple(tree(), tree()) }));
});

function number(t: number, node: Tree): number {
  if (node.kind === "line") return node.slope * (t - node.zero);
  const [a, b] = [number(t, node.of[0]), number(t, node.of[1])];
  return { lesser: Math.min(a, b), greater: Math.max(a, b), plus: a + b, minus: a - b }[node.kind];
}

function onCell(cell: Cell, node: Tree): Quadratic {
  if (node.kind === "line") return times(plus(constant(-node.zero), [0, 1, 0]), node.slope);
  const [a, b] = [onCell(cell, node.of[0]), onCell(cell, node.of[1])];
  if (node.kind === "plus") return plus(a, b);
  return node.kind === "minus" ? minus(a, b) : cell[node.kind](a, b);
}

describe("a function in pieces", () => {
  test("is the function, between any two of its breaks", () => {
    fc.assert(
      fc.property(tree(6), (node) => {
        const pieces = piecewise(-0.6, 0.6, (cell) => onCell(cell, node)) ?? [];
        expect(pieces[0]?.from).toBe(-0.6);
        expect(pieces.at(-1)?.to).toBe(0.6);
        for (const [i, { from, to, value }] of pieces.entries()) {
          expect(from - (pieces[i - 1]?.to ?? from)).toBeLessThan(tolerance.rootRelative);
          for (const t of evenly(from, to, 5)) {
            expect(Math.abs(valueAt(value, t) - number(t, node))).toBeLessThan(tolerance.pieceAbsolute);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("has every change of sign that a dense grid sees, in order", () => {
    fc.assert(
      fc.property(tree(6), (node) => {
        const pieces = piecewise(-0.6, 0.6, (cell) => onCell(cell, node)) ?? [];
        const found = crossingsOf(pieces, below, tolerance.pieceAbsolute);
        const grid = evenly(-0.6, 0.6, 501).filter((t) => Math.abs(number(t, node)) > tolerance.pieceAbsolute);
        const seen = grid.slice(1).filter((t, i) => below(number(t, node)) !== below(number(grid[i] ?? t, node)));
        expect(found.length).toBeGreaterThanOrEqual(seen.length);
        for (const [i, t] of grid.entries()) {
          const last = found.filter(({ at }) => at < t).at(-1);
          const first = below(number(grid[0] ?? t, node));
          expect(last?.falls ?? first, `${i}`).toBe(below(number(t, node)));
        }
        for (const { at, jump } of found) {
          expect(jump).toBe(false);
          expect(Math.abs(number(at, node))).toBeLessThan(tolerance.pieceAbsolute);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("may bend: products of two moving prices, with both their roots", () => {
    const pieces = piecewise(-0.6, 0.6, (cell) => minus(cell.product(moving(1, 2), moving(1, -2)), constant(0.84)));
    const found = crossingsOf(pieces ?? [], below, tolerance.pieceAbsolute);
    expect(found.map(({ at, falls }) => [Math.round(at * 1e12) / 1e12, falls])).toEqual([
      [-0.2, false],
      [0.2, true],
    ]);
  });

  test("has both roots to their last digits, however far apart they are and whatever the sign between them", () => {
    for (const b of [-1e8, 1e8]) {
      const [low = 0, high = 0] = rootsOf([1, b, 1]);
      // Of t² + b t + 1 the small root is −1/b up to 1/b³, and the other −b up to 1/b.
      const [small, large] = b < 0 ? [low, high] : [high, low];
      expect(Math.abs(small * b + 1)).toBeLessThan(tolerance.rootRelative);
      expect(Math.abs(large / b + 1)).toBeLessThan(tolerance.rootRelative);
    }
    expect(rootsOf([0, 0, 2])).toEqual([0]);
    expect(rootsOf([-6, 3, 0])).toEqual([2]);
    expect(rootsOf([5, 0, 0])).toEqual([]);
    expect(rootsOf([1, 1, 1])).toEqual([]);
  });

  test("that dips below zero for less than rounding only touches it, and for longer crosses it twice", () => {
    const dips = (width: number) =>
      crossingsOf(
        [
          { from: -0.5, to: 0.25, value: constant(1) },
          { from: 0.25, to: 0.25 + width, value: constant(-1) },
          { from: 0.25 + width, to: 0.5, value: constant(1) },
        ],
        below,
        tolerance.pieceAbsolute,
      );
    expect(dips(2 ** -44)).toEqual([]);
    expect(dips(2 ** -20)).toEqual([
      { at: 0.25, falls: true, jump: true },
      { at: 0.25 + 2 ** -20, falls: false, jump: true },
    ]);
  });

  test("is none where something is no polynomial of degree two", () => {
    const square = (cell: Cell) => cell.product(moving(1, 2), moving(1, 2));
    expect(piecewise(-0.6, 0.6, (cell) => cell.product(square(cell), moving(1, 1)))).toBeNull();
  });
});

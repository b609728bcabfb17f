import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceResult } from "../../src/covariance/covariance.js";
import { ewma } from "../../src/covariance/ewma.js";
import { sample } from "../../src/covariance/sample.js";
import { DisposedError, InsufficientDataError, OutOfMemoryError, UnsupportedError } from "../../src/errors.js";
import { type CovarianceStream, covarianceStream, ewmaStream } from "../../src/numerics/index.js";
import { ewmaNormalised, ewmaRecursive, means, sampleCovariance } from "../reference/covariance.js";
import { builds, freshMemory } from "../support/builds.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds, numericsOn } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Rows = number[][];

function observations(seed: number, rows: number, columns: number, level = 0): Rows {
  const uniform = random(seed);
  const sizes = Array.from({ length: columns }, () => 10 ** (4 * uniform() - 4));
  return Array.from({ length: rows }, () => {
    const common = uniform() - 0.5;
    return sizes.map((size) => level + size * (common + uniform() - 0.4));
  });
}
const tableOf = (x: Rows) => ({ rows: x.length, columns: x[0]?.length ?? 0, values: Float64Array.from(x.flat()) });

function pushed(stream: CovarianceStream, x: Rows): CovarianceStream {
  for (const row of x) stream.push(row);
  return stream;
}

/** The result, and the memory given back. */
function result(stream: CovarianceStream): CovarianceResult {
  try {
    return stream.covariance();
  } finally {
    stream.dispose();
  }
}

function expectNear(found: CovarianceResult, expected: readonly (readonly number[])[], allowed: number, label = "") {
  const n = expected.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const scale = Math.sqrt((expected[i]?.[i] ?? 0) * (expected[j]?.[j] ?? 0));
      const far = Math.abs((found.matrix[i * n + j] ?? Number.NaN) - (expected[i]?.[j] ?? 0));
      expect(far, `${label} ${i}, ${j}`).toBeLessThanOrEqual(allowed * scale);
    }
  }
}

const SHAPES = [
  [2, 1],
  [3, 2],
  [9, 5],
  [40, 70],
  [200, 33],
  [600, 4],
] as const;

describe.each(numericsBuilds)("a covariance of rows that come one at a time ($build)", ({ memory: fresh }) => {
  const memory = fresh();
  const engine = { memory };

  it.each(SHAPES)("is that of plain sums over %i rows of %i columns", (rows, columns) => {
    const kept = memory.kept;
    const x = observations(rows + columns, rows, columns);
    for (const ddof of [0, 1] as const) {
      const found = result(pushed(covarianceStream(engine, columns, { ddof }), x));
      expectNear(found, sampleCovariance(x, rows - ddof), tolerance.streamed(rows));
      for (const [i, mean] of means(x).entries()) {
        const largest = Math.max(...x.map((row) => Math.abs(row[i] ?? 0)));
        expect(Math.abs((found.mean?.[i] ?? Number.NaN) - mean)).toBeLessThanOrEqual(
          tolerance.reorderedSum(rows) * largest,
        );
      }
      expect(found.rows).toBe(rows);
    }
    const recursive = result(pushed(ewmaStream(engine, columns, { decay: 0.9 }), x));
    expectNear(recursive, ewmaRecursive(x, 0.9), tolerance.streamed(rows));
    const normalised = result(pushed(ewmaStream(engine, columns, { halfLife: 20, form: "normalised" }), x));
    expectNear(normalised, ewmaNormalised(x, 2 ** (-1 / 20)), tolerance.streamed(rows));
    expect(memory.kept).toBe(kept);
  });

  it.each([
    [2, 1],
    [2, 1000],
    [7, 3],
    [20, 20],
    [64, 300],
  ])("of a window of %i rows, summed anew every %i, is that of its rows", (window, rebuildEvery) => {
    const x = observations(window, 260, 9);
    const stream = covarianceStream(engine, 9, { window, rebuildEvery });
    for (const [t, row] of x.entries()) {
      stream.push(row);
      expect(stream.rows).toBe(Math.min(window, t + 1));
      if (t < 2 || t % 13 > 0) continue;
      const batch = x.slice(Math.max(0, t + 1 - window), t + 1);
      expectNear(
        stream.covariance(),
        sampleCovariance(batch, batch.length - 1),
        tolerance.streamed(2 * rebuildEvery + 2 * window),
        `${t}:`,
      );
    }
    stream.dispose();
  });

  it("of a window that has just been summed anew is the batch to the bit", () => {
    const x = observations(5, 65, 11);
    const found = result(pushed(covarianceStream(engine, 11, { window: 30, rebuildEvery: 7 }), x));
    expect(found.matrix).toEqual(covariance(engine, tableOf(x.slice(-30)), sample()).matrix);
  });

  it("forgets what was large once it has left, though nothing is due to be summed anew", () => {
    const x = observations(6, 60, 4);
    const jump = x.map((row, t) => (t === 20 ? row.map((value) => 1e6 * (value + 1)) : row));
    const found = result(pushed(covarianceStream(engine, 4, { window: 10, rebuildEvery: 1_000_000 }), jump));
    expectNear(found, sampleCovariance(x.slice(-10), 9), tolerance.streamed(1000));
    const still = jump.map((row, t) => (t >= 45 ? [...row.slice(0, 3), 7] : row));
    const { matrix } = result(pushed(covarianceStream(engine, 4, { window: 10, rebuildEvery: 1_000_000 }), still));
    for (let i = 0; i < 4; i++) expect(matrix[4 * i + 3]).toBe(0);
  });

  it("keeps its digits at prices of 1e8, and drifts no further over 100,000 rows than it says", () => {
    const x = observations(7, 300, 3, 1e8);
    const near = x.map((row) => row.map((value) => value - 1e8));
    const far = result(pushed(covarianceStream(engine, 3, { window: 50, rebuildEvery: 1_000 }), x));
    expectNear(far, sampleCovariance(near.slice(-50), 49), tolerance.streamed(600));
    const uniform = random(9);
    const long = Array.from({ length: 100_000 }, () => [uniform() - 0.3, uniform() + 5]);
    const all = result(pushed(covarianceStream(engine, 2), long));
    const batch = covariance(engine, tableOf(long), sample());
    expectNear(
      all,
      [
        [batch.matrix[0] ?? 0, batch.matrix[1] ?? 0],
        [batch.matrix[2] ?? 0, batch.matrix[3] ?? 0],
      ],
      tolerance.streamed(100_000),
    );
    const weighed = result(pushed(ewmaStream(engine, 2, { decay: 0.999 }), long));
    const weights = covariance(engine, tableOf(long), ewma({ decay: 0.999, form: "recursive" })).matrix;
    expectNear(
      weighed,
      [
        [weights[0] ?? 0, weights[1] ?? 0],
        [weights[2] ?? 0, weights[3] ?? 0],
      ],
      tolerance.streamed(1000),
    );
  });

  it("does not depend on when it is looked at", () => {
    const x = observations(8, 47, 6);
    for (const make of [
      () => covarianceStream(engine, 6),
      () => covarianceStream(engine, 6, { window: 12 }),
      () => ewmaStream(engine, 6, { decay: 0.5 }),
    ]) {
      const looked = make();
      looked.push(x[0] ?? []);
      looked.push(x[1] ?? []);
      for (const row of x.slice(2)) {
        looked.push(row);
        looked.covariance();
      }
      expect(result(looked)).toEqual(result(pushed(make(), x)));
    }
  });

  it("of two streams that are joined is that of all their rows", () => {
    const x = observations(9, 90, 7, 100);
    for (const cut of [0, 1, 2, 45, 89, 90]) {
      const [one, other] = [x.slice(0, cut), x.slice(cut)].map((part) => pushed(covarianceStream(engine, 7), part));
      if (one === undefined || other === undefined) throw new Error("two streams");
      const before = other.rows > 1 ? other.covariance() : null;
      one.merge(other);
      expect([one.rows, other.rows]).toEqual([90, 90 - cut]);
      if (before !== null) expect(other.covariance()).toEqual(before);
      // Rows go on coming.
      const more = observations(10, 5, 7, 100);
      pushed(one, more);
      expectNear(one.covariance(), sampleCovariance([...x, ...more], 94), tolerance.streamed(200));
      other.dispose();
      one.dispose();
    }
    const twice = pushed(covarianceStream(engine, 7), x);
    twice.merge(twice);
    expectNear(result(twice), sampleCovariance([...x, ...x], 179), tolerance.streamed(200));
  });

  it("of a decay that leaves nothing is the newest row, and one that takes nothing is finite", () => {
    const x = [
      [3, 1],
      [2, 5],
      [-1, 4],
    ];
    const { matrix } = result(pushed(ewmaStream(engine, 2, { decay: 1e-280, form: "normalised" }), x));
    expect([...matrix]).toEqual([1, -4, -4, 16]);
    const slow = result(pushed(ewmaStream(engine, 2, { halfLife: 1e300, form: "normalised" }), x));
    expectNear(slow, ewmaNormalised(x, 1), tolerance.streamed(3));
    for (const form of ["recursive", "normalised"] as const) {
      const huge = pushed(
        ewmaStream(engine, 1, { decay: 0.5, form }),
        Array.from({ length: 3000 }, () => [1e120]),
      );
      expect((result(huge).matrix[0] ?? 0) / 1e240).toBeCloseTo(1, 12);
    }
  });

  it("refuses a bad row without a change, and goes on", () => {
    const x = observations(11, 30, 4);
    for (const make of [
      () => covarianceStream(engine, 4),
      () => covarianceStream(engine, 4, { window: 9 }),
      () => ewmaStream(engine, 4),
    ]) {
      const stream = pushed(make(), x);
      const before = stream.covariance();
      for (const [row, path] of [
        [[1, 2, Number.NaN, 4], "row[2]"],
        [Float64Array.of(1, 2, 3, -Infinity), "row[3]"],
        [Float64Array.of(1e121, 2, 3, 4), "row[0]"],
        [[1, 2, 3], "row"],
        ["1234", "row"],
        [[1, "2", 3, 4], "row[1]"],
      ] as unknown as [number[], string][]) {
        expect(pathOf(() => stream.push(row))).toBe(path);
        expect(stream.covariance()).toEqual(before);
      }
      stream.push(x[0] ?? []);
      expect(result(stream)).toEqual(result(pushed(make(), [...x, x[0] ?? []])));
    }
  });

  it("refuses too few rows, options it does not know, and what cannot be joined", () => {
    const stream = covarianceStream(engine, 2);
    expect(() => stream.covariance()).toThrow(InsufficientDataError);
    stream.push([1, 2]);
    expect(() => stream.covariance()).toThrow(InsufficientDataError);
    expect([...result(pushed(covarianceStream(engine, 2, { ddof: 0 }), [[1, 2]])).matrix]).toEqual([0, 0, 0, 0]);
    expect(pathOf(() => covarianceStream(engine, 0))).toBe("columns");
    expect(pathOf(() => covarianceStream(engine, 2, { window: 1 }))).toBe("covarianceStream.window");
    expect(pathOf(() => covarianceStream(engine, 2, { rebuildEvery: 4 }))).toBe("covarianceStream.rebuildEvery");
    expect(pathOf(() => ewmaStream(engine, 2, { decay: 1e-290 }))).toBe("ewmaStream.decay");
    expect(pathOf(() => ewmaStream(engine, 2, { halfLife: 1e-9 }))).toBe("ewmaStream.halfLife");
    expect(pathOf(() => ewmaStream(engine, 2, { ddof: 1 } as object))).toBe("ewmaStream.ddof");
    const windowed = covarianceStream(engine, 2, { window: 3 });
    const wide = covarianceStream(engine, 3);
    const elsewhere = covarianceStream({ memory: fresh() }, 2);
    expect(() => stream.merge(windowed)).toThrow(UnsupportedError);
    expect(() => windowed.merge(stream)).toThrow(UnsupportedError);
    expect(() => ewmaStream(engine, 2).merge(stream)).toThrow(UnsupportedError);
    expect(pathOf(() => stream.merge(wide))).toBe("other.columns");
    expect(() => stream.merge(elsewhere)).toThrow(DisposedError);
    expect(pathOf(() => stream.merge({} as CovarianceStream))).toBe("other");
    expect(stream.rows).toBe(1);
    windowed.dispose();
    expect(() => stream.merge(windowed)).toThrow(DisposedError);
    stream.dispose();
    stream.dispose();
    expect(() => stream.push([1, 2])).toThrow(DisposedError);
    expect(() => stream.covariance()).toThrow(DisposedError);
    expect(() => stream.rows).toThrow(DisposedError);
  });
});

it("a stream for which there is no memory leaves none taken", () => {
  const [kernel] = builds;
  if (kernel === undefined) throw new Error("a build");
  const memory = freshMemory(kernel, 1_000_000);
  numericsOn(memory);
  const kept = memory.kept;
  expect(() => covarianceStream({ memory }, 1000)).toThrow(OutOfMemoryError);
  expect(memory.kept).toBe(kept);
  expect(covarianceStream({ memory }, 10).rows).toBe(0);
});

it("a row for which a window has no memory to be summed anew is refused without a change", () => {
  const [kernel] = builds;
  if (kernel === undefined) throw new Error("a build");
  const [columns, window] = [64, 1000];
  // The rows of the window fit once, and not three times.
  const memory = freshMemory(kernel, 1_000_000);
  numericsOn(memory);
  const x = observations(13, window, columns);
  const stream = pushed(covarianceStream({ memory }, columns, { window }), x);
  const before = stream.covariance();
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(() => stream.push(x[0] ?? [])).toThrow(OutOfMemoryError);
    expect([stream.rows, stream.covariance()]).toEqual([window, before]);
  }
  stream.dispose();
});

it("a covariance of rows that come one at a time has the same bits on every build", () => {
  const x = observations(12, 75, 23);
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    return [
      covarianceStream(engine, 23),
      covarianceStream(engine, 23, { window: 16 }),
      ewmaStream(engine, 23, { decay: 0.4 }),
    ].map((stream) => [...new BigUint64Array(result(pushed(stream, x)).matrix.slice().buffer)]);
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});

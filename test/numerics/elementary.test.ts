import { describe, expect, it } from "vitest";
import type { Memory } from "../../src/memory.js";
import { elementary } from "../../src/numerics/index.js";
import { numericsKernel } from "../../src/numerics/kernel.js";
import type { NumericsKernel } from "../../src/wasm/numerics-kernel.js";
import { generator } from "../kernels/samples.js";
import * as exact from "../reference/special.js";
import * as reference from "../reference/special-functions.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { near, tolerance } from "../support/tolerance.js";

/** The ends of every branch, and what lies beside them. */
const EDGES = [
  0,
  0,
  5e-324,
  2.2250738585072014e-308,
  1e-300,
  1e-20,
  2 ** -53,
  0.075,
  0.25,
  0.4142,
  0.5,
  Math.SQRT1_2,
  0.925,
  1,
  Math.SQRT2,
  1.6,
  2,
  5,
  20,
  27,
  28,
  37.5,
  38.6,
  39,
  709.4,
  709.7,
  709.782712893384,
  745.1332191019412,
  1e8,
  2 ** 53,
  1e150,
  1e300,
  Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
].flatMap((x) => [x, -x, x * (1 + 2 ** -52), x * (1 - 2 ** -53), 1 - x]);

const draw = generator(41);
const POINTS = Float64Array.from([
  Number.NaN,
  ...EDGES,
  ...Array.from({ length: 400 }, () => draw()),
  ...Array.from({ length: 400 }, () => 1500 * draw() - 750),
  ...Array.from({ length: 400 }, () => (draw() - 0.5) * 10 ** (40 * draw() - 30)),
  // Where log(1 + x) no longer adds: one in a hundred tells.
  ...Array.from({ length: 4000 }, () => 2 ** 52 * 8 ** draw()),
]);

/** The functions of many numbers, and those of the core that each lane of them must equal. */
const TWINS = {
  exponentials: "exponential",
  exponentialsM1: "exponentialM1",
  logarithms: "logarithm",
  logarithms1p: "logarithm1p",
  erfcs: "erfc",
  normalCdfs: "normalCdf",
  normalSurvivals: "normalSurvival",
  normalLogCdfs: "normalLogCdf",
  normalPdfs: "normalPdf",
  normalQuantiles: "normalQuantile",
} as const;

/** What a kernel of many numbers makes of `points`, in place where `inPlace`. */
function mapped(
  memory: Memory,
  kernel: (n: number, x: number, out: number) => void,
  points: Float64Array,
  inPlace = false,
): Float64Array {
  return memory.scope(() => {
    const x = memory.copy(points);
    const out = inPlace ? x : memory.reserveF64(points.length + 1);
    if (!inPlace) memory.f64(out, points.length + 1).fill(7);
    kernel(points.length, x, out);
    if (!inPlace) expect(memory.f64(out, points.length + 1)[points.length]).toBe(7);
    return memory.f64(out, points.length).slice();
  });
}

/** Error of `actual` in units of the last place of `expected`. */
function ulps(actual: number, expected: number): number {
  return Math.abs(actual - expected) / 2 ** Math.max(-1074, Math.floor(Math.log2(Math.abs(expected))) - 52);
}

describe.each(numericsBuilds)("functions of many numbers ($build)", ({ memory: fresh }) => {
  const memory = fresh();
  const kernel: NumericsKernel = numericsKernel(memory);

  it.each(Object.entries(TWINS))("%s has in each place the bits of the core's %s", (many, one) => {
    const expected = Array.from(POINTS, (x) => memory.kernel[one as "erfc"](x));
    const all = mapped(memory, kernel[many as "erfcs"], POINTS);
    for (const [i, value] of all.entries()) {
      if (!Object.is(value, expected[i]))
        throw new Error(`${one}(${POINTS[i]}) is ${expected[i]}, ${many} has ${value}`);
    }
    // The other lane, an odd number, none, and in place.
    expect([...mapped(memory, kernel[many as "erfcs"], POINTS.subarray(1), true)]).toEqual(expected.slice(1));
    expect([...mapped(memory, kernel[many as "erfcs"], POINTS.subarray(0, 5))]).toEqual(expected.slice(0, 5));
    expect([...mapped(memory, kernel[many as "erfcs"], POINTS.subarray(0, 0))]).toEqual([]);
  });

  it("powers write what they are asked for and nothing behind it, with an exponent each or one for all", () => {
    for (const n of [0, 1, 2, 3, 4, 7]) {
      for (const step of [0, 8]) {
        const x = memory.copy(Float64Array.from({ length: n + 1 }, (_, i) => i + 2));
        const y = memory.copy(Float64Array.from({ length: n + 1 }, (_, i) => (step === 0 ? 3 : 3 + i)));
        const out = memory.reserveF64(n + 2);
        memory.f64(out, n + 2).fill(7);
        kernel.powers(n, x, y, step, out);
        const expected = Array.from({ length: n }, (_, i) => (i + 2) ** (step === 0 ? 3 : 3 + i));
        expect([...memory.f64(out, n + 2)]).toEqual([...expected, 7, 7]);
      }
    }
  });

  it("sine and cosine of turns are exact at quarters and near the host's elsewhere, in both lanes and in every build", () => {
    const turns = Float64Array.from([
      ...Array.from({ length: 41 }, (_, i) => (i - 20) / 4),
      2 ** 52 + 0.5,
      -1e300,
      ...Array.from({ length: 2001 }, () => 3 * draw() - 1.5),
      ...Array.from({ length: 100 }, () => 2 ** (-1074 * draw())),
    ]);
    const n = turns.length;
    const [u, sine, cosine] = [memory.copy(turns), memory.reserveF64(n), memory.reserveF64(n)];
    kernel.sinCosTurns(n, u, sine, cosine);
    const [s, c] = [memory.f64(sine, n).slice(), memory.f64(cosine, n).slice()];
    for (let i = 0; i < n; i++) {
      const turn = turns[i] ?? 0;
      const part = turn - Math.round(turn);
      if (Number.isInteger(4 * turn)) {
        const quarter = (((4 * (turn % 1)) % 4) + 4) % 4;
        expect([s[i], c[i]]).toEqual([[0, 1, 0, -1][quarter], [1, 0, -1, 0][quarter]]);
        continue;
      }
      near(s[i] ?? Number.NaN, Math.sin(2 * Math.PI * part), tolerance.turn, `sin of ${turn} turns`);
      near(c[i] ?? Number.NaN, Math.cos(2 * Math.PI * part), tolerance.turn, `cos of ${turn} turns`);
    }
    // One at a time, which is the function that is not of a pair.
    for (let i = 0; i < n; i++) {
      kernel.sinCosTurns(1, u + 8 * i, sine, cosine);
      expect([memory.f64(sine, 1)[0], memory.f64(cosine, 1)[0]]).toEqual([s[i], c[i]]);
    }
  });

  it("the first that is not a number is found, or none", () => {
    const at = memory.copy(Float64Array.of(1, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN));
    expect(kernel.firstNaN(4, at)).toBe(3);
    expect(kernel.firstNaN(2, at)).toBe(0);
  });

  it("powers are within an ulp of the truth, the exponent large or small, and each lane has the bits of one alone", () => {
    const bases = Float64Array.from([
      ...Array.from({ length: 300 }, () => 10 ** (10 * draw() - 5)),
      ...Array.from({ length: 100 }, () => 10 ** (600 * draw() - 300)),
      ...Array.from({ length: 100 }, () => 1 + (draw() - 0.5) * 10 ** (-15 * draw())),
      5e-324,
      1e-310,
      2,
      Number.MAX_VALUE,
    ]);
    // e^−700 to e^700, every one of them but those of a base that is 1.
    const exponents = Float64Array.from(bases, (x) => (1400 * draw() - 700) / (Math.log(x) || 1));
    const n = bases.length;
    const [x, y, out] = [memory.copy(bases), memory.copy(exponents), memory.reserveF64(n)];
    kernel.powers(n, x, y, 8, out);
    const powers = memory.f64(out, n).slice();
    let worst = 0;
    for (let i = 0; i < n; i++) {
      const [base, exponent] = [bases[i] ?? 0, exponents[i] ?? 0];
      expect(kernel.power(base, exponent)).toBe(powers[i]);
      if (base < 1e-290) continue; // fewer digits than a fixed-point number of 1,024 bits needs
      const { mantissa, exponent: scale } = reference.power(exact.fixed(base), exact.fixed(exponent));
      worst = Math.max(worst, ulps(powers[i] ?? Number.NaN, exact.rounded(mantissa, scale)));
    }
    expect(worst).toBeLessThanOrEqual(tolerance.elementaryUlps);
    // One exponent for all.
    kernel.powers(n, x, y, 0, out);
    expect([...memory.f64(out, n)]).toEqual(Array.from(bases, (base) => kernel.power(base, exponents[0] ?? 0)));
  });

  it("powers that are numbers are exact", () => {
    for (let i = 0; i < 300; i++) {
      const whole = Math.floor(2 ** 26 * draw());
      expect(kernel.power(whole, 2)).toBe(whole * whole);
      expect(kernel.power(whole * whole, 0.5)).toBe(whole);
      expect(kernel.power(whole / 7, 1)).toBe(whole / 7);
      expect(kernel.power(2, i - 150)).toBe(2 ** (i - 150));
    }
    expect([kernel.power(2, -1074), kernel.power(2, 1023), kernel.power(10, 22)]).toEqual([5e-324, 2 ** 1023, 1e22]);
  });

  it("powers have the limits of IEEE 754", () => {
    const [infinity, most] = [Number.POSITIVE_INFINITY, Number.MAX_VALUE];
    const cases: readonly (readonly [number, number, number])[] = [
      [0, 0, 1],
      [infinity, 0, 1],
      [Number.NaN, 0, 1],
      [1, infinity, 1],
      [1, Number.NaN, 1],
      [-1, infinity, 1],
      [-1, -infinity, 1],
      [0, 3, 0],
      [-0, 3, -0],
      [-0, 2, 0],
      [0, -3, infinity],
      [-0, -3, -infinity],
      [-0, -2.5, infinity],
      [-0, infinity, 0],
      [infinity, 2.5, infinity],
      [infinity, -2.5, 0],
      [-infinity, 3, -infinity],
      [-infinity, 2, infinity],
      [-infinity, -3, -0],
      [-infinity, 2.5, infinity],
      [2, infinity, infinity],
      [2, -infinity, 0],
      [0.5, infinity, 0],
      [-0.5, -infinity, infinity],
      [-2, 3, -8],
      [-2, 4, 16],
      [-2, 2 ** 53, infinity],
      [-2, 2.5, Number.NaN],
      [Number.NaN, 1, Number.NaN],
      [2, Number.NaN, Number.NaN],
      [most, most, infinity],
      [most, -most, 0],
      [1 - 2 ** -53, 1e300, 0],
      [1 + 2 ** -52, 1e300, infinity],
      [2, 1024, infinity],
      [2, -1075, 0],
      [5e-324, 1, 5e-324],
      [5e-324, -1, infinity],
    ];
    for (const [x, y, expected] of cases) {
      if (!Object.is(kernel.power(x, y), expected)) throw new Error(`${x}^${y} is ${kernel.power(x, y)}`);
    }
    const at = memory.copy(Float64Array.from(cases, ([x]) => x));
    kernel.powers(cases.length, at, memory.copy(Float64Array.from(cases, ([, y]) => y)), 8, at);
    expect([...memory.f64(at, cases.length)]).toEqual(cases.map(([, , expected]) => expected));
  });

  it("sine and cosine of turns are within an ulp of the truth", () => {
    const turns = Float64Array.from({ length: 400 }, (_, i) => (i < 300 ? 2 * draw() - 1 : 10 ** (-12 * draw())));
    const { sine, cosine } = elementary({ memory }).sinCosTurn(turns);
    let worst = 0;
    for (const [i, turn] of turns.entries()) {
      const truth = reference.sinCosTurn(exact.fixed(turn));
      worst = Math.max(
        worst,
        ulps(sine[i] ?? Number.NaN, exact.rounded(truth.sine)),
        ulps(cosine[i] ?? Number.NaN, exact.rounded(truth.cosine)),
      );
    }
    expect(worst).toBeLessThanOrEqual(tolerance.elementaryUlps);
  });
});

describe.each(numericsBuilds)("functions of an array ($build)", ({ memory: fresh }) => {
  const memory = fresh();
  const functions = elementary({ memory });
  const many = Float64Array.from({ length: 10_001 }, () => draw());

  it("go through it in blocks, to a new array or into one, which may be itself", () => {
    const logs = functions.log(many);
    for (const [i, x] of many.entries()) expect(logs[i]).toBe(memory.kernel.logarithm(x));
    const into = new Float64Array(many.length);
    expect(functions.log(many, into)).toBe(into);
    expect(into).toEqual(logs);
    const same = many.slice();
    functions.log(same, same);
    expect(same).toEqual(logs);
    expect(functions.exp(new Float64Array(0))).toEqual(new Float64Array(0));
    const cubes = functions.pow(many, 3);
    expect(functions.pow(many, new Float64Array(many.length).fill(3), same)).toEqual(cubes);
    const { sine, cosine } = functions.sinCosTurn(many);
    for (const [i, s] of sine.entries()) near(s * s + (cosine[i] ?? 0) ** 2, 1, tolerance.quantile, `${many[i]}`);
    expect(functions.normalQuantile(Float64Array.of(0, 0.5, 1))).toEqual(
      Float64Array.of(Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY),
    );
  });

  it("refuse what is outside their domain by its place, and take no part of an array for it; and work on", () => {
    const at = (index: number, value: number) => {
      const copy = many.slice();
      copy[index] = value;
      return copy;
    };
    expect(pathOf(() => functions.log(at(9_000, -1)))).toBe("x[9000]");
    expect(() => functions.log(at(3, -1))).toThrow("x[3] must be a number of at least 0, got -1");
    expect(pathOf(() => functions.exp(at(4_096, Number.NaN)))).toBe("x[4096]");
    expect(pathOf(() => functions.log1p(at(1, -1.5)))).toBe("x[1]");
    expect(pathOf(() => functions.normalQuantile(at(0, 1.5)))).toBe("x[0]");
    expect(pathOf(() => functions.normalCdf(at(10_000, Number.NaN)))).toBe("x[10000]");
    expect(pathOf(() => functions.sinCosTurn(at(5_000, Number.POSITIVE_INFINITY)))).toBe("u[5000]");
    expect(pathOf(() => functions.pow(at(7, -1), 0.5))).toBe("x[7]");
    expect(pathOf(() => functions.pow(at(7, Number.NaN), 0))).toBe("x[7]");
    expect(pathOf(() => functions.pow(many, at(8_000, Number.NaN)))).toBe("y[8000]");
    expect(pathOf(() => functions.pow(many, Number.NaN))).toBe("y");
    expect(pathOf(() => functions.pow(many, many.subarray(1)))).toBe("y");
    expect(pathOf(() => functions.exp([1] as unknown as Float64Array))).toBe("x");
    expect(pathOf(() => functions.exp(many, new Float64Array(3)))).toBe("into");
    expect(functions.pow(Float64Array.of(-8, -1), Float64Array.of(3, Number.POSITIVE_INFINITY))).toEqual(
      Float64Array.of(-512, 1),
    );
  });
});

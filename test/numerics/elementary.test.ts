import { describe, expect, it } from "vitest";
import type { Memory } from "../../src/memory.js";
import type { NumericsKernel } from "../../src/wasm/numerics-kernel.js";
import { generator } from "../kernels/samples.js";
import { builds, freshMemory } from "../support/builds.js";
import { numericsOn } from "../support/numerics-builds.js";
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

describe.each(builds)("functions of many numbers ($build)", (build) => {
  const memory = freshMemory(build);
  const kernel: NumericsKernel = numericsOn(memory);

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
});

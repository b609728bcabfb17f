import { describe, expect, it } from "vitest";
import {
  quotedSmile,
  type SviParameters,
  surfaceVolatility,
  sviSlice,
  type VolatilitySurface,
  volatilitySurface,
} from "../../src/options/index.js";
import type { Memory } from "../../src/memory.js";
import { pathOf } from "../support/errors.js";
import { optionsBuilds } from "../support/options-builds.js";
import { tolerance } from "../support/tolerance.js";

const CALM: SviParameters = { a: 0.02, b: 0.2, rho: -0.4, m: 0.05, sigma: 0.15 };
/** The slice of Gatheral and Jacquier (2014), example 3.1, after Axel Vogt, whose density is negative around k = 0.8. */
const VOGT: SviParameters = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };

describe("an SVI slice", () => {
  it("is the raw form", () => {
    const { totalVariance, from, to } = sviSlice(CALM);
    expect(totalVariance(0.05)).toBe(0.02 + 0.2 * 0.15);
    const expected = 0.02 + 0.2 * (-0.4 * 0.25 + Math.sqrt(0.25 ** 2 + 0.15 ** 2));
    expect(Math.abs(totalVariance(0.3) - expected)).toBeLessThanOrEqual(tolerance.optionParity);
    expect([from, to]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it("reports butterflies below 0 where the literature has them, and where they are", () => {
    expect(sviSlice(CALM).butterfly).toMatchObject({ free: true });
    const { free, least, at, wings } = sviSlice(VOGT).butterfly;
    expect(free).toBe(false);
    expect(least).toBeLessThan(0);
    expect(at).toBeGreaterThan(0.6);
    expect(at).toBeLessThan(1.1);
    expect(wings).toEqual([0.1331 * (1 - 0.306), 0.1331 * (1 + 0.306)]);
  });

  it("finds the least density of a dense search", () => {
    for (const parameters of [CALM, VOGT, { ...CALM, rho: 0.9 }, { ...CALM, b: 1.2 }]) {
      const { least } = sviSlice(parameters).butterfly;
      const { a, b, rho, m, sigma } = parameters;
      for (let i = -4000; i <= 4000; i++) {
        const k = i / 500;
        const x = k - m;
        const root = Math.hypot(x, sigma);
        const [w, slope, bend] = [a + b * (rho * x + root), b * (rho + x / root), (b * sigma ** 2) / root ** 3];
        const g = (1 - (k * slope) / (2 * w)) ** 2 - (slope ** 2 / 4) * (1 / w + 0.25) + bend / 2;
        expect(least).toBeLessThanOrEqual(g + tolerance.centralDifference);
      }
    }
  });

  it("with wings steeper than 2 is not free of arbitrage", () => {
    expect(sviSlice({ ...CALM, b: 1.5, rho: -0.5, a: 3 }).butterfly).toMatchObject({ free: false });
  });

  it.each([
    [{ b: -0.1 }, "sviSlice.b"],
    [{ rho: 1.1 }, "sviSlice.rho"],
    [{ sigma: 0 }, "sviSlice.sigma"],
    [{ m: Number.NaN }, "sviSlice.m"],
    [{ a: -1 }, "sviSlice.a"],
  ])("refuses %j and names the place", (change, path) => {
    expect(pathOf(() => sviSlice({ ...CALM, ...change }))).toBe(path);
  });
});

describe.each(optionsBuilds)("volatility surfaces ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };
  const quotes = { forward: 100, strikes: [80, 90, 100, 120], volatilities: [0.7, 0.6, 0.55, 0.5] };
  const smile = (years: number, more: object = {}) => quotedSmile(engine, { ...quotes, years, ...more });
  const surface = (more: object = {}): VolatilitySurface =>
    volatilitySurface({
      expiries: [
        { years: 0.25, smile: smile(0.25) },
        { years: 1, smile: smile(1, { volatilities: [0.6, 0.55, 0.5, 0.45] }) },
      ],
      strikes: "flat",
      beyond: "flat",
      ...more,
    });

  it.each(["linear", "cubic"] as const)("go through what is quoted: %s", (interpolation) => {
    const expiries = [{ years: 0.25, smile: smile(0.25, { interpolation }) }];
    for (const [i, strike] of quotes.strikes.entries()) {
      const found = surfaceVolatility(engine, surface({ expiries }), { forward: 100, strike, years: 0.25 });
      expect(found).toMatchObject({ strikeExtrapolated: false, expiryExtrapolated: "no", calendarFree: true });
      expect(Math.abs(found.volatility - (quotes.volatilities[i] ?? 0))).toBeLessThanOrEqual(tolerance.optionParity);
    }
  });

  it("read a straight line exactly by either interpolation, and a spline bends as the natural one", () => {
    const linear = {
      strikes: [1, 2, 4, 8, 16],
      volatilities: [1, 2, 3, 4, 5].map((w) => Math.sqrt(w)),
      forward: 1,
      years: 1,
    };
    for (const interpolation of ["linear", "cubic"] as const) {
      const { totalVariance } = quotedSmile(engine, { ...linear, interpolation });
      expect(Math.abs(totalVariance(Math.log(3)) - (1 + Math.log2(3)))).toBeLessThanOrEqual(tolerance.exampleRounding);
    }
    // Through (0, 1), (1, 2), (2, 1): second derivatives 0, −3, 0, so that the value at ½ is 1.6875.
    const hat = { strikes: [1, Math.E, Math.E ** 2], volatilities: [1, Math.SQRT2, 1], forward: 1, years: 1 };
    const { totalVariance } = quotedSmile(engine, { ...hat, interpolation: "cubic" });
    expect(Math.abs(totalVariance(0.5) - 1.6875)).toBeLessThanOrEqual(tolerance.exampleRounding);
  });

  it("have total variance linear in time at equal log moneyness", () => {
    const years = 0.5;
    const found = surfaceVolatility(engine, surface(), { forward: 200, strike: 180, years });
    const expected = 0.36 * 0.25 + ((0.55 ** 2 - 0.36 * 0.25) * (0.5 - 0.25)) / 0.75;
    expect(Math.abs(found.totalVariance - expected)).toBeLessThanOrEqual(tolerance.exampleRounding);
    expect(found.volatility).toBe(Math.sqrt(found.totalVariance / 0.5));
    expect(found).toMatchObject({ strikeExtrapolated: false, expiryExtrapolated: "no", calendarFree: true });
  });

  it("say where they extrapolate", () => {
    const at = (strike: number, years: number) => surfaceVolatility(engine, surface(), { forward: 100, strike, years });
    expect(at(60, 0.25)).toMatchObject({ strikeExtrapolated: true, expiryExtrapolated: "no" });
    expect(Math.abs(at(60, 0.25).volatility - 0.7)).toBeLessThanOrEqual(tolerance.optionParity);
    expect(at(100, 0.1)).toMatchObject({ strikeExtrapolated: false, expiryExtrapolated: "before" });
    expect(Math.abs(at(100, 0.1).volatility - 0.55)).toBeLessThanOrEqual(tolerance.optionParity);
    expect(at(500, 2)).toMatchObject({ strikeExtrapolated: true, expiryExtrapolated: "after" });
    expect(Math.abs(at(500, 2).volatility - 0.45)).toBeLessThanOrEqual(tolerance.optionParity);
  });

  it("say where total variance falls with time", () => {
    const expiries = [
      { years: 0.25, smile: smile(0.25, { volatilities: [0.9, 0.9, 0.9, 0.9] }) },
      { years: 0.5, smile: smile(0.5, { volatilities: [0.5, 0.5, 0.5, 0.5] }) },
    ];
    const found = surfaceVolatility(engine, surface({ expiries }), { forward: 100, strike: 100, years: 0.3 });
    expect(found.calendarFree).toBe(false);
  });

  it("take SVI slices as expiries", () => {
    const expiries = [{ years: 1, smile: sviSlice(CALM) }];
    const found = surfaceVolatility(engine, surface({ expiries, strikes: "refuse" }), {
      forward: 1,
      strike: 1,
      years: 1,
    });
    expect(found.totalVariance).toBe(sviSlice(CALM).totalVariance(0));
  });

  it("refuse to extrapolate where they are told to, and name the place", () => {
    const at = (strike: number, years: number) => () =>
      surfaceVolatility(engine, surface({ strikes: "refuse", beyond: "refuse" }), { forward: 100, strike, years });
    expect(pathOf(at(79, 0.25))).toBe("option.strike");
    expect(pathOf(at(121, 0.5))).toBe("option.strike");
    expect(pathOf(at(100, 0.2))).toBe("option.years");
    expect(pathOf(at(100, 1.1))).toBe("option.years");
    expect(pathOf(at(-1, 1))).toBe("option.strike");
    expect(at(100, 1)().volatility).toBeGreaterThan(0);
  });

  it.each([
    [() => volatilitySurface({ expiries: [], strikes: "flat", beyond: "flat" }), "volatilitySurface.expiries"],
    [() => surface({ strikes: "nearest" }), "volatilitySurface.strikes"],
    [() => surface({ beyond: undefined }), "volatilitySurface.beyond"],
    [() => surface({ expiries: [{ years: 1, smile: {} }] }), "volatilitySurface.expiries[0].smile"],
    [
      () => surface({ expiries: [1, 1].map((years) => ({ years, smile: smile(1) })) }),
      "volatilitySurface.expiries[1].years",
    ],
    [() => smile(1, { strikes: [] }), "quotedSmile.strikes"],
    [() => smile(1, { strikes: [90, 80, 100, 120] }), "quotedSmile.strikes[1]"],
    [() => smile(1, { volatilities: [0.5] }), "quotedSmile.volatilities"],
    [() => smile(1, { volatilities: [0.5, 0, 0.5, 0.5] }), "quotedSmile.volatilities[1]"],
    [() => smile(0), "quotedSmile.years"],
    [
      () => smile(1, { strikes: [80, 81, 100, 101], volatilities: [3, 0.1, 0.1, 3], interpolation: "cubic" }),
      "quotedSmile.interpolation",
    ],
  ])("refuse what is no surface and name the place (%#)", (work, path) => {
    expect(pathOf(work)).toBe(path);
  });
});

describe("what is no surface, and what a surface does not have as a number", () => {
  const engine = { memory: optionsBuilds[0]?.memory() as Memory };
  const quotes = { forward: 100, years: 0.5, strikes: [80, 100, 120], volatilities: [0.7, 0.6, 0.65] };
  const smile = quotedSmile(engine, quotes);
  const beyond = { strikes: "flat", beyond: "flat" } as const;
  const option = { forward: 100, strike: 95, years: 0.4 };

  it("is refused by its place", () => {
    const listed = (one: unknown) => [one] as unknown as VolatilitySurface["expiries"];
    const refused = (one: unknown) => pathOf(() => volatilitySurface({ expiries: listed(one), ...beyond }));
    expect(refused(null)).toBe("volatilitySurface.expiries[0]");
    expect(refused({ years: 1, smile, extra: 1 })).toBe("volatilitySurface.expiries[0].extra");
    expect(refused({ years: 1, smile: {} })).toBe("volatilitySurface.expiries[0].smile");
    for (const none of [undefined, null, {}, { expiries: [], ...beyond }]) {
      expect(pathOf(() => surfaceVolatility(engine, none as unknown as VolatilitySurface, option))).toBe("surface");
    }
  });

  it("is refused of a smile outside of what it knows, where no surface says what happens there", () => {
    for (const k of [Number.NaN, smile.from - 1e-9, smile.to + 1e-9, Number.POSITIVE_INFINITY]) {
      expect(pathOf(() => smile.totalVariance(k))).toBe("k");
    }
    expect(smile.totalVariance(smile.to)).toBe(0.65 * 0.65 * 0.5);
    expect(pathOf(() => sviSlice(CALM).totalVariance(Number.NaN))).toBe("k");
    expect(pathOf(() => sviSlice(CALM).totalVariance(1e300))).toBe("k");
  });

  it("is refused where numbers end", () => {
    expect(pathOf(() => quotedSmile(engine, { ...quotes, volatilities: [0.7, 1e200, 0.6] }))).toBe(
      "quotedSmile.volatilities[1]",
    );
    expect(pathOf(() => quotedSmile(engine, { ...quotes, strikes: [1e10, 1e10 + 2e-6, 2e10] }))).toBe(
      "quotedSmile.strikes[1]",
    );
    expect(pathOf(() => quotedSmile(engine, { ...quotes, strikes: [1e-308, 100, 120], forward: 1e308 }))).toBe(
      "quotedSmile.strikes[0]",
    );
    expect(pathOf(() => sviSlice({ ...CALM, sigma: 1e-320 }))).toBe("sviSlice");
    const own = { name: "own", from: -1, to: 1, totalVariance: () => Number.NaN };
    const surface = volatilitySurface({ expiries: [{ years: 1, smile: own }], ...beyond });
    expect(pathOf(() => surfaceVolatility(engine, surface, option))).toBe(`totalVariance of own at ${Math.log(0.95)}`);
    expect(pathOf(() => surfaceVolatility(engine, surface, { ...option, forward: 1e-300, strike: 1e300 }))).toBe(
      "option.strike",
    );
  });
});

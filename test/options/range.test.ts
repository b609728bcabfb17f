import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.js";
import { impliedVolatility, type Option, optionGreeks, optionGrid, optionPrice } from "../../src/options/index.js";
import { pathOf } from "../support/errors.js";
import { optionsBuilds } from "../support/options-builds.js";
import { random } from "../support/random-book.js";

/** A number from anywhere in f64: the ends, the usual, any magnitude. */
function anywhere(uniform: () => number): number {
  const kind = Math.floor(10 * uniform());
  if (kind < 4) return [0, 5e-324, Number.MAX_VALUE, 1][kind] ?? 0;
  return 10 ** (kind < 6 ? 600 * uniform() - 300 : 8 * uniform() - 4);
}

/** An option of such numbers, the same twice where chance has it, so that what is at the money is among them. */
function drawn(uniform: () => number): Option {
  const strike = anywhere(uniform);
  const signed = () => (uniform() < 0.5 ? 0 : (uniform() < 0.5 ? 1 : -1) * anywhere(uniform));
  return {
    type: uniform() < 0.5 ? "call" : "put",
    spot: uniform() < 0.2 ? strike : anywhere(uniform),
    strike,
    years: anywhere(uniform),
    volatility: anywhere(uniform),
    rate: signed(),
    yield: signed(),
  };
}

describe.each(optionsBuilds)("options over the whole range of f64 ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("are refused by a typed error, or have a price, greeks, a volatility and a grid without NaN", () => {
    const uniform = random(51);
    const seen = new Set<string>();
    let priced = 0;
    for (let i = 0; i < 20_000; i++) {
      const option = drawn(uniform);
      let price: number;
      try {
        price = optionPrice(engine, option);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInputError);
        continue;
      }
      priced++;
      const label = JSON.stringify(option);
      expect(price >= 0 && price < Number.POSITIVE_INFINITY, label).toBe(true);
      const { kernel: _, status, ...greeks } = optionGreeks(engine, option);
      const finite = Object.values(greeks).every(Number.isFinite);
      if (Object.values(greeks).some(Number.isNaN)) throw new Error(`a greek of ${label} is NaN`);
      if (!finite) expect(status, label).toBe("range");
      const { volatility: __, ...terms } = option;
      const found = impliedVolatility(engine, { ...terms, price: uniform() < 0.5 ? price : anywhere(uniform) });
      seen.add(found.status);
      if (Number.isNaN(found.volatility)) throw new Error(`the volatility of ${label} is NaN`);
      const moves = { price: Float64Array.of(0, -1 + 1e-12, 1e10, 0, anywhere(uniform)), volatilityShift: -0.1 };
      const most = Math.max(...moves.price);
      if (!((option.spot ?? 0) * (1 + most) < Number.POSITIVE_INFINITY)) {
        expect(pathOf(() => optionGrid(engine, option, moves))).toMatch(/^scenarios\.price\[[24]\]$/);
        moves.price.fill(0, 2);
      }
      for (const one of optionGrid(engine, option, moves).price) {
        expect(one >= 0 && one < Number.POSITIVE_INFINITY, label).toBe(true);
      }
    }
    expect(priced).toBeGreaterThan(8000);
    // Every status but that of an iteration that did not end.
    expect([...seen].sort()).toEqual([
      "aboveUpperBound",
      "atIntrinsic",
      "atUpperBound",
      "belowIntrinsic",
      "expired",
      "ok",
    ]);
  });
});

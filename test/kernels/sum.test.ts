import { describe, expect, it } from "vitest";
import { builds, freshMemory } from "../support/builds.js";

describe.each(builds)("$build: sum and mean", (kernel) => {
  const memory = freshMemory(kernel);
  const { sum, mean } = memory.kernel;
  const over = (x: readonly number[], f: (at: number, n: number) => number) =>
    memory.scope(() => f(memory.copy(Float64Array.from(x)), x.length));

  it.each([0, 1])("keeps what a large number swallows, in lane %i and in the tail", (lane) => {
    // 10^17 has a spacing of 16: four ones added to it are lost, unless they are carried along.
    const blocks = Array.from({ length: 12 }, () => Array.from({ length: 8 }, () => 1)).flat();
    const first = Array.from({ length: 8 }, (_, i) => (i === lane ? 1e17 : 0));
    const last = first.map((x) => 0 - x);
    expect(over([...first, ...blocks, ...last], sum)).toBe(96);
    expect(over([1e17, 1, 1, 1, -1e17], sum)).toBe(3);
  });

  it("gives the mean of equal numbers as that number, whatever their count", () => {
    for (const x of [0.1, 1 / 3, 0.7, 1e-300, 123456.789, -2.3]) {
      for (let n = 1; n <= 50; n++)
        expect(
          over(
            Array.from({ length: n }, () => x),
            mean,
          ),
        ).toBe(x);
    }
  });
});

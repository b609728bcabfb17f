/// <reference types="vite/types/importMeta.d.ts" />
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allAgreeing, agreeing, type BenchCase } from "../../bench/case.js";
import { measure, median } from "../../bench/measure.js";

const modules = import.meta.glob<{ readonly cases: readonly BenchCase[] }>("../../bench/cases/*.ts", { eager: true });
const ids = Object.values(modules).flatMap(({ cases }) => cases.map(({ id }) => id));

describe("the benchmark", () => {
  it("has ids of the form area.case.size.peer, each once", () => {
    expect(ids.filter((id) => !/^[a-z-]+\.[a-zA-Z-]+\.[\w-]+\.[\w-]+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("lists its ids in its README, in order, no more and no less", () => {
    const listed = [...readFileSync("bench/README.md", "utf8").matchAll(/^\| `([^`]+)` +\|/gm)].map(
      (match) => match[1],
    );
    expect(listed).toEqual([...ids].sort());
  });

  it("compares before it times: a case that disagrees is never measured", async () => {
    let timed = 0;
    const wrong: BenchCase = {
      id: "t.t.1.t",
      work: "",
      subject: "",
      peer: "",
      prepare: async () => ({
        subject: () => ++timed,
        peer: () => ++timed,
        agree: () => agreeing("sum", 1, 1.1),
      }),
    };
    await expect(measure(wrong)).rejects.toThrow("sum must be 1.1 within 1e-9 relative, got 1");
    expect(timed).toBe(0);
  });

  it("says how many times faster the subject is", async () => {
    const spin = (rounds: number) => () => {
      let x = 1;
      for (let i = 0; i < rounds; i++) x = Math.sqrt(x + i);
      return x;
    };
    const row = await measure({
      id: "t.t.1.t",
      work: "square roots",
      subject: "few",
      peer: "many",
      prepare: async () => ({ subject: spin(2_000), peer: spin(20_000), agree: () => undefined }),
    });
    expect(row.ratio).toBeGreaterThan(3);
    expect(row.ratio).toBeCloseTo(row.peerMedianNs / row.subjectMedianNs, 10);
  });

  it("takes the middle of odd and the mean of the middle two of even samples", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow();
  });

  it("takes NaN, a wrong length and a number off by more than rounding for disagreement", () => {
    expect(() => agreeing("x", Number.NaN, 1)).toThrow();
    expect(() => allAgreeing("x", [1, 2], [1])).toThrow("x must have 1 numbers, got 2");
    expect(() => allAgreeing("x", [1, 2.1], [1, 2])).toThrow(/^x\[1\] must be 2/);
    allAgreeing("x", [1e-12, 1], [0, 1]);
  });
});

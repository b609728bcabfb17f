/// <reference types="vite/types/importMeta.d.ts" />
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allAgreeing, agreeing, type BenchCase } from "../../bench/case.js";
import { measure, median, type Row } from "../../bench/measure.js";
import { peak } from "../../bench/peak.js";
import { merged } from "../../bench/run.js";

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

  it("takes a ceiling by its best sample", async () => {
    let calls = 0;
    const wait = (ms: number) => {
      for (const until = performance.now() + ms; performance.now() < until; );
    };
    const row = await measure({
      id: "t.t.1.peak",
      work: "waiting",
      subject: "a fifth of a millisecond",
      peer: "a fifth now and then, else one",
      ceiling: true,
      prepare: async () => ({
        subject: () => wait(0.2),
        peer: () => wait(calls++ % 20 === 0 ? 0.2 : 1),
        agree: () => undefined,
      }),
    });
    expect(row.peerMedianNs).toBeLessThan(0.9e6);
    expect(row.ratio).toBe(row.peerMedianNs / row.subjectMedianNs);
  });

  it("merges rows of several processes by id", () => {
    const row = (id: string, subjectMedianNs: number, ratio: number): Row => {
      return { id, work: "", subject: "", peer: "", subjectMedianNs, peerMedianNs: ratio, ratio, spread: 9 };
    };
    const rows = merged([
      [row("a", 1, 10), row("b", 5, 5)],
      [row("a", 3, 20), row("b", 5, 5)],
      [row("a", 2, 14), row("b", 5, 5)],
    ]);
    expect(rows.map(({ id, subjectMedianNs, ratio }) => [id, subjectMedianNs, ratio])).toEqual([
      ["a", 2, 14],
      ["b", 5, 5],
    ]);
    expect(rows.map(({ spread }) => spread)).toEqual([10 / 14, 0]);
  });

  it("has a probe of the peak that does the operations it is asked for", async () => {
    const probe = await peak();
    // Each chain is x → x/2 + 3/2, which ends at 3, on two lanes.
    expect(probe(48 * 200)).toBe(3 * 2 * 12);
    expect(probe(48)).toBeLessThan(3 * 2 * 12 * 2);
    expect(probe(48)).not.toBe(3 * 2 * 12);
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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutOfMemoryError } from "../src/errors.js";
import type { Memory } from "../src/memory.js";
import { builds, freshMemory } from "./support/builds.js";

const MIB = 1 << 20;
const HEADER = 64;
const aligned = (bytes: number) => Math.ceil(Math.max(bytes, 1) / 64) * 64;

describe.each(builds)("$build: memory", (kernel) => {
  const fresh = (limit?: number) => freshMemory(kernel, limit);
  const state = (memory: Memory) => ({
    mark: memory.kernel.arenaMark(),
    floor: memory.kernel.arenaFloor(),
    kept: memory.kept,
  });

  it("is empty at first", () => {
    const memory = fresh();
    expect(memory.kept).toBe(0);
    expect(memory.kernel.arenaMark()).toBe(memory.kernel.arenaFloor());
  });

  it("hands out addresses that are multiples of 64 and do not overlap", () => {
    const memory = fresh();
    memory.scope(() => {
      const sizes = [1, 63, 64, 65, 8, 0, 4096, 7];
      const at = sizes.map((size) => memory.reserve(size));
      for (const address of at) expect(address % 64).toBe(0);
      for (let i = 1; i < at.length; i++) expect(at[i]! - at[i - 1]!).toBeGreaterThanOrEqual(sizes[i - 1]!);
    });
  });

  it("returns to its floor after 10,000 scopes, nested and of growing size", () => {
    const memory = fresh();
    const before = state(memory);
    for (let i = 0; i < 10_000; i++) {
      memory.scope(() => {
        memory.reserve(i);
        memory.scope(() => memory.reserve(1 + (i % 777)));
      });
    }
    expect(state(memory)).toEqual(before);
  });

  it("returns to its floor after 10,000 scopes that throw, and keeps what the error says", () => {
    const memory = fresh();
    const before = state(memory);
    let thrown = 0;
    for (let i = 0; i < 10_000; i++) {
      try {
        memory.scope(() => {
          memory.reserve(100);
          throw new RangeError(`no ${i}`);
        });
      } catch (error) {
        if (error instanceof RangeError && error.message === `no ${i}`) thrown++;
      }
    }
    expect(thrown).toBe(10_000);
    expect(state(memory)).toEqual(before);
  });

  it("returns to its floor after 10,000 resident blocks kept and freed", () => {
    const memory = fresh();
    const before = state(memory);
    for (let i = 0; i < 10_000; i++) memory.free(memory.keep(1 + (i % 5000)));
    expect(state(memory)).toEqual(before);
  });

  it("counts a resident block with its header, and clears it", () => {
    const memory = fresh();
    const dirty = memory.keepCopy(new Uint8Array(200).fill(255));
    memory.free(dirty);
    const at = memory.keep(200);
    expect(at).toBe(dirty);
    expect(memory.u8(at, 200).every((byte) => byte === 0)).toBe(true);
    expect(memory.kept).toBe(HEADER + 256);
  });

  it("keeps a resident block while scratch comes and goes above it, and while the memory grows", () => {
    const memory = fresh();
    const values = Float64Array.from({ length: 1000 }, (_, i) => i / 7);
    const at = memory.keepCopy(values);
    memory.scope(() => new Uint8Array(memory.u8(memory.reserve(3 * MIB), 3 * MIB)).fill(9));
    memory.scope(() => memory.u8(memory.reserve(3 * MIB), 3 * MIB).fill(9));
    expect(memory.f64(at, 1000)).toEqual(values);
  });

  it("refuses a resident block while scratch is in use, since it would stand in its way", () => {
    const memory = fresh();
    memory.scope(() => {
      memory.reserve(64);
      expect(() => memory.keep(64)).toThrow(OutOfMemoryError);
    });
    memory.free(memory.keep(64));
  });

  it("grows up to its limit, then throws OutOfMemoryError with nothing changed", () => {
    const limit = 4 * MIB;
    const memory = fresh(limit);
    const at = memory.keepCopy(Uint8Array.of(1, 2, 3));
    const before = state(memory);
    memory.scope(() => memory.reserve(3 * MIB));
    expect(memory.size).toBeLessThanOrEqual(limit);
    const size = memory.size;
    for (const bytes of [4 * MIB, 5 * MIB, 2 ** 32, 2 ** 40, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(() => memory.scope(() => memory.reserve(bytes))).toThrow(OutOfMemoryError);
      expect(() => memory.keep(bytes)).toThrow(OutOfMemoryError);
    }
    expect(memory.size).toBe(size);
    expect(state(memory)).toEqual(before);
    expect(memory.u8(at, 3)).toEqual(Uint8Array.of(1, 2, 3));
    memory.free(at);
  });

  it("names the bytes asked for and the limit", () => {
    const memory = fresh(2 * MIB);
    expect(() => memory.keep(3 * MIB)).toThrow(expect.objectContaining({ bytes: 3 * MIB, limit: 2 * MIB }));
  });

  it("never grows beyond its limit, however the requests are cut", () => {
    const memory = fresh(2 * MIB);
    memory.scope(() => {
      expect(() => {
        for (;;) memory.reserve(50_000);
      }).toThrow(OutOfMemoryError);
    });
    expect(memory.size).toBeLessThanOrEqual(2 * MIB);
    expect(memory.size).toBeGreaterThan(1.8 * MIB);
  });

  it("hands a hole of freed neighbours out again, joined", () => {
    const memory = fresh();
    const [a, b, c, d] = [1000, 2000, 3000, 64].map((bytes) => memory.keep(bytes)) as [number, number, number, number];
    memory.free(b);
    memory.free(a);
    memory.free(c);
    const joined = memory.keep(6000);
    expect(joined).toBe(a);
    expect(joined + 6000).toBeLessThanOrEqual(d - HEADER);
    memory.free(joined);
    memory.free(d);
    expect(memory.kept).toBe(0);
  });

  it("agrees with a model over random sequences of keep, free and scratch", () => {
    const step = fc.record({ keep: fc.boolean(), size: fc.integer({ min: 0, max: 3000 }), which: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = fresh();
        const floor = memory.kernel.arenaFloor();
        const live: { at: number; size: number; fill: number }[] = [];
        let fill = 0;
        for (const { keep, size, which } of steps) {
          if (keep || live.length === 0) {
            fill = (fill % 250) + 1;
            const at = memory.keep(size);
            memory.u8(at, size).fill(fill);
            live.push({ at, size, fill });
          } else {
            const [gone] = live.splice(which % live.length, 1);
            memory.free(gone!.at);
          }
          memory.scope(() => memory.u8(memory.reserve(size), size).fill(255));
          // A block also takes what is left of its hole where a header would not fit there.
          const least = live.reduce((sum, block) => sum + HEADER + aligned(block.size), 0);
          expect(memory.kept).toBeGreaterThanOrEqual(least);
          expect(memory.kept).toBeLessThanOrEqual(least + HEADER * live.length);
        }
        const sorted = [...live].sort((a, b) => a.at - b.at);
        for (const [i, { at, size, fill }] of sorted.entries()) {
          expect(at % 64).toBe(0);
          expect(at).toBeGreaterThanOrEqual(floor + HEADER);
          expect(at + size).toBeLessThanOrEqual(i + 1 < sorted.length ? sorted[i + 1]!.at - HEADER : memory.size);
          expect(memory.u8(at, size).every((byte) => byte === fill)).toBe(true);
        }
        for (const { at } of live) memory.free(at);
        expect(state(memory)).toEqual({ mark: floor, floor, kept: 0 });
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it("stays small where blocks of mixed sizes come and go for long", () => {
    const memory = fresh();
    const live: number[] = [];
    let seed = 1;
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    for (let i = 0; i < 20_000; i++) {
      live.push(memory.keep(64 + Math.floor(random() * 4000)));
      if (live.length > 40) memory.free(live.splice(Math.floor(random() * live.length), 1)[0]!);
    }
    // 40 blocks of at most 4.2 kB are 170 kB; holes between them may cost as much again.
    expect(memory.kernel.arenaFloor()).toBeLessThan(4 * 170_000);
    for (const at of live) memory.free(at);
    expect(memory.kept).toBe(0);
  });
});

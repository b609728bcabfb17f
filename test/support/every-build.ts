import { expect } from "vitest";
import type { Memory } from "../../src/memory.js";
import { builds, freshMemory } from "./builds.js";

const memories = builds.map((build) => ({ build: build.build, memory: freshMemory(build) }));

/**
 * Run `work` on every build in a scope of its own, demand equal bits and an arena back at its floor, and give the result.
 */
export function onEveryBuild(work: (memory: Memory) => Float64Array | Uint32Array): number[] {
  const results = memories.map(({ build, memory }) => {
    const floor = memory.kernel.arenaMark();
    const out = memory.scope(() => work(memory).slice());
    expect(memory.kernel.arenaMark()).toBe(floor);
    return { build, out, bits: new Uint32Array(out.buffer).join() };
  });
  for (const { build, bits } of results) {
    if (bits !== results[0]?.bits) throw new Error(`${build} differs from ${results[0]?.build}`);
  }
  return Array.from(results[0]?.out ?? []);
}

/** Scratch holding `values`. */
export function place(memory: Memory, values: readonly number[]): number {
  return memory.copy(Float64Array.from(values));
}

/** Rows of a matrix as one column after the other. */
export function columnMajor(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).flatMap((_, j) => rows.map((row) => row[j] ?? Number.NaN));
}

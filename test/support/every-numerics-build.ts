import { expect } from "vitest";
import type { Memory } from "../../src/memory.js";
import type { NumericsKernel } from "../../src/wasm/numerics-kernel.js";
import { numericsBuilds, numericsOn } from "./numerics-builds.js";

const memories = numericsBuilds.map(({ build, memory }) => {
  const made = memory();
  return { build, memory: made, kernel: numericsOn(made) };
});

/**
 * Run `work` on every build of the kernels of numerics in a scope of its own, demand equal bits and an arena back at its floor,
 * and give the result.
 */
export function onEveryNumericsBuild(work: (memory: Memory, kernel: NumericsKernel) => Float64Array): number[] {
  const results = memories.map(({ build, memory, kernel }) => {
    const floor = memory.kernel.arenaMark();
    const out = memory.scope(() => work(memory, kernel).slice());
    expect(memory.kernel.arenaMark()).toBe(floor);
    return { build, out, bits: new BigUint64Array(out.buffer) };
  });
  for (const { build, bits } of results) {
    const place = bits.findIndex((word, i) => word !== results[0]?.bits[i]);
    if (place >= 0) throw new Error(`${build} differs from ${results[0]?.build} at ${place}`);
  }
  return Array.from(results[0]?.out ?? []);
}

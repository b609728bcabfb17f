import { expect, it } from "vitest";
import type { Memory } from "../../src/memory.js";
import { numericsKernel } from "../../src/numerics/kernel.js";
import { builds, freshMemory } from "../support/builds.js";
import { numericsBuilds } from "../support/numerics-builds.js";

/** Scenarios of one factor that are all alike, so that selection can leave none aside: as many as need most of what is reserved. */
const SCENARIOS = 2600;
const ALPHA = 0.999;
const GUARD = 8;

/** Scratch of so many bytes, and whether what stands behind it is as it was. */
function guarded(memory: Memory, bytes: number) {
  const at = memory.reserve(bytes + 8 * GUARD);
  memory.f64(at + bytes, GUARD).fill(7);
  return { at, isWhole: () => memory.f64(at + bytes, GUARD).every((x) => x === 7) };
}

it.each(builds)("historical numbers of thousands of equal moves fit what is reserved, on $build", (build) => {
  const memory = freshMemory(build);
  const { kernel } = memory;
  const t = SCENARIOS;
  memory.scope(() => {
    const moves = memory.copy(new Float64Array(t).fill(-0.5));
    const [start, slot, value] = [
      memory.copy(Uint32Array.of(0, 1)),
      memory.copy(Uint32Array.of(0)),
      memory.copy(Float64Array.of(10)),
    ];
    const out = memory.reserveF64(2);
    const pools = guarded(memory, kernel.historicalScratch(t));
    kernel.historicalPools(1, start, slot, value, t, moves, ALPHA, pools.at, out, out + 8);
    expect([...memory.f64(out, 2)]).toEqual([5, 5]);
    expect(pools.isWhole()).toBe(true);

    const part = () => memory.reserveF64(2);
    const [total, marginal, component, incremental] = [part(), part(), part(), part()];
    const [rows, weights, pnl] = [memory.reserve(4 * t), memory.reserveF64(t), memory.reserveF64(t)];
    const parts = guarded(memory, kernel.decompositionScratch(1, 1) + kernel.historicalDecompositionScratch(t));
    const where = [parts.at, total, marginal, component, incremental, rows, weights, pnl] as const;
    expect(kernel.decomposeHistorical(1, 1, value, t, moves, ALPHA, ...where)).toBe(Math.ceil(t * ALPHA));
    expect([...memory.f64(total, 2)]).toEqual([5, 5]);
    expect([...memory.f64(incremental, 2)]).toEqual([5, 5]);
    expect(parts.isWhole()).toBe(true);
  });
});

it.each(numericsBuilds)("so do simulated ones, on $build", ({ memory: fresh }) => {
  const memory = fresh();
  const kernel = numericsKernel(memory);
  const t = SCENARIOS;
  memory.scope(() => {
    const moves = memory.copy(new Float64Array(t).fill(-0.5));
    const start = memory.copy(Uint32Array.of(0, 1));
    const [slot, value] = [memory.copy(Uint32Array.of(0)), memory.copy(Float64Array.of(10))];
    const out = memory.reserveF64(4);
    const scratch = guarded(memory, memory.kernel.historicalScratch(t));
    kernel.simulatedPools(1, start, slot, value, t, moves, ALPHA, scratch.at, out, out + 8, out + 16);
    expect([...memory.f64(out, 3)]).toEqual([5, 5, 0]);
    expect(scratch.isWhole()).toBe(true);
  });
});

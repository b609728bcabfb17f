import type { Memory } from "../../src/memory.js";
import { adoptNumerics } from "../../src/numerics/kernel.js";
import * as debug from "../../src/wasm/numerics-debug.js";
import type { NumericsKernel } from "../../src/wasm/numerics-kernel.js";
import * as scalar from "../../src/wasm/numerics-scalar.js";
import * as simd from "../../src/wasm/numerics-simd.js";
import { builds, freshMemory } from "./builds.js";

const sources: Readonly<Record<string, { readonly bytes: string }>> = { simd, scalar, debug };
const modules = new Map<string, WebAssembly.Module>();

/** The builds of the core kernel, each with the build of the kernels of numerics of the same name. */
export const numericsBuilds: readonly { readonly build: string; readonly memory: () => Memory }[] = builds.map(
  (core) => ({
    build: core.build,
    memory: () => {
      const memory = freshMemory(core);
      numericsOn(memory);
      return memory;
    },
  }),
);

/** The kernels of numerics on a memory, in the build of its core kernel. */
export function numericsOn(memory: Memory): NumericsKernel {
  const { build } = memory;
  let module = modules.get(build);
  if (module === undefined) {
    const { bytes } = sources[build] ?? simd;
    module = new WebAssembly.Module(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));
    modules.set(build, module);
  }
  return adoptNumerics(memory, module);
}

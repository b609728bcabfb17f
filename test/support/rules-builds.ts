import type { CompiledKernel } from "../../src/kernel.js";
import type { Memory } from "../../src/memory.js";
import { adoptRules } from "../../src/rules/kernel.js";
import * as debug from "../../src/wasm/rules-debug.js";
import * as scalar from "../../src/wasm/rules-scalar.js";
import * as simd from "../../src/wasm/rules-simd.js";
import { builds, freshMemory } from "./builds.js";

const sources: Readonly<Record<string, { readonly bytes: string }>> = { simd, scalar, debug };

/** The builds of the core kernel, each with the build of the kernels of composed rules of the same name. */
export const rulesBuilds: readonly { readonly build: string; readonly memory: () => Memory }[] = builds.map((core) => {
  const module = compiled(core);
  return {
    build: core.build,
    memory: () => {
      const memory = freshMemory(core);
      adoptRules(memory, module);
      return memory;
    },
  };
});

function compiled({ build }: CompiledKernel): WebAssembly.Module {
  const { bytes } = sources[build] ?? simd;
  return new WebAssembly.Module(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));
}

import type { CompiledKernel } from "../../src/kernel.js";
import type { Memory } from "../../src/memory.js";
import { adoptRules } from "../../src/rules/kernel.js";
import * as debug from "../../src/wasm/rules-debug.js";
import * as scalar from "../../src/wasm/rules-scalar.js";
import * as simd from "../../src/wasm/rules-simd.js";
import { builds, freshMemory } from "./builds.js";

const sources: Readonly<Record<string, { readonly bytes: string }>> = { simd, scalar, debug };

/** The builds of the core kernel, each with the build of the kernels of composed rules of the same name. */
export const rulesBuilds: readonly { readonly build: string; readonly memory: () => Memory }[] = builds.map((core) => ({
  build: core.build,
  memory: () => {
    const memory = freshMemory(core);
    adoptRules(memory, rulesModule(core));
    return memory;
  },
}));

const modules = new Map<string, WebAssembly.Module>();

/** The kernels of composed rules in the build of a core kernel. */
export function rulesModule(core: CompiledKernel): WebAssembly.Module {
  const known = modules.get(core.build) ?? compiled(core);
  modules.set(core.build, known);
  return known;
}

function compiled({ build }: CompiledKernel): WebAssembly.Module {
  const { bytes } = sources[build] ?? simd;
  return new WebAssembly.Module(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));
}

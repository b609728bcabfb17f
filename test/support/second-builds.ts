import type { Memory } from "../../src/memory.js";
import { builds, freshMemory } from "./builds.js";

type Source = { readonly bytes: string };

/** The builds of a module that runs on the core kernel's memory. */
export interface SecondBuilds<K> {
  /** the builds of the core kernel, each with the build of the module of the same name */
  readonly builds: readonly { readonly build: string; readonly memory: () => Memory }[];
  /** the module on a memory, in the build of its core kernel */
  readonly on: (memory: Memory) => K;
}

/** The builds of one such module, given its bytes and what takes it for a memory. */
export function secondBuilds<K>(
  sources: Readonly<Record<"simd" | "scalar" | "debug", Source>>,
  adopt: (memory: Memory, module: WebAssembly.Module) => K,
): SecondBuilds<K> {
  const modules = new Map<string, WebAssembly.Module>();
  const on = (memory: Memory): K => {
    const { build } = memory;
    let module = modules.get(build);
    if (module === undefined) {
      const { bytes } = build === "scalar" || build === "debug" ? sources[build] : sources.simd;
      module = new WebAssembly.Module(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));
      modules.set(build, module);
    }
    return adopt(memory, module);
  };
  return {
    on,
    builds: builds.map((core) => ({
      build: core.build,
      memory: () => {
        const memory = freshMemory(core);
        on(memory);
        return memory;
      },
    })),
  };
}

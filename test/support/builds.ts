import type { CompiledKernel } from "../../src/kernel.js";
import { MAXIMUM_BYTES, Memory } from "../../src/memory.js";
import * as debug from "../../src/wasm/debug.js";
import * as scalar from "../../src/wasm/scalar.js";
import * as simd from "../../src/wasm/simd.js";

/** scripts/mutate.mjs puts its faults into one build only, to save the time of the others. */
const chosen = globalThis.process?.env?.MARGRAVE_BUILDS?.split(",");

/** The three builds of the kernel, so that the same sentences are said to each. */
export const builds: readonly CompiledKernel[] = Object.entries({ simd, scalar, debug })
  .filter(([build]) => chosen === undefined || chosen.includes(build))
  .map(([build, source]) => ({
    module: new WebAssembly.Module(Uint8Array.from(atob(source.bytes), (c) => c.charCodeAt(0))),
    build,
    hash: source.hash,
  }));

/** A fresh memory over a fresh instance of `kernel`. */
export function freshMemory(kernel: CompiledKernel, limit = MAXIMUM_BYTES): Memory {
  return new Memory(kernel, limit);
}

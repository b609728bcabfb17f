import type { PackagedKernel } from "./inlined.js";
import scalar from "./kernel.scalar.wasm";
import simd from "./kernel.wasm";
import { hash as scalarHash } from "./wasm/scalar.js";
import { hash as simdHash } from "./wasm/simd.js";

/** The kernels as modules that the runtime compiled when it loaded this one: see `inlined.ts`, whose place this takes. */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: simd, hash: simdHash }),
  scalar: () => ({ source: scalar, hash: scalarHash }),
};

import type { PackagedKernel } from "../inlined.js";
import { hash as scalarHash } from "../wasm/options-scalar.js";
import { hash as simdHash } from "../wasm/options-simd.js";
import scalar from "./options.scalar.wasm";
import simd from "./options.wasm";

/** The kernels as modules that the runtime compiled when it loaded this one: see `inlined.ts`, whose place this takes. */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: simd, hash: simdHash }),
  scalar: () => ({ source: scalar, hash: scalarHash }),
};

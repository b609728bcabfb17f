import { inflated, type PackagedKernel } from "./inflated.js";
import { deflated, scalarSize, simdSize } from "./wasm/packed.js";
import { hash as scalarHash } from "./wasm/scalar.js";
import { hash as simdHash } from "./wasm/simd.js";

export type { PackagedKernel } from "./inflated.js";

/**
 * The kernels from this bundle, deflated as one piece: the scalar kernel follows the simd one, of which it shares most. That
 * halves what a browser loads and costs some milliseconds, once per process and build. `imported.ts` takes this
 * file's place where compiling bytes is forbidden.
 */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: unpacked().subarray(0, simdSize), hash: simdHash }),
  scalar: () => ({ source: unpacked().subarray(simdSize), hash: scalarHash }),
};

/** Both kernels, one behind the other. */
const unpacked = () => inflated(deflated, simdSize + scalarSize);

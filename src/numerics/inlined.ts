import { inflated } from "../inflated.js";
import type { PackagedKernel } from "../inlined.js";
import { deflated, scalarSize, simdSize } from "../wasm/numerics-packed.js";
import { hash as scalarHash } from "../wasm/numerics-scalar.js";
import { hash as simdHash } from "../wasm/numerics-simd.js";

/** The kernels of numerics from this bundle, deflated as one piece, as the core's are (src/inlined.ts). */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: unpacked().subarray(0, simdSize), hash: simdHash }),
  scalar: () => ({ source: unpacked().subarray(simdSize), hash: scalarHash }),
};

/** Both kernels, one behind the other. */
const unpacked = () => inflated(deflated, simdSize + scalarSize);

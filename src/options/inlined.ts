import { packagedIn } from "../inflated.js";
import { deflated, scalarSize, simdSize } from "../wasm/options-packed.js";
import { hash as scalarHash } from "../wasm/options-scalar.js";
import { hash as simdHash } from "../wasm/options-simd.js";

/** The kernels of options from this bundle, deflated as one piece, as the core's are (src/inlined.ts). */
export const packaged = /* @__PURE__ */ packagedIn(deflated, simdSize, scalarSize, simdHash, scalarHash);

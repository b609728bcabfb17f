import { packagedIn } from "../inflated.js";
import { deflated, scalarSize, simdSize } from "../wasm/numerics-packed.js";
import { hash as scalarHash } from "../wasm/numerics-scalar.js";
import { hash as simdHash } from "../wasm/numerics-simd.js";

/** The kernels of numerics from this bundle, deflated as one piece, as the core's are (src/inlined.ts). */
export const packaged = /* @__PURE__ */ packagedIn(deflated, simdSize, scalarSize, simdHash, scalarHash);

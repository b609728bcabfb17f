import { adoptNumerics } from "../../src/numerics/kernel.js";
import * as debug from "../../src/wasm/numerics-debug.js";
import * as scalar from "../../src/wasm/numerics-scalar.js";
import * as simd from "../../src/wasm/numerics-simd.js";
import { secondBuilds } from "./second-builds.js";

/** The kernels of numerics: in the three builds, and on a memory. */
export const { builds: numericsBuilds, on: numericsOn } = secondBuilds({ simd, scalar, debug }, adoptNumerics);

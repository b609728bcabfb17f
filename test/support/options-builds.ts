import { adoptOptions } from "../../src/options/kernel.js";
import * as debug from "../../src/wasm/options-debug.js";
import * as scalar from "../../src/wasm/options-scalar.js";
import * as simd from "../../src/wasm/options-simd.js";
import { secondBuilds } from "./second-builds.js";

/** The kernels of options: in the three builds, and on a memory. */
export const { builds: optionsBuilds, on: optionsOn } = secondBuilds({ simd, scalar, debug }, adoptOptions);

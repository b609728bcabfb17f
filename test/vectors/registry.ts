import { checks as comet } from "./comet.js";
import type { VectorChecks } from "./comparison.js";
import { checks as morpho } from "./morpho-blue.js";

/** Every check, by the path of its file in the folder. */
export const checks: VectorChecks = { ...comet, ...morpho };

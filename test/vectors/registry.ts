import type { VectorChecks } from "./comparison.js";

/** Every check, by the path of its file in the folder: `...aave` of `import { checks as aave } from "./aave-v3.js"`. */
export const checks: VectorChecks = {};

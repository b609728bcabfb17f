import type { Checks } from "./comparison.js";

/** Every check, by `topic/method` or `systemic/<file name>`. */
export const checks: Checks = {};

import { checks as aave } from "./aave-v3.js";
import { checks as comet } from "./comet.js";
import type { VectorChecks } from "./comparison.js";
import { checks as euler } from "./euler-v2.js";
import { checks as folks } from "./folks-xchain.js";
import { checks as kamino } from "./kamino.js";
import { checks as marginfi } from "./marginfi-v2.js";
import { checks as morpho } from "./morpho-blue.js";

/** Every check, by the path of its file in the folder. */
export const checks: VectorChecks = { ...aave, ...comet, ...euler, ...folks, ...kamino, ...marginfi, ...morpho };

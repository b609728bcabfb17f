import { checks as aave } from "./aave-v3.js";
import { checks as cefi } from "./cefi.js";
import { checks as comet } from "./comet.js";
import type { VectorChecks } from "./comparison.js";
import { checks as drift } from "./drift-v2.js";
import { checks as dydx } from "./dydx-v4.js";
import { checks as euler } from "./euler-v2.js";
import { checks as folks } from "./folks-xchain.js";
import { checks as gmx } from "./gmx-v2.js";
import { checks as hyperliquid } from "./hyperliquid.js";
import { checks as kamino } from "./kamino.js";
import { checks as mango } from "./mango-v4.js";
import { checks as marginfi } from "./marginfi-v2.js";
import { checks as morpho } from "./morpho-blue.js";
import { checks as synthetix } from "./synthetix-v3.js";

/** Every check, by the path of its file in the folder. */
export const checks: VectorChecks = {
  ...aave,
  ...cefi,
  ...comet,
  ...drift,
  ...dydx,
  ...euler,
  ...folks,
  ...gmx,
  ...hyperliquid,
  ...kamino,
  ...mango,
  ...marginfi,
  ...morpho,
  ...synthetix,
};

import type { Checks } from "./comparison.js";
import { checks as cov } from "./cov.js";
import { checks as gaps } from "./cov-gaps.js";
import { checks as nonlinear } from "./cov-nonlinear.js";
import { checks as streaming } from "./cov-streaming.js";
import { checks as decomposition } from "./decomposition.js";
import { checks as deltaGamma } from "./delta-gamma.js";
import { checks as functions } from "./functions.js";
import { checks as linalg } from "./linalg.js";
import { checks as matrices } from "./matrices.js";
import { checks as options } from "./options.js";
import { checks as modified } from "./modified.js";
import { checks as monteCarlo } from "./monte-carlo.js";
import { checks as random } from "./random.js";
import { checks as sobol } from "./sobol.js";
import { checks as special } from "./special.js";
import { checks as systemic } from "./systemic.js";
import { checks as tailModels } from "./tail-models.js";
import { checks as tails } from "./var.js";

/** Every check, by `topic/method` or `systemic/<file name>`. */
export const checks: Checks = {
  ...cov,
  ...gaps,
  ...sobol,
  ...nonlinear,
  ...streaming,
  ...decomposition,
  ...deltaGamma,
  ...functions,
  ...linalg,
  ...matrices,
  ...options,
  ...modified,
  ...monteCarlo,
  ...random,
  ...special,
  ...systemic,
  ...tailModels,
  ...tails,
};

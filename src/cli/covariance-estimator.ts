import { InvalidArgumentError } from "commander";
import { type CovarianceEstimator, ewma, ledoitWolf, sample } from "../index.js";
import {
  analyticalNonlinear,
  ewmaCentred,
  ewmaPresent,
  ledoitWolfDiagonal,
  ledoitWolfSingleFactor,
  oas,
  pairwise,
  type PresentEstimator,
  quadraticInverse,
  rblw,
} from "../numerics/index.js";

/** An estimator as it is asked for: of rows that are complete, or of rows with gaps. */
export type AskedEstimator =
  | { readonly of: "complete"; readonly make: () => CovarianceEstimator }
  | { readonly of: "gaps"; readonly make: () => PresentEstimator };

const complete = (make: () => CovarianceEstimator): AskedEstimator => ({ of: "complete", make });
const gaps = (make: () => PresentEstimator): AskedEstimator => ({ of: "gaps", make });

/** By name; what the library does not take is its own to refuse, when it is made. */
const NAMED: Readonly<Record<string, AskedEstimator>> = {
  sample: complete(() => sample()),
  "ledoit-wolf:identity": complete(() => ledoitWolf({ target: "identity" })),
  "ledoit-wolf:constant-correlation": complete(() => ledoitWolf({ target: "constantCorrelation" })),
  "ledoit-wolf:diagonal": complete(() => ledoitWolfDiagonal()),
  "ledoit-wolf:single-factor": complete(() => ledoitWolfSingleFactor()),
  oas: complete(() => oas()),
  "oas:chen2010": complete(() => oas({ form: "chen2010" })),
  rblw: complete(() => rblw()),
  "analytical-nonlinear": complete(() => analyticalNonlinear()),
  "quadratic-inverse": complete(() => quadraticInverse()),
  pairwise: gaps(() => pairwise()),
};

/** By name and decay, `ewma:0.94`; without one by the library's own. */
const DECAYING: Readonly<Record<string, (options: { readonly decay?: number }) => AskedEstimator>> = {
  ewma: (options) => complete(() => ewma(options)),
  "ewma-recursive": (options) => complete(() => ewma({ ...options, form: "recursive" })),
  "ewma-centred": (options) => complete(() => ewmaCentred(options)),
  "ewma-calendar": (options) => gaps(() => ewmaPresent({ ...options, ages: "calendar" })),
  "ewma-skip": (options) => gaps(() => ewmaPresent({ ...options, ages: "skip" })),
};

export const ESTIMATORS = [...Object.keys(NAMED), ...Object.keys(DECAYING).map((name) => `${name}[:DECAY]`)].join(", ");

/** Reads `--estimator`, whose decay `number` reads. */
export function estimatorOf(text: string, number: (text: string) => number): AskedEstimator {
  const named = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined;
  if (named !== undefined) return named;
  const [name = "", decay] = text.split(/:(.*)/s);
  const made = Object.hasOwn(DECAYING, name) ? DECAYING[name] : undefined;
  if (made !== undefined) return made(decay === undefined ? {} : { decay: number(decay) });
  throw new InvalidArgumentError(`It must be one of ${ESTIMATORS}.`);
}

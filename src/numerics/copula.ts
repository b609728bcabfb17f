import { at, checkOptions, finiteNumber, invalid, type Place, withDefault } from "../checks.js";
import { InsufficientDataError } from "../errors.js";
import { unitScale } from "../distribution.js";

/** How the ranks of several numbers move together, as a value. */
export interface Copula {
  readonly name: "gaussian" | "studentT";
  /** name and parameters */
  readonly key: string;
  /** 0 of the Gaussian */
  readonly degreesOfFreedom: number;
}

/** Ranks as those of normal numbers: no tail dependence, however large the correlation below 1. */
export function gaussianCopula(): Copula {
  return Object.freeze<Copula>({ name: "gaussian", key: "gaussian", degreesOfFreedom: 0 });
}

/**
 * Ranks as those of multivariate t numbers: all of a vector's are divided by the same √(χ²/ν), so that the extremes of its parts
 * come together.
 *
 * @param options.degreesOfFreedom   ν, 0.5 to 1e8; daily crypto returns: 3 to 6
 * @throws InvalidInputError         ν out of range
 */
export function studentTCopula(options: { readonly degreesOfFreedom: number }): Copula {
  const { degreesOfFreedom } = checkOptions(options, "studentTCopula", {
    degreesOfFreedom: (value, place) => finiteNumber(value, place, { min: 0.5, max: 1e8 }),
  });
  return Object.freeze({ name: "studentT", key: `studentT(${degreesOfFreedom})`, degreesOfFreedom });
}

/** How one number is distributed, as a value; its deviation is given beside it, but for samples, which have their own. */
export interface Margin {
  readonly name: "normal" | "studentT" | "sample" | "history";
  /** name and parameters; of a sample only its size */
  readonly key: string;
  /** of the t; 0 elsewhere */
  readonly degreesOfFreedom: number;
  /** of a sample, ascending; null elsewhere */
  readonly sample: Float64Array | null;
}

/** Normal, mean 0. */
export function normalMargin(): Margin {
  return Object.freeze({ name: "normal", key: "normal", degreesOfFreedom: 0, sample: null });
}

/**
 * Student's t scaled to the deviation asked for, mean 0.
 *
 * @param options.degreesOfFreedom   ν > 2, since the deviation is infinite at or below 2, up to 1e8
 * @throws InvalidInputError         ν out of range
 */
export function studentTMargin(options: { readonly degreesOfFreedom: number }): Margin {
  const { degreesOfFreedom } = checkOptions(options, "studentTMargin", {
    degreesOfFreedom: (value, place) => finiteNumber(value, place, { above: 2, max: 1e8 }),
  });
  return Object.freeze({ name: "studentT", key: `studentT(${degreesOfFreedom})`, degreesOfFreedom, sample: null });
}

/**
 * The step distribution of a sample, as it stands: only values of the sample come out, and deviations given beside it are not
 * used.
 *
 * @throws InvalidInputError       a number that is not finite
 * @throws InsufficientDataError   an empty sample
 */
export function sampleMargin(sample: Float64Array | readonly number[]): Margin {
  if (!Array.isArray(sample) && !(sample instanceof Float64Array)) {
    throw invalid("sampleMargin.sample", "an array of numbers", sample);
  }
  if (sample.length === 0) throw new InsufficientDataError("sampleMargin.sample", 1, 0, "numbers");
  const own = Float64Array.from(sample, (value, i) => finiteNumber(value, at("sampleMargin.sample", i), {})).sort();
  return Object.freeze({ name: "sample", key: `sample(${own.length})`, degreesOfFreedom: 0, sample: own });
}

/** For the model: of each factor the sample of its own returns. */
export function historyMargin(): Margin {
  return Object.freeze({ name: "history", key: "history", degreesOfFreedom: 0, sample: null });
}

const names: readonly string[] = ["normal", "studentT", "sample", "history"];

/** Reads a margin. */
export function isMargin(value: unknown, place: Place): Margin {
  const given = value as Partial<Margin> | null | undefined;
  // A copula has no sample, not even none.
  const sampled = given?.name === "sample" ? given.sample instanceof Float64Array : given?.sample === null;
  if (sampled && names.includes(given?.name ?? "") && typeof given?.key === "string") return given as Margin;
  throw invalid(place, "a margin such as normalMargin()", value);
}

/** Reads a copula. */
export function isCopula(value: unknown, place: Place): Copula {
  const given = value as Partial<Copula> | null | undefined;
  const copula = given?.name === "gaussian" || given?.name === "studentT";
  if (copula && typeof given.degreesOfFreedom === "number" && !("sample" in given)) return given as Copula;
  throw invalid(place, "a copula such as gaussianCopula()", value);
}

/** A reader of a copula, the Gaussian by default. */
export const copulaReader = withDefault<Copula, Copula>(gaussianCopula(), isCopula);

/** What the kernel is told of a margin under a copula: kind, degrees of freedom and scale per unit of deviation. */
export function marginCode(margin: Margin, copula: Copula): { readonly kind: number; readonly unit: number } {
  const nu = margin.degreesOfFreedom;
  if (margin.sample !== null) return { kind: 3, unit: 1 };
  if (margin.name === "studentT") return { kind: nu === copula.degreesOfFreedom ? 0 : 2, unit: unitScale(nu) };
  return { kind: copula.degreesOfFreedom === 0 ? 0 : 1, unit: 1 };
}

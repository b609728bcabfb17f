import { array, at, checkOptions, finiteNumber, invalid, oneOf, type Place, record } from "../checks.js";
import type { Owner } from "../memory.js";
import type { Smile } from "./smile.js";

/** Beyond what is known: an error, or the volatility at the last point that is known. */
export type Extrapolation = "refuse" | "flat";

/** One expiry of a surface. */
export interface SurfaceExpiry {
  /** above 0 */
  readonly years: number;
  readonly smile: Smile;
}

/** Implied volatilities by expiry and log moneyness, as a value that `volatilitySurface` makes. */
export interface VolatilitySurface {
  readonly expiries: readonly SurfaceExpiry[];
  /** beyond the strikes of an expiry */
  readonly strikes: Extrapolation;
  /** before the first expiry and after the last */
  readonly beyond: Extrapolation;
}

/** A volatility as a surface gives it, and how. */
export interface SurfaceVolatility {
  readonly volatility: number;
  /** σ²T */
  readonly totalVariance: number;
  /** whether the strike is beyond those of an expiry that was read */
  readonly strikeExtrapolated: boolean;
  readonly expiryExtrapolated: "no" | "before" | "after";
  /** whether total variance does not fall from the expiry before to the one after, which would be an arbitrage; true at an expiry */
  readonly calendarFree: boolean;
}

function isSmile(value: unknown, place: Place): Smile {
  const given = value as Partial<Smile> | null | undefined;
  if (typeof given?.totalVariance === "function" && Number(given.from) <= Number(given.to)) return given as Smile;
  throw invalid(place, "a smile such as quotedSmile(…) or sviSlice(…)", value);
}

/** What `volatilitySurface` has made, and so checked. */
const made = new WeakSet<VolatilitySurface>();

/** Reads a surface. */
export function isSurface(value: unknown, place: Place): VolatilitySurface {
  if (typeof value === "object" && value !== null && made.has(value as VolatilitySurface)) {
    return value as VolatilitySurface;
  }
  throw invalid(place, "a surface of volatilitySurface(…)", value);
}

const extrapolation = oneOf(["refuse", "flat"]);

/**
 * A surface of smiles. What happens beyond them has no default.
 *
 * @throws InvalidInputError   no expiry, years that do not ascend from above 0, what is no smile, or an extrapolation that is not named
 */
export function volatilitySurface(options: {
  readonly expiries: readonly SurfaceExpiry[];
  readonly strikes: Extrapolation;
  readonly beyond: Extrapolation;
}): VolatilitySurface {
  const surface = checkOptions(options, "volatilitySurface", {
    expiries: (value, place) => {
      let before = 0;
      return array(value, place).map((one, i) => {
        const here = at(place, i);
        const { years, smile } = record(one, here, ["years", "smile"]);
        const next = finiteNumber(years, at(here, "years"), { above: before });
        before = next;
        return Object.freeze({ years: next, smile: isSmile(smile, at(here, "smile")) });
      });
    },
    strikes: extrapolation,
    beyond: extrapolation,
  });
  if (surface.expiries.length === 0) throw invalid("volatilitySurface.expiries", "at least one", surface.expiries);
  made.add(surface);
  return Object.freeze(surface);
}

/**
 * The volatility of an option on a surface: total variance linear in time between expiries at equal log moneyness.
 *
 * @param option.forward   for the option's own expiry
 * @throws InvalidInputError   a number that is missing, not finite or not above 0, what the surface refuses to extrapolate to, or a
 *                             total variance that a smile does not have as a number
 * @see METHODS.md#volatility-surfaces
 */
export function surfaceVolatility(
  { memory }: Owner,
  surface: VolatilitySurface,
  option: { readonly forward: number; readonly strike: number; readonly years: number },
): SurfaceVolatility {
  const above = (value: unknown, place: Parameters<typeof finiteNumber>[1]) => finiteNumber(value, place, { above: 0 });
  const { forward, strike, years } = checkOptions(option, "option", { forward: above, strike: above, years: above });
  const { expiries, strikes, beyond } = isSurface(surface, "surface");
  const ratio = strike / forward;
  if (!(ratio > 0 && ratio < Infinity))
    throw invalid("option.strike", "within the range of numbers of the forward", strike);
  const k = memory.kernel.logarithm(ratio);
  let strikeExtrapolated = false;
  const varianceOf = ({ smile }: SurfaceExpiry): number => {
    const inside = Math.min(Math.max(k, smile.from), smile.to);
    if (inside !== k) {
      if (strikes === "refuse") {
        const [low, high] = [smile.from, smile.to];
        throw invalid(
          "option.strike",
          `at a log moneyness of ${low} to ${high}, as the surface refuses beyond`,
          strike,
        );
      }
      strikeExtrapolated = true;
    }
    return finiteNumber(smile.totalVariance(inside), `totalVariance of ${smile.name} at ${inside}`, { min: 0 });
  };
  const result = (totalVariance: number, expiryExtrapolated: "no" | "before" | "after", calendarFree: boolean) => {
    const volatility = Math.sqrt(totalVariance / years);
    return { volatility, totalVariance, strikeExtrapolated, expiryExtrapolated, calendarFree };
  };
  const next = expiries.findIndex((expiry) => expiry.years >= years);
  const after = expiries[next < 0 ? expiries.length - 1 : next];
  const before = next > 0 ? expiries[next - 1] : undefined;
  if (after === undefined) throw invalid("surface.expiries", "at least one", expiries);
  if (after.years === years) return result(varianceOf(after), "no", true);
  if (next < 0 || before === undefined) {
    if (beyond === "refuse") {
      const [first, last] = [expiries[0]?.years, expiries[expiries.length - 1]?.years];
      throw invalid("option.years", `${first} to ${last}, as the surface refuses beyond`, years);
    }
    // The volatility of the nearest expiry.
    return result((varianceOf(after) / after.years) * years, next < 0 ? "after" : "before", true);
  }
  const [low, high] = [varianceOf(before), varianceOf(after)];
  const share = (years - before.years) / (after.years - before.years);
  return result(low + (high - low) * share, "no", high >= low);
}

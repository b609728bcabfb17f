import { at, entries, text } from "../checks.js";
import { InvalidInputError } from "../errors.js";
import type { VolatilitySource } from "./quotes.js";
import { isSurface, surfaceVolatility, type VolatilitySurface } from "./surface.js";

/**
 * Surfaces by underlying as a source of the volatilities that a market does not quote. Where a surface refuses, or there is none
 * of an underlying, an option lacks its volatility.
 *
 * @param name       names them in results; give other surfaces another name, such as one with a date
 * @param surfaces   by id of the underlying, or of the asset that it `is`
 * @throws InvalidInputError   no name, or what is no surface
 * @see METHODS.md#option-books
 */
export function surfaceSource(name: string, surfaces: Readonly<Record<string, VolatilitySurface>>): VolatilitySource {
  const known = new Map<string, VolatilitySurface>();
  for (const [underlying, surface] of entries(surfaces, "surfaceSource.surfaces")) {
    known.set(underlying, isSurface(surface, at("surfaceSource.surfaces", underlying)));
  }
  return Object.freeze({
    key: text(name, "surfaceSource.name"),
    volatility(owner, { underlying, ...option }) {
      const surface = known.get(underlying);
      if (surface === undefined) return Number.NaN;
      try {
        return surfaceVolatility(owner, surface, option).volatility;
      } catch (error) {
        if (error instanceof InvalidInputError) return Number.NaN;
        throw error;
      }
    },
  } satisfies VolatilitySource);
}

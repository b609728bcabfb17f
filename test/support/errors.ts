import { InsufficientDataError, InvalidInputError, UnsupportedError } from "../../src/errors.js";

/** The error that `work` throws, which must be a typed one with a path. */
export function failure(work: () => unknown): InvalidInputError | UnsupportedError | InsufficientDataError {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    if (error instanceof UnsupportedError || error instanceof InsufficientDataError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The path of the error that `work` throws. */
export function pathOf(work: () => unknown): string {
  return failure(work).path;
}

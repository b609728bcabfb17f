import { InsufficientDataError, InvalidInputError, UnsupportedError } from "../index.js";
import { RefusedInput } from "./documents.js";
import type { Inputs } from "./inputs.js";

/** What the library advises its callers to pass, as it is said on the command line. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/\b(?:Take|[Pp]ass) gaps: "dropRows"/, "Give --gaps dropRows"],
  [/\b(or )?pass missing: "drop"/, "$1give --missing drop"],
  [/, or list "(\w+)" in the (?:rule|model)'s ["`]ignores["`]/g, ", or give --ignore $1"],
  [/\bLeave one out, or take lacking: "zero"/, "Leave one out of the file"],
];

/** Run a computation on inputs: errors about a place in a document gain the name of its file. */
export function inInputs<T>(inputs: Inputs, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (
      !(
        error instanceof InvalidInputError ||
        error instanceof UnsupportedError ||
        error instanceof InsufficientDataError
      )
    )
      throw error;
    const { accounts, market, history } = inputs.sources;
    const { path } = error;
    if (/^(accounts|links|transfers|reported)\b/.test(path))
      throw new RefusedInput(accounts, error, advised(error.message));
    if (/^history\b/.test(path)) throw new RefusedInput(history ?? market, error, advised(error.message));
    throw error;
  }
}

/** A message of the library with its advice turned into options. */
export function advised(message: string): string {
  return ADVICE.reduce((text, [phrase, option]) => text.replace(phrase, option), message);
}

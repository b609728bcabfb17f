import { RiskError } from "../index.js";

/**
 * Something the user gave is wrong: a file, an option, a cell. The message is one sentence that names the file, the place
 * in it, what was expected and what was found. Ends the program with exit code 2.
 */
export class BadInput extends RiskError {
  override readonly name = "BadInput";
  /** the file, `standard input` or the option */
  readonly source: string;
  /** where in it: a path such as `accounts[0].pools`, a line such as `12`, or empty for the whole */
  readonly path: string;

  constructor(source: string, path: string, expected: string, actual: string, remedy = "") {
    super(`${place(source, path)} must be ${expected}, got ${actual}${remedy === "" ? "" : `; ${remedy}`}`);
    this.source = source;
    this.path = path;
  }
}

/** `prices.csv:12`, `accounts.json: accounts[0].id`. */
export function place(source: string, path: string): string {
  if (path === "") return source;
  return /^\d/.test(path) ? `${source}:${path}` : `${source}: ${path}`;
}

/** A text as it stands in a message: quoted, on one line, at most 40 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}

/** Whole numbers with separators, e.g. 38,972. */
export function count(n: number, noun = "", plural = `${noun}s`): string {
  const digits = n.toLocaleString("en-GB", { maximumFractionDigits: 0 });
  return noun === "" ? digits : `${digits} ${n === 1 ? noun : plural}`;
}

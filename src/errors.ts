/**
 * Every error this package throws on purpose. The list is closed: catch `RiskError` for all of them, or one class for one
 * cause. `name` is a literal in each class, because minifiers rename classes.
 */
export class RiskError extends Error {
  override readonly name: string = "RiskError";
}

/** An input has the wrong kind, range or reference. `path` says which, e.g. `positions[3].quantity`. */
export class InvalidInputError extends RiskError {
  override readonly name = "InvalidInputError";
  readonly path: string;
  readonly expected: string;
  readonly actual: string;

  constructor(path: string, expected: string, actual: unknown, remedy = "") {
    const shown = show(actual);
    super(`${path} must be ${expected}, got ${shown}${remedy === "" ? "" : `. ${remedy}`}`);
    this.path = path;
    this.expected = expected;
    this.actual = shown;
  }
}

/** An input is well formed, but the model or rule asked to handle it does not. */
export class UnsupportedError extends RiskError {
  override readonly name = "UnsupportedError";
  readonly path: string;
  readonly feature: string;

  constructor(path: string, feature: string, remedy = "") {
    super(`${path}: ${feature}${remedy === "" ? "" : `. ${remedy}`}`);
    this.path = path;
    this.feature = feature;
  }
}

/** Fewer observations than the method needs. */
export class InsufficientDataError extends RiskError {
  override readonly name = "InsufficientDataError";
  readonly path: string;
  readonly required: number;
  readonly actual: number;

  constructor(path: string, required: number, actual: number, what: string, remedy = "") {
    super(`${path} needs at least ${required} ${what}, got ${actual}${remedy === "" ? "" : `. ${remedy}`}`);
    this.path = path;
    this.required = required;
    this.actual = actual;
  }
}

/** A factorisation broke down at row `pivot` (zero-based), whose pivot had the value `value`. */
export class NotPositiveDefiniteError extends RiskError {
  override readonly name = "NotPositiveDefiniteError";
  readonly pivot: number;
  readonly value: number;

  constructor(pivot: number, value: number, remedy = "Use a shrinkage estimator, or more observations than assets") {
    super(`covariance must be positive definite, but pivot ${pivot} is ${value}. ${remedy}`);
    this.pivot = pivot;
    this.value = value;
  }
}

/** The linear memory could not grow: the limit given to `createEngine` or the machine's own. Nothing was changed. */
export class OutOfMemoryError extends RiskError {
  override readonly name = "OutOfMemoryError";
  readonly bytes: number;
  readonly limit: number;

  constructor(bytes: number, limit: number) {
    super(`the kernel needs ${bytes} more bytes, which its limit of ${limit} bytes or this machine refuses`);
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** A handle was used after `dispose()`, or with another engine than the one that made it. */
export class DisposedError extends RiskError {
  override readonly name = "DisposedError";
  readonly handle: string;

  constructor(handle: string) {
    super(`${handle} was disposed or belongs to another engine; load it again`);
    this.handle = handle;
  }
}

/** This environment cannot run the kernel, e.g. a content security policy without 'wasm-unsafe-eval'. */
export class EnvironmentError extends RiskError {
  override readonly name = "EnvironmentError";
}

/** A value as it should stand in a message: short, on one line, and telling -0 from 0 and a string from a number. */
function show(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

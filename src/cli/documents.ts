import type { Readable } from "node:stream";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import accountsSchema from "../../schema/accounts.json" with { type: "json" };
import marketSchema from "../../schema/market.json" with { type: "json" };
import ruleSchema from "../../schema/rule.json" with { type: "json" };
import { InvalidInputError, RiskError } from "../index.js";
import { BadInput, quoted } from "./bad-input.js";
import { parseJson } from "./json-text.js";
import { sourceName, textOf } from "./source.js";

export type DocumentKind = "market" | "accounts" | "rule";

/** Largest document read, in bytes: a book of a million pools is about as long, and the longest text of Node is 512 MiB. */
const DOCUMENT_LIMIT = 500_000_000;

/** No rule is half as deep. */
const DEEPEST = 100;

const ajv = new Ajv2020({ strict: false, allowUnionTypes: true, verbose: true });
const validators = new Map<DocumentKind, ValidateFunction>();
const schemas: Readonly<Record<DocumentKind, object>> = {
  market: marketSchema,
  accounts: accountsSchema,
  rule: ruleSchema,
};

/**
 * Read a JSON document from a file or standard input (`-`) and hold it against its published schema. What the schema cannot
 * say (references, order, ranges that depend on one another) is checked by the library when it is parsed.
 *
 * @throws BadInput in one sentence: file, path, expected, actual.
 */
export async function readDocument(path: string, kind: DocumentKind, input: Readable): Promise<unknown> {
  const name = sourceName(path);
  const document = parseJson(await textOf(path, DOCUMENT_LIMIT, input), name);
  // The schema of rules alone is recursive: of what nests without end, checking would run out of stack.
  if (kind === "rule" && depthOf(document) > DEEPEST) {
    throw new BadInput(name, "", `nested at most ${DEEPEST} deep`, "a document that is deeper");
  }
  let validate = validators.get(kind);
  if (validate === undefined) {
    validate = ajv.compile(schemas[kind]);
    validators.set(kind, validate);
  }
  if (!validate(document)) throw sentence(name, document, validate.errors ?? [], kind);
  return document;
}

/** How deep objects and arrays are within each other, looked at level by level, as far as is of interest. */
function depthOf(document: unknown): number {
  let level = [document];
  let depth = 0;
  while (level.length > 0 && depth <= DEEPEST) {
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
    depth++;
  }
  return depth;
}

/** Run a parser of the library on a document of this name: its errors gain the file. */
export function inFile<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidInputError)
      throw new BadInput(name, error.path, error.expected, error.actual, remedyOf(error));
    if (error instanceof RiskError) throw new RefusedInput(name, error);
    throw error;
  }
}

/** An error of the library that is about this file. */
export class RefusedInput extends RiskError {
  override readonly name = "RefusedInput";
  readonly source: string;

  constructor(source: string, cause: RiskError, message = cause.message) {
    super(`${source}: ${message}`, { cause });
    this.source = source;
  }
}

/** What an InvalidInputError advises, which its message carries after expected and actual. */
function remedyOf(error: InvalidInputError): string {
  const text = `got ${error.actual}. `;
  const at = error.message.indexOf(text);
  return at < 0 ? "" : error.message.slice(at + text.length);
}

/** The most telling of a schema's complaints as one error. A branch of a choice tells more than the choice itself. */
function sentence(name: string, document: unknown, errors: readonly ErrorObject[], kind: DocumentKind): BadInput {
  let best = errors[0];
  for (const error of errors) {
    const choice = error.keyword === "anyOf" || error.keyword === "oneOf" || error.keyword === "if";
    const deeper = error.instancePath.length > (best?.instancePath.length ?? -1);
    const sharper =
      error.instancePath.length === best?.instancePath.length &&
      !choice &&
      (best.keyword === "type" || best.keyword === "anyOf" || best.keyword === "oneOf") &&
      error.keyword !== "type";
    if (deeper || sharper) best = error;
  }
  if (best === undefined) return new BadInput(name, "", `a ${kind} document`, "something else");
  const options = errors.filter((error) => error.instancePath === best.instancePath && error.keyword === "type");
  const path = pathOf(document, best.instancePath);
  const value = valueAt(document, best.instancePath);
  const at = (key: unknown) => step(path, String(key));
  if (best.propertyName !== undefined) {
    return new BadInput(name, at(best.propertyName), "another key (an id, and not one that reaches a prototype)", "it");
  }
  const words = description(best, value, errors);
  if (words !== null) return new BadInput(name, path, words, shown(value));
  switch (best.keyword) {
    case "required":
      return new BadInput(name, at(best.params.missingProperty), "present", "nothing");
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = String(best.params.additionalProperty ?? best.params.unevaluatedProperty);
      return new BadInput(name, at(key), "a key of the schema (unknown keys are errors)", "an unknown key");
    }
    case "const":
      return new BadInput(name, path, JSON.stringify(best.params.allowedValue), shown(value));
    case "enum": {
      const allowed: unknown = best.params.allowedValues;
      const list = Array.isArray(allowed) ? allowed.map((v) => JSON.stringify(v)).join(" or ") : "another value";
      return new BadInput(name, path, list, shown(value));
    }
    case "type":
      return new BadInput(
        name,
        path,
        [...new Set(options.map((error) => String(error.params.type)))].map((type) => article(type)).join(" or "),
        shown(value),
      );
    default:
      return new BadInput(name, path, expectation(best), shown(value));
  }
}

/** Complaints about one value that its schema's description says better than they do. */
const ABOUT_VALUE = /^(type|pattern|(exclusive)?(Minimum|Maximum)|minimum|maximum|anyOf)$/;

/**
 * What the schema calls the value that it wants, where it has a word for it: of a choice of forms the innermost, unless
 * the value is a list or object and so was meant for an outer one.
 */
function description(best: ErrorObject, value: unknown, errors: readonly ErrorObject[]): string | null {
  if (!ABOUT_VALUE.test(best.keyword)) return null;
  const words = errors.flatMap(({ instancePath, keyword, params, parentSchema }) => {
    const text: unknown = parentSchema?.description;
    // What an object or a list is for does not say that it has to be one.
    const scalar = !(keyword === "type" && (params.type === "object" || params.type === "array"));
    const fits = scalar && instancePath === best.instancePath && (keyword === "anyOf" || keyword === best.keyword);
    return fits && typeof text === "string" ? [text] : [];
  });
  const text = typeof value === "object" ? words.at(-1) : words[0];
  const sentence = text?.split(/\.(?= [A-Z]|$)/)[0];
  return sentence === undefined ? null : sentence.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}

function expectation(error: ErrorObject): string {
  const limit: unknown = error.params.limit;
  switch (error.keyword) {
    case "minimum":
    case "exclusiveMinimum":
    case "maximum":
    case "exclusiveMaximum":
      return `a number ${String(error.params.comparison)} ${String(limit)}`;
    case "minLength":
      return "a text that is not empty";
    case "minItems":
      return `a list of at least ${String(limit)}`;
    case "maxItems":
      return `a list of at most ${String(limit)}`;
    case "pattern":
      return `a text like ${String(error.params.pattern)}`;
    default:
      return `what its schema says (${error.message ?? error.keyword})`;
  }
}

function article(type: string): string {
  if (type === "null") return "null";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type === "string" ? "text" : type}`;
}

function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** `/accounts/0/pools/1` → `accounts[0].pools[1]`. Which numbers are indices depends on the document. */
function pathOf(document: unknown, pointer: string): string {
  let path = "";
  let value = document;
  for (const key of keysOf(pointer)) {
    path = step(path, Array.isArray(value) ? Number(key) : key);
    value = child(value, key);
  }
  return path;
}

/** A path as the library spells it: `accounts[1].pools[0]`, `assets["wstETH@ethereum"].initial`. */
function step(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function valueAt(document: unknown, pointer: string): unknown {
  return keysOf(pointer).reduce(child, document);
}

function child(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function keysOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

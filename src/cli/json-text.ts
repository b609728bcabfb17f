import { BadInput } from "./bad-input.js";

/**
 * Parse JSON; what is not JSON is a `BadInput` with line and column. `JSON.parse` itself names a place in some versions
 * and for some errors only, so that the place is found here.
 */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const at = brokenAt(text);
    const before = text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - before.lastIndexOf("\n");
    if (text.trim() === "") throw new BadInput(name, "", "a JSON document", "nothing");
    const found = at >= text.length ? "the end of the text" : describe(text, at);
    throw new BadInput(name, `${line}:${column}`, "JSON", found, cause instanceof Error ? "" : String(cause));
  }
}

function describe(text: string, at: number): string {
  const word = /^[A-Za-z_$][\w$]{0,15}/.exec(text.slice(at, at + 16))?.[0] ?? text[at] ?? "";
  return JSON.stringify(word);
}

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be in a string
  /[ \t\n\r]*(?:([{}[\],:])|"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\0-\x1f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))/y;

/** A string as far as it is one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be in a string
const OPEN_STRING = /"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\0-\x1f]*)*/y;

/** Index of the first character that cannot continue a JSON document, or the length of the text where it is cut short. */
function brokenAt(text: string): number {
  // The stack holds an open bracket or brace each; `expect` says which tokens may follow.
  const open: string[] = [];
  let expect: "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "comma" | "end" = "value";
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const start = at + (/^[ \t\n\r]*/.exec(text.slice(at, at + 65536))?.[0].length ?? 0);
    if (match === null && text[start] === '"') {
      OPEN_STRING.lastIndex = start;
      OPEN_STRING.exec(text);
      return OPEN_STRING.lastIndex;
    }
    if (match === null || expect === "end") return start;
    const mark = match[1];
    const isString = mark === undefined && text[start] === '"';
    const closes = mark === "}" || mark === "]";
    if (closes) {
      const fits = mark === "}" ? "{" : "[";
      const allowed = expect === "comma" || expect === (mark === "}" ? "keyOrEnd" : "valueOrEnd");
      if (!allowed || open.pop() !== fits) return start;
    } else if (mark === "{" || mark === "[") {
      if (expect !== "value" && expect !== "valueOrEnd") return start;
      open.push(mark);
      expect = mark === "{" ? "keyOrEnd" : "valueOrEnd";
    } else if (mark === ":") {
      if (expect !== "colon") return start;
      expect = "value";
    } else if (mark === ",") {
      if (expect !== "comma") return start;
      expect = open[open.length - 1] === "{" ? "key" : "value";
    } else if (expect === "key" || expect === "keyOrEnd") {
      if (!isString) return start;
      expect = "colon";
    } else if (expect !== "value" && expect !== "valueOrEnd") return start;
    else expect = open.length === 0 ? "end" : "comma";
    if (closes) expect = open.length === 0 ? "end" : "comma";
    at = TOKEN.lastIndex;
  }
}

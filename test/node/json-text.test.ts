import { describe, expect, it } from "vitest";
import { BadInput } from "../../src/cli/bad-input.js";
import { parseJson } from "../../src/cli/json-text.js";

describe("reading JSON", () => {
  it.each([
    ["", "a.json must be a JSON document, got nothing"],
    [" \n", "a.json must be a JSON document, got nothing"],
    ["{", "a.json:1:2 must be JSON, got the end of the text"],
    ['{\n  "a": 1,\n}', 'a.json:3:1 must be JSON, got "}"'],
    ['{"a": 1 "b": 2}', 'a.json:1:9 must be JSON, got "\\""'],
    ['{"a": NaN}', 'a.json:1:7 must be JSON, got "NaN"'],
    ['{"a": -Infinity}', 'a.json:1:7 must be JSON, got "-"'],
    ['{"a": 01}', 'a.json:1:7 must be JSON, got "0"'],
    ["[1, 2,, 3]", 'a.json:1:7 must be JSON, got ","'],
    ["[1, 2)", 'a.json:1:6 must be JSON, got ")"'],
    ["[1, 2}", 'a.json:1:6 must be JSON, got "}"'],
    ["[1] x", 'a.json:1:5 must be JSON, got "x"'],
    ["{'a': 1}", 'a.json:1:2 must be JSON, got "\'"'],
    ['{"a": "x\ny"}', 'a.json:1:9 must be JSON, got "\\n"'],
    ['{"a": "x\\q"}', 'a.json:1:9 must be JSON, got "\\\\"'],
    ['{"a": "x', "a.json:1:9 must be JSON, got the end of the text"],
    ["{a: 1}", 'a.json:1:2 must be JSON, got "a"'],
    ["[1, tru]", 'a.json:1:5 must be JSON, got "tru"'],
    ['{"a" 1}', 'a.json:1:6 must be JSON, got "1"'],
    ["time,BTC\n2021,1", 'a.json:1:1 must be JSON, got "time"'],
  ])("says where %j breaks off", (text, message) => {
    expect(() => parseJson(text, "a.json")).toThrow(BadInput);
    expect(() => parseJson(text, "a.json")).toThrow(message);
  });

  it("finds every place that JSON.parse stumbles over", () => {
    const whole = JSON.stringify({ a: [1, -2.5e-3, 'x\u0007\\"', true, null, { b: {} }, []], c: "" });
    for (let at = 0; at < whole.length; at++) {
      for (const text of [whole.slice(0, at), `${whole.slice(0, at)}@${whole.slice(at + 1)}`]) {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) expect(parseJson(text, "a.json")).toEqual(JSON.parse(text));
        else expect(() => parseJson(text, "a.json")).toThrow(/^a\.json(:1:\d+)? must be/);
      }
    }
  });
});

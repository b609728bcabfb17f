import { describe, expect, test } from "vitest";
import {
  at,
  checkOptions,
  date,
  decimal,
  duration,
  entries,
  finiteNumber,
  instant,
  own,
  record,
  spell,
  text,
  withDefault,
} from "../src/checks.js";
import { Hasher } from "../src/hash.js";
import { failure, pathOf } from "./support/errors.js";

describe("numbers of a document", () => {
  test("are JSON numbers or decimal strings, correctly rounded", () => {
    expect([0.1, "0.1", "-412.50", "1e-7", "2.5E+3", 7].map((value) => decimal(value, "x"))).toEqual([
      0.1, 0.1, -412.5, 1e-7, 2500, 7,
    ]);
    expect(decimal("9007199254740993", "x")).toBe(9007199254740992);
    expect(decimal("1120000000000000000000000000", "x")).toBe(1.12e27);
  });

  test("of 2^53 or more are refused where they are not strings, since they have been rounded already", () => {
    expect(decimal(2 ** 53 - 1, "x")).toBe(2 ** 53 - 1);
    for (const value of [2 ** 53, -(2 ** 53), 1e300]) expect(pathOf(() => decimal(value, "x"))).toBe("x");
    expect(failure(() => decimal(2 ** 53, "x")).message).toContain("decimal string");
  });

  test.each([
    Number.NaN,
    Infinity,
    -Infinity,
    "1e999",
    "",
    " 1",
    "1 ",
    "0x10",
    "1,5",
    "+1",
    ".5",
    "1.",
    "NaN",
    null,
    true,
    [1],
    1n,
  ])("are not %s", (value) => {
    expect(pathOf(() => decimal(value, at("", "quantity")))).toBe("quantity");
  });

  test("have no negative zero", () => {
    for (const value of [-0, "-0", "-0.0"]) expect(Object.is(decimal(value, "x"), 0)).toBe(true);
    expect(Object.is(finiteNumber(-0, "x"), 0)).toBe(true);
  });

  test("keep to their bounds, and the error says which", () => {
    expect(finiteNumber(1, "x", { min: 1, max: 1 })).toBe(1);
    expect(failure(() => finiteNumber(1, "x", { above: 1, below: 2 })).message).toBe(
      "x must be a finite number above 1 and below 2, got 1",
    );
    expect(failure(() => finiteNumber(2.5, "x", { min: 0, whole: true })).message).toContain(
      "a whole number at least 0",
    );
    expect(pathOf(() => finiteNumber("1", "x"))).toBe("x");
  });
});

describe("times", () => {
  test("are ISO 8601 with a zone, as ms since 1970", () => {
    const moment = Date.UTC(2026, 10, 20, 8);
    for (const value of ["2026-11-20T08:00:00Z", "2026-11-20T09:00+01:00", "2026-11-20T02:30:00.000-05:30"]) {
      expect(instant(value, "t")).toBe(moment);
    }
    expect(instant("2026-11-20T08:00:00.1239Z", "t")).toBe(moment + 123);
    expect(instant("2024-02-29T00:00:00Z", "t")).toBe(Date.UTC(2024, 1, 29));
    expect(instant("0099-01-01T00:00:00Z", "t")).toBe(Date.parse("0099-01-01T00:00:00Z"));
  });

  test.each([
    "2026-11-20T08:00:00",
    "2026-11-20",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T08:60:00Z",
    "2026-11-20T08:00:60Z",
    "2026-11-20T08:00:00+25:00",
    "2026-11-20 08:00:00Z",
    "",
    1795161600000,
    null,
  ])("are not %s", (value) => {
    expect(pathOf(() => instant(value, "t"))).toBe("t");
  });

  test("durations are weeks, or days to seconds", () => {
    const hour = 3_600_000;
    const cases = { PT1H: hour, PT15M: hour / 4, P1D: 24 * hour, P1W: 168 * hour, P1DT12H: 36 * hour, PT90S: 90_000 };
    for (const [value, length] of Object.entries(cases)) expect(duration(value, "d")).toBe(length);
  });

  test.each(["P1M", "P1Y", "PT0H", "P", "PT", "P1DT", "1H", "PT1.5H", "-PT1H", "P1W2D", "", 3600, null])(
    "a duration is not %s",
    (value) => {
      expect(pathOf(() => duration(value, "d"))).toBe("d");
    },
  );

  test("dates are days of the calendar", () => {
    expect(date("2026-11-01", "d")).toBe("2026-11-01");
    for (const value of ["2026-11-31", "2026-11-1", "20261101", 0]) expect(pathOf(() => date(value, "d"))).toBe("d");
  });
});

describe("records", () => {
  test("have known keys only, and the error names the unknown one", () => {
    expect(pathOf(() => record({ quantitty: 1 }, at("balances", 2), ["quantity"]))).toBe("balances[2].quantitty");
    for (const value of [null, [], "x", 1, new Float64Array(1)]) expect(pathOf(() => record(value, "x", []))).toBe("x");
  });

  test("are read by their own keys, whatever a prototype offers", () => {
    expect(own(Object.create({ quantity: 1 }), "quantity")).toBeUndefined();
    expect(own({}, "constructor")).toBeUndefined();
  });

  test.each(["__proto__", "constructor", "prototype"])("refuse the key %s where keys are free", (key) => {
    const hostile = JSON.parse(`{"${key}": {"polluted": true}}`);
    expect(pathOf(() => entries(hostile, "tags"))).toBe(`tags.${key}`);
    expect(pathOf(() => record(hostile, "x", ["id"]))).toBe(`x.${key}`);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("have their free keys checked as names", () => {
    expect(pathOf(() => entries({ "a\u001b[31m": 1 }, "tags"))).toBe('tags["a\\u001b[31m"]');
  });

  test("ids are not empty and carry no control characters", () => {
    expect(text("wstETH@ethereum", "id")).toBe("wstETH@ethereum");
    for (const value of ["", "a\nb", "\u001b[2J", 7, null, undefined])
      expect(pathOf(() => text(value, "id"))).toBe("id");
  });
});

test("a place is spelt as a path only where needed", () => {
  expect(spell(at(at(at("", "accounts"), 1), "id"))).toBe("accounts[1].id");
  expect(spell(at(at("", "assets"), "wstETH@ethereum"))).toBe('assets["wstETH@ethereum"]');
  expect(spell("")).toBe("document");
});

test("options of a factory are known, checked, and have defaults", () => {
  const read = (options: unknown) =>
    checkOptions(options, "historical", {
      confidence: withDefault(0.99, (value, place) => finiteNumber(value, place, { above: 0, below: 1 })),
    });
  expect(read(undefined)).toEqual({ confidence: 0.99 });
  expect(read({ confidence: 0.95 })).toEqual({ confidence: 0.95 });
  for (const confidence of [0, 1, 1.5, Number.NaN, "0.99"]) {
    expect(pathOf(() => read({ confidence }))).toBe("historical.confidence");
  }
  expect(pathOf(() => read({ confidance: 0.9 }))).toBe("historical.confidance");
  expect(pathOf(() => read(7))).toBe("historical");
});

describe("the content hash", () => {
  const hash = (feed: (hasher: Hasher) => unknown): string => {
    const hasher = new Hasher();
    feed(hasher);
    return hasher.digest();
  };

  test("is 16 hexadecimal digits, the same for the same content", () => {
    expect(hash((h) => h.text("BTC"))).toMatch(/^[0-9a-f]{16}$/);
    expect(hash((h) => h.f64(Float64Array.of(1, 2)))).toBe(hash((h) => h.f64(Float64Array.of(1, 2))));
  });

  test("tells where one value ends and the next begins", () => {
    expect(hash((h) => h.text("ab").text("c"))).not.toBe(hash((h) => h.text("a").text("bc")));
    expect(hash((h) => h.f64(Float64Array.of(1)).f64(Float64Array.of()))).not.toBe(
      hash((h) => h.f64(Float64Array.of()).f64(Float64Array.of(1))),
    );
  });

  test("sees every bit of a number but not the bits of NaN", () => {
    const strange = new Float64Array(new Uint32Array([1, 0xfff80000]).buffer);
    expect(hash((h) => h.f64(strange))).toBe(hash((h) => h.f64(Float64Array.of(Number.NaN))));
    expect(hash((h) => h.f64(Float64Array.of(0.1)))).not.toBe(hash((h) => h.f64(Float64Array.of(0.1 + 2 ** -56))));
  });

  test("has no collision among 100,000 small contents, whose bits are each set about half the time", () => {
    const seen = new Set<string>();
    let ones = 0;
    for (let i = 0; i < 100_000; i++) {
      const digest = hash((h) => h.f64(Float64Array.of(i)));
      seen.add(digest);
      for (const digit of digest) ones += Number.parseInt(digit, 16).toString(2).replaceAll("0", "").length;
    }
    expect(seen.size).toBe(100_000);
    expect(Math.round((100 * ones) / 6_400_000)).toBe(50);
  });
});

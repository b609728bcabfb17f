import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine.js";
import { casesIn, eachCase, integerAt, type Json, type VectorChecks } from "./comparison.js";
import { run } from "./runner.js";

/** A made-up file: what an adapter looks like, and what the runner must notice. */
const file = {
  source: "made up",
  accounts: [
    {
      name: "one",
      a: "12000000000000000000000000000001",
      b: 2,
      expected: { sum: "12000000000000000000000000000003", half: 1, note: null },
    },
    {
      name: "two",
      a: "1",
      b: 2,
      parts: [{ expected: true }],
      expected: { sum: "3", half: 1.0000000000000002, peer: 7 },
    },
  ],
};

const checks: VectorChecks = {
  "made-up/cases.json": {
    cases: (document) => casesIn(document, "accounts"),
    answer: eachCase(({ input }) => [
      { field: "expected.sum", actual: integerAt(input, "a") + integerAt(input, "b") },
      {
        field: "expected.sum",
        what: "more than ten",
        of: (sum) => Number(sum) > 10,
        actual: integerAt(input, "a") > 8n,
      },
      { field: "expected.half", actual: Number(integerAt(input, "b")) / 2, tolerance: { relative: 1e-12 } },
      { field: "expected.note", actual: null },
      { field: "expected.peer", skipped: "the peer computes it from the hour" },
      { field: "parts.0.expected", actual: true },
    ]),
  },
};

const engine = createEngine();
const tell = (document: unknown, path = "made-up/cases.json") =>
  run({ [path]: document }, checks, { engine }).files[0]!;
const edited = (edit: (copy: typeof file) => void): Json => {
  const copy = structuredClone(file);
  edit(copy);
  return copy as unknown as Json;
};

describe("the vector runner", () => {
  it("counts cases and what it compared, and lists what it did not compare", () => {
    const report = tell(file);
    expect(report.failures).toEqual([]);
    expect(report).toMatchObject({ system: "made-up", run: 2, passed: 2, compared: 8 });
    expect(report.skipped).toEqual([
      { field: "expected.peer", reason: "the peer computes it from the hour", places: 1 },
    ]);
    expect(report.worst).toBeGreaterThan(0);
    expect(report.worstAt).toBe("accounts.1 (two) expected.half");
  });

  it("notices the last digit of a long integer, a number, a boolean and a null", () => {
    const misses = tell(
      edited((copy) => {
        copy.accounts[0]!.expected = { sum: "12000000000000000000000000000004", half: 1.1, note: 0 as unknown as null };
        copy.accounts[1]!.parts![0]!.expected = false;
      }),
    );
    expect(misses.passed).toBe(0);
    expect(misses.failures).toEqual([
      expect.stringContaining("accounts.0 (one): expected.sum must be"),
      expect.stringContaining("accounts.0 (one): expected.half must be 1.1 within"),
      expect.stringContaining("accounts.0 (one): expected.note must be 0, got null"),
      expect.stringContaining("accounts.1 (two): parts.0.expected must be false, got true"),
    ]);
  });

  it("fails a field that no comparison names, and an expectation that belongs to no case", () => {
    const report = tell(edited((copy) => Object.assign(copy.accounts[0]!.expected, { other: 1 })));
    expect(report.failures).toEqual([
      expect.stringContaining("expected.other is neither compared nor named as skipped"),
    ]);
    const stray = tell(edited((copy) => Object.assign(copy, { expectedTotal: 5 })));
    expect(stray.failures).toEqual([expect.stringContaining("expectedTotal: belongs to no case")]);
  });

  it("compares a field as a whole where a check covers it so, and leaves out a null that a check says is none", () => {
    const whole: VectorChecks = {
      "made-up/ratios.json": {
        cases: (document) => casesIn(document),
        answer: eachCase(() => [
          {
            field: "expected.ratio",
            of: (pair) => Number((pair as number[])[0]) / Number((pair as number[])[1]),
            covers: true,
            actual: 0.5,
          },
          { field: "expected.price", actual: 3, whereNull: "no price was printed" },
        ]),
      },
    };
    const told = (ratio: Json, price: Json) =>
      run({ "made-up/ratios.json": [{ expected: { ratio, price } }] }, whole, { engine }).files[0]!;
    expect(told([2, 4], null)).toMatchObject({ passed: 1, compared: 1, failures: [] });
    expect(told([2, 4], null).skipped).toEqual([
      { field: "expected.price", reason: "no price was printed", places: 1 },
    ]);
    expect(told([2, 5], 4).failures).toEqual([
      expect.stringContaining("expected.ratio must be 0.4, got 0.5"),
      expect.stringContaining("expected.price must be 4, got 3"),
    ]);
  });

  it("fails a case whose expectation does not have the form that a consequence is taken from", () => {
    const decided: VectorChecks = {
      "made-up/decided.json": {
        cases: (document) => casesIn(document),
        answer: eachCase(() => [
          { field: "expected", of: (one) => BigInt(String(one)) > 1n, covers: true, actual: true },
        ]),
      },
    };
    const [file] = run({ "made-up/decided.json": [{ expected: "two" }, { expected: "2" }] }, decided, { engine }).files;
    expect(file).toMatchObject({ run: 2, passed: 1 });
    expect(file?.failures).toEqual([expect.stringContaining("0: expected must be what it can follow from")]);
  });

  it("does not count a case as run of which nothing is compared", () => {
    const skipping: VectorChecks = {
      "made-up/left.json": {
        cases: (document) => casesIn(document),
        answer: eachCase(({ input }) => [
          input.linear === true ? { field: "expected", actual: 1 } : { field: "expected", skipped: "an option" },
        ]),
      },
    };
    const document = [{ linear: true, expected: 1 }, { expected: 2 }];
    expect(run({ "made-up/left.json": document }, skipping, { engine }).files[0]).toMatchObject({
      run: 1,
      passed: 1,
      left: 1,
      skipped: [{ field: "expected", reason: "an option", places: 1 }],
    });
  });

  it("fails a case of which nothing is expected", () => {
    const report = tell(edited((copy) => Object.assign(copy.accounts, [{ name: "bare", a: 1, b: 2 }])));
    expect(report.failures).toEqual(["made-up/cases.json accounts.0 (bare): nothing that is known is expected of it"]);
  });

  it("names the case whose input is broken, and computes the others", () => {
    const report = tell(edited((copy) => Object.assign(copy.accounts[1]!, { a: "x" })));
    expect(report).toMatchObject({ run: 2, passed: 1 });
    expect(report.failures).toEqual([expect.stringContaining("accounts.1 (two): TypeError: a must be an integer")]);
  });

  it("fails a file without a case, one that is no JSON, and one that nothing reads, and sets later work apart", () => {
    expect(tell({}).failures).toEqual(["made-up/cases.json: holds no case"]);
    expect(tell(new SyntaxError("no JSON")).failures).toEqual(["made-up/cases.json: no JSON"]);
    expect(tell(file, "made-up/others.json").failures).toEqual(["made-up/others.json: no check reads this file"]);
    const { files, later } = run({ "derive-srm/cases.json": file }, checks, { engine });
    expect([files, later]).toEqual([[], ["derive-srm/cases.json"]]);
  });
});

import { describe, expect, it } from "vitest";
import { money, pen, percent, quantity, ratio, signed, table } from "../../src/cli/table.js";

describe("numbers that a person can read", () => {
  it.each([
    [money, 0, "0.00"],
    [money, -0.001, "0.00"],
    [money, 1234.567, "1,234.57"],
    [money, -99_999.994, "-99,999.99"],
    [money, 1_234_567.89, "1,234,568"],
    [money, 1e16, "1.00000e+16"],
    [money, Number.POSITIVE_INFINITY, "∞"],
    [money, null, "-"],
    [quantity, 64_000, "64,000"],
    [quantity, 0.0000123456789, "0.0000123457"],
    [quantity, 139.4581, "139.458"],
    [quantity, 1_234_567.8, "1,234,568"],
    [quantity, 100, "100"],
    [quantity, 1e-12, "1.00000e-12"],
    [ratio, 1.04812, "1.048"],
    [ratio, 123_456.7, "123,457"],
    [ratio, Number.POSITIVE_INFINITY, "∞"],
    [percent, 0.12345, "12.3%"],
    [signed, 0.0171, "+1.71%"],
    [signed, -0.0458, "-4.58%"],
  ] as const)("%o writes %d as %s", (write, value, text) => {
    expect((write as (value: number | null) => string)(value)).toBe(text);
  });
});

describe("tables", () => {
  const columns = [
    { title: "pool", align: "left" },
    { title: "equity", align: "right" },
  ] as const;

  it("align names to the left and numbers to the right, and leave no space at the end", () => {
    expect(
      table(
        columns,
        [
          ["a", "1.00"],
          ["longer", "10,000.00"],
        ],
        pen(false),
      ),
    ).toBe(["pool       equity", "a            1.00", "longer  10,000.00"].join("\n"));
    expect(table([{ title: "a", align: "left" }], [["x"], ["longer"]], pen(false))).toBe("a\nx\nlonger");
  });

  it("are as wide with colour as without", () => {
    const rows = [["a", { text: "1.00", style: "red" as const }]];
    const coloured = table(columns, rows, pen(true));
    expect(coloured).toContain("\u001b[31m1.00\u001b[0m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are taken off again
    expect(coloured.replace(/\u001b\[\d*m/g, "")).toBe(table(columns, rows, pen(false)));
  });
});

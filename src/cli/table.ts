/** How a cell is drawn. Styles are only applied where colour is on. */
export type Style = "plain" | "bold" | "dim" | "red" | "yellow" | "green";

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export interface Column {
  readonly title: string;
  /** numbers to the right, names to the left */
  readonly align: "left" | "right";
}

/** Draws text with or without colour. */
export interface Pen {
  draw(text: string, style: Style): string;
}

const CODES: Readonly<Record<Style, string>> = { plain: "", bold: "1", dim: "2", red: "31", yellow: "33", green: "32" };

/** Colour only where the reader is a terminal that wants it: https://no-color.org. */
export function pen(colour: boolean): Pen {
  return {
    draw: (text, style) => (colour && style !== "plain" && text !== "" ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text),
  };
}

/** An aligned table with a header, two spaces between columns, no trailing space. */
export function table(columns: readonly Column[], rows: readonly (readonly (Cell | string)[])[], ink: Pen): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? { text: cell } : cell)));
  const widths = columns.map((column, c) =>
    cells.reduce((width, row) => Math.max(width, length(row[c]?.text ?? "")), length(column.title)),
  );
  const line = (row: readonly Cell[], header: boolean): string =>
    columns
      .map((column, c) => {
        const cell = row[c] ?? { text: "" };
        const space = " ".repeat((widths[c] ?? 0) - length(cell.text));
        const text = ink.draw(cell.text, header ? "bold" : (cell.style ?? "plain"));
        const last = c === columns.length - 1;
        return column.align === "right" ? space + text : last ? text : text + space;
      })
      .join("  ")
      .trimEnd();
  const titles = columns.map((column) => ({ text: column.title }));
  return [line(titles, true), ...cells.map((row) => line(row, false))].join("\n");
}

/** Characters as a terminal counts them, near enough: one per code point. */
function length(text: string): number {
  return [...text].length;
}

/** Amounts of money: no decimals from 100,000 on, else two; thousands separated. */
export function money(value: number | null): string {
  if (value === null) return "-";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  return grouped(value, Math.abs(value) < 100_000 ? 2 : 0);
}

/** Prices and quantities: six significant digits, thousands separated, never exponents between 1e-9 and 1e15. */
export function quantity(value: number | null): string {
  if (value === null) return "-";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-9) return value.toExponential(5);
  const digits = Math.max(0, 5 - Math.floor(Math.log10(size)));
  const text = grouped(value, Math.min(digits, 14));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A ratio such as a health factor: three decimals; above 10,000 in whole numbers. */
export function ratio(value: number | null): string {
  if (value === null) return "-";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  return grouped(value, Math.abs(value) < 10_000 ? 3 : 0);
}

/** A fraction as a percentage. */
export function percent(value: number | null, decimals = 1): string {
  if (value === null) return "-";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  return `${grouped(100 * value, decimals)}%`;
}

/** A relative move as a percentage with its sign. */
export function signed(value: number, decimals = 2): string {
  return `${value > 0 ? "+" : ""}${percent(value, decimals)}`;
}

function grouped(value: number, decimals: number): string {
  if (Math.abs(value) >= 1e15) return value.toExponential(5);
  const text = value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  // A small loss must not read as "-0.00".
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text;
}

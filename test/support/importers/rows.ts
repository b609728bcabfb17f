/** A row of a CSV file by column. */
export type Row = Readonly<Record<string, string>>;

/** Rows of CSV text without quoted cells; a line with another number of cells than the first is an error. */
export function rows(text: string): Row[] {
  const [head = "", ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line, i) => {
    const cells = line.split(",");
    if (cells.length !== names.length) throw new Error(`line ${i + 2} has ${cells.length} cells, not ${names.length}`);
    return Object.fromEntries(cells.map((cell, k) => [names[k] ?? "", cell]));
  });
}

/** The cell as a number, which it must be. */
export function numberIn(row: Row, column: string): number {
  const cell = row[column];
  const value = cell === undefined || cell === "" ? Number.NaN : Number(cell);
  if (!Number.isFinite(value)) throw new Error(`${column} is ${cell}, not a number`);
  return value;
}

/** Rows by the key of each, in the order in which keys come first. */
export function grouped(all: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of all) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** What an importer made of a data set: rule documents, and what it could not put into one, with the reason. */
export interface Imported {
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly refused: readonly string[];
  /** rows of the data set that stand in some rule */
  readonly used: number;
}

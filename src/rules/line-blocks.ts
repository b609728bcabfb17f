import type { ResidentBook } from "../book/resident.js";
import type { Packed } from "../memory.js";
import type { ContractLines } from "./contract-lines.js";
import { type Lines, linesKey, type SpotLines } from "./lines.js";
import type { ComposedRule } from "./rule.js";

type Addresses<T> = { readonly [K in keyof T]: number };

/** Columns of `Lines` by their place in it, and the addresses of each. */
type Columns = Pick<Lines, "variant" | "floor" | "bad" | "quantity">;

/** Addresses of the columns of `Lines` in linear memory. */
export interface LineBlocks extends Addresses<Columns> {
  readonly contracts: Addresses<ContractLines>;
  readonly spot: Addresses<SpotLines>;
}

interface Resident {
  readonly blocks: LineBlocks;
  /** whose columns they hold */
  lines: Lines | null;
}

/**
 * The lines of a book in linear memory: copied on first use and again where `linesOf` has made them anew, to the same
 * addresses. Columns that are the book's own are its own blocks. Call before scratch is reserved.
 */
export function lineBlocks(
  book: ResidentBook,
  rules: readonly ComposedRule[],
  numbers: Uint32Array | null,
  lines: Lines,
): LineBlocks {
  const { packed, memory } = book;
  const own: ReadonlyMap<Packed, string> = new Map<Packed, string>([
    [packed.holdingQuantity, "holding-quantity"],
    [packed.positionStart, "position-start"],
    [packed.positionInstrument, "position-instrument"],
    [packed.positionQuantity, "position-quantity"],
    [packed.positionEntry, "position-entry"],
    [packed.positionFunding, "position-funding"],
  ]);
  const size = [lines.contracts.instrument.length, lines.spot.instrument.length, own.has(lines.quantity)].join("/");
  const resident = book.derive(`${linesKey(rules, numbers)}/blocks/${size}`, (keep): Resident => {
    const at = (values: Packed): number => {
      const name = own.get(values);
      return name === undefined ? keep(values.byteLength) : book.block(name, () => values);
    };
    return { blocks: addresses(lines, at), lines: null };
  });
  if (resident.lines === lines) return resident.blocks;
  const { blocks } = resident;
  const write = (columns: Readonly<Record<string, Packed>>, to: Readonly<Record<string, number>>): void => {
    for (const [key, values] of Object.entries(columns)) if (!own.has(values)) memory.write(to[key] ?? 0, values);
  };
  const { variant, floor, bad, quantity, contracts, spot } = lines;
  write({ variant, floor, bad, quantity }, { ...blocks, contracts: 0, spot: 0 });
  write({ ...contracts }, { ...blocks.contracts });
  write({ ...spot }, { ...blocks.spot });
  resident.lines = lines;
  return blocks;
}

function addresses(
  { variant, floor, bad, quantity, contracts, spot }: Lines,
  at: (values: Packed) => number,
): LineBlocks {
  const each = <T extends { readonly [K in keyof T]: Packed }>(columns: T): Addresses<T> =>
    Object.fromEntries(Object.entries<Packed>(columns).map(([key, values]) => [key, at(values)])) as Addresses<T>;
  return { ...each<Columns>({ variant, floor, bad, quantity }), contracts: each(contracts), spot: each(spot) };
}

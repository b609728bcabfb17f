/** The parts of the documents that the page edits; the library reads the whole and checks it. Quantities are kept as typed. */
export interface Documents {
  readonly market: {
    readonly prices: readonly Record<string, unknown>[];
    readonly instruments: readonly { readonly id: string; readonly underlying: string }[];
  };
  readonly accounts: {
    readonly accounts: readonly { readonly pools?: readonly PoolDocument[] }[];
  };
}

interface PoolDocument {
  readonly id: string;
  readonly balances?: readonly Record<string, unknown>[];
  readonly supplies?: readonly Record<string, unknown>[];
  readonly debts?: readonly Record<string, unknown>[];
  readonly positions?: readonly Record<string, unknown>[];
}

/** One number of a document that can be edited. */
export interface Field {
  /** where it stands, as the library's errors say it, e.g. `accounts[1].pools[0].balances[0].quantity` */
  readonly path: string;
  /** what it belongs to, e.g. `BTC` or an instrument's id */
  readonly name: string;
  /** what it is, e.g. `balance`, `entry price` */
  readonly kind: string;
  /** what stands in the document now */
  read(): string;
  /** put what was typed into the document, unread: whether it is a number is for the library to say */
  write(text: string): void;
}

const HOLDINGS = [
  ["balances", "balance"],
  ["supplies", "supply"],
  ["debts", "debt"],
] as const;

/** Kinds of price, as the page names them. The first two are what most numbers are made of. */
const PRICES = {
  index: "index",
  mark: "mark",
  bid: "bid",
  ask: "ask",
  twap: "time average",
  ema: "moving average",
} as const;
export type Quote = keyof typeof PRICES;

/** Quantities of a pool's holdings. */
export function holdingFields(documents: Documents, pool: string): readonly Field[] {
  const found = find(documents, pool);
  return HOLDINGS.flatMap(([list, kind]) =>
    (found?.pool[list] ?? []).map((holding, row) =>
      field(holding, "quantity", `${found?.path}.${list}[${row}]`, String(holding.asset), kind),
    ),
  );
}

/** Quantity and entry price of a pool's positions, in turn. */
export function positionFields(documents: Documents, pool: string): readonly Field[] {
  const found = find(documents, pool);
  return (found?.pool.positions ?? []).flatMap((position, row) => {
    const path = `${found?.path}.positions[${row}]`;
    const name = String(position.instrument);
    return [
      field(position, "quantity", path, name, "quantity"),
      field(position, "entryPrice", path, name, "entry price"),
    ];
  });
}

/** Every quoted price of the kinds given. */
export function priceFields(documents: Documents, kinds: readonly Quote[]): readonly Field[] {
  return documents.market.prices.flatMap((entry, row) =>
    kinds
      .filter((kind) => entry[kind] !== undefined)
      .map((kind) => {
        const unit = kind === "mark" || entry.in === undefined ? "" : ` in ${String(entry.in)}`;
        return field(entry, kind, `prices[${row}]`, String(entry.of), `${PRICES[kind]}${unit}`);
      }),
  );
}

/**
 * After the index at `path` was edited, move its other quotes and the marks of instruments on it by the ratio that it
 * stands from the sample's, so that a spread or a basis keeps its proportion. An index that is no number moves nothing.
 *
 * @returns  whether anything was written
 */
export function follow(documents: Documents, origin: Documents, path: string): boolean {
  const row = Number(/^prices\[(\d+)\]\.index$/.exec(path)?.[1] ?? Number.NaN);
  const entry = documents.market.prices[row];
  const then = origin.market.prices[row];
  const ratio = Number(entry?.index) / Number(then?.index);
  if (entry === undefined || !(Number.isFinite(ratio) && ratio > 0)) return false;
  const instruments = documents.market.instruments
    .filter((instrument) => instrument.underlying === entry.of)
    .map((instrument) => instrument.id);
  let written = false;
  for (const [other, quotes] of documents.market.prices.entries()) {
    const kinds: readonly Quote[] = other === row ? ["bid", "ask", "twap", "ema"] : ["mark"];
    if (other !== row && !instruments.includes(String(quotes.of))) continue;
    for (const kind of kinds) {
      const before = origin.market.prices[other]?.[kind];
      if (before === undefined) continue;
      quotes[kind] = Number((Number(before) * ratio).toPrecision(10));
      written = true;
    }
  }
  return written;
}

function find(documents: Documents, id: string): { readonly pool: PoolDocument; readonly path: string } | null {
  for (const [a, account] of documents.accounts.accounts.entries()) {
    for (const [p, pool] of (account.pools ?? []).entries()) {
      if (pool.id === id) return { pool, path: `accounts[${a}].pools[${p}]` };
    }
  }
  return null;
}

function field(entry: Record<string, unknown>, key: string, path: string, name: string, kind: string): Field {
  return {
    path: `${path}.${key}`,
    name,
    kind,
    read: () => String(entry[key]),
    write(text) {
      entry[key] = text;
    },
  };
}

import type { PackedBook } from "../src/book/packed.js";
import type { AssetEntry, ComposedRule, Weight } from "../src/rules/rule.js";

/**
 * The peer of the pre-trade check: orders against pools as an application holds them, objects found by id. It does what the
 * house rule of rule-books.ts has: flat and tiered weights, caps, P&L apart, orders at the worse side.
 */
export interface ObjectOrder {
  readonly instrument: string;
  readonly quantity: number;
  readonly price: number;
}

export interface ObjectVerdict {
  readonly accepted: boolean;
  readonly before: number;
  readonly after: number;
}

interface Balance {
  readonly asset: string;
  readonly quantity: number;
}

interface Position {
  readonly instrument: string;
  readonly quantity: number;
  readonly entry: number;
  readonly funding: number;
}

interface Pool {
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  /** open orders by instrument */
  readonly orders: ReadonlyMap<string, { readonly bids: number; readonly asks: number }>;
}

/** The check of one order against a pool, by row. */
export function objectChecks(
  packed: PackedBook,
  rule: ComposedRule,
): (pool: number, order: ObjectOrder) => ObjectVerdict {
  const { market } = packed;
  const price = new Map(
    market.assets.map(({ id }, a) => [
      id,
      { index: market.prices.index[a] as number, ask: market.prices.ask[a] as number },
    ]),
  );
  const idOf = (asset: number): string => market.assets[asset]?.id ?? "";
  const contracts = new Map(
    market.instruments.map(({ id, underlying, settle, quote, multiplier }, i) => {
      const entry = rule.instruments.find(({ match }) => match.underlying === idOf(underlying));
      const rate = entry?.rate?.initial;
      return [
        id,
        {
          mark: market.marks[i] as number,
          multiplier,
          settle: idOf(settle),
          quote: idOf(quote),
          rate: rate?.kind === "flat" ? rate.rate : 0,
        },
      ];
    }),
  );
  const pools = Array.from({ length: packed.poolCount }, (_, p) => poolOf(packed, p));

  const excess = ({ balances, positions, orders }: Pool): number => {
    let [assets, owed, required] = [0, 0, 0];
    for (const { asset, quantity } of balances) {
      const { index, ask } = price.get(asset) as { index: number; ask: number };
      const entry = rule.assets.get(asset) as AssetEntry;
      if (quantity < 0) owed -= quantity * ask * weighed(entry.liability.initial, 1);
      else
        assets += weighed(
          entry.weight.initial,
          Math.min(quantity * index, entry.cap?.amount ?? Number.POSITIVE_INFINITY),
        );
    }
    const pnl = new Map<string, number>();
    const seen = new Set<string>();
    for (const { instrument, quantity, entry, funding } of positions) {
      const { mark, multiplier, settle, quote, rate } = contracts.get(instrument) as NonNullable<
        ReturnType<typeof contracts.get>
      >;
      pnl.set(settle, (pnl.get(settle) ?? 0) + (mark - entry) * quantity * multiplier + funding);
      const open = orders.get(instrument);
      const size = Math.max(Math.abs(quantity + (open?.bids ?? 0)), Math.abs(quantity - (open?.asks ?? 0)));
      required += size * multiplier * mark * (price.get(quote)?.index ?? 0) * rate;
      seen.add(instrument);
    }
    for (const [instrument, { bids, asks }] of orders) {
      if (seen.has(instrument)) continue;
      const { mark, multiplier, quote, rate } = contracts.get(instrument) as NonNullable<
        ReturnType<typeof contracts.get>
      >;
      required += Math.max(bids, asks) * multiplier * mark * (price.get(quote)?.index ?? 0) * rate;
    }
    for (const [asset, amount] of pnl) {
      const { index, ask } = price.get(asset) as { index: number; ask: number };
      if (amount > 0) assets += amount * index;
      else owed -= amount * ask * weighed((rule.assets.get(asset) as AssetEntry).liability.initial, 1);
    }
    return assets - owed - required;
  };

  /** The pool once the order is filled: what it closes is realised into the balance, the rest is opened or averaged. */
  const filled = (pool: Pool, { instrument, quantity, price: at }: ObjectOrder): Pool => {
    const { multiplier, settle } = contracts.get(instrument) as { multiplier: number; settle: string };
    let rest = quantity;
    let realised = 0;
    const positions = pool.positions.map((position) => {
      if (position.instrument !== instrument || position.quantity * quantity >= 0 || rest === 0) return position;
      const closed = position.quantity < 0 ? Math.max(position.quantity, -rest) : Math.min(position.quantity, -rest);
      realised += closed * multiplier * (at - position.entry);
      rest += closed;
      if (closed !== position.quantity) return { ...position, quantity: position.quantity - closed };
      realised += position.funding;
      return { ...position, quantity: 0, funding: 0 };
    });
    if (rest !== 0) {
      const same = positions.findIndex((one) => one.instrument === instrument && one.quantity * rest > 0);
      const old = positions[same];
      if (old === undefined) positions.push({ instrument, quantity: rest, entry: at, funding: 0 });
      else {
        const sum = old.quantity + rest;
        positions[same] = { ...old, quantity: sum, entry: (old.entry * old.quantity + at * rest) / sum };
      }
    }
    const left = positions.filter(({ quantity: q }) => q !== 0);
    if (realised === 0) return { ...pool, positions: left };
    const held = pool.balances.some(({ asset }) => asset === settle);
    const balances = held
      ? pool.balances.map((one) => (one.asset === settle ? { ...one, quantity: one.quantity + realised } : one))
      : [...pool.balances, { asset: settle, quantity: realised }];
    return { ...pool, balances, positions: left };
  };

  return (row, order) => {
    const pool = pools[row] as Pool;
    const before = excess(pool);
    const after = excess(filled(pool, order));
    return { accepted: after >= 0, before, after };
  };
}

/** Money that a value counts at a weight: marginal by tiers. */
function weighed(weight: Weight, value: number): number {
  if (weight.kind === "flat") return value * weight.weight;
  if (weight.kind !== "tiers") throw new Error(`a weight of kind ${weight.kind} is not among the rule's`);
  let [total, lower] = [0, 0];
  for (const [k, upper] of weight.upTo.entries()) {
    if (value <= lower) break;
    total += (Math.min(value, upper) - lower) * (weight.weight[k] ?? 0);
    lower = upper;
  }
  return total;
}

function poolOf(packed: PackedBook, p: number): Pool {
  const { market } = packed;
  const range = <T>(from: number, to: number, of: (i: number) => T): T[] =>
    Array.from({ length: to - from }, (_, i) => of(from + i));
  const source = packed.source(p) as { readonly orders?: readonly { instrument: string; quantity: number }[] };
  const orders = new Map<string, { bids: number; asks: number }>();
  for (const { instrument, quantity } of source.orders ?? []) {
    const open = orders.get(instrument) ?? { bids: 0, asks: 0 };
    if (quantity > 0) open.bids += quantity;
    else open.asks -= quantity;
    orders.set(instrument, open);
  }
  return {
    balances: range(packed.holdingStart[p] ?? 0, packed.holdingStart[p + 1] ?? 0, (h) => ({
      asset: market.assets[packed.holdingAsset[h] as number]?.id ?? "",
      quantity: packed.holdingQuantity[h] as number,
    })),
    positions: range(packed.positionStart[p] ?? 0, packed.positionStart[p + 1] ?? 0, (k) => ({
      instrument: market.instruments[packed.positionInstrument[k] as number]?.id ?? "",
      quantity: packed.positionQuantity[k] as number,
      entry: packed.positionEntry[k] as number,
      funding: packed.positionFunding[k] as number,
    })),
    orders,
  };
}

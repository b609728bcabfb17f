import { packBook } from "../../src/book/pack-book.js";
import type { Engine } from "../../src/engine.js";
import type { History } from "../../src/market/market.js";
import { parseHistory } from "../../src/market/parse-history.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { HOUR } from "./random-history.js";

const AS_OF = "2026-11-20T08:00:00Z";

/** A market of a few assets in USD, one coin of which has no history, and two contracts; some prices left out. */
export function deskMarket(without: readonly string[] = []) {
  return parseMarket({
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: [{ id: "USD" }, { id: "USDT", peg: { to: "USD", ratio: 1 } }, { id: "BTC" }, { id: "ETH" }, { id: "NEW" }],
    prices: [
      { of: "USDT", in: "USD", index: 1 },
      { of: "BTC", in: "USD", index: 100 },
      { of: "ETH", in: "USD", index: 10 },
      { of: "NEW", in: "USD", index: 2 },
      { of: "BTC-PERP", mark: 100 },
      { of: "BTC-INV", mark: 100 },
    ].filter(({ of }) => !without.includes(of)),
    instruments: [
      {
        id: "BTC-PERP",
        kind: "perpetual",
        payoff: "linear",
        underlying: "BTC",
        quote: "USD",
        settle: "USD",
        multiplier: 1,
      },
      {
        id: "BTC-INV",
        kind: "perpetual",
        payoff: "inverse",
        underlying: "BTC",
        quote: "USD",
        settle: "BTC",
        multiplier: 1,
      },
    ],
    exposures: [{ of: "USDT", to: {} }],
  });
}

/** A history from relative moves per hour, newest last. */
export function deskHistory(
  moves: Readonly<Record<string, readonly number[]>>,
  change: Partial<{
    in: string;
    interval: number;
    times: (times: number[]) => number[];
    gap: readonly [string, number];
  }> = {},
): History {
  const columns = Object.keys(moves);
  const rows = Math.max(...Object.values(moves).map((list) => list.length)) + 1;
  const interval = change.interval ?? HOUR;
  const times = Array.from({ length: rows }, (_, t) => Date.UTC(2026, 0, 1) + t * interval);
  const closes = columns.flatMap((name) => {
    let close = 64;
    return [close, ...(moves[name] ?? []).map((move) => (close *= 1 + move))].map((value, t) =>
      change.gap?.[0] === name && change.gap[1] === t ? Number.NaN : value,
    );
  });
  return parseHistory({
    times: change.times?.(times) ?? times,
    columns,
    closes: Float64Array.from(closes),
    interval,
    in: change.in ?? "USD",
  });
}

export interface DeskPool {
  readonly balances?: Readonly<Record<string, number>>;
  readonly positions?: readonly {
    readonly instrument: string;
    readonly quantity: number;
    readonly entryPrice: number;
  }[];
  readonly orders?: readonly unknown[];
}

/** Pools by id, as a resident book. */
export function deskBook(
  engine: Engine,
  pools: Readonly<Record<string, DeskPool>>,
  history: History | null,
  onInvalid: "throw" | "collect" = "throw",
  reported: readonly unknown[] = [],
) {
  const market = deskMarket();
  const document = {
    schema: "margrave/accounts/1",
    asOf: AS_OF,
    accounts: [
      {
        id: "desk",
        pools: Object.entries(pools).map(([id, { balances = {}, positions = [], orders = [] }]) => ({
          id,
          venue: "house",
          balances: Object.entries(balances).map(([asset, quantity]) => ({ asset, quantity })),
          positions: positions.map((position, i) => ({ id: `${id}-${i}`, ...position })),
          ...(orders.length > 0 ? { orders } : {}),
        })),
      },
    ],
    ...(reported.length > 0 ? { reported } : {}),
  };
  const resident = engine.loadMarket(market, history === null ? {} : { history });
  const book = engine.loadBook(packBook(document, market, { onInvalid }), resident);
  return {
    book,
    [Symbol.dispose]() {
      book.dispose();
      resident.dispose();
    },
  };
}

import fc from "fast-check";
import { expect } from "vitest";
import type { Holdings, PresetAxiom, PresetRow } from "./preset-rows.js";
import { tolerance } from "./tolerance.js";

/** Prices of the coins of the axioms, in USD. */
export const PRICES = { BTC: 64_000, ETH: 3_000 } as const;
export type Prices = Readonly<Record<"BTC" | "ETH", number>>;

/** What a rule says of a pool, the same fields at both levels; a rule without an initial level says one thing twice. */
export interface Outcome {
  readonly equity: number;
  readonly healthFactor: number;
  readonly levels: readonly { readonly requirement: number; readonly eligible: number; readonly excess: number }[];
  /** sums of the terms that explain `eligible` and `requirement`, per level, and `equity` */
  readonly explained: () => {
    readonly equity: number;
    readonly levels: readonly { readonly requirement: number; readonly eligible: number }[];
  };
}

/** Pools under the row's preset, its asset weights times `k`, at the given prices. */
export type Evaluate = (
  row: PresetRow,
  pools: readonly Holdings[],
  change?: { readonly k?: number; readonly prices?: Prices },
) => readonly Outcome[];

/** An axiom as a law over drawn values: it throws where it does not hold. */
export interface Law {
  readonly axiom: PresetAxiom;
  readonly sentence: string;
  readonly draws: (row: PresetRow) => readonly fc.Arbitrary<unknown>[];
  readonly holds: (evaluate: Evaluate, row: PresetRow, values: readonly unknown[]) => void;
}

const steps = (min: number, max: number, size: number) => fc.integer({ min, max }).map((n) => (n / 1000) * size);
const entry = (price: number) => fc.integer({ min: -200, max: 200 }).map((n) => price * (1 + n / 1000));
const position = fc.oneof(
  fc.record({ on: fc.constant("BTC" as const), quantity: steps(-1000, 1000, 5), entry: entry(PRICES.BTC) }),
  fc.record({ on: fc.constant("ETH" as const), quantity: steps(-1000, 1000, 100), entry: entry(PRICES.ETH) }),
);
/** Pools of a row: long, short, lent, borrowed; only long where `least` is 0. */
export const pools = (row: PresetRow, least = -1000): fc.Arbitrary<Holdings> =>
  fc.record({
    balances: fc.record({
      USD: steps(-1000, 1000, 200_000),
      BTC: steps(least, 1000, 4),
      ETH: steps(least, 1000, 80),
    }),
    positions: row.trades && least < 0 ? fc.array(position, { maxLength: 5 }) : fc.constant([]),
  });

/** Magnitude of what is in a pool. */
export const sizeOf = ({ balances, positions }: Holdings) =>
  1 +
  Math.abs(balances.USD) +
  Math.abs(balances.BTC) * PRICES.BTC +
  Math.abs(balances.ETH) * PRICES.ETH +
  positions.reduce((sum, { on, quantity }) => sum + Math.abs(quantity) * PRICES[on], 0);

/** How far rounding may move a sum over pools: a part of their size, and a unit for each of their terms at most. */
const allowance = (row: PresetRow, ...pools: readonly Holdings[]) =>
  pools.reduce(
    (sum, one) => sum + tolerance.axiomRelative * sizeOf(one) + 2 * row.unit * (6 + one.positions.length),
    0,
  );

function near(actual: number, expected: number, allowed: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(allowed);
}

/** Both pools in one; balances add up, positions stand side by side. */
export const together = (a: Holdings, b: Holdings): Holdings => ({
  balances: {
    USD: a.balances.USD + b.balances.USD,
    BTC: a.balances.BTC + b.balances.BTC,
    ETH: a.balances.ETH + b.balances.ETH,
  },
  positions: [...a.positions, ...b.positions],
});

/** What a level takes in all, by haircuts and requirement: equity that is not excess. */
const taken = (outcome: Outcome | undefined, level: number) =>
  (outcome?.equity ?? Number.NaN) - (outcome?.levels[level]?.excess ?? Number.NaN);

const LEVELS = [0, 1] as const;

export const laws: readonly Law[] = [
  {
    axiom: "A1",
    sentence: "an empty pool needs nothing",
    draws: () => [],
    holds: (evaluate, row) => {
      const [empty] = evaluate(row, [{ balances: { USD: 0, BTC: 0, ETH: 0 }, positions: [] }]);
      for (const { requirement, eligible, excess } of empty?.levels ?? []) {
        expect([requirement, eligible, excess]).toEqual([0, 0, 0]);
      }
      expect([empty?.equity, empty?.healthFactor]).toEqual([0, Number.POSITIVE_INFINITY]);
    },
  },
  {
    axiom: "A2",
    sentence:
      "the initial level requires and takes at least what the maintenance level does, and that requires at least 0",
    draws: (row) => [pools(row)],
    holds: (evaluate, row, [one]) => {
      const holdings = one as Holdings;
      const [outcome] = evaluate(row, [holdings]);
      const [initial, maintenance] = outcome?.levels ?? [];
      expect(maintenance?.requirement).toBeGreaterThanOrEqual(0);
      expect(initial?.requirement).toBeGreaterThanOrEqual(maintenance?.requirement ?? Number.NaN);
      expect(initial?.excess).toBeLessThanOrEqual((maintenance?.excess ?? Number.NaN) + allowance(row, holdings));
    },
  },
  {
    axiom: "A3",
    sentence: "cash added raises excess by that amount",
    draws: (row) => [pools(row), steps(0, 1000, 50_000)],
    holds: (evaluate, row, [one, cash]) => {
      const holdings = one as Holdings;
      const positive = { ...holdings, balances: { ...holdings.balances, USD: Math.abs(holdings.balances.USD) } };
      const richer = together(positive, { balances: { USD: cash as number, BTC: 0, ETH: 0 }, positions: [] });
      const [before, after] = evaluate(row, [positive, richer]);
      for (const level of LEVELS) {
        near(
          (after?.levels[level]?.excess ?? Number.NaN) - (before?.levels[level]?.excess ?? Number.NaN),
          cash as number,
          allowance(row, positive, richer),
        );
      }
    },
  },
  {
    axiom: "A4",
    sentence: "k copies of a pool need, and are worth, k times as much",
    draws: (row) => [pools(row), fc.integer({ min: 2, max: 5 })],
    holds: (evaluate, row, [one, times]) => {
      const holdings = one as Holdings;
      const k = times as number;
      const copies = Array.from({ length: k - 1 }).reduce<Holdings>((sum) => together(sum, holdings), holdings);
      const [single, many] = evaluate(row, [holdings, copies]);
      for (const level of LEVELS) {
        for (const name of ["requirement", "eligible"] as const) {
          near(
            many?.levels[level]?.[name] ?? Number.NaN,
            k * (single?.levels[level]?.[name] ?? Number.NaN),
            allowance(row, copies) + k * allowance(row, holdings),
          );
        }
      }
    },
  },
  {
    axiom: "A5",
    sentence: "two pools together never need more, nor lose more to haircuts and requirement, than apart",
    draws: (row) => [pools(row), pools(row)],
    holds: (evaluate, row, [one, other]) => {
      const [a, b] = [one as Holdings, other as Holdings];
      const [first, second, both] = evaluate(row, [a, b, together(a, b)]);
      const allowed = 2 * allowance(row, a, b);
      for (const level of LEVELS) {
        expect(taken(both, level)).toBeLessThanOrEqual(taken(first, level) + taken(second, level) + allowed);
        const apart = (first?.levels[level]?.requirement ?? 0) + (second?.levels[level]?.requirement ?? 0);
        expect(both?.levels[level]?.requirement).toBeLessThanOrEqual(apart + allowed);
      }
    },
  },
  {
    axiom: "A6",
    sentence: "order, splitting a position and adding an empty one change nothing",
    draws: (row) => [pools(row)],
    holds: (evaluate, row, [one]) => {
      const holdings = one as Holdings;
      const split = holdings.positions.flatMap((item) => [
        { ...item, quantity: item.quantity / 4 },
        { ...item, quantity: (item.quantity * 3) / 4 },
      ]);
      const empty = { on: "BTC" as const, quantity: 0, entry: 50_000 };
      const { USD, BTC, ETH } = holdings.balances;
      const outcomes = evaluate(row, [
        holdings,
        { balances: { ETH, BTC, USD }, positions: [...holdings.positions].reverse() },
        ...(row.trades ? [{ ...holdings, positions: [...holdings.positions, empty] }] : []),
        { ...holdings, positions: split },
      ]);
      for (const outcome of outcomes) {
        for (const level of LEVELS) {
          for (const name of ["requirement", "excess"] as const) {
            near(
              outcome.levels[level]?.[name] ?? Number.NaN,
              outcomes[0]?.levels[level]?.[name] ?? Number.NaN,
              2 * allowance(row, holdings),
            );
          }
        }
      }
    },
  },
  {
    axiom: "A7",
    sentence: "raising a haircut never raises excess",
    draws: (row) => [pools(row), fc.integer({ min: 500, max: 999 })],
    holds: (evaluate, row, [one, share]) => {
      const holdings = one as Holdings;
      const [before] = evaluate(row, [holdings]);
      const [after] = evaluate(row, [holdings], { k: (share as number) / 1000 });
      for (const level of LEVELS) {
        expect(after?.levels[level]?.excess).toBeLessThanOrEqual(
          (before?.levels[level]?.excess ?? Number.NaN) + allowance(row, holdings),
        );
      }
    },
  },
  {
    axiom: "A8",
    sentence: "the terms of each number sum to it",
    draws: (row) => [pools(row)],
    holds: (evaluate, row, [one]) => {
      const holdings = one as Holdings;
      const [outcome] = evaluate(row, [holdings]);
      const terms = outcome?.explained();
      near(terms?.equity ?? Number.NaN, outcome?.equity ?? Number.NaN, allowance(row, holdings));
      for (const level of LEVELS) {
        for (const name of ["eligible", "requirement"] as const) {
          near(
            terms?.levels[level]?.[name] ?? Number.NaN,
            outcome?.levels[level]?.[name] ?? Number.NaN,
            allowance(row, holdings),
          );
        }
      }
    },
  },
  {
    axiom: "A10",
    sentence: "a lower price for a pool that is only long never raises its excess",
    draws: (row) => [pools(row, 0), fc.integer({ min: 1, max: 900 })],
    holds: (evaluate, row, [one, down]) => {
      const holdings = one as Holdings;
      const [before] = evaluate(row, [holdings]);
      const prices = { ...PRICES, BTC: PRICES.BTC * (1 - (down as number) / 1000) };
      const [after] = evaluate(row, [holdings], { prices });
      for (const level of LEVELS) {
        expect(after?.levels[level]?.excess).toBeLessThanOrEqual(
          (before?.levels[level]?.excess ?? Number.NaN) + allowance(row, holdings),
        );
      }
    },
  },
  {
    axiom: "A11",
    sentence: "the same input twice gives the same bits",
    draws: (row) => [pools(row)],
    holds: (evaluate, row, [one]) => {
      const bits = () =>
        evaluate(row, [one as Holdings]).map(({ equity, healthFactor, levels }) => [equity, healthFactor, levels]);
      expect(bits()).toEqual(bits());
    },
  },
];

const AS_OF = "2026-11-20T08:00:00Z";

/** The market of the axioms: two coins with every kind of price and venue fact, all of which move with the index. */
export function axiomMarket(prices: Prices = PRICES) {
  const asset = (id: "BTC" | "ETH", facts: { readonly deposits: number; readonly borrows: number }) => {
    const index = prices[id];
    return {
      of: id,
      in: "USD",
      index,
      bid: index * 0.999,
      ask: index * 1.001,
      twap: index * 0.99,
      ema: index * 1.1,
      confidence: 0.002,
      time: AS_OF,
      state: { stable: index * 1.01, emaConfidence: 0.003, ...facts },
    };
  };
  const perpetual = (on: "BTC" | "ETH") => ({
    id: `${on}-PERP`,
    kind: "perpetual",
    payoff: "linear",
    underlying: on,
    quote: "USD",
    settle: "USD",
    multiplier: 1,
  });
  return {
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: [
      { id: "USD", decimals: 6 },
      { id: "BTC", decimals: 8 },
      { id: "ETH", decimals: 18 },
    ],
    prices: [
      asset("BTC", { deposits: 100, borrows: 50 }),
      asset("ETH", { deposits: 1000, borrows: 400 }),
      { of: "BTC-PERP", mark: prices.BTC, time: AS_OF, state: { openInterest: 500 } },
      { of: "ETH-PERP", mark: prices.ETH, time: AS_OF, state: { openInterest: 9000 } },
    ],
    instruments: [perpetual("BTC"), perpetual("ETH")],
  };
}

/** Pools as an accounts document, lists as the row's venue keeps them. */
export function axiomAccounts(row: PresetRow, pools: readonly Holdings[]) {
  return {
    schema: "margrave/accounts/1",
    asOf: AS_OF,
    accounts: [
      {
        id: "a",
        pools: pools.map(({ balances, positions }, p) => {
          const held = Object.entries(balances)
            .filter(([, quantity]) => quantity !== 0)
            .map(([asset, quantity]) => ({ asset, quantity }));
          const owes = held.filter(({ quantity }) => quantity < 0);
          const lists = row.lends
            ? {
                supplies: held.filter(({ quantity }) => quantity > 0).map((item) => ({ ...item, collateral: true })),
                debts: owes.map(({ asset, quantity }) => ({ asset, quantity: -quantity })),
              }
            : { balances: held };
          return {
            id: `a/${p}`,
            ...lists,
            positions: positions.map(({ on, quantity, entry: entryPrice }, n) => ({
              id: `${p}/${n}`,
              instrument: `${on}-PERP`,
              quantity,
              entryPrice,
            })),
          };
        }),
      },
    ],
  };
}

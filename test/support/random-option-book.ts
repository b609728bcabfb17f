import type { History } from "../../src/market/market.js";
import { parseHistory } from "../../src/market/parse-history.js";
import {
  optionPrice,
  type ReferenceAsset,
  type ReferenceContract,
  type ReferenceOption,
  type ReferencePool,
  type ReferenceWorld,
} from "../reference/option-book.js";
import { random } from "./random-book.js";
import { randomHistory } from "./random-history.js";

const AS_OF = Date.UTC(2026, 0, 1, 8);
const DAY = 86_400_000;

/** A world with its documents: a market, accounts, and a history of every factor. */
export interface OptionWorld extends ReferenceWorld {
  readonly market: Record<string, unknown>;
  readonly accounts: Record<string, unknown>;
  readonly history: History;
  readonly factors: readonly string[];
}

/**
 * Pools of balances, contracts and options: linear and inverse, calls and puts in and out of the money, from a day to most
 * of a year, on a future with a basis of its own, on a perpetual and on the index, bought and sold, twice in a pool, none.
 */
export function randomOptionBook(seed: number, poolCount: number, rows: number): OptionWorld {
  const next = random(seed);
  const around = (x: number, spread: number) => x * (1 + spread * (2 * next() - 1));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const assets: ReferenceAsset[] = [
    { id: "USD", index: 1, factors: {} },
    { id: "STB", index: around(1, 0.01), factors: { STB: 1 } },
    { id: "AAA", index: 10 ** (1 + 3 * next()), factors: { AAA: 1 } },
    { id: "BBB", index: 10 ** (4 * next() - 1), factors: { BBB: 1 } },
  ];
  const [, stable, aaa, bbb] = assets as [ReferenceAsset, ReferenceAsset, ReferenceAsset, ReferenceAsset];
  const basis = { AAA: 1, "AAA/future": around(1, 0.5) };
  const contracts: ReferenceContract[] = [
    {
      id: "AAA-FUT",
      payoff: "inverse",
      underlying: "AAA",
      quote: "USD",
      settle: "AAA",
      multiplier: pick([1, 10]),
      mark: around(aaa.index, 0.05),
      factors: basis,
    },
    {
      id: "BBB-PERP",
      payoff: "linear",
      underlying: "BBB",
      quote: "STB",
      settle: "STB",
      multiplier: pick([1, 0.01]),
      mark: around(bbb.index / stable.index, 0.01),
      factors: bbb.factors,
    },
  ];
  const options: ReferenceOption[] = Array.from({ length: 8 }, (_, i) => {
    const inverse = i % 2 === 0;
    const asset = inverse ? aaa : bbb;
    const forward = next() < 0.3 ? null : inverse ? "AAA-FUT" : "BBB-PERP";
    const volatility = 0.2 + next();
    const plain = {
      id: `OPT-${i}`,
      payoff: inverse ? ("inverse" as const) : ("linear" as const),
      underlying: asset.id,
      quote: inverse ? "AAA" : "STB",
      settle: inverse ? "AAA" : "STB",
      multiplier: pick([1, 0.1, 5]),
      strike: around(asset.index, 0.3),
      right: pick(["call", "put"] as const),
      days: pick([1, 7, 30, 90, 300]),
      volatility,
      forward,
      factors: forward === "AAA-FUT" ? basis : asset.factors,
      mark: 0,
    };
    // A mark is a venue's, near the model's price and not equal to it; far out of the money it is 0.
    const model = optionPrice({ assets, contracts, options: [], pools: [] }, plain, 0);
    const step = inverse ? 1e-4 : asset.index * 1e-4;
    return { ...plain, mark: Math.round(around(model, 0.03) / step) * step };
  });
  const pools: ReferencePool[] = Array.from({ length: poolCount }, (_, p) => {
    const position = (instrument: string, quantity: number) => ({
      instrument,
      quantity,
      entry: around(assets[2]?.index ?? 1, 0.1),
      funding: next() < 0.2 ? around(0, 1) + next() - 0.5 : 0,
    });
    const some = p === 0 ? [] : Array.from({ length: 1 + Math.floor(5 * next()) }, () => pick(options).id);
    const held = next() < 0.6 ? [pick(contracts).id] : [];
    return {
      id: `pool-${p}`,
      balances: assets.slice(0, 1 + Math.floor(4 * next())).map(({ id, index }) => ({
        asset: id,
        quantity: (1000 * (next() - 0.3)) / index,
      })),
      positions: [...some, ...held].map((id) => position(id, next() < 0.05 ? 0 : 20 * (next() - 0.5))),
    };
  });
  const factors = ["STB", "AAA", "BBB", "AAA/future"];
  const plainHistory = randomHistory(seed, factors, rows);
  const iso = (time: number) => new Date(time).toISOString();
  const named = ({ id, payoff, underlying, quote, settle, multiplier }: ReferenceContract) => ({
    id,
    payoff,
    underlying,
    quote,
    settle,
    multiplier,
  });
  return {
    assets,
    contracts,
    options,
    pools,
    factors,
    history: parseHistory({
      times: plainHistory.times,
      columns: plainHistory.columns,
      closes: plainHistory.closes,
      interval: plainHistory.interval,
      in: plainHistory.in,
    }),
    market: {
      schema: "margrave/market/1",
      asOf: iso(AS_OF),
      numeraire: "USD",
      assets: assets.map(({ id }) => ({ id })),
      prices: [
        ...assets.slice(1).map(({ id, index }) => ({ of: id, in: "USD", index })),
        ...contracts.map(({ id, mark }) => ({ of: id, mark })),
        ...options.map(({ id, mark, volatility, forward }) => ({
          of: id,
          mark,
          impliedVol: volatility,
          ...(forward === null ? {} : { forward }),
        })),
      ],
      instruments: [
        ...contracts.map((contract) =>
          contract.id === "AAA-FUT"
            ? { ...named(contract), kind: "future", expiry: iso(AS_OF + 400 * DAY) }
            : { ...named(contract), kind: "perpetual" },
        ),
        ...options.map((option) => ({
          ...named(option),
          kind: "option",
          strike: option.strike,
          right: option.right,
          expiry: iso(AS_OF + option.days * DAY),
        })),
      ],
      exposures: [{ of: "AAA-FUT", to: basis }],
    },
    accounts: {
      schema: "margrave/accounts/1",
      asOf: iso(AS_OF),
      accounts: [
        {
          id: "desk",
          pools: pools.map(({ id, balances, positions }) => ({
            id,
            balances,
            positions: positions.map(({ instrument, quantity, entry, funding }, i) => ({
              id: `${id}/${i}`,
              instrument,
              quantity,
              entryPrice: entry,
              ...(funding === 0 ? {} : { fundingDue: funding }),
            })),
          })),
        },
      ],
    },
  };
}

/** A rule for these worlds, as a document and as what the reference reads of it. */
export function optionRule() {
  const asset = (initial: number, maintenance: number) => ({
    initial,
    maintenance,
    liability: { initial: 1.1, maintenance: 1.05 },
  });
  const assets = { USD: asset(1, 1), STB: asset(0.98, 0.99), AAA: asset(0.8, 0.9), BBB: asset(0.6, 0.7) };
  const option = { initial: 0.15, maintenance: 0.1 };
  const contract = { initial: 0.1, maintenance: 0.05 };
  const document = {
    schema: "margrave/rule/1",
    id: "options",
    model: "collateral",
    effective: "2026-01-01",
    source: "the suite",
    breach: "<",
    price: { assets: "index", liabilities: "index" },
    assets,
    instruments: [
      { match: { kind: "option" }, ...option },
      { match: {}, ...contract },
    ],
  };
  return { document, reference: { assets, option, contract } };
}

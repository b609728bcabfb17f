import { preset } from "../src/presets/index.js";
import { random } from "./books.js";

/** Seeded market, rules and pools for the cases of composed rules: ten rules of different kinds over one market. */
export interface RuleBook {
  readonly market: unknown;
  readonly accounts: unknown;
  /** rule documents; every pool names one by its id */
  readonly rules: readonly unknown[];
}

const TIME = "2026-11-20T08:00:00Z";
const COINS = 16;
/** Coins that have a perpetual. */
const PERPS = 12;
const coins: readonly string[] = Array.from({ length: COINS }, (_, i) => `C${i}`);
const traded: readonly string[] = coins.slice(0, PERPS);
const perpOf = (coin: string): string => `${coin}-PERP`;

type Uniform = () => number;

function marketOf(uniform: Uniform): { readonly document: unknown; readonly price: ReadonlyMap<string, number> } {
  const digits = (x: number, places = 6) => Number(x.toFixed(places));
  const index = new Map([["USDC", 1.0002], ...coins.map((id): [string, number] => [id, digits(2 + 998 * uniform())])]);
  const prices = [...index].map(([of, price]) => ({
    of,
    in: "USD",
    index: price,
    bid: digits(price * 0.999),
    ask: digits(price * 1.001),
    twap: digits(price * (0.995 + 0.01 * uniform())),
    state: { deposits: Math.floor(1e6 * uniform()) },
    time: TIME,
  }));
  const marks = traded.map((coin) => ({
    of: perpOf(coin),
    mark: digits((index.get(coin) ?? 1) * (0.9985 + 0.003 * uniform())),
    state: { openInterest: Math.floor(1e5 * uniform()) },
    time: TIME,
  }));
  const document = {
    schema: "margrave/market/1",
    asOf: TIME,
    numeraire: "USD",
    assets: [{ id: "USD" }, { id: "USDC", decimals: 6 }, ...coins.map((id) => ({ id, decimals: 9 }))],
    prices: [...prices, ...marks],
    instruments: traded.map((coin) => ({
      id: perpOf(coin),
      kind: "perpetual",
      payoff: "linear",
      underlying: coin,
      quote: "USDC",
      settle: "USDC",
      multiplier: 1,
    })),
  };
  return { document, price: index };
}

const each = <T>(ids: readonly string[], of: (i: number) => T): Record<string, T> =>
  Object.fromEntries(ids.map((id, i) => [id, of(i)]));
const perps = <T extends object>(of: (i: number) => T) =>
  traded.map((underlying, i) => ({ match: { underlying, kind: "perpetual" }, ...of(i) }));
const weight = (i: number): number => 0.6 + 0.015 * i;
const CASH = { USDC: { initial: 1, maintenance: 1 } };

/** Brackets of `count` rates, each up to four times the notional of the one before. */
function brackets(first: number, rate: number, count: number, growth: number): (number | null)[][] {
  return Array.from({ length: count }, (_, k) => [k === count - 1 ? null : first * 4 ** k, rate * growth ** k]);
}

/** The ten rules, by the id that pools name. */
function ruleDocuments(): readonly Record<string, unknown>[] {
  const tiers = (i: number) => [
    [20_000 + 1000 * i, 0.95],
    [60_000 + 1000 * i, 0.9],
    [200_000, 0.8],
    [null, 0.5],
  ];
  const loan = (i: number) => ({ initial: weight(i) - 0.05, maintenance: weight(i) });
  return [
    preset("aave-v3", {
      shipped: false,
      assets: { USDC: { initial: 0.75, maintenance: 0.78 }, ...each(coins, loan) },
      categories: {
        "1": { assets: each(coins.slice(0, 6), (i) => ({ initial: 0.9, maintenance: 0.93 + 0.002 * i })) },
      },
    }),
    preset("compound-v3", { shipped: false, assets: { ...CASH, ...each(coins, loan) } }),
    preset("kamino", {
      assets: {
        USDC: { initial: 0.8, maintenance: 0.85 },
        ...each(coins, (i) => ({ ...loan(i), liability: { initial: 1.1 + 0.05 * i, maintenance: 1.1 + 0.05 * i } })),
      },
      categories: {
        "2": { assets: each(coins.slice(4, 10), () => ({ initial: 0.85, maintenance: 0.9 })) },
      },
    }),
    preset("okx-multi-currency", {
      shipped: false,
      assets: { ...CASH, ...each(coins, (i) => ({ initial: tiers(i), maintenance: tiers(i) })) },
      instruments: perps((i) => ({
        initial: brackets(50_000, 0.02, 4, 1.5 + 0.05 * i),
        maintenance: brackets(50_000, 0.01, 4, 1.5 + 0.05 * i),
      })),
    }),
    preset("binance-cross", {
      shipped: false,
      assets: CASH,
      instruments: perps((i) => ({
        initial: brackets(10_000 + 500 * i, 0.01, 8, 1.4),
        maintenance: brackets(10_000 + 500 * i, 0.004, 8, 1.5),
      })),
    }),
    preset("hyperliquid", {
      shipped: false,
      assets: CASH,
      instruments: perps((i) => ({
        initial: brackets(100_000, 0.025, 2, 2 + 0.1 * i),
        maintenance: brackets(100_000, 0.0125, 2, 2 + 0.1 * i),
      })),
    }),
    preset("dydx-v4", {
      shipped: false,
      assets: CASH,
      instruments: perps((i) => ({
        initial: { openInterest: { base: 0.05 + 0.01 * i, lower: 2.5e6, upper: 5e7 } },
        maintenance: { share: { of: 0.05 + 0.01 * i, share: 0.6 } },
      })),
    }),
    preset("synthetix-v3", {
      shipped: false,
      assets: {
        ...CASH,
        ...each(coins, (i) => {
          const haircut = { clamp: { scale: 1e5 * (i + 1), slope: 10, lower: 0.02, upper: 0.2 } };
          return { initial: haircut, maintenance: haircut };
        }),
      },
      instruments: perps((i) => ({
        initial: { affine: { base: 0.02, slope: 1e-5 * (i + 1) } },
        maintenance: { affine: { base: 0.01, slope: 4e-6 * (i + 1) } },
        plus: { initial: 15, maintenance: 15 },
        reward: 0.0003,
      })),
    }),
    preset("drift-v2", {
      assets: {
        USDC: { initial: 1, maintenance: 1 },
        ...each(coins, (i) => ({
          initial: { root: { of: { depositScaled: { of: weight(i), start: 5e7 } }, imf: 0.0005 * (i + 1) } },
          maintenance: { root: { of: weight(i) + 0.05, imf: 0.0005 * (i + 1) } },
          liability: {
            initial: { root: { of: 1.2 + 0.02 * i, imf: 0.0005 * (i + 1) } },
            maintenance: { root: { of: 1.1 + 0.02 * i, imf: 0.0005 * (i + 1) } },
          },
        })),
      },
      instruments: perps((i) => ({
        initial: { root: { rate: 0.1, imf: 0.0003 * (i + 1) } },
        maintenance: { root: { rate: 0.05, imf: 0.0003 * (i + 1) } },
        gain: { initial: { root: { weight: 0.9, imf: 0.0001, scale: 1 } }, maintenance: 1 },
      })),
    }),
    preset("house", {
      shipped: false,
      assets: {
        USDC: { initial: 1, maintenance: 1, liability: { initial: 1.02, maintenance: 1.01 } },
        ...each(coins, (i) => ({
          initial: i % 2 === 0 ? weight(i) : tiers(i),
          maintenance: i % 2 === 0 ? weight(i) + 0.05 : 0.95,
          liability: { initial: 1.1, maintenance: 1.05 },
          ...(i % 5 === 0 ? { cap: { USD: 100_000 } } : {}),
        })),
      },
      instruments: perps((i) => ({ initial: 0.05 + 0.005 * i, maintenance: 0.025 + 0.0025 * i })),
    }),
  ];
}

/** What a pool under each rule, in their order, holds: balances, supplies, debts, positions, orders. */
const SHAPES: readonly {
  readonly balances?: number;
  readonly supplies?: number;
  readonly debts?: number;
  readonly positions?: number;
  readonly orders?: number;
  readonly options?: Readonly<Record<string, unknown>>;
}[] = [
  { supplies: 4, debts: 1, options: { eMode: 1 } },
  { supplies: 4, debts: 1 },
  { supplies: 3, debts: 2, options: { elevationGroup: 2 } },
  { balances: 5, positions: 2 },
  { balances: 1, positions: 4, orders: 1, options: { leverage: 20 } },
  { balances: 1, positions: 4, options: { leverage: 10 } },
  { balances: 1, positions: 4 },
  { balances: 2, positions: 3 },
  { balances: 4, positions: 2 },
  { balances: 4, positions: 3, orders: 2 },
];

/**
 * `pools` pools, each under one of ten rules: Aave with e-modes, Compound, Kamino with borrow factors and elevation groups,
 * OKX tiers, Binance and Hyperliquid brackets, dYdX, Synthetix, Drift and a house rule with orders. A pool holds an asset
 * once on a side. `only`: the id of the rule that all are under.
 */
export function ruleBook(pools: number, only?: string): RuleBook {
  const uniform = random();
  const { document: market, price } = marketOf(uniform);
  const rules = ruleDocuments();
  const priceOf = (coin: string): number => price.get(coin) ?? 1;
  const worth = (coin: string, dollars: number): number => Number((dollars / priceOf(coin)).toFixed(6));
  const made = Array.from({ length: pools }, (_, p) => {
    const any = Math.floor(10 * uniform());
    const r = only === undefined ? any : rules.findIndex(({ id }) => id === only);
    const { balances = 0, supplies = 0, debts = 0, positions = 0, orders = 0, options } = SHAPES[r] ?? {};
    const first = Math.floor(COINS * uniform());
    const coin = (h: number): string => coins[(first + 3 * h) % COINS] ?? "C0";
    const perp = (h: number): string => traded[(first + 5 * h) % PERPS] ?? "C0";
    const dollars = () => 1000 + 49_000 * uniform();
    const balance = (h: number) => {
      // The settle asset first; of the others one in five is owed.
      if (h === 0) return { asset: "USDC", quantity: Number((20_000 + 80_000 * uniform()).toFixed(6)) };
      return { asset: coin(h), quantity: (uniform() < 0.2 ? -1 : 1) * worth(coin(h), dollars()) };
    };
    const collateral = rules[r]?.id !== "synthetix-v3";
    return {
      id: `pool-${p}`,
      rule: rules[r]?.id,
      balances: Array.from({ length: balances }, (_, h) => {
        const one = balance(h);
        return collateral ? one : { ...one, quantity: Math.abs(one.quantity) };
      }),
      supplies: Array.from({ length: supplies }, (_, h) => ({
        asset: coin(h),
        quantity: worth(coin(h), dollars()),
        collateral: uniform() < 0.9,
      })),
      debts: Array.from({ length: debts }, (_, h) => ({
        asset: coin(supplies + h),
        quantity: worth(coin(supplies + h), dollars()),
      })),
      positions: Array.from({ length: positions }, (_, k) => ({
        instrument: perpOf(perp(k)),
        quantity: (uniform() < 0.5 ? -1 : 1) * worth(perp(k), 4 * dollars()),
        entryPrice: Number((priceOf(perp(k)) * (0.95 + 0.1 * uniform())).toFixed(6)),
        fundingDue: Number((20 * uniform() - 10).toFixed(6)),
      })),
      ...(orders > 0 && uniform() < 0.5
        ? {
            orders: Array.from({ length: orders }, (_, k) => ({
              instrument: perpOf(perp(k)),
              quantity: (uniform() < 0.5 ? -1 : 1) * worth(perp(k), dollars()),
              limitPrice: priceOf(perp(k)),
            })),
          }
        : {}),
      ...(options !== undefined && uniform() < 0.25 ? { options } : {}),
    };
  });
  const accounts = { schema: "margrave/accounts/1", asOf: TIME, accounts: [{ id: "desk", pools: made }] };
  return { market, accounts, rules };
}

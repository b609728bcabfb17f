/** Small documents of the suite's own: every call gives fresh objects, for a test to change. */

export interface SmallMarket {
  schema: string;
  asOf: string;
  numeraire: string;
  assets: Record<string, unknown>[];
  prices: Record<string, unknown>[];
  instruments: Record<string, unknown>[];
  exposures?: Record<string, unknown>[];
  history?: Record<string, unknown>;
}

export function smallMarket(): SmallMarket {
  return {
    schema: "margrave/market/1",
    asOf: "2026-03-01T12:00:00Z",
    numeraire: "USD",
    assets: [
      { id: "USD" },
      { id: "BTC" },
      { id: "USDC", peg: { to: "USD", ratio: 1 } },
      { id: "USDC@base", is: "USDC", domain: "base", decimals: 6 },
      { id: "STBTC" },
      { id: "DUST" },
    ],
    prices: [
      { of: "BTC", in: "USD", index: 50_000, twap: 49_900, time: "2026-03-01T11:59:00Z" },
      { of: "USDC", in: "USD", index: 0.999, bid: "0.998", ask: 1, confidence: 0.001, time: "2026-03-01T11:00:00Z" },
      { of: "STBTC", in: "BTC", index: 1.1, ask: 1.2, confidence: 0.002 },
      { of: "BTC-PERP", mark: 50_100, fundingRate: -0.0001, time: "2026-03-01T11:58:00Z" },
      { of: "BTC-JUN", mark: 51_000 },
      { of: "BTC-JUN-C", mark: 0.05, impliedVol: 0.6, forward: "BTC-JUN" },
    ],
    instruments: [
      { id: "BTC-PERP", kind: "perpetual", payoff: "linear", underlying: "BTC", quote: "USDC", settle: "USDC" },
      {
        id: "BTC-JUN",
        kind: "future",
        payoff: "inverse",
        underlying: "BTC",
        quote: "USD",
        settle: "BTC",
        multiplier: 10,
        expiry: "2026-06-26T08:00:00Z",
      },
      {
        id: "BTC-JUN-C",
        kind: "option",
        payoff: "inverse",
        underlying: "BTC",
        quote: "BTC",
        settle: "BTC",
        expiry: "2026-06-26T08:00:00Z",
        strike: 60_000,
        right: "call",
      },
      { id: "DUST-PERP", kind: "perpetual", payoff: "linear", underlying: "DUST", quote: "USDC", settle: "USDC" },
    ],
  };
}

export interface SmallPool extends Record<string, unknown> {
  id: string;
  balances: Record<string, unknown>[];
  positions: Record<string, unknown>[];
}

export interface SmallAccounts {
  schema: string;
  asOf: string;
  accounts: { id: string; parent?: string; tags?: Record<string, unknown>; pools?: SmallPool[] }[];
  links?: Record<string, unknown>[];
  transfers?: Record<string, unknown>[];
  reported?: Record<string, unknown>[];
}

export function smallAccounts(): SmallAccounts {
  return {
    schema: "margrave/accounts/1",
    asOf: "2026-03-01T12:00:00Z",
    accounts: [
      { id: "desk/a", parent: "desk", pools: [smallPool("one"), smallPool("two")] },
      { id: "desk", tags: { entity: "Desk" } },
    ],
  };
}

export function smallPool(id: string): SmallPool {
  return {
    id,
    venue: "house",
    rule: "small",
    balances: [
      { asset: "BTC", quantity: "2.5", locked: "0.5" },
      { asset: "USDC", quantity: -36_500, borrow: { rate: 0.1, accruedTo: "2026-02-28T12:00:00Z" } },
    ],
    supplies: [
      { asset: "USDC@base", quantity: 100, collateral: true },
      { asset: "STBTC", quantity: 1, collateral: false },
    ],
    debts: [{ asset: "USDC@base", quantity: 40 }],
    positions: [
      { id: "p", instrument: "BTC-PERP", quantity: -1, entryPrice: 50_000, fundingDue: -3 },
      { id: "q", instrument: "BTC-JUN", quantity: 100, entryPrice: 50_500 },
    ],
  };
}

export function smallRule(): Record<string, unknown> {
  return {
    schema: "margrave/rule/1",
    id: "small",
    model: "collateral",
    effective: "2026-02-01",
    source: "the suite",
    breach: "<=",
    maxPriceAge: "PT2H",
    price: { assets: "bid", liabilities: "ask" },
    unlisted: "zero",
    ignores: ["orders", "raw"],
    assets: {
      USDC: { initial: 1, maintenance: 1, liability: { initial: 1.1 } },
      BTC: {
        initial: [
          [1000, 0.9],
          [2000, 0.8],
          [null, 0.5],
        ],
        maintenance: 0.95,
        cap: { USD: 1_000_000 },
      },
    },
    instruments: [
      { match: { id: "BTC-JUN", kind: "future" }, initial: 0.2, maintenance: 0.1 },
      { match: {}, initial: 0.1, maintenance: 0.05 },
    ],
  };
}

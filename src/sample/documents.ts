/**
 * The sample's three documents. Invented: no account, venue or price of the real world, but of the kinds and sizes that a
 * desk holds. Shapes are those of `schema/{market,accounts,rule}.json`.
 */

export const AS_OF = "2026-11-20T08:00:00Z";
const LAST_CLOSE = "2026-11-20T07:59:58Z";

const perpetual = (asset: string) => ({
  id: `${asset}-PERP`,
  kind: "perpetual",
  payoff: "linear",
  underlying: asset,
  quote: "USDC",
  settle: "USDC",
  multiplier: 1,
});

const price = (of: string, index: number, more: Readonly<Record<string, number>> = {}) => ({
  of,
  in: "USD",
  index,
  ...more,
  time: LAST_CLOSE,
});

const mark = (of: string, mark: number, fundingRate?: number) => ({
  of,
  mark,
  ...(fundingRate === undefined ? {} : { fundingRate }),
  time: LAST_CLOSE,
});

export const market = {
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [
    { id: "USD" },
    { id: "EUR" },
    { id: "BTC" },
    { id: "ETH" },
    { id: "SOL" },
    { id: "XRP" },
    { id: "LINK" },
    { id: "AVAX" },
    { id: "USDC", peg: { to: "USD", ratio: 1 } },
    { id: "USDC@ethereum", is: "USDC", domain: "ethereum", decimals: 6 },
    { id: "WBTC@ethereum", is: "BTC", domain: "ethereum", decimals: 8 },
    { id: "WETH@ethereum", is: "ETH", domain: "ethereum", decimals: 18 },
    { id: "wstETH@ethereum", domain: "ethereum", decimals: 18, peg: { to: "ETH", ratio: 1.2195 } },
  ],
  prices: [
    price("EUR", 1.08, { bid: 1.0799, ask: 1.0801 }),
    price("BTC", 64_000, { bid: 63_995, ask: 64_005, twap: 63_850 }),
    price("ETH", 3_000, { bid: 2_999.6, ask: 3_000.4, confidence: 0.0008 }),
    price("SOL", 140, { bid: 139.96, ask: 140.04 }),
    price("XRP", 2.1, { bid: 2.0994, ask: 2.1006 }),
    price("LINK", 14, { bid: 13.993, ask: 14.007 }),
    price("AVAX", 18, { bid: 17.99, ask: 18.01 }),
    price("USDC", 0.9998, { bid: 0.9997, ask: 0.9999 }),
    { of: "wstETH@ethereum", in: "ETH", index: 1.2183, time: "2026-11-20T07:41:00Z" },
    mark("BTC-PERP", 64_100, 0.0000125),
    mark("ETH-PERP", 3_004, 0.00001),
    mark("SOL-PERP", 140.3, 0.000018),
    mark("XRP-PERP", 2.098, -0.000004),
    mark("LINK-PERP", 14.02),
    mark("AVAX-PERP", 17.98, -0.000011),
    mark("BTC-25DEC26", 64_650),
  ],
  instruments: [
    ...["BTC", "ETH", "SOL", "XRP", "LINK", "AVAX"].map(perpetual),
    {
      id: "BTC-25DEC26",
      kind: "future",
      payoff: "inverse",
      underlying: "BTC",
      quote: "USD",
      settle: "BTC",
      multiplier: 1,
      expiry: "2026-12-25T08:00:00Z",
    },
  ],
  exposures: [{ of: "wstETH@ethereum", to: { ETH: 1, "wstETH/ETH": 1 } }],
  history: { in: "USD", interval: "P1D" },
};

const house = (id: string, pool: object) => ({ id, venue: "house", rule: "house-2026-11", ...pool });
const lending = (id: string, pool: object) => ({
  id,
  venue: "lending",
  domain: "ethereum",
  rule: "lending-2026-08",
  ...pool,
});

/** What a venue said a moment before, in the asset that it reports in: near ours, and off by its own rates and prices. */
const reported = (pool: string, asset: string, equity: string, initial: string, maintenance: string) => ({
  pool,
  asOf: LAST_CLOSE,
  asset,
  equity,
  initial,
  maintenance,
});

export const accounts = {
  schema: "margrave/accounts/1",
  asOf: AS_OF,
  accounts: [
    { id: "acme", tags: { entity: "Acme Capital" } },
    {
      id: "acme/basis",
      parent: "acme",
      pools: [
        house("acme/basis/cross", {
          balances: [
            { asset: "BTC", quantity: "10" },
            { asset: "USDC", quantity: "-250000", borrow: { rate: 0.065, accruedTo: "2026-11-20T00:00:00Z" } },
            { asset: "wstETH@ethereum", quantity: "40", locked: "5" },
          ],
          positions: [
            { id: "p1", instrument: "BTC-PERP", quantity: "-12", entryPrice: "63000", fundingDue: "-412.50" },
            { id: "p2", instrument: "BTC-25DEC26", quantity: "100000", entryPrice: "64800" },
          ],
        }),
      ],
    },
    {
      id: "acme/lend",
      parent: "acme",
      pools: [
        lending("acme/lend/steth", {
          supplies: [
            { asset: "wstETH@ethereum", quantity: "120", collateral: true },
            { asset: "USDC@ethereum", quantity: "5000", collateral: false },
          ],
          debts: [{ asset: "USDC@ethereum", quantity: "180000" }],
        }),
      ],
    },
    {
      id: "birch",
      tags: { entity: "Birch Macro" },
      pools: [
        house("birch/longs", {
          balances: [{ asset: "USDC", quantity: "420000" }],
          positions: [
            { id: "eth", instrument: "ETH-PERP", quantity: "400", entryPrice: "3050", fundingDue: "-37.20" },
            { id: "sol", instrument: "SOL-PERP", quantity: "6000", entryPrice: "146" },
          ],
        }),
        house("birch/shorts", {
          balances: [
            { asset: "USDC", quantity: "300000" },
            { asset: "EUR", quantity: "60000" },
          ],
          positions: [
            { id: "sol", instrument: "SOL-PERP", quantity: "-5000", entryPrice: "138.4", fundingDue: "12.60" },
            { id: "avax", instrument: "AVAX-PERP", quantity: "-20000", entryPrice: "18.6" },
            { id: "xrp", instrument: "XRP-PERP", quantity: "-150000", entryPrice: "2.06" },
            { id: "link", instrument: "LINK-PERP", quantity: "-15000", entryPrice: "14.4" },
            { id: "btc", instrument: "BTC-PERP", quantity: "4", entryPrice: "62800" },
          ],
        }),
      ],
    },
    {
      id: "cedar",
      tags: { entity: "Cedar Carry" },
      pools: [
        house("cedar/carry", {
          balances: [
            { asset: "BTC", quantity: "50" },
            { asset: "ETH", quantity: "600" },
            { asset: "USDC", quantity: "200000" },
          ],
          positions: [
            { id: "btc", instrument: "BTC-PERP", quantity: "-50", entryPrice: "61200", fundingDue: "40.06" },
            { id: "eth", instrument: "ETH-PERP", quantity: "-600", entryPrice: "2940" },
          ],
        }),
        lending("cedar/lend/eth", {
          supplies: [{ asset: "WETH@ethereum", quantity: "200", collateral: true }],
          debts: [{ asset: "USDC@ethereum", quantity: "470000" }],
        }),
      ],
    },
    {
      id: "dune",
      tags: { entity: "Dune Trading" },
      pools: [
        house("dune/alts", {
          balances: [
            { asset: "SOL", quantity: "4000" },
            { asset: "LINK", quantity: "20000" },
            { asset: "AVAX", quantity: "9000" },
            { asset: "USDC", quantity: "-380000", borrow: { rate: 0.082, accruedTo: "2026-11-20T00:00:00Z" } },
          ],
        }),
        house("dune/inverse", {
          balances: [{ asset: "BTC", quantity: "12" }],
          positions: [{ id: "dec", instrument: "BTC-25DEC26", quantity: "1500000", entryPrice: "63000" }],
        }),
      ],
    },
    {
      id: "elm",
      tags: { entity: "Elm Foundation" },
      pools: [
        house("elm/treasury", {
          balances: [
            { asset: "USDC", quantity: "2000000" },
            { asset: "EUR", quantity: "500000" },
            { asset: "BTC", quantity: "5" },
          ],
        }),
        lending("elm/lend/btc", {
          supplies: [{ asset: "WBTC@ethereum", quantity: "15", collateral: true }],
          debts: [
            { asset: "WETH@ethereum", quantity: "150" },
            { asset: "USDC@ethereum", quantity: "60000" },
          ],
        }),
      ],
    },
    {
      id: "fjord",
      tags: { entity: "Fjord Digital" },
      pools: [
        house("fjord/levered", {
          balances: [{ asset: "USDC", quantity: "96500" }],
          positions: [{ id: "eth", instrument: "ETH-PERP", quantity: "420", entryPrice: "3095", fundingDue: "-12.60" }],
        }),
        house("fjord/mixed", {
          balances: [
            { asset: "ETH", quantity: "100" },
            { asset: "USDC", quantity: "-184000", borrow: { rate: 0.071, accruedTo: "2026-11-20T00:00:00Z" } },
          ],
          positions: [{ id: "sol", instrument: "SOL-PERP", quantity: "9000", entryPrice: "142.2" }],
        }),
      ],
    },
  ],
  reported: [
    reported("acme/basis/cross", "USD", "522401.30", "43470.00", "21730.00"),
    reported("birch/shorts", "USDC", "372810.20", "182790.00", "91395.00"),
    reported("dune/inverse", "BTC", "12.5980", "1.1720", "0.6120"),
  ],
};

const alike = (initial: number, maintenance: number, liability?: readonly [number, number]) => ({
  initial,
  maintenance,
  ...(liability === undefined ? {} : { liability: { initial: liability[0], maintenance: liability[1] } }),
});

export const rules = [
  {
    schema: "margrave/rule/1",
    id: "house-2026-11",
    model: "collateral",
    effective: "2026-11-01",
    source: "house",
    breach: "<",
    maxPriceAge: "PT1H",
    price: { assets: "index", liabilities: "ask" },
    unlisted: "refuse",
    assets: {
      USD: alike(1, 1),
      USDC: alike(1, 1, [1.02, 1.01]),
      EUR: alike(0.97, 0.98, [1.03, 1.02]),
      BTC: {
        initial: [
          [500_000, 0.95],
          [null, 0.9],
        ],
        maintenance: 0.95,
        liability: { initial: 1.1, maintenance: 1.05 },
      },
      ETH: alike(0.9, 0.93, [1.12, 1.06]),
      SOL: alike(0.8, 0.86, [1.18, 1.1]),
      XRP: alike(0.75, 0.82, [1.2, 1.12]),
      LINK: alike(0.75, 0.82, [1.2, 1.12]),
      AVAX: alike(0.72, 0.8, [1.2, 1.12]),
      "wstETH@ethereum": { initial: 0.8, maintenance: 0.85, cap: { USD: 2_000_000 } },
    },
    instruments: [
      { match: { underlying: "BTC" }, initial: 0.05, maintenance: 0.025 },
      { match: { underlying: "ETH" }, initial: 0.06, maintenance: 0.03 },
      { match: { underlying: "SOL" }, initial: 0.1, maintenance: 0.05 },
      { match: { underlying: "XRP" }, initial: 0.1, maintenance: 0.05 },
      { match: { underlying: "LINK" }, initial: 0.12, maintenance: 0.06 },
      { match: { underlying: "AVAX" }, initial: 0.12, maintenance: 0.06 },
    ],
  },
  {
    schema: "margrave/rule/1",
    id: "lending-2026-08",
    model: "collateral",
    effective: "2026-08-01",
    source: "lending",
    breach: "<",
    maxPriceAge: "PT6H",
    price: { assets: "index", liabilities: "index" },
    unlisted: "refuse",
    assets: {
      "USDC@ethereum": alike(0.75, 0.78),
      "WBTC@ethereum": alike(0.73, 0.78),
      "WETH@ethereum": alike(0.805, 0.83),
      "wstETH@ethereum": alike(0.785, 0.81),
    },
    instruments: [],
  },
];

import { preset } from "../../src/presets/index.js";
import { mangoMaxSettle } from "../../src/rules/sizing/mango.js";
import { mangoLiquidationPrice } from "../../src/rules/venue-price/mango.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  eachCase,
  type Json,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  type VectorCheck,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { edgesOf, type LevelNumbers, type MarketParts, NUMERAIRE, poolNumbers } from "./pools.js";

/** README: the ratio, in percent, that the library's amount of a swap lands on. */
const LANDS = tolerance.mangoFixed.absolute;

const FLAVOURS = ["init", "maint", "liquidationEnd"] as const;
type Flavour = (typeof FLAVOURS)[number];
type Overlap = "liability" | "asset";

const token = (i: number) => `token ${i}`;
const perp = (i: number) => `perp ${i}`;

/**
 * Prices of a case. A perpetual has an oracle and a stable price of its own, of which its base asset is the bearer; both are
 * in the settle token's own units, so the settle token has to be the numeraire's.
 */
function marketOf(input: JsonRecord): MarketParts {
  const tokens = objectsAt(input, "tokens");
  const perps = objectsAt(input, "perps");
  const bases = perps.map((market, k) => ({ id: `base of ${perp(k)}`, market }));
  const priced = (id: string, of: JsonRecord, state: JsonRecord): JsonRecord => ({
    of: id,
    in: NUMERAIRE,
    index: numberAt(of, "oracle"),
    state: { stable: numberAt(of, "stable"), ...state },
  });
  return {
    assets: [...tokens.map((_, i) => ({ id: token(i) })), ...bases.map(({ id }) => ({ id }))],
    prices: [
      ...tokens.map((of, i) => {
        // Tokens that an open order may bring in or take out count in what the weights are scaled by.
        const potential = of.potentialSerumTokens === undefined ? 0 : numberAt(of, "potentialSerumTokens");
        return priced(token(i), of, {
          deposits: numberAt(of, "deposits") + potential,
          borrows: numberAt(of, "borrows") + potential,
        });
      }),
      ...bases.map(({ id, market }) => priced(id, market, {})),
      ...perps.map((market, k) => ({ of: perp(k), mark: numberAt(market, "oracle") })),
    ],
    instruments: [
      ...perps.map((market, k) => ({
        id: perp(k),
        kind: "perpetual",
        payoff: "linear",
        underlying: `base of ${perp(k)}`,
        quote: settleOf(tokens, market),
        settle: settleOf(tokens, market),
      })),
      ...objectsAt(input, "serum").map((market, k) => ({
        id: `spot ${k}`,
        kind: "spot",
        payoff: "linear",
        underlying: token(numberAt(market, "baseInfoIndex")),
        quote: token(numberAt(market, "quoteInfoIndex")),
        settle: token(numberAt(market, "quoteInfoIndex")),
      })),
    ],
  };
}

function settleOf(tokens: readonly JsonRecord[], market: JsonRecord): string {
  const settle = numberAt(market, "settleTokenIndex");
  const found = tokens.findIndex((of) => numberAt(of, "tokenIndex") === settle);
  if (found < 0) throw new TypeError(`no token has the index ${settle}`);
  return token(found);
}

/** A flavour of health as a rule: `liquidationEnd` has the initial weights, unscaled, at the oracle price. */
function ruleOf(input: JsonRecord, flavour: Flavour, overlap: Overlap): JsonRecord {
  const [name, prefix] = flavour === "maint" ? ["maintenance", "maint"] : ["initial", "init"];
  const scaled = flavour === "init";
  const tokens = objectsAt(input, "tokens").map((of, i): [string, JsonRecord] => {
    const weight = numberAt(of, `${prefix}AssetWeight`);
    const liability = numberAt(of, `${prefix}LiabWeight`);
    const price = { max: ["index", "stable"] };
    const from = (key: string) => (scaled && of[key] !== null ? numberAt(of, key) : null);
    const deposits = from("depositWeightScaleStartQuote");
    const borrows = from("borrowWeightScaleStartQuote");
    return [
      token(i),
      {
        maintenance: deposits === null ? weight : { depositScaled: { of: weight, start: deposits, price } },
        liability: {
          maintenance: borrows === null ? liability : { borrowScaled: { of: liability, start: borrows, price } },
        },
      },
    ];
  });
  const perps = objectsAt(input, "perps").map((market, k) => ({
    match: { id: perp(k) },
    weights: {
      maintenance: {
        asset: numberAt(market, `${prefix}BaseAssetWeight`),
        liability: numberAt(market, `${prefix}BaseLiabWeight`),
        overall: numberAt(market, `${prefix}OverallAssetWeight`),
      },
    },
  }));
  const bases = objectsAt(input, "perps").map((_, k): [string, JsonRecord] => [
    `base of ${perp(k)}`,
    { maintenance: 0, liability: { maintenance: 1 } },
  ]);
  const document = preset("mango-v4", {
    id: `mango-v4 ${name} ${flavour}`,
    assets: Object.fromEntries([...tokens, ...bases]),
    instruments: perps,
  });
  const price = scaled
    ? { assets: { min: ["index", "stable"] }, liabilities: { max: ["index", "stable"] } }
    : { assets: "index", liabilities: "index" };
  return { ...(document as JsonRecord), price: { maintenance: price }, pnl: { joins: "balance", overlap } };
}

/** A limit so far from the market that it never caps what a reserved amount may become: 0 in a case is "no such limit". */
const FAR = 1e6;

function poolOf(input: JsonRecord, only: { readonly perps: readonly number[]; readonly tokens?: boolean }): JsonRecord {
  const tokens = objectsAt(input, "tokens");
  const positions: JsonRecord[] = [];
  const orders: JsonRecord[] = [];
  for (const k of only.perps) {
    const market = objectsAt(input, "perps")[k];
    if (market === undefined) throw new TypeError(`no perp ${k}`);
    const lot = numberAt(market, "baseLotSize");
    const quantity = numberAt(market, "baseLots") * lot;
    const quote = numberAt(market, "quote");
    const price = numberAt(market, "oracle");
    // What was paid is in `quote`, whatever its sign: the position is entered at the oracle price and the rest is due.
    positions.push({ instrument: perp(k), quantity, entryPrice: price, fundingDue: quote + quantity * price });
    for (const [key, sign] of [["bidsBaseLots", 1] as const, ["asksBaseLots", -1] as const]) {
      const size = numberAt(market, key) * lot;
      if (size !== 0) orders.push({ instrument: perp(k), quantity: sign * size, limitPrice: price });
    }
  }
  if (only.tokens === false) return { positions, orders };
  for (const [k, market] of objectsAt(input, "serum").entries()) {
    const instrument = `spot ${k}`;
    const base = tokens[numberAt(market, "baseInfoIndex")] ?? {};
    const quote = tokens[numberAt(market, "quoteInfoIndex")] ?? {};
    const price = numberAt(base, "oracle") / numberAt(quote, "oracle");
    const asks = numberAt(market, "reservedBase");
    const sold = numberAt(market, "reservedBaseAsQuoteLowestAsk");
    const bids = numberAt(market, "reservedQuote");
    const bought = numberAt(market, "reservedQuoteAsBaseHighestBid");
    if (asks !== 0) orders.push({ instrument, quantity: -asks, limitPrice: sold === 0 ? price * FAR : sold / asks });
    if (bids !== 0) {
      const quantity = bought === 0 ? (bids / price) * FAR : bought;
      orders.push({ instrument, quantity, limitPrice: bids / quantity });
    }
  }
  return {
    balances: tokens.map((of, i) => ({ asset: token(i), quantity: numberAt(of, "balance") })),
    positions,
    orders,
  };
}

/** Lines of one case under every flavour, and what is asked of parts of it. */
class Account {
  private readonly market: MarketParts;
  private readonly perps: readonly number[];

  constructor(
    private readonly context: VectorContext,
    private readonly input: JsonRecord,
  ) {
    this.market = marketOf(input);
    this.perps = objectsAt(input, "perps").map((_, k) => k);
  }

  level(flavour: Flavour, overlap: Overlap, input = this.input): LevelNumbers & { readonly healthFactor: number } {
    const pools = [poolOf(input, { perps: this.perps })];
    const [row] = poolNumbers(this.context, this.market, ruleOf(input, flavour, overlap), pools);
    if (row === undefined) throw new Error("no row for a pool");
    return { ...row.maintenance, healthFactor: row.healthFactor };
  }

  /** Health ratio in percent, that the library has no number for where next to nothing is owed. */
  ratio(flavour: Flavour, input = this.input): number | null {
    const { liabilities, healthFactor } = this.level(flavour, "liability", input);
    return liabilities > 0.001 ? 100 * (healthFactor - 1) : null;
  }

  /** What each perpetual by itself adds to the settle balance at maintenance. */
  private perpsAlone(): readonly number[] {
    const pools = this.perps.map((k) => poolOf(this.input, { perps: [k], tokens: false }));
    const rows = poolNumbers(this.context, this.market, ruleOf(this.input, "maint", "liability"), pools);
    return rows.map(({ collateral, debt }) => (collateral - debt) / this.settle().oracle);
  }

  private settle() {
    const of = objectsAt(this.input, "tokens")[0];
    if (of === undefined) throw new TypeError("no token to settle in");
    const oracle = numberAt(of, "oracle");
    return {
      oracle,
      balance: numberAt(of, "balance"),
      assetWorth: numberAt(of, "maintAssetWeight") * oracle,
      liabilityWorth: numberAt(of, "maintLiabWeight") * oracle,
    };
  }

  maxSettle(): number {
    const alone = this.perpsAlone();
    const kept = this.perps.filter((k) => (alone[k] ?? 0) > 0);
    const rule = ruleOf(this.input, "maint", "liability");
    const [row] = poolNumbers(this.context, this.market, rule, [poolOf(this.input, { perps: kept })]);
    const { balance, assetWorth, liabilityWorth } = this.settle();
    return mangoMaxSettle({
      health: row?.maintenance.excess ?? Number.NaN,
      balance: kept.reduce((sum, k) => sum + (alone[k] ?? 0), balance),
      assetWorth,
      liabilityWorth,
    });
  }

  /** Where the rule is on the edge: below the present price of a long, above that of a short. */
  edge(): number | null {
    const market = objectsAt(this.input, "perps")[0];
    if (market === undefined) return null;
    const long = numberAt(market, "baseLots") > 0;
    const pool = poolOf(this.input, { perps: this.perps });
    const rule = ruleOf(this.input, "maint", "liability");
    const edges = edgesOf(this.context, this.market, rule, pool, `base of ${perp(0)}`);
    const now = numberAt(market, "oracle");
    const exposed = edges.filter(({ price }) => (long ? price <= now : price >= now)).map(({ price }) => price);
    return (long ? exposed.at(-1) : exposed[0]) ?? null;
  }

  /** The price by closed form, where no order reserves the settle token; undefined elsewhere. */
  venuePrice(health: number): number | null | undefined {
    const reserves = objectsAt(this.input, "serum").some(
      (market) => numberAt(market, "baseInfoIndex") === 0 || numberAt(market, "quoteInfoIndex") === 0,
    );
    const market = objectsAt(this.input, "perps")[0];
    if (reserves || market === undefined) return undefined;
    const lot = numberAt(market, "baseLotSize");
    const { balance, assetWorth, liabilityWorth } = this.settle();
    return mangoLiquidationPrice({
      health,
      perp: {
        price: numberAt(market, "oracle"),
        base: numberAt(market, "baseLots") * lot,
        bids: numberAt(market, "bidsBaseLots") * lot,
        asks: numberAt(market, "asksBaseLots") * lot,
        quote: numberAt(market, "quote"),
        assetWeight: numberAt(market, "maintBaseAssetWeight"),
        liabilityWeight: numberAt(market, "maintBaseLiabWeight"),
        overallWeight: numberAt(market, "maintOverallAssetWeight"),
      },
      settle: {
        balance: this.perpsAlone().reduce((sum, part) => sum + part, balance),
        assetWorth,
        liabilityWorth,
      },
    });
  }
}

/** Each flavour's health, sums on both sides as the library nets them, and ratio. */
function flavours(account: Account): Comparison[] {
  return FLAVOURS.flatMap((flavour): Comparison[] => {
    const liability = account.level(flavour, "liability");
    const asset = account.level(flavour, "asset");
    const at = (key: string) => `expected.${flavour}.${key}`;
    return [
      { field: at("health"), actual: liability.excess, tolerance: tolerance.mangoFixed },
      { field: at("healthExact"), actual: liability.excess, tolerance: tolerance.mangoFixed },
      { field: at("health"), what: "below 0", of: (health) => Number(health) < 0, actual: liability.excess < 0 },
      { field: at("assetsStableLiabs"), actual: liability.assets, tolerance: tolerance.mangoFixed },
      { field: at("liabsStableLiabs"), actual: liability.liabilities, tolerance: tolerance.mangoFixed },
      { field: at("assetsStableAssets"), actual: asset.assets, tolerance: tolerance.mangoFixed },
      { field: at("liabsStableAssets"), actual: asset.liabilities, tolerance: tolerance.mangoFixed },
      { field: at("ratio"), actual: account.ratio(flavour), tolerance: tolerance.mangoFixed },
    ];
  });
}

const random: VectorCheck["answer"] = eachCase(({ input }, context) => {
  const account = new Account(context, input);
  const { excess: health } = account.level("maint", "liability");
  const swapped = (swap: Json): Json => {
    const of = objectAt({ swap }, "swap");
    const amount = numberAt(of, "amount");
    const moved = objectsAt(input, "tokens").map((one, i) => {
      const sign = i === numberAt(of, "source") ? -1 : i === numberAt(of, "target") ? numberAt(of, "price") : 0;
      return { ...one, balance: numberAt(one, "balance") + sign * amount };
    });
    const ours = account.ratio("init", { ...input, tokens: moved });
    return ours === null ? of.ratioAfter === null : Math.abs(ours - numberAt(of, "ratioAfter")) <= LANDS;
  };
  return [
    ...flavours(account),
    { field: "expected.perpMaxSettle", actual: account.maxSettle(), tolerance: tolerance.mangoFixed },
    { field: "expected.maxSwap", what: "lands on its ratio", of: swapped, actual: true },
    {
      field: "expected.maxSwap",
      skipped: "README: that the library's amount lands on its ratioAfter is checked, not the amount itself",
    },
    ...liquidation(account, health),
  ];
});

function liquidation(account: Account, health: number): Comparison[] {
  const field = "expected.perp0LiqPrice";
  if (health < 0) {
    return [
      { field, what: "refused", of: (price) => typeof price === "object" && price !== null, actual: true },
      { field, skipped: "README: the library throws when health is already negative" },
    ];
  }
  const venue = account.venuePrice(health);
  return [
    { field, what: "of the rule", actual: account.edge(), tolerance: tolerance.mangoSearch },
    ...(venue === undefined
      ? []
      : [{ field, what: "as the venue has it", actual: venue, tolerance: tolerance.mangoSearch }]),
  ];
}

const spec: VectorCheck["answer"] = eachCase(({ input }, context) => {
  const account = new Account(context, input);
  return FLAVOURS.map((flavour) => ({
    field: `expected.${flavour}`,
    actual: account.level(flavour, "liability").excess,
    tolerance: tolerance.mangoFixed,
  }));
});

export const checks: VectorChecks = {
  "mango-v4/random200.json": { cases: (document) => casesIn(document), answer: random },
  "mango-v4/spec_cases.json": { cases: (document) => casesIn(document), answer: spec },
};

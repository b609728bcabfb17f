import { createRequire } from "node:module";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { preset } from "../../src/presets/index.js";
import { composed, composedRule } from "../../src/rules/index.js";
import { random } from "../books.js";
import { agreeing, type BenchCase } from "../case.js";

const require = createRequire(import.meta.url);

const TIME = "2026-11-20T08:00:00Z";
const ACCOUNTS = 500;
const TOKENS = 5;
const PERPS = 2;

/** Tokens 0 (the quote) .. 4 and perpetual markets on tokens 1 and 2, with oracle and stable prices; weights as recorded markets have them. */
function group() {
  const uniform = random();
  const cents = (value: number) => Math.round(value * 1e6) / 1e6;
  const tokens = Array.from({ length: TOKENS }, (_, i) => {
    const oracle = i === 0 ? 1 : cents(1 + 200 * uniform());
    return {
      id: `T${i}`,
      oracle,
      stable: i === 0 ? 1 : cents(oracle * (0.97 + 0.06 * uniform())),
      maint: i === 0 ? 1 : cents(0.8 + 0.1 * uniform()),
      init: i === 0 ? 1 : cents(0.65 + 0.1 * uniform()),
    };
  });
  const accounts = Array.from({ length: ACCOUNTS }, () => ({
    balances: tokens.map(({ oracle }) => cents(((uniform() < 0.3 ? -1 : 2) * 5000 * uniform()) / oracle)),
    perps: Array.from({ length: PERPS }, () => ({
      lots: Math.round(40 * uniform() - 20),
      bids: Math.round(5 * uniform()),
      asks: Math.round(5 * uniform()),
      quote: cents(2000 * uniform() - 1000),
    })),
  }));
  return { tokens, accounts };
}

const LOT = 10;
const WEIGHTS = { initial: 0.9, maintenance: 0.95, initialOverall: 0.8, maintenanceOverall: 0.9 };

/** The same group and accounts as documents of ours. */
function documents({ tokens, accounts }: ReturnType<typeof group>) {
  const perps = Array.from({ length: PERPS }, (_, k) => ({
    id: `T${k + 1}-PERP`,
    kind: "perpetual",
    payoff: "linear",
    underlying: `T${k + 1}`,
    quote: "T0",
    settle: "T0",
  }));
  const market = {
    schema: "margrave/market/1",
    asOf: TIME,
    numeraire: "USD",
    assets: [{ id: "USD" }, ...tokens.map(({ id }) => ({ id }))],
    prices: [
      ...tokens.map(({ id, oracle, stable }) => ({ of: id, in: "USD", index: oracle, state: { stable } })),
      ...perps.map(({ id }, k) => ({ of: id, mark: tokens[k + 1]?.oracle ?? 1 })),
    ],
    instruments: perps,
  };
  const pools = accounts.map(({ balances, perps: held }, p) => ({
    id: `${p}`,
    balances: balances.map((quantity, i) => ({ asset: tokens[i]?.id ?? "", quantity })),
    positions: held.map(({ lots, quote }, k) => ({
      instrument: `T${k + 1}-PERP`,
      quantity: LOT * lots,
      // The quote is all funding due beside an entry at the mark: −n · entry + funding is the quote either way.
      entryPrice: tokens[k + 1]?.oracle ?? 1,
      fundingDue: quote + LOT * lots * (tokens[k + 1]?.oracle ?? 1),
    })),
    orders: held.flatMap(({ bids, asks }, k) =>
      [bids, -asks]
        .filter((lots) => lots !== 0)
        .map((lots) => ({
          instrument: `T${k + 1}-PERP`,
          quantity: LOT * lots,
          limitPrice: tokens[k + 1]?.oracle ?? 1,
        })),
    ),
  }));
  const level = (weight: number, overall: number) => ({ asset: weight, liability: 2 - weight, overall });
  const rule = preset("mango-v4", {
    assets: Object.fromEntries(
      tokens.map(({ id, init, maint }) => [
        id,
        { initial: init, maintenance: maint, liability: { initial: 2 - init, maintenance: 2 - maint } },
      ]),
    ),
    instruments: [
      {
        match: { kind: "perpetual" },
        weights: {
          initial: level(WEIGHTS.initial, WEIGHTS.initialOverall),
          maintenance: level(WEIGHTS.maintenance, WEIGHTS.maintenanceOverall),
        },
      },
    ],
  });
  return { market, accounts: { schema: "margrave/accounts/1", asOf: TIME, accounts: [{ id: "a", pools }] }, rule };
}

/** The peer's health caches of the same accounts. */
function caches({ tokens, accounts }: ReturnType<typeof group>) {
  const root = "@blockworks-foundation/mango-v4/dist/cjs/src";
  const { HealthCache, PerpInfo, Prices, TokenInfo } = require(`${root}/accounts/healthCache.js`);
  const { I80F48 } = require(`${root}/numbers/I80F48.js`);
  const { BN } = require("@coral-xyz/anchor");
  const fixed = (value: number) => I80F48.fromNumber(value);
  const prices = tokens.map(({ oracle, stable }) => new Prices(fixed(oracle), fixed(stable)));
  return accounts.map(
    ({ balances, perps }) =>
      new HealthCache(
        tokens.map(
          ({ init, maint }, i) =>
            new TokenInfo(
              i,
              fixed(maint),
              fixed(init),
              fixed(init),
              fixed(2 - maint),
              fixed(2 - init),
              fixed(2 - init),
              prices[i],
              fixed(balances[i] ?? 0),
            ),
        ),
        [],
        perps.map(
          ({ lots, bids, asks, quote }, k) =>
            new PerpInfo(
              k,
              0,
              fixed(WEIGHTS.maintenance),
              fixed(WEIGHTS.initial),
              fixed(2 - WEIGHTS.maintenance),
              fixed(2 - WEIGHTS.initial),
              fixed(WEIGHTS.maintenanceOverall),
              fixed(WEIGHTS.initialOverall),
              new BN(LOT),
              new BN(lots),
              new BN(bids),
              new BN(asks),
              fixed(quote),
              prices[k + 1],
              true,
            ),
        ),
      ),
  );
}

const health: BenchCase = {
  id: "cross.mango-health.500.mango-v4",
  work: `health at both levels of ${ACCOUNTS} Mango accounts, ${TOKENS} tokens and ${PERPS} perpetuals with orders`,
  subject: "margin call under mango-v4 over a resident book",
  peer: "@blockworks-foundation/mango-v4 HealthCache.health",
  async prepare() {
    const made = group();
    const { market: facts, accounts, rule } = documents(made);
    const market = parseMarket(facts);
    const engine = createEngine();
    const book = engine.loadBook(packBook(accounts, market), engine.loadMarket(market));
    const model = composed(composedRule(rule));
    const { HealthType } = require("@blockworks-foundation/mango-v4/dist/cjs/src/accounts/mangoAccount.js");
    const built = caches(made);
    const peer = (): [number, number][] =>
      built.map((cache) => [cache.health(HealthType.init).toNumber(), cache.health(HealthType.maint).toNumber()]);
    return {
      subject: () => engine.margin(book, model, { live: true }),
      peer,
      agree() {
        const { excess } = engine.margin(book, model);
        for (const [i, [initial, maintenance]] of peer().entries()) {
          // The peer counts in 48 fractional bits: some 1e-13 of a price, times the quantity.
          const relative = 1e-7;
          agreeing(`health at initial[${i}]`, excess.initial?.[i] ?? 0, initial, relative);
          agreeing(`health at maintenance[${i}]`, excess.maintenance[i] ?? 0, maintenance, relative);
        }
      },
    };
  },
};

export const cases: readonly BenchCase[] = [health];

import { expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { liquidation } from "../../src/liquidation/liquidation.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { parseRule } from "../../src/models/rule.js";
import { builds, freshMemory } from "../support/builds.js";
import { guarded } from "../support/guarded.js";
import { AS_OF, plainRule } from "../support/perpetual-market.js";

const COINS = Array.from({ length: 12 }, (_, i) => `C${i}`);

const market = parseMarket({
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [{ id: "USD" }, ...COINS.map((id) => ({ id }))],
  prices: COINS.flatMap((id, i) => [
    { of: id, in: "USD", index: 100 + i },
    { of: `${id}-INV`, mark: 100 + i },
  ]),
  instruments: COINS.map((id) => ({
    id: `${id}-INV`,
    kind: "perpetual",
    payoff: "inverse",
    underlying: id,
    quote: "USD",
    settle: id,
  })),
});

/** A curve for every coin, and a rate for every contract: each line of a pool has an entry of its own in its reduced form. */
const TIERS = [
  [1000, 0.9],
  [null, 0.5],
];
const rule = parseRule(
  plainRule({ USD: { maintenance: 1 }, ...Object.fromEntries(COINS.map((id) => [id, { maintenance: TIERS }])) }, [
    { match: {}, maintenance: 0.05 },
  ]),
);

const money = (id: string) => ({ id, balances: [{ asset: "USD", quantity: 1 }] });
const POOLS = [
  money("before"),
  { id: "coins", balances: COINS.map((asset) => ({ asset, quantity: 20 })) },
  money("between"),
  {
    id: "contracts",
    balances: [{ asset: "USD", quantity: 500 }],
    positions: COINS.map((id, i) => ({ instrument: `${id}-INV`, quantity: 400, entryPrice: 101 + i })),
  },
  money("behind"),
];

/** Levels of the pools in the order that is given, by their names. */
function levels(memory: Memory, pools: readonly (typeof POOLS)[number][]) {
  const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, packBook(accounts, market));
  const result = liquidation(book, rule);
  const found = Object.fromEntries(pools.map(({ id }, p) => [id, result.pool(p)]));
  book.dispose();
  resident.dispose();
  return found;
}

it.each(builds)(
  "liquidation levels of the pool with most lines fit what is reserved, wherever it stands, on $build",
  (build) => {
    const memory = freshMemory(build);
    const alone = POOLS.map((pool) => levels(memory, [pool])[pool.id]);
    expect(alone.map((view) => view?.factors.length)).toEqual([0, 12, 0, 12, 0]);
    for (const turn of POOLS.keys()) {
      const pools = [...POOLS.slice(turn), ...POOLS.slice(0, turn)];
      const { pieces, broken } = guarded(() => {
        const together = levels(memory, pools);
        for (const [p, { id }] of POOLS.entries()) expect(together[id]).toEqual(alone[p]);
      });
      expect(pieces).toBeGreaterThan(0);
      expect(broken).toBe(0);
    }
  },
);

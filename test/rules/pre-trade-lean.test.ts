import { describe, expect, test } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { InvalidInputError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { runOf } from "../../src/models/run.js";
import { composed } from "../../src/rules/composed.js";
import type { Order } from "../../src/rules/order-columns.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { checkedBy } from "../../src/rules/pre-trade.js";
import type { ComposedRule } from "../../src/rules/rule.js";
import { randomComposed } from "../support/random-composed.js";
import { Draw } from "../support/random-composed-rule.js";
import { rulesBuilds } from "../support/rules-builds.js";
import { near, tolerance } from "../support/tolerance.js";

const AS_OF = "2026-11-20T08:00:00Z";
const ASSETS = ["USD", "AAA", "BBB", "CCC"];
const CONTRACTS = [
  { id: "AAA-USD", payoff: "linear", underlying: "AAA", quote: "USD", settle: "USD" },
  { id: "BBB-USD", payoff: "linear", underlying: "BBB", quote: "USD", settle: "USD" },
  { id: "BBB-AAA", payoff: "linear", underlying: "BBB", quote: "AAA", settle: "AAA" },
  { id: "CCC-INV", payoff: "inverse", underlying: "CCC", quote: "USD", settle: "CCC" },
];

/** A rule of the usual kind: P&L apart, nothing rounded, orders at their worse side; every form of rate and of flat weight. */
function usual(draw: Draw): object {
  const [initial, counted] = [draw.chance(0.85), draw.chance(0.7)];
  const levels = <T>(make: () => T) => {
    const both = make();
    return { ...(initial ? { initial: both } : {}), maintenance: both };
  };
  const tiers = () => draw.steps(1e6, () => draw.round(0, 1));
  const clamp = () => ({ clamp: { scale: draw.size(1, 1e6), slope: 10, lower: 0.02, upper: 0.4 } });
  const weight = () => draw.pick([() => draw.round(0, 1), tiers, clamp])();
  const rooted = () => ({ root: { of: draw.round(1, 1.3), imf: draw.size(1e-6, 1e-2) } });
  const liability = () => draw.pick([() => draw.round(1, 1.3), () => draw.round(1, 1.3), rooted])();
  const rate = () =>
    draw.pick([
      () => draw.round(0.01, 0.3),
      () => [
        [1000, 0.02],
        [50_000, 0.05],
        [null, 0.2],
      ],
      () => ({ affine: { base: 0.02, slope: draw.size(1e-6, 1e-3) } }),
      () => ({ root: { rate: 0.1, imf: draw.size(1e-5, 1e-2) } }),
      () => ({ share: { of: 0.1, share: 0.6 } }),
    ])();
  return {
    schema: "margrave/rule/1",
    model: "composed",
    id: "usual",
    unlisted: "zero",
    price: { assets: draw.pick(["index", "bid"]), liabilities: draw.pick(["index", "ask"]) },
    assets: Object.fromEntries(
      ASSETS.map((id) => [
        id,
        {
          ...levels(weight),
          liability: levels(liability),
          ...draw.maybe(0.3, () => ({ cap: { USD: draw.size(100, 1e6) } })),
          ...(draw.chance(0.3) ? { borrow: levels(() => draw.round(0, 0.2)) } : {}),
        },
      ]),
    ),
    instruments: CONTRACTS.map(({ id }) => ({
      match: { id },
      ...levels(rate),
      notional: draw.pick(["mark", "index", "entry"]),
      ...(draw.chance(0.3) ? { plus: levels(() => draw.round(0, 5)) } : {}),
      ...(draw.chance(0.3) ? { atLeast: levels(() => draw.round(0, 50)) } : {}),
      ...(draw.chance(0.3) ? { costs: 0.001 } : {}),
    })),
    ...(counted
      ? {
          orders: {
            contracts: "worstSide",
            spot: "refuse",
            levels: initial ? draw.pick(["initial", "both"]) : "both",
            each: draw.pick([0, 1]),
          },
        }
      : {}),
    ...(initial ? { options: { leverage: "leverage", floor: "marginRatio" } } : {}),
    ignores: [...(counted ? [] : ["orders"]), ...(initial ? [] : ["poolOptions"])],
  };
}

/** A market, such a rule, pools, and orders that open, increase, reduce, close, and turn what they hold. */
function desk(seed: number) {
  const draw = new Draw(seed);
  const price = Object.fromEntries(ASSETS.map((id) => [id, id === "USD" ? 1 : draw.size(0.1, 50_000)]));
  const mark = (id: string) => {
    const { underlying, quote } = CONTRACTS.find((one) => one.id === id) ?? { underlying: "USD", quote: "USD" };
    return (price[underlying] ?? 1) / (price[quote] ?? 1);
  };
  const market = {
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: ASSETS.map((id) => ({ id })),
    prices: [
      ...ASSETS.slice(1).map((of) => {
        const index = price[of] ?? 1;
        return { of, in: "USD", index, bid: index * 0.998, ask: index * 1.003 };
      }),
      ...CONTRACTS.map(({ id }) => ({ of: id, mark: mark(id) * draw.between(0.99, 1.01) })),
    ],
    instruments: CONTRACTS.map((one) => ({ ...one, kind: "perpetual", multiplier: draw.pick([1, 0.1]) })),
  };
  const sized = (id: string) => {
    const { payoff, underlying } = CONTRACTS.find((one) => one.id === id) ?? { payoff: "linear", underlying: "USD" };
    const worth = payoff === "inverse" ? 1 : (price[underlying] ?? 1);
    return (draw.pick([1, -1]) * draw.size(10, 1e5)) / worth;
  };
  const pools = Array.from({ length: 12 }, (_, p) => ({
    id: `pool-${p}`,
    balances: ASSETS.filter(() => draw.chance(0.6)).map((asset) => ({
      asset,
      quantity: (draw.pick([1, 1, 1, -1]) * draw.size(10, 1e5)) / (price[asset] ?? 1),
    })),
    supplies: ASSETS.filter(() => draw.chance(0.2)).map((asset) => ({ asset, quantity: 10, collateral: true })),
    positions: CONTRACTS.filter(() => draw.chance(0.6)).flatMap(({ id }) =>
      // Two positions in one instrument are hedge legs, and stay two.
      Array.from({ length: draw.chance(0.3) ? 2 : 1 }, () => ({
        instrument: id,
        quantity: draw.chance(0.15) ? draw.pick([0, 0, 1]) : sized(id),
        entryPrice: mark(id) * draw.between(0.8, 1.2),
        fundingDue: draw.chance(0.5) ? draw.round(-5, 5) / (price[id.slice(0, 3)] ?? 1) : 0,
      })),
    ),
    orders: CONTRACTS.filter(() => draw.chance(0.4)).map(({ id }) => ({
      instrument: id,
      quantity: sized(id),
      limitPrice: mark(id),
    })),
    ...(draw.chance(0.2) ? { options: { leverage: draw.pick([2, 5, 20]) } } : {}),
    ...(draw.chance(0.1) ? { options: { marginRatio: draw.round(0, 0.5) } } : {}),
  }));
  const orders = pools.flatMap((pool) =>
    Array.from({ length: 10 }, (): Order => {
      const instrument = draw.pick(CONTRACTS).id;
      const own = pool.positions.find((one) => one.instrument === instrument)?.quantity ?? 0;
      const quantity = own === 0 || draw.chance(0.4) ? sized(instrument) : own * draw.pick([-1, -0.5, -2.5, 0.5]);
      return {
        pool: pool.id,
        instrument,
        quantity,
        ...draw.maybe(0.7, () => ({ limitPrice: mark(instrument) * draw.between(0.9, 1.1) })),
        ...draw.maybe(0.2, () => ({ reduceOnly: true })),
      };
    }),
  );
  return { market, rule: usual(draw), pools, orders };
}

/** Orders in all that a market trades, for the pools of a random case. */
function anyOrders(seed: number, { market, pools }: ReturnType<typeof randomComposed>): readonly Order[] {
  const draw = new Draw(seed);
  const { instruments, marks } = parseMarket(market);
  return pools.flatMap(({ id }) =>
    Array.from({ length: 4 }, (): Order => {
      const i = Math.floor(draw.next() * instruments.length);
      const mark = marks[i] ?? 1;
      return {
        pool: id,
        instrument: instruments[i]?.id ?? "",
        quantity: (draw.pick([1, -1]) * draw.size(1, 1e5)) / (Number.isFinite(mark) ? mark : 1),
        ...draw.maybe(0.2, () => (instruments[i]?.kind === "spot" ? {} : { reduceOnly: true })),
      };
    }),
  );
}

interface Drawn {
  readonly market: object;
  readonly rule: ComposedRule;
  readonly pools: readonly unknown[];
  readonly orders: readonly Order[];
}

/** Both ways of one build, and what a difference of an order's excess is relative to. */
function bothWays(memory: Memory, { market, rule, pools, orders }: Drawn) {
  const parsed = parseMarket(market);
  const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
  const resident = new ResidentMarket(memory, parsed, null);
  const book = new ResidentBook(resident, packBook(accounts, parsed, { onInvalid: "collect" }));
  try {
    const model = composed(rule);
    const [lean, general] = [true, false].map((short) => checkedBy(book, orders, model, short));
    if (lean === undefined || general === undefined) throw new Error("no result");
    const { assets, liabilities, requirement, notional } = memory.scope(() => model.evaluate(book, runOf(book)));
    const sizes = orders.map(({ pool, quantity, instrument }, i) => {
      const p = book.packed.poolIndex(String(pool));
      const n = parsed.instrumentIndex(instrument);
      const { multiplier = 1, payoff, quote = 0 } = parsed.instruments[n] ?? {};
      const unit = (payoff === "inverse" ? 1 : (parsed.marks[n] ?? 1)) * multiplier * (parsed.prices.index[quote] ?? 1);
      const traded = Math.abs(Number(quantity)) * (Number.isFinite(unit) ? unit : 1);
      const held = [assets, liabilities, requirement].map((columns) =>
        Math.max(Math.abs(columns.initial?.[p] ?? 0), Math.abs(columns.maintenance[p] ?? 0)),
      );
      const all = [...held, notional[p] ?? 0, Math.abs(general.after[i] ?? 0)].filter(Number.isFinite);
      return all.reduce((sum, x) => sum + x, 1 + traded);
    });
    return { lean, general, sizes };
  } finally {
    book.dispose();
    resident.dispose();
  }
}

const bytes = ({ before, after, verdict, status, accepted }: ReturnType<typeof bothWays>["lean"]) =>
  [before, after, verdict, status, accepted].map((column) => new Uint8Array(column.buffer).join()).join(";");

/** Say that both ways agree on every build, and that builds agree to the bit; how many excesses differ in their bits. */
function agree(drawn: Drawn, memories: readonly Memory[], seed: number): number {
  const made = memories.map((memory) => bothWays(memory, drawn));
  let other = 0;
  for (const { lean, general, sizes } of made) {
    expect(lean.before).toEqual(general.before);
    expect(lean.status).toEqual(general.status);
    for (const [i, size] of sizes.entries()) {
      const [x, y] = [lean.after[i] ?? Number.NaN, general.after[i] ?? Number.NaN];
      const allowed = tolerance.leanFillRelative * size;
      if (Number.isFinite(y)) near(x, y, allowed, `seed ${seed} order ${i} ${JSON.stringify(drawn.orders[i])}`);
      else expect(x).toBe(y);
      if (x !== y) other++;
      // At zero within rounding, either verdict is right.
      if (Math.abs(y) > allowed) expect(lean.verdict[i], `seed ${seed} order ${i}`).toBe(general.verdict[i]);
    }
  }
  for (const { lean } of made.slice(1)) expect(bytes(lean) === bytes(made[0]?.lean ?? lean)).toBe(true);
  return other;
}

describe("the short way of checking an order", () => {
  const memories = rulesBuilds.map(({ memory }) => memory());

  test("finds what the long way finds under the usual rules, with equal bits on every build", () => {
    let other = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const { market, rule, pools, orders } = desk(seed);
      other += agree({ market, rule: composedRule(rule), pools, orders }, memories, seed);
    }
    // It adds up in another order, so it was taken.
    expect(other).toBeGreaterThan(500);
  });

  test("leaves any other rule to the long way", () => {
    for (let seed = 1; seed <= 80; seed++) {
      const made = randomComposed(seed, 8);
      let rule: ComposedRule;
      try {
        rule = composedRule(made.rule);
      } catch (error) {
        if (error instanceof InvalidInputError) continue;
        throw error;
      }
      agree({ market: made.market, rule, pools: made.pools, orders: anyOrders(seed, made) }, memories, seed);
    }
  });
});

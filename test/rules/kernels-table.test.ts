import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { composedFrame } from "../../src/rules/composed-frame.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { referencePool } from "../reference/composed.js";
import { Draw } from "../support/random-composed-rule.js";
import { rulesBuilds } from "../support/rules-builds.js";
import { near, tolerance } from "../support/tolerance.js";

const ASSETS = ["USD", "AAA", "BBB", "CCC", "DDD"];
/** Linear and inverse contracts, and one that settles in what a pool may borrow. */
const CONTRACTS = [
  { id: "AAA-USD", payoff: "linear", underlying: "AAA", quote: "USD", settle: "USD" },
  { id: "BBB-AAA", payoff: "linear", underlying: "BBB", quote: "AAA", settle: "AAA" },
  { id: "CCC-INV", payoff: "inverse", underlying: "CCC", quote: "USD", settle: "CCC" },
];
/** An asset without a bid, which some rules read: holdings of none of it do not. */
const UNQUOTED = "EEE";
const SPOT = { id: "AAA/USD", kind: "spot", payoff: "linear", underlying: "AAA", quote: "USD", settle: "USD" };
const COLUMNS = 15;
const AS_OF = "2026-11-20T08:00:00Z";
const HOURS_AGO = "2026-11-20T05:00:00Z";

/** A market, a rule whose weights are numbers, and pools that lend and borrow. */
function loans(seed: number, rounds: boolean) {
  const draw = new Draw(seed);
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: [...ASSETS, UNQUOTED].map((id) => ({ id, decimals: 8 })),
    prices: [
      ...ASSETS.slice(1).map((of) => ({
        of,
        in: "USD",
        index: draw.size(0.01, 50_000),
        bid: draw.size(0.01, 50_000),
        time: draw.chance(0.2) ? HOURS_AGO : AS_OF,
      })),
      { of: UNQUOTED, in: "USD", index: 5 },
      ...CONTRACTS.map(({ id }) => ({ of: id, mark: draw.size(0.01, 50_000) })),
    ],
    instruments: [
      ...CONTRACTS.map((contract) => ({ ...contract, kind: "perpetual", multiplier: draw.pick([1, 0.1]) })),
      SPOT,
    ],
  });
  const initial = draw.chance(0.7);
  const both = (make: () => number) => ({ ...(initial ? { initial: make() } : {}), maintenance: make() });
  const directions = ["down", "up", "half", "none"];
  const step = () => ({
    decimals: draw.pick([0, 2, 8, 18]),
    assets: draw.pick(directions),
    liabilities: draw.pick(directions),
  });
  const which = draw.pick(["value", "weighted", "both"]);
  const rule = composedRule({
    schema: "margrave/rule/1",
    model: "composed",
    id: "loans",
    breach: draw.pick(["<", "<="]),
    unlisted: "zero",
    missing: "refuse",
    ...(draw.chance(0.5) ? { maxPriceAge: "PT1H" } : {}),
    ...(rounds ? {} : { pnl: { joins: draw.pick(["apart", "apart", "balance", "position"]) } }),
    ...(initial ? { options: { floor: "marginRatio" } } : { ignores: ["poolOptions"] }),
    orders: { spot: "fill", levels: "both" },
    price: { assets: draw.pick(["index", "bid"]), liabilities: "index" },
    assets: Object.fromEntries(
      [...ASSETS.slice(0, 4), UNQUOTED].map((id) => [
        id,
        { ...both(() => draw.round(0, 1, 4)), liability: both(() => draw.round(1, 1.3, 4)) },
      ]),
    ),
    ...(rounds
      ? {}
      : {
          instruments: CONTRACTS.map(({ id }) => ({
            match: { id },
            ...both(() => 0.1),
            ...(draw.chance(0.5) ? bracketed(initial) : {}),
            notional: draw.pick(["mark", "index"]),
            ...(draw.chance(0.3) ? { plus: both(() => draw.round(0, 5)) } : {}),
            ...(draw.chance(0.3) ? { atLeast: both(() => draw.round(0, 50)) } : {}),
            ...(draw.chance(0.3) ? { costs: 0.001 } : {}),
          })),
        }),
    ...(draw.chance(0.5)
      ? {
          ladder: {
            of: draw.pick(["health", "coverage"]),
            steps: [
              ["warn", 2],
              ["liquidate", 1],
            ],
          },
        }
      : {}),
    ...(rounds
      ? {
          rounding: {
            ...(which !== "weighted" ? { value: step() } : {}),
            ...(which !== "value" ? { weighted: step() } : {}),
            ...(draw.chance(0.5) ? { average: { [initial ? "initial" : "maintenance"]: 4 } } : {}),
          },
        }
      : {}),
  });
  const holding = (asset: string) => ({ asset, quantity: draw.chance(0.1) ? 0 : draw.size(0.001, 1000) });
  const pools = Array.from({ length: 31 }, (_, p) => ({
    id: `pool-${p}`,
    supplies: [
      ...ASSETS.filter(() => draw.chance(0.5)).map((asset) => ({ ...holding(asset), collateral: draw.chance(0.8) })),
      ...(draw.chance(0.2) ? [{ asset: UNQUOTED, quantity: 0, collateral: true }] : []),
    ],
    debts: ASSETS.filter(() => draw.chance(0.3)).map(holding),
    ...(draw.chance(0.2) ? { options: { marginRatio: draw.round(0, 0.3, 3) } } : {}),
    ...(draw.chance(0.2)
      ? { orders: [{ instrument: SPOT.id, quantity: draw.size(0.001, 10) * draw.pick([1, -1]), limitPrice: 100 }] }
      : {}),
    positions: (rounds || draw.chance(0.4) ? [] : CONTRACTS.filter(() => draw.chance(0.6))).map(({ id }) => ({
      instrument: id,
      quantity: draw.chance(0.1) ? 0 : draw.size(0.001, 1000) * draw.pick([1, -1]),
      entryPrice: draw.size(0.01, 50_000),
      ...(draw.chance(0.3) ? { fundingDue: draw.round(-5, 5) } : {}),
    })),
  }));
  const book = packBook({ schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "all", pools }] }, market);
  return { market, rule, pools, book };
}

function bracketed(initial: boolean) {
  const rates = (scale: number) => [
    [1000, 0.02 * scale],
    [50_000, 0.05 * scale],
    [null, 0.2 * scale],
  ];
  return { ...(initial ? { initial: rates(2) } : {}), maintenance: rates(1) };
}

/** The output of a call over all pools: the table where `moves` is false, the general path where prices are moved by 1. */
function output(memory: Memory, { market, rule, book }: ReturnType<typeof loans>, moves: boolean): Float64Array {
  const resident = new ResidentMarket(memory, market, null);
  const loaded = new ResidentBook(resident, book);
  const { kernel, bookAt, marketAt, extrasAt, tables } = composedFrame(loaded, [rule], true);
  const n = book.poolCount;
  try {
    return memory.scope(() => {
      const ones = memory.copy(new Float64Array(market.assets.length).fill(1));
      const out = memory.reserve(kernel.rulesOutputBytes(n));
      const scratch = memory.reserve(kernel.rulesScratch(marketAt));
      kernel.rulesPools(bookAt, marketAt, extrasAt, tables.at, 0, n, moves ? ones : 0, 0, out, scratch);
      const flags = Float64Array.from(memory.u8(out + 8 * n * COLUMNS + 16, 4 * n));
      return Float64Array.of(...memory.f64(out, n * COLUMNS), ...flags);
    });
  } finally {
    loaded.dispose();
    resident.dispose();
  }
}

describe("the tables of rules whose weights are numbers", () => {
  for (const { build, memory: fresh } of rulesBuilds) {
    const memory = fresh();

    it(`sum and round as the general path does, up to the order of both (${build})`, () => {
      for (let seed = 1; seed <= 120; seed++) {
        const drawn = loans(seed, seed % 2 === 0);
        const general = output(memory, drawn, true);
        for (const [i, x] of output(memory, drawn, false).entries()) {
          const expected = general[i] ?? Number.NaN;
          const row = i % drawn.book.poolCount;
          const scale = Math.abs(general[9 * drawn.book.poolCount + row] ?? 0) + Math.abs(expected);
          if (Number.isFinite(expected)) near(x, expected, tolerance.axiomRelative * (scale + 1), `seed ${seed} ${i}`);
          else expect(x).toBe(expected);
        }
      }
    });
  }

  it("say what the slow evaluator says", () => {
    const [build] = rulesBuilds;
    if (build === undefined) throw new Error("no build");
    const memory = build.memory();
    for (let seed = 1; seed <= 60; seed++) {
      for (const rounds of [false, true]) {
        const drawn = loans(seed, rounds);
        const n = drawn.book.poolCount;
        const numbers = output(memory, drawn, false);
        const { value, weighted } = drawn.rule.rounding;
        const unit = Math.max(0, ...[value, weighted].map((step) => (step === null ? 0 : 10 ** -step.decimals)));
        for (const [p, pool] of drawn.pools.entries()) {
          const expected = referencePool(drawn.rule, drawn.market, pool);
          const within = tolerance.axiomRelative * (expected.scale + 1) + ASSETS.length * unit;
          const { assets, liabilities, collateral, debt, requirement } = expected.levels.maintenance;
          const columns: readonly [number, number][] = [
            [4, requirement],
            [9, assets],
            [11, liabilities],
            [12, collateral],
            [13, debt],
            [14, expected.notional],
          ];
          for (const [at, x] of columns) {
            near(numbers[at * n + p] ?? Number.NaN, x, within, `seed ${seed} ${pool.id} column ${at}`);
          }
        }
      }
    }
  });
});

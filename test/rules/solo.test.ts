import { expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { STATUSES } from "../../src/models/model.js";
import { runOf } from "../../src/models/run.js";
import { composed } from "../../src/rules/composed.js";
import { COLUMNS, composedFrame } from "../../src/rules/composed-frame.js";
import { linesKey } from "../../src/rules/lines.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { Shape, shapesOf } from "../../src/rules/shapes.js";
import { perpetualMarket } from "../support/perpetual-market.js";
import { randomComposed } from "../support/random-composed.js";
import { rulesBuilds } from "../support/rules-builds.js";

const POOLS = 12;
const SEEDS = 900;
/** A pool whose assets each stand in one holding and whose contracts settle in one asset, with contracts. */
const NOT_SOLO = Shape.more | Shape.several;

/** Rows of a case by both paths: in one pass where that is possible, and with prices that are moved by 1, which none takes. */
function bothPaths(memory: Memory, seed: number) {
  const { market: facts, rule: document, pools } = randomComposed(seed, POOLS);
  const market = parseMarket(facts);
  const rule = composedRule(document);
  const accounts = { schema: "margrave/accounts/1", asOf: facts.asOf, accounts: [{ id: "a", pools }] };
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, packBook(accounts, market, { onInvalid: "collect" }));
  const { kernel, bookAt, marketAt, extrasAt, tables, lines } = composedFrame(book, [rule], true);
  const shapes = memory.u32(shapesOf(book, lines, linesKey([rule], null)), POOLS).slice();
  try {
    const rows = (moves: boolean) =>
      memory.scope(() => {
        const ones = memory.copy(new Float64Array(market.assets.length).fill(1));
        const out = memory.reserve(kernel.rulesOutputBytes(POOLS));
        const scratch = memory.reserve(kernel.rulesScratch(marketAt));
        kernel.rulesPools(bookAt, marketAt, extrasAt, tables.at, 0, POOLS, moves ? ones : 0, 0, out, scratch);
        const numbers = memory.f64(out, POOLS * COLUMNS).slice();
        const bytes = memory.u8(out + 8 * POOLS * COLUMNS + 16, 4 * POOLS).slice();
        return Array.from({ length: POOLS }, (_, p) => [
          ...Array.from({ length: COLUMNS }, (_, c) => numbers[c * POOLS + p]),
          ...Array.from({ length: 4 }, (_, c) => bytes[c * POOLS + p]),
        ]);
      });
    return { general: rows(true), lean: rows(false), shapes, contracts: lines.contracts.start };
  } finally {
    book.dispose();
    resident.dispose();
  }
}

it.each(rulesBuilds)("pools that stand in one pass have the bits of the general path ($build)", ({ memory: fresh }) => {
  const memory = fresh();
  let seen = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { general, lean, shapes, contracts } = bothPaths(memory, seed);
    for (let p = 0; p < POOLS; p++) {
      const solo = ((shapes[p] ?? NOT_SOLO) & NOT_SOLO) === 0 && contracts[p] !== contracts[p + 1];
      if (!solo || general[p]?.[COLUMNS] !== 0) continue;
      seen++;
      expect(lean[p], `seed ${seed} pool ${p}`).toEqual(general[p]);
    }
  }
  console.log(`${seen} pools in one pass`);
  expect(seen).toBeGreaterThan(200);
});

it.each(rulesBuilds)(
  "orders of a contract are refused by a rule that reads those of spot alone ($build)",
  ({ memory: fresh }) => {
    const market = parseMarket(perpetualMarket(64_000));
    const rule = composedRule({
      schema: "margrave/rule/1",
      model: "composed",
      id: "r",
      assets: { USD: { maintenance: 1 } },
      instruments: [{ match: {}, maintenance: 0.05 }],
      orders: { contracts: "refuse", spot: "fill", levels: "both" },
    });
    const pool = (id: string, orders: readonly object[]) => ({
      id,
      balances: [{ asset: "USD", quantity: 10_000 }],
      positions: [{ instrument: "BTC-PERP", quantity: 1, entryPrice: 64_000 }],
      orders,
    });
    const order = { instrument: "BTC-PERP", quantity: 1, limitPrice: 64_000 };
    const pools = [pool("without", []), pool("with", [order])];
    const accounts = { schema: "margrave/accounts/1", asOf: "2026-11-20T08:00:00Z", accounts: [{ id: "a", pools }] };
    const memory = fresh();
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, packBook(accounts, market, { onInvalid: "collect" }));
    const { status, excess } = memory.scope(() => composed(rule).evaluate(book, runOf(book)));
    expect([...status].map((code) => STATUSES[code])).toEqual(["ok", "unsupported"]);
    expect([...excess.maintenance]).toEqual([10_000 - 3200, Number.NEGATIVE_INFINITY]);
  },
);

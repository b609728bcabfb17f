import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { type ComposedResult, composed, composedRule } from "../../src/rules/index.js";
import type { BenchCase } from "../case.js";
import { ruleBook } from "../rule-books.js";
import { type RuleLoops, ruleLoops } from "../rule-loops.js";

const POOLS = 100_000;

/** A unit of money that the rules round to, once for each of a pool's lines at most. */
const UNITS = 10 * 1e-6;

/** Throw unless both give the same numbers: within 1e-9, or what roundings of a pool's lines may differ by. */
function agreeWithLoops(result: ComposedResult, loops: RuleLoops): void {
  const ours: readonly (readonly [string, Float64Array | null])[] = [
    ["equity", result.equity],
    ["eligible initial", result.eligible.initial],
    ["eligible", result.eligible.maintenance],
    ["requirement initial", result.requirement.initial],
    ["requirement", result.requirement.maintenance],
    ["excess initial", result.excess.initial],
    ["excess", result.excess.maintenance],
    ["health", result.healthFactor],
    ["assets initial", result.assets.initial],
    ["assets", result.assets.maintenance],
    ["liabilities initial", result.liabilities.initial],
    ["liabilities", result.liabilities.maintenance],
    ["collateral", result.collateral],
    ["debt", result.debt],
    ["notional", result.notional],
  ];
  const { length } = result.equity;
  for (const [c, [name, column]] of ours.entries()) {
    const theirs = loops.columns[c];
    if (column === null || theirs === undefined) throw new Error(`${name} must be there`);
    for (let p = 0; p < length; p++) {
      const [a, b] = [column[p] as number, theirs[p] as number];
      // A sum's error is relative to what is added up, not to what is left.
      const scale = (result.assets.maintenance[p] as number) + (result.liabilities.maintenance[p] as number);
      const slack = name === "health" ? 1e-8 * Math.abs(b) : UNITS + 1e-9 * Math.max(Math.abs(b), scale);
      if (a === b || Math.abs(a - b) <= slack) continue;
      throw new Error(`${name}[${p}] must be ${b}, got ${a}`);
    }
  }
  for (const name of ["status", "breached", "nearBoundary", "state"] as const) {
    const different = result[name].findIndex((x, p) => x !== loops[name][p] && result.nearBoundary[p] === 0);
    if (different >= 0) {
      throw new Error(`${name}[${different}] must be ${loops[name][different]}, got ${result[name][different]}`);
    }
  }
}

const mixed: BenchCase = {
  id: "rules.mixed.100000x10.js-typed",
  work: `margin of ${POOLS} pools, each under one of ten rules of different kinds, both levels`,
  subject: "a warm margin call under ten composed rules",
  peer: "typed-array JavaScript over the same tables",
  async prepare() {
    const documents = ruleBook(POOLS);
    const market = parseMarket(documents.market);
    const engine = createEngine({ build: "simd" });
    const book = engine.loadBook(packBook(documents.accounts, market), engine.loadMarket(market));
    const rules = documents.rules.map(composedRule);
    const model = composed(rules);
    const { states } = engine.margin(book, model);
    const loops = ruleLoops(book, rules, states);
    return {
      subject: () => engine.margin(book, model, { live: true }),
      peer: loops.run,
      agree() {
        loops.run();
        agreeWithLoops(engine.margin(book, model), loops);
      },
    };
  },
};

export const cases: readonly BenchCase[] = [mixed];

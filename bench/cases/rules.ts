import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { parseRule } from "../../src/models/rule.js";
import { type ComposedResult, composed, composedRule } from "../../src/rules/index.js";
import { exchangeBook } from "../books.js";
import { allAgreeing, type BenchCase } from "../case.js";
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

const house: BenchCase = {
  id: "rules.collateral.100000x5.kernel",
  work: `margin of ${POOLS} pools × 5 holdings under a house rule of flat weights`,
  subject: "the rule as a composed one, which writes fifteen columns",
  peer: "the core's model of collateral rules, which writes eight",
  async prepare() {
    const documents = exchangeBook(POOLS, 5);
    const market = parseMarket(documents.market);
    const engine = createEngine({ build: "simd" });
    const book = engine.loadBook(packBook(documents.accounts, market), engine.loadMarket(market));
    const model = composed(composedRule(documents.rule));
    const core = collateral(parseRule(documents.rule));
    return {
      subject: () => engine.margin(book, model, { live: true }),
      peer: () => engine.margin(book, core, { live: true }),
      agree() {
        const [ours, theirs] = [engine.margin(book, model), engine.margin(book, core)];
        allAgreeing("equity", ours.equity, theirs.equity);
        allAgreeing("excess", ours.excess.maintenance, theirs.excess.maintenance);
        allAgreeing("health", ours.healthFactor, theirs.healthFactor);
      },
    };
  },
};

const PACKED = 10_000;

const pack: BenchCase = {
  id: "rules.pack.10000x10.json",
  work: `the document of ${PACKED} pools under ten rules, with positions, orders and options`,
  subject: "check and pack it, load it, read orders and options and make the first margin call",
  peer: "JSON.parse of its text",
  async prepare() {
    const documents = ruleBook(PACKED);
    const text = JSON.stringify(documents.accounts);
    const market = parseMarket(documents.market);
    const engine = createEngine({ build: "simd" });
    const resident = engine.loadMarket(market);
    const model = composed(documents.rules.map(composedRule));
    const subject = (accounts: unknown): ComposedResult => {
      const book = engine.loadBook(packBook(accounts, market), resident);
      const result = engine.margin(book, model);
      book.dispose();
      return result;
    };
    return {
      subject: () => subject(documents.accounts),
      peer: () => JSON.parse(text),
      agree() {
        const [ours, theirs] = [subject(documents.accounts), subject(JSON.parse(text))];
        allAgreeing("excess", ours.excess.maintenance, theirs.excess.maintenance, 0);
      },
    };
  },
};

export const cases: readonly BenchCase[] = [mixed, house, pack];

import { collateral, createEngine, packBook, parseMarket, parseRule } from "../src/index.js";
import { exchangeBook } from "./books.js";

const POOLS = 10_000;

/** Bytes of linear memory that a book of `holdings` per pool keeps after it was margined once. */
function kept(holdings: number): number {
  const documents = exchangeBook(POOLS, holdings);
  const market = parseMarket(documents.market);
  const engine = createEngine();
  const resident = engine.loadMarket(market);
  const model = collateral(parseRule(documents.rule));
  // The market's and the rule's own tables are not the book's.
  const small = engine.loadBook(packBook(exchangeBook(1, holdings).accounts, market), resident);
  engine.margin(small, model);
  small.dispose();
  const before = engine.memory.kept;
  engine.margin(engine.loadBook(packBook(documents.accounts, market), resident), model);
  return engine.memory.kept - before;
}

/** What a resident book costs in linear memory, in one sentence: from the difference of two books. */
export function footprint(): string {
  const [five, ten] = [kept(5), kept(10)];
  const holding = (ten - five) / (5 * POOLS);
  const pool = five / POOLS - 5 * holding;
  return `resident memory: ${holding.toFixed(1)} bytes per holding and ${pool.toFixed(1)} bytes per pool`;
}

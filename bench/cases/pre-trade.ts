import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { composed, composedRule, type OrderColumns, preTrade } from "../../src/rules/index.js";
import { random } from "../books.js";
import { allAgreeing, type BenchCase } from "../case.js";
import { objectChecks, type ObjectOrder } from "../order-objects.js";
import { ruleBook } from "../rule-books.js";

const POOLS = 10_000;
const ORDERS = 100_000;

const orders: BenchCase = {
  id: "pre-trade.orders.100000.js-objects",
  work: `${ORDERS} orders checked against ${POOLS} pools under a house rule, initial excess before and after each fill`,
  subject: "preTrade of columns over a resident book",
  peer: "the same over objects, one per pool, balance, position and order",
  async prepare() {
    const documents = ruleBook(POOLS, "house");
    const rule = composedRule(documents.rules.at(-1));
    const market = parseMarket(documents.market);
    const engine = createEngine({ build: "simd" });
    const packed = packBook(documents.accounts, market);
    const book = engine.loadBook(packed, engine.loadMarket(market));
    const model = composed(rule);
    const uniform = random(11);
    const list = Array.from({ length: ORDERS }, (): ObjectOrder & { pool: number; index: number } => {
      const index = Math.floor(uniform() * market.instruments.length);
      const { id } = market.instruments[index] as (typeof market.instruments)[number];
      const mark = market.marks[index] as number;
      return {
        pool: Math.floor(uniform() * POOLS),
        index,
        instrument: id,
        quantity: Number((((uniform() < 0.5 ? -1 : 1) * 50_000 * uniform()) / mark).toFixed(4)),
        price: mark,
      };
    });
    const columns: OrderColumns = {
      pool: Uint32Array.from(list, ({ pool }) => pool),
      instrument: Uint32Array.from(list, ({ index }) => index),
      quantity: Float64Array.from(list, ({ quantity }) => quantity),
      price: Float64Array.from(list, ({ price }) => price),
      reduceOnly: new Uint8Array(ORDERS),
    };
    const check = objectChecks(packed, rule);
    const peer = () => list.map((order) => check(order.pool, order));
    return {
      subject: () => preTrade(book, columns, model),
      peer,
      agree() {
        const ours = preTrade(book, columns, model);
        const theirs = peer();
        const column = (of: (one: (typeof theirs)[number]) => number) => Float64Array.from(theirs, of);
        allAgreeing(
          "before",
          ours.before,
          column(({ before }) => before),
        );
        allAgreeing(
          "after",
          ours.after,
          column(({ after }) => after),
        );
        allAgreeing(
          "accepted",
          ours.accepted,
          column(({ accepted }) => (accepted ? 1 : 0)),
          0,
        );
      },
    };
  },
};

export const cases: readonly BenchCase[] = [orders];

import { packBook } from "../../src/book/pack-book.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { BenchCase } from "../case.js";
import { exchangeBook } from "../books.js";

const POOLS = 10_000;

export const cases: readonly BenchCase[] = [
  {
    id: "pack.objects.10000x5.json",
    work: `an accounts document of ${POOLS} pools × 5 holdings`,
    subject: "check it and pack it into columns",
    peer: "JSON.parse of its text",
    async prepare() {
      const { market, accounts } = exchangeBook(POOLS, 5);
      const text = JSON.stringify(accounts);
      const facts = parseMarket(market);
      return {
        subject: () => packBook(accounts, facts),
        peer: () => JSON.parse(text),
        agree() {
          const packed = packBook(accounts, facts);
          const parsed = packBook(JSON.parse(text), facts);
          if (packed.hash !== parsed.hash || packed.holdingQuantity.length !== 5 * POOLS) {
            throw new Error("the document and its text must pack to the same columns");
          }
        },
      };
    },
  },
];

import { expect, test } from "vitest";
import { packBook } from "../src/book/pack-book.js";
import { parseMarket } from "../src/market/parse-market.js";
import { parseRule } from "../src/models/rule.js";
import { hasModel, modelDocument } from "./support/model-documents.js";

test.skipIf(!hasModel)("the three documents of the data model's text parse", () => {
  const market = parseMarket(modelDocument("market"));
  const book = packBook(modelDocument("accounts"), market);
  const rule = parseRule(modelDocument("rule"));
  expect(market.factors).toEqual(["BTC", "ETH", "USDC", "wstETH/ETH"]);
  expect([...book.holdingStart]).toEqual([0, 5, 6, 9]);
  expect([...book.holdingQuantity.subarray(0, 5)]).toEqual([10, -250_000, -14.840182648401827, 35, 5]);
  expect(rule.assets.get("BTC")?.initial).toEqual({ upTo: [500_000, Infinity], weight: [0.95, 0.9] });
});

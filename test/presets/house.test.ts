import { describe, expect, it } from "vitest";
import { parseMarket } from "../../src/market/parse-market.js";
import { preset } from "../../src/presets/index.js";
import { composedRule } from "../../src/rules/index.js";
import { type PoolDocument, referencePool } from "../reference/composed.js";
import { composedPool } from "../support/composed-book.js";
import { hasModel, modelDocument } from "../support/model-documents.js";
import { tolerance } from "../support/tolerance.js";

type Accounts = { accounts: { pools?: (PoolDocument & { id: string })[] }[] };

describe.skipIf(!hasModel)("the house rule on the data model's own pool, order included", () => {
  const market = parseMarket(modelDocument("market"));
  const pools = (modelDocument("accounts") as unknown as Accounts).accounts.flatMap((account) => account.pools ?? []);
  const pool = pools.find(({ id }) => id === "acme/basis/cross") ?? {};
  const near = (actual: number, expected: number) =>
    expect(Math.abs(actual / expected - 1)).toBeLessThan(tolerance.workedExampleRelative);

  it.each([
    ["the preset", preset("house")],
    ["the model's document, made a composed rule", modelDocument("rule")],
  ])("%s gives 434,235 and 450,267 eligible, 53,065 and 21,726 required", (_, document) => {
    const rule = composedRule(document);
    const { eligible, requirement, status } = composedPool(market, { ...pool, rule: undefined }, rule);
    expect(status).toBe("ok");
    near(eligible.initial, 434235.0488675973);
    near(eligible.maintenance, 450267.1336420837);
    expect(Math.round(requirement.initial)).toBe(53065);
    expect(Math.round(requirement.maintenance)).toBe(21726);
    const { levels } = referencePool(rule, market, pool);
    near(levels.initial.eligible, 434235.0488675973);
    near(levels.maintenance.eligible, 450267.1336420837);
    expect(Math.round(levels.initial.requirement)).toBe(53065);
    expect(Math.round(levels.maintenance.requirement)).toBe(21726);
  });

  it("have the same weights, rates and prices", () => {
    const mine = composedRule(preset("house"));
    const theirs = composedRule(modelDocument("rule"));
    expect(mine.assets).toEqual(theirs.assets);
    expect(mine.instruments).toEqual(theirs.instruments);
    expect(mine.price).toEqual(theirs.price);
    expect(mine.orders).toEqual(theirs.orders);
    expect([mine.breach, mine.maxPriceAge, mine.unlisted]).toEqual([
      theirs.breach,
      theirs.maxPriceAge,
      theirs.unlisted,
    ]);
  });
});

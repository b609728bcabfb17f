import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { STATUSES } from "../../src/models/model.js";
import { parseRule } from "../../src/models/rule.js";
import { runOf } from "../../src/models/run.js";
import { builds, freshMemory } from "../support/builds.js";
import { AS_OF, perpetualMarket, plainRule } from "../support/perpetual-market.js";

describe.each(builds)("beyond what a function is of, on $build", (build) => {
  it("a number of successes below none or above all has no mass", () => {
    const { kernel } = freshMemory(build);
    expect([-1, 6].map((k) => kernel.binomialMass(k, 5, 0.3))).toEqual([0, 0]);
    expect([0, 5].every((k) => kernel.binomialMass(k, 5, 0.3) > 0)).toBe(true);
  });

  it("a pool whose equity no number holds has none, and the pools beside it have", () => {
    const memory = freshMemory(build);
    const market = parseMarket(perpetualMarket(64_000));
    const rule = parseRule(plainRule({ USD: { maintenance: 1 }, BTC: { maintenance: 0.5 } }));
    const held = (p: number, btc: string, usd: string) => ({
      id: `p${p}`,
      balances: [
        { asset: "BTC", quantity: btc },
        { asset: "USD", quantity: usd },
      ],
    });
    const pools = [held(0, "2.5e303", "1.6e308"), held(1, "1", "1000"), held(2, "1", "2000")];
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, packBook(accounts, market, { onInvalid: "collect" }));
    const { status, equity, excess, meta } = memory.scope(() => collateral(rule).evaluate(book, runOf(book)));
    expect([...status].map((code) => STATUSES[code])).toEqual(["insufficientData", "ok", "ok"]);
    expect(meta.statuses).toMatchObject({ ok: 2, insufficientData: 1 });
    expect([...equity]).toEqual([0, 65_000, 66_000]);
    expect([...excess.maintenance]).toEqual([Number.NEGATIVE_INFINITY, 33_000, 34_000]);
    book.dispose();
    resident.dispose();
  });
});

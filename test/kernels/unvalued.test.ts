import { describe, expect, it } from "vitest";
import { exposures, values } from "../../src/book/exposures.js";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { builds, freshMemory } from "../support/builds.js";
import { AS_OF, perpetualMarket } from "../support/perpetual-market.js";

describe.each(builds)("an instrument that no kernel can value on $build", (build) => {
  it("adds nothing to exposures and values, which its model refuses, and takes nothing from the position beside it", () => {
    const document = perpetualMarket(64_000);
    const quanto = { ...document.instruments[0], id: "BTC-QUANTO", settle: "BTC" };
    const market = parseMarket({
      ...document,
      instruments: [...document.instruments, quanto],
      prices: [...document.prices, { of: "BTC-QUANTO", mark: 64_000 }],
    });
    const linear = { instrument: "BTC-PERP", quantity: 2, entryPrice: 63_000 };
    const other = { instrument: "BTC-QUANTO", quantity: 3, entryPrice: 60_000 };
    const pools = [[linear], [other, linear], [other]].map((positions, p) => ({
      id: `p${p}`,
      balances: [{ asset: "USD", quantity: 5 }],
      positions,
    }));
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    const memory = freshMemory(build);
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, packBook(accounts, market));
    memory.scope(() => {
      const sparse = exposures(book, 0, 3);
      const worth = values(book, 0, 3);
      const start = memory.u32(sparse.start, 4);
      const rows = [0, 1, 2].map((p) =>
        [...memory.f64(sparse.value, sparse.count)].slice(start[p], start[p + 1]).filter((value) => value !== 0),
      );
      expect(rows).toEqual([[128_000], [128_000], []]);
      expect([...memory.f64(worth.equity, 3)]).toEqual([2005, 2005, 5]);
    });
    book.dispose();
    resident.dispose();
  });
});

describe.each(builds)("the arena on $build", (build) => {
  it("hands out first what was freed while scratch stood above it", () => {
    const memory = freshMemory(build);
    const below = memory.keep(100);
    const last = memory.keep(300);
    memory.scope(() => {
      memory.reserve(64);
      memory.free(last);
      memory.free(below);
    });
    expect(memory.kept).toBe(0);
    expect(memory.keep(1000)).toBe(below);
    expect(memory.keep(8)).toBeGreaterThan(below + 1000);
  });
});

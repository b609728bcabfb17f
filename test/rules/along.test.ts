import { expect, test } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { InvalidInputError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { excessPieces } from "../../src/rules/along.js";
import { linesOf } from "../../src/rules/lines.js";
import { motionOf, movedMarket, multiples } from "../../src/rules/motion.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { valueAt } from "../../src/rules/pieces.js";
import { poolLines } from "../../src/rules/pool-lines.js";
import { evenly } from "../../src/rules/roots.js";
import { Terms } from "../../src/rules/terms.js";
import { composed } from "../../src/rules/composed.js";
import { withMoved } from "../../src/rules/moved.js";
import { referencePool } from "../reference/composed.js";
import { randomComposed } from "../support/random-composed.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

/** The rule without rounding of money, which pieces leave out; null where the language refuses it. */
function smoothRule(document: object) {
  try {
    return composedRule({ ...document, rounding: undefined });
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}

/** Random cases, loaded in turn: those of the first `seeds` whose rule the language takes without rounding. */
function* smoothCases(seeds: number) {
  const engine = createEngine();
  for (let seed = 1; seed <= seeds; seed++) {
    const { market: facts, rule: document, pools } = randomComposed(seed, 6);
    const market = parseMarket(facts);
    const rule = smoothRule(document);
    if (rule === null) continue;
    const accounts = { schema: "margrave/accounts/1", asOf: "2026-11-20T08:00:00Z", accounts: [{ id: "a", pools }] };
    const packed = packBook(accounts, market, { onInvalid: "collect" });
    const resident = engine.loadMarket(market);
    const book = engine.loadBook(packed, resident);
    yield { seed, market, rule, pools, packed, book };
    book.dispose();
    resident.dispose();
  }
}

test("the excess in pieces is that of a plain evaluator in a moved market, for most rules and pools", () => {
  const seen = { pieces: 0, curved: 0, broken: 0 };
  let worst = 0;
  for (const { market, rule, pools, packed, book } of smoothCases(80)) {
    const lines = linesOf(book, [rule], null);
    for (const pool of pools) {
      const p = packed.poolIndex(pool.id);
      const variant = lines.variants[lines.variant[p] ?? -1];
      const { status } = referencePool(rule, market, pool);
      if (lines.bad[p] !== 0 || variant === undefined || (status !== "ok" && status !== "stalePrice")) continue;
      for (const direction of [...market.factors.keys(), null]) {
        const vector = Float64Array.from(market.factors, (_, f) => Number(direction === null || f === direction));
        const motion = motionOf(market, vector);
        const pieces = excessPieces(new Terms(variant, market), poolLines(lines, packed, p), motion, -0.6, 0.6);
        if (pieces === null) {
          seen.curved++;
          continue;
        }
        seen.pieces++;
        if (pieces.length > 1) seen.broken++;
        for (const t of evenly(-0.6, 0.6, 13)) {
          const there = referencePool(rule, movedMarket(market, multiples(motion, t)), pool);
          if (there.status !== status) continue;
          const piece = pieces.find(({ from, to }) => t >= from && t <= to);
          const value = piece === undefined ? Number.NaN : valueAt(piece.value, t);
          worst = Math.max(worst, Math.abs(value - there.levels.maintenance.excess) / (there.scale + 1));
        }
      }
    }
  }
  expect(worst).toBeLessThan(tolerance.piecesRelative);
  expect(seen.broken).toBeGreaterThan(60);
  expect(seen.curved).toBeLessThan(seen.pieces / 2);
});

test("the excess at prices multiplied in the kernel is that of a plain evaluator in a moved market, spot orders included", () => {
  const uniform = random(11);
  const seen = { pools: 0, spot: 0 };
  for (const { seed, market, rule, pools, packed, book } of smoothCases(400)) {
    const { spot } = linesOf(book, [rule], null);
    // Each factor by itself: a contract moves with its underlying, and the numeraire with nothing.
    const motion = motionOf(
      market,
      Float64Array.from(market.factors, () => uniform() - 0.5),
    );
    const by = multiples(motion, 1);
    for (const pool of pools) {
      const p = packed.poolIndex(pool.id);
      const there = referencePool(rule, movedMarket(market, by), pool);
      if (there.status !== "ok") continue;
      const excess = withMoved(book, p, composed(rule), (moved) => moved.excess(by));
      const off = Math.abs(excess.excess - there.levels.maintenance.excess);
      expect(off, `seed ${seed} ${pool.id}`).toBeLessThanOrEqual(tolerance.axiomRelative * (there.scale + 1));
      seen.pools++;
      if (spot.start[p] !== spot.start[p + 1]) seen.spot++;
    }
  }
  console.log(`${seen.pools} pools at moved prices, ${seen.spot} of them with spot orders`);
  expect(seen.pools).toBeGreaterThan(200);
  expect(seen.spot).toBeGreaterThan(40);
});

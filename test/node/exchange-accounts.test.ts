import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { liquidation } from "../../src/liquidation/liquidation.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { parseRule } from "../../src/models/rule.js";
import { tolerance } from "../support/tolerance.js";

const FILE = new URL(
  "../../../shared/data/exchange_account_states/hyperliquid_cross_12_positions_2023-03-27.json",
  import.meta.url,
);
const present = existsSync(FILE);
if (!present) console.warn(`MISSING ${FILE.pathname}: the recorded exchange account is not checked`);

interface Recorded {
  readonly coin: string;
  readonly szi: string;
  readonly entryPx: string;
  readonly positionValue: string;
  readonly unrealizedPnl: string;
  readonly liquidationPx: string | null;
}

/** The recorded answer as documents: cash is what remains of the account's value without unrealised P&L. */
function account(maintenance: number) {
  const { response } = JSON.parse(readFileSync(FILE, "utf8"));
  const positions: Recorded[] = response.assetPositions.map((item: { position: Recorded }) => item.position);
  const pnl = positions.reduce((sum, { unrealizedPnl }) => sum + Number(unrealizedPnl), 0);
  const asOf = "2023-03-27T18:05:22Z";
  const mark = ({ positionValue, szi }: Recorded) => Number(positionValue) / Math.abs(Number(szi));
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf,
    numeraire: "USD",
    assets: [{ id: "USD" }, ...positions.map(({ coin }) => ({ id: coin }))],
    prices: positions.flatMap((position) => [
      { of: position.coin, in: "USD", index: mark(position) },
      { of: `${position.coin}-PERP`, mark: mark(position) },
    ]),
    instruments: positions.map(({ coin }) => ({
      id: `${coin}-PERP`,
      kind: "perpetual",
      payoff: "linear",
      underlying: coin,
      quote: "USD",
      settle: "USD",
      multiplier: 1,
    })),
  });
  const pool = {
    id: "cross",
    balances: [{ asset: "USD", quantity: Number(response.crossMarginSummary.accountValue) - pnl }],
    positions: positions.map(({ coin, szi, entryPx }) => ({
      id: coin,
      instrument: `${coin}-PERP`,
      quantity: szi,
      entryPrice: entryPx,
    })),
  };
  const book = packBook({ schema: "margrave/accounts/1", asOf, accounts: [{ id: "recorded", pools: [pool] }] }, market);
  const rule = parseRule({
    schema: "margrave/rule/1",
    id: "hyperliquid-2023-03",
    model: "collateral",
    breach: "<",
    assets: { USD: { maintenance: 1 } },
    instruments: [{ match: {}, maintenance }],
  });
  const engine = createEngine();
  const resident = engine.loadMarket(market);
  const view = liquidation(engine.loadBook(book, resident), rule).pool("cross");
  const prices = positions.map(({ coin, szi, liquidationPx }) => {
    const levels = view.factors.find(({ factor }) => factor === coin);
    return {
      recorded: liquidationPx === null ? null : Number(liquidationPx),
      ours: (Number(szi) > 0 ? levels?.down : levels?.up)?.price ?? null,
      beyond: Number(szi) > 0 ? levels?.up : levels?.down,
      movesAlong: levels?.movesAlong,
      coin,
    };
  });
  return { view, prices };
}

describe.skipIf(!present)("the recorded 12-position cross account", () => {
  it("has the 5 recorded liquidation prices and none where none was recorded", () => {
    const { view, prices } = account(0.007495);
    expect(view.breached).toBe(false);
    expect(prices.filter(({ recorded }) => recorded !== null)).toHaveLength(5);
    let worst = 0;
    for (const { recorded, ours, beyond, movesAlong, coin } of prices) {
      expect(beyond).toBe(null);
      expect(movesAlong).toEqual([coin]);
      if (recorded === null) expect(ours).toBe(null);
      else worst = Math.max(worst, Math.abs((ours ?? 0) / recorded - 1));
    }
    console.log(`worst of 5 recorded liquidation prices: ${worst.toExponential(2)} relative`);
    expect(worst).toBeLessThan(tolerance.recordedPriceRelative);
  });

  it("does not have them with a maintenance fraction of 0.0075", () => {
    const worst = account(0.0075).prices.map(({ recorded, ours }) =>
      recorded === null ? 0 : Math.abs((ours ?? 0) / recorded - 1),
    );
    expect(Math.max(...worst)).toBeGreaterThan(tolerance.recordedPriceRelative);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseMarket } from "../../src/market/parse-market.js";
import { type JsonObject, preset } from "../../src/presets/index.js";
import { type ComposedRule, composedRule, liquidationPrices } from "../../src/rules/index.js";
import { composedBook, composedPool } from "../support/composed-book.js";
import { hyperliquidInstruments } from "../support/importers/hyperliquid.js";
import { tolerance } from "../support/tolerance.js";

const STATES = new URL("../../../shared/data/exchange_account_states/", import.meta.url);
const present = existsSync(STATES);
if (!present) console.warn(`MISSING ${STATES.pathname}: recorded exchange accounts are not checked`);
const recorded = (name: string) => JSON.parse(readFileSync(new URL(name, STATES), "utf8"));

interface Position {
  readonly coin: string;
  readonly szi: string;
  readonly entryPx: string;
  readonly positionValue: string;
  readonly unrealizedPnl: string;
  readonly liquidationPx: string | null;
  readonly marginUsed: string;
  readonly maxLeverage: number;
}

const size = ({ szi }: Position) => Number(szi);
const mark = (position: Position) => Number(position.positionValue) / Math.abs(size(position));

/** A pool of positions with so much USDC, one of them at another price, and its market. */
function account(positions: readonly Position[], usdc: number, moved?: { coin: string; price: number }) {
  const price = (position: Position) => (position.coin === moved?.coin ? moved.price : mark(position));
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: "2024-02-22T17:19:58Z",
    numeraire: "USDC",
    assets: [{ id: "USDC" }, ...positions.map(({ coin }) => ({ id: coin }))],
    prices: positions.flatMap((one) => [
      { of: one.coin, in: "USDC", index: price(one) },
      { of: `${one.coin}-PERP`, mark: price(one) },
    ]),
    instruments: positions.map(({ coin }) => ({
      id: `${coin}-PERP`,
      kind: "perpetual",
      payoff: "linear",
      underlying: coin,
      quote: "USDC",
      settle: "USDC",
      multiplier: 1,
    })),
  });
  const pool = {
    balances: [{ asset: "USDC", quantity: usdc }],
    positions: positions.map((one) => ({
      id: one.coin,
      instrument: `${one.coin}-PERP`,
      quantity: one.szi,
      entryPrice: one.entryPx,
    })),
  };
  return { market, pool };
}

function margin(rule: ComposedRule, ...parts: Parameters<typeof account>) {
  const { market, pool } = account(...parts);
  return composedPool(market, pool, rule);
}

/** The preset with one maintenance fraction for everything, as it was before margin tables. */
function flat(maintenance: number): ComposedRule {
  const instruments: JsonObject[] = [{ match: {}, initial: 2 * maintenance, maintenance }];
  const assets = { USDC: { initial: 1, maintenance: 1 } };
  return composedRule(preset("hyperliquid", { shipped: false, assets, instruments }));
}

describe.skipIf(!present)("recorded Hyperliquid accounts under the preset", () => {
  const cross = () => recorded("hyperliquid_cross_12_positions_2023-03-27.json").response;
  const positionsOf = (response: { assetPositions: readonly { position: Position }[] }) =>
    response.assetPositions.map(({ position }) => position);
  const pnl = (positions: readonly Position[]) => positions.reduce((sum, one) => sum + Number(one.unrealizedPnl), 0);

  it("the cross account has the recorded value, and P&L of each position", () => {
    const response = cross();
    const positions = positionsOf(response);
    const usdc = Number(response.crossMarginSummary.accountValue) - pnl(positions);
    const { equity, notional } = margin(flat(0.007495), positions, usdc);
    const value = Number(response.crossMarginSummary.accountValue);
    const total = Number(response.crossMarginSummary.totalNtlPos);
    console.log(`12 positions: value ${equity} (recorded ${value}), notional ${notional} (recorded ${total})`);
    expect(Math.abs(equity / value - 1)).toBeLessThan(tolerance.recordedPrintedRelative);
    expect(Math.abs(notional / total - 1)).toBeLessThan(tolerance.recordedPrintedRelative);
  });

  it("the cross account breaches at the 5 recorded liquidation prices, and nowhere for the 7 without one", () => {
    const response = cross();
    const positions = positionsOf(response);
    const usdc = Number(response.crossMarginSummary.accountValue) - pnl(positions);
    const rule = flat(0.007495);
    expect(margin(rule, positions, usdc).state).toBe("ok");
    const breached = (coin: string, price: number) => margin(rule, positions, usdc, { coin, price }).breached;
    let priced = 0;
    for (const position of positions) {
      const { coin, liquidationPx } = position;
      const side = Math.sign(size(position));
      if (liquidationPx === null) {
        expect(breached(coin, mark(position) * tolerance.nearlyNoPrice)).toBe(false);
        expect(side).toBe(1);
        continue;
      }
      priced++;
      const band = tolerance.recordedPriceRelative;
      expect(breached(coin, Number(liquidationPx) * (1 + side * band))).toBe(false);
      expect(breached(coin, Number(liquidationPx) * (1 - side * band))).toBe(true);
    }
    expect(priced).toBe(5);
  });

  it("the cross account's 5 liquidation prices are those that the solver finds, and it finds no other", () => {
    const response = cross();
    const positions = positionsOf(response);
    const usdc = Number(response.crossMarginSummary.accountValue) - pnl(positions);
    const { market, pool } = account(positions, usdc);
    // One of them is 237 times the price of the day; below, a price all but disappears.
    const range = [tolerance.nearlyNoPrice - 1, 1000] as const;
    const { factors } = composedBook(market, [pool], flat(0.007495), (_, book, model) =>
      liquidationPrices(book, 0, model, { range }),
    );
    let worst = 0;
    for (const { coin, liquidationPx } of positions) {
      const found = factors.find(({ factor }) => factor === coin);
      expect(found?.method).toBe("closed");
      const prices = found?.levels.map(({ price }) => price ?? Number.NaN);
      expect(prices).toHaveLength(liquidationPx === null ? 0 : 1);
      if (liquidationPx !== null) worst = Math.max(worst, Math.abs((prices?.[0] ?? 0) / Number(liquidationPx) - 1));
    }
    console.log(`worst of 5 recorded liquidation prices: ${worst.toExponential(2)} relative`);
    expect(worst).toBeLessThan(tolerance.recordedPriceRelative);
  });

  it("the isolated position breaches at its recorded liquidation price, at half of 1 in 50", () => {
    const { response } = recorded("hyperliquid_isolated_eth_2024-02-22.json");
    const [position] = positionsOf(response);
    if (position === undefined) throw new Error("no position");
    const rule = flat(1 / (2 * position.maxLeverage));
    const usdc = Number(position.marginUsed) - Number(position.unrealizedPnl);
    const price = Number(position.liquidationPx);
    const at = (to: number) => margin(rule, [position], usdc, { coin: "ETH", price: to });
    const band = tolerance.recordedPriceRelative;
    expect(at(price * (1 + band)).breached).toBe(false);
    expect(at(price * (1 - band)).breached).toBe(true);
    const off = at(price).excess.maintenance;
    console.log(`isolated ETH: excess ${off.toExponential(1)} USDC at the recorded liquidation price of ${price}`);
  });

  it("the margin tables recorded in September 2026 are those that the preset ships", () => {
    const tables = hyperliquidInstruments(recorded("hyperliquid_margin_tables_2026-09-25.json"));
    const shipped = preset("hyperliquid").instruments as JsonObject[];
    const shared = tables.filter(({ match }) =>
      shipped.some((one) => JSON.stringify(one.match) === JSON.stringify(match)),
    );
    expect(shared).toHaveLength(3);
    for (const table of shared) expect(shipped).toContainEqual(table);
    const rule = composedRule(preset("hyperliquid", { instruments: tables }));
    expect(rule.instruments).toHaveLength(tables.length + shipped.length);
  });
});

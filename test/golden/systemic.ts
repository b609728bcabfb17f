import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { fixed } from "../../src/covariance/fixed.js";
import { liquidation } from "../../src/liquidation/liquidation.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { parseRule } from "../../src/models/rule.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase } from "./comparison.js";

/** One account of the file: cash and linear positions, H = cash + Σ (q − |q| maintenance) p; moves are daily. */
interface Boundary {
  readonly prices: readonly number[];
  readonly qty: readonly number[];
  readonly maintenance: readonly number[];
  readonly cash: number;
  readonly dailyVol: readonly number[];
  readonly correlation: readonly (readonly number[])[];
  readonly expected: { readonly [field: string]: unknown };
}

const AS_OF = "2026-11-20T08:00:00Z";

/** The account as a pool: perpetuals entered at the present price, and the cash that they were paid with. */
function loaded(memory: Memory, { prices, qty, maintenance, cash }: Boundary) {
  const names = prices.map((_, i) => `F${i}`);
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: [{ id: "USD" }, ...names.map((id) => ({ id }))],
    prices: names.flatMap((of, i) => [
      { of, in: "USD", index: prices[i] },
      { of: `${of}-PERP`, mark: prices[i] },
    ]),
    instruments: names.map((underlying) => ({
      id: `${underlying}-PERP`,
      kind: "perpetual",
      payoff: "linear",
      underlying,
      quote: "USD",
      settle: "USD",
      multiplier: 1,
    })),
    history: { in: "USD", interval: "P1D" },
  });
  const paid = qty.reduce((sum, quantity, i) => sum + quantity * (prices[i] ?? 0), 0);
  const pool = {
    id: "account",
    balances: [{ asset: "USD", quantity: cash + paid }],
    positions: qty.map((quantity, i) => ({ instrument: `F${i}-PERP`, quantity, entryPrice: prices[i] })),
  };
  const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "golden", pools: [pool] }] };
  const rule = parseRule({
    schema: "margrave/rule/1",
    id: "golden",
    model: "collateral",
    breach: "<",
    assets: { USD: { maintenance: 1 } },
    instruments: names.map((id, i) => ({ match: { underlying: id }, maintenance: maintenance[i] })),
  });
  const resident = new ResidentMarket(memory, market, null);
  return { names, rule, resident, book: new ResidentBook(resident, packBook(accounts, market)) };
}

function boundary(memory: Memory, golden: GoldenCase): Comparison[] {
  const account = golden as unknown as Boundary;
  const { names, rule, resident, book } = loaded(memory, account);
  const { dailyVol, correlation, expected } = account;
  const matrix = correlation.map((row, i) => row.map((rho, j) => rho * (dailyVol[i] ?? 0) * (dailyVol[j] ?? 0)));
  const covariance = fixed({ factors: names, matrix });
  const view = (options: object) => liquidation(book, rule, { covariance, ...options }).pool("account");
  const day = view({});
  const gradient = (day.factors[0]?.gradient ?? 0) || 1;
  // The drift of the file is that of the excess; one factor is given the move that makes it.
  const drift = { [day.factors[0]?.factor ?? ""]: Number(expected.drift) / gradient };
  const week = view({ horizon: "P5D" });
  const drifting = view({ horizon: "P5D", drift });
  const hourly = view({ horizon: "P5D", monitoring: "PT1H" });
  book.dispose();
  resident.dispose();
  const price = (name: string) => {
    const levels = day.factors.find(({ factor }) => factor === name);
    return levels?.down?.price ?? levels?.up?.price ?? null;
  };
  const near = (value: number) => tolerance.boundaryRelative * Math.abs(value);
  const compared = (field: string, actual: unknown): Comparison => ({
    field,
    expected: expected[field],
    actual,
    tolerance: near,
  });
  return [
    compared("health", day.excess),
    compared("sigmaHealth", day.risk?.deviation),
    compared("distanceSigmas", day.risk?.distance),
    compared(
      "mostLikelyReturn",
      names.map((name) => day.risk?.scenario[name]),
    ),
    compared("singleAssetLiqPrice", names.map(price)),
    compared("uniformReturnToLiq", day.uniform.fall ?? day.uniform.rise),
    compared("gaussianProb1d", day.risk?.breachAtEnd),
    compared("firstPassage5d", week.risk?.breachWithin),
    compared("firstPassage5dDrift", drifting.risk?.breachWithin),
    { field: "drift", skipped: "an input, from which firstPassage5dDrift follows" },
    compared("firstPassage5dHourlyBGK", hourly.risk?.breachWithin),
    compared("expectedDeficitGivenBreach1d", day.risk?.expectedDeficit),
    {
      field: "logReturnDesignPoint",
      skipped: "the scenario is of relative moves, to first order; no design point in log returns",
    },
    { field: "logReturnBeta", skipped: "as logReturnDesignPoint" },
  ];
}

export const checks: Checks = { "systemic/boundary": boundary };

import { preset } from "../../src/presets/index.js";
import {
  type DydxPerpetual,
  type DydxPosition,
  dydxBankruptcyPrice,
  dydxFillablePrice,
  dydxFunding,
  dydxInitialRate,
  dydxMaintenanceRate,
  dydxNotional,
  dydxRequirement,
  dydxRisk,
} from "../../src/rules/sizing/dydx.js";
import { tolerance } from "../support/tolerance.js";
import {
  byList,
  type Comparison,
  decimalText,
  eachCase,
  integerAt,
  type Json,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { type MarketParts, NUMERAIRE, type PoolNumbers, poolNumbers, wholeAt } from "./pools.js";

const QUANTUM = 1e-6;
const PPM = 1e6;

/** An integer times a power of ten, as a decimal. */
const scaled = (value: bigint, power: number): string =>
  power > 0 ? (value * 10n ** BigInt(power)).toString() : decimalText(value, -power);

function perpetual(of: JsonRecord): DydxPerpetual {
  return {
    atomicResolution: numberAt(of, "atomicResolution"),
    exponent: numberAt(of, "exponent"),
    price: wholeAt(of, "price"),
    initialPpm: integerAt(of, "initialMarginPpm"),
    maintenancePpm: integerAt(of, "maintenanceFractionPpm"),
  };
}

const natural = (of: JsonRecord, key: string) => (of[key] === undefined ? 0n : integerAt(of, key));

interface Line {
  readonly id: string;
  readonly perp: JsonRecord;
  readonly quantums: bigint;
}

/** A subaccount under the preset's rule. What a position cost is in `usdc`; it is entered at one USDC and the rest is due. */
function subaccount(context: VectorContext, usdc: bigint, lines: readonly Line[]): PoolNumbers {
  const market: MarketParts = {
    assets: [{ id: "USDC" }, ...lines.map(({ id }) => ({ id: `base ${id}` }))],
    prices: [
      { of: "USDC", in: NUMERAIRE, index: 1 },
      ...lines.map(({ id, perp }) => ({
        of: id,
        mark: scaled(wholeAt(perp, "price"), numberAt(perp, "exponent")),
        state: { openInterest: scaled(natural(perp, "openInterest"), numberAt(perp, "atomicResolution")) },
      })),
    ],
    instruments: lines.map(({ id }) => ({
      id,
      kind: "perpetual",
      payoff: "linear",
      underlying: `base ${id}`,
      quote: "USDC",
      settle: "USDC",
    })),
  };
  const rule = preset("dydx-v4", {
    shipped: false,
    assets: { USDC: { initial: 1, maintenance: 1 } },
    instruments: lines.map(entryOf),
  });
  const positions = lines.map(({ id, perp, quantums }) => {
    const quantity = scaled(quantums, numberAt(perp, "atomicResolution"));
    return { instrument: id, quantity, entryPrice: 1, fundingDue: quantity };
  });
  const balances = [{ asset: "USDC", quantity: scaled(usdc, -6) }];
  const [row] = poolNumbers(context, market, { ...rule, breachNeeds: "requirement" }, [{ balances, positions }]);
  if (row === undefined) throw new Error("no row for a pool");
  return row;
}

function entryOf({ id, perp }: Line): JsonRecord {
  const base = numberAt(perp, "initialMarginPpm") / PPM;
  const cap = (key: string) => scaled(natural(perp, key), -6);
  return {
    match: { id },
    initial: { openInterest: { base, lower: cap("oiLowerCap"), upper: Number(cap("oiUpperCap")) } },
    maintenance: { share: { of: base, share: numberAt(perp, "maintenanceFractionPpm") / PPM } },
  };
}

/** The initial rate of the exact path. Open interest is in base quantums, or stated in quote quantums. */
function initialRate(of: JsonRecord, openInterest: bigint): bigint {
  return dydxInitialRate({
    initialPpm: integerAt(of, "initialMarginPpm"),
    openInterest,
    lowerCap: natural(of, "oiLowerCap"),
    upperCap: natural(of, "oiUpperCap"),
  });
}

const marginRequirements = eachCase(({ input }, context): Comparison[] => {
  const perp = objectAt(input, "perp");
  const quantums = integerAt(input, "quantums");
  const price = wholeAt(perp, "price");
  const of = perpetual(perp);
  const openInterest = dydxNotional({ perpetual: of, quantums: natural(perp, "openInterest") });
  const requirement = dydxRequirement({ perpetual: of, quantums }, initialRate(perp, openInterest));
  // A price that JSON holds as a number beyond 2^53 is not to the last digit what was meant.
  const digits = price <= BigInt(Number.MAX_SAFE_INTEGER) ? {} : tolerance.integerFast();
  const integers: Comparison[] = [
    { field: "expected.imr", what: "integers", actual: requirement.initial, tolerance: digits },
    { field: "expected.mmr", what: "integers", actual: requirement.maintenance, tolerance: digits },
  ];
  // A market document has no price of 0.
  if (price === 0n) return integers;
  const { initial, maintenance } = subaccount(context, 0n, [{ id: "perp", perp, quantums }]);
  return [
    ...integers,
    { field: "expected.imr", what: "f64", actual: initial.requirement / QUANTUM, tolerance: tolerance.integerFast() },
    {
      field: "expected.mmr",
      what: "f64",
      actual: maintenance.requirement / QUANTUM,
      tolerance: tolerance.integerFast(),
    },
  ];
});

const settlement = eachCase(({ input }): Comparison[] => {
  const [from, to] = [integerAt(input, "positionIndex"), integerAt(input, "globalIndex")];
  return [
    { field: "expectedSettlementPpm", actual: dydxFunding({ quantums: integerAt(input, "quantums"), from, to }) },
  ];
});

const netNotional = eachCase(({ input }): Comparison[] => {
  const of = perpetual({ initialMarginPpm: 0, maintenanceFractionPpm: 0, ...input });
  return [{ field: "expected", actual: dydxNotional({ perpetual: of, quantums: integerAt(input, "quantums") }) }];
});

/** A market of quote quantums at a price of one each, so that a notional and an open interest are sizes. */
function unitMarket(input: JsonRecord): JsonRecord {
  const openInterest = textAt(input, "oiQuote");
  return { ...input, atomicResolution: -6, price: 1, exponent: 0, maintenanceFractionPpm: PPM, openInterest };
}

/** What a notional requires at some open interest, in quote quantums, both ways. */
export function marginOfNotional(field: string, input: JsonRecord, context: VectorContext): Comparison[] {
  const perp = unitMarket(input);
  const quantums = integerAt(input, "notional");
  const rate = initialRate(input, integerAt(input, "oiQuote"));
  const exact = dydxRequirement({ perpetual: perpetual(perp), quantums }, rate);
  const { initial } = subaccount(context, 0n, [{ id: "perp", perp, quantums }]);
  return [
    { field, what: "integers", actual: exact.initial },
    { field, what: "f64", actual: initial.requirement / QUANTUM, tolerance: tolerance.integerFast() },
  ];
}

const initialMargin = eachCase(({ input }, context) => marginOfNotional("expected", input, context));

const adjustedRate = eachCase(({ input }, context): Comparison[] => {
  // A million quote quantums require as many as the rate has parts.
  const lines = [{ id: "perp", perp: unitMarket(input), quantums: BigInt(PPM) }];
  return [
    { field: "expectedPpm", what: "integers", actual: initialRate(input, integerAt(input, "oiQuote")) },
    {
      field: "expectedPpm",
      what: "f64",
      actual: subaccount(context, 0n, lines).initial.requirement / QUANTUM,
      tolerance: tolerance.integerRatio,
    },
  ];
});

const maintenanceRate = eachCase(({ input }): Comparison[] => {
  const [initialPpm, maintenancePpm] = [
    integerAt(input, "initialMarginPpm"),
    integerAt(input, "maintenanceFractionPpm"),
  ];
  return [{ field: "expectedPpm", actual: dydxMaintenanceRate({ initialPpm, maintenancePpm }) }];
});

/** Positions of a case: at most one of each perpetual, as the venue holds them. */
function linesOf(input: JsonRecord): readonly Line[] {
  const perpetuals = objectAt(input, "perpetuals");
  return objectsAt(input, "positions").map((position) => {
    const id = textAt(position, "perp");
    return { id, perp: objectAt(perpetuals, id), quantums: integerAt(position, "quantums") };
  });
}

function exactAccount(input: JsonRecord): { usdc: bigint; positions: readonly DydxPosition[] } {
  const paid = objectsAt(input, "positions").reduce((sum, position) => sum + natural(position, "quoteBalance"), 0n);
  return {
    usdc: integerAt(input, "usdc") + paid,
    positions: linesOf(input).map(({ perp, quantums }) => ({ perpetual: perpetual(perp), quantums })),
  };
}

const accountRisk = eachCase(({ input }, context): Comparison[] => {
  const account = exactAccount(input);
  const risk = dydxRisk(account);
  const { initial, maintenance, breached } = subaccount(context, account.usdc, linesOf(input));
  const net = maintenance.assets - maintenance.liabilities;
  return [
    { field: "expected.nc", what: "integers", actual: risk.netCollateral },
    { field: "expected.mmr", what: "integers", actual: risk.maintenance },
    { field: "expected.liquidatable", what: "integers", actual: risk.liquidatable },
    { field: "expected.nc", what: "f64", actual: net / QUANTUM, tolerance: tolerance.integerFast() },
    { field: "expected.imr", what: "f64", actual: initial.requirement / QUANTUM, tolerance: tolerance.integerFast() },
    {
      field: "expected.mmr",
      what: "f64",
      actual: maintenance.requirement / QUANTUM,
      tolerance: tolerance.integerFast(),
    },
    { field: "expected.liquidatable", what: "f64", actual: breached },
    { field: "expected", what: "liquidatable", of: liquidatable, actual: breached },
  ];
});

const liquidatable = (expected: Json): Json => {
  const of = objectAt({ expected }, "expected");
  const required = integerAt(of, "mmr");
  return required > 0n && required > integerAt(of, "nc");
};

const positionOf = (input: JsonRecord) => linesOf(input).findIndex(({ id }) => id === textAt(input, "perp"));

const bankruptcyPrice = eachCase(({ input }): Comparison[] => {
  const delta = integerAt(input, "delta");
  const price = dydxBankruptcyPrice({ subaccount: exactAccount(input), position: positionOf(input), delta });
  return [{ field: "expected", actual: price }];
});

const fillablePrice = eachCase(({ input }): Comparison[] => {
  const price = dydxFillablePrice({
    subaccount: exactAccount(input),
    position: positionOf(input),
    bankruptcyAdjustmentPpm: integerAt(input, "bankruptcyAdjustmentPpm"),
    spreadToMaintenancePpm: integerAt(input, "spreadToMaintenanceMarginRatioPpm"),
  });
  const quotient = (pair: Json): Json => {
    if (!Array.isArray(pair) || price === null) return pair === null ? "none" : "some";
    // Equal as fractions: cross products, which are integers.
    const [numerator, denominator] = pair.map((part) => BigInt(String(part)));
    if (numerator === undefined || denominator === undefined) return "no fraction";
    return numerator * price.denominator === denominator * price.numerator ? "equal" : "another price";
  };
  return [{ field: "expected", of: quotient, covers: true, actual: price === null ? "none" : "equal" }];
});

export const checks: VectorChecks = {
  "dydx-v4/cases.json": byList({
    marginRequirements,
    settlement,
    netNotional,
    initialMarginOIMF: initialMargin,
    adjustedImfPpm: adjustedRate,
    maintenanceMarginPpm: maintenanceRate,
    accountRisk,
    bankruptcyPrice,
    fillablePrice,
  }),
};

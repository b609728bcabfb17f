import { finiteNumber, invalid, list, type Place } from "../../checks.js";
import { divideFloor, divideUp, IntegerFields, integer } from "../integers.js";

/**
 * dYdX v4 in its own integers: base quantums of 10^atomicResolution coins, quote quantums of 10^−6 USDC, prices of 10^exponent
 * USDC, rates in parts per million. Source: dydxprotocol/v4-chain at 84d4664, protocol/x/perpetuals, protocol/lib/margin and
 * protocol/x/clob/keeper/liquidations.go.
 */

const PPM = 1_000_000n;
const QUOTE_DECIMALS = 6;

export interface DydxPerpetual {
  readonly atomicResolution: number;
  readonly exponent: number;
  readonly price: bigint;
  readonly initialPpm: bigint;
  /** maintenance requirement as a fraction of the initial one */
  readonly maintenancePpm: bigint;
}

export interface DydxPosition {
  readonly perpetual: DydxPerpetual;
  /** signed base quantums */
  readonly quantums: bigint;
}

export interface DydxSubaccount {
  /** quote quantums */
  readonly usdc: bigint;
  /** at most one of each perpetual */
  readonly positions: readonly DydxPosition[];
}

/** In quote quantums. */
export interface DydxRisk {
  readonly netCollateral: bigint;
  readonly maintenance: bigint;
  /** something is required, and more than there is */
  readonly liquidatable: boolean;
}

/** What of one position is closed. */
export interface DydxClose {
  readonly subaccount: DydxSubaccount;
  /** which of its positions */
  readonly position: number;
  /** signed base quantums: what the position changes by */
  readonly delta: bigint;
}

/** Money for one base quantum, in quote quantums, exactly. */
export interface DydxPrice {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A perpetual whose fields are checked, and what turns quantums × price into quote quantums. */
interface Perpetual {
  readonly price: bigint;
  readonly initialPpm: bigint;
  readonly maintenancePpm: bigint;
  readonly times: bigint;
  readonly over: bigint;
}

interface Position {
  readonly perpetual: Perpetual;
  readonly quantums: bigint;
}

interface Subaccount {
  readonly usdc: bigint;
  readonly positions: readonly Position[];
}

const PERPETUAL_KEYS = ["atomicResolution", "exponent", "price", "initialPpm", "maintenancePpm"];

function readPerpetual(value: unknown, place: Place): Perpetual {
  const fields = new IntegerFields(value, place, PERPETUAL_KEYS);
  const power = (key: string) => finiteNumber(fields.of(key), fields.at(key), { whole: true, min: -128, max: 128 });
  const scale = power("atomicResolution") + power("exponent") + QUOTE_DECIMALS;
  return {
    price: fields.natural("price"),
    initialPpm: fields.natural("initialPpm"),
    maintenancePpm: fields.natural("maintenancePpm"),
    times: scale > 0 ? 10n ** BigInt(scale) : 1n,
    over: scale < 0 ? 10n ** BigInt(-scale) : 1n,
  };
}

function readPosition(value: unknown, place: Place): Position {
  const fields = new IntegerFields(value, place, ["perpetual", "quantums"]);
  return {
    perpetual: readPerpetual(fields.of("perpetual"), fields.at("perpetual")),
    quantums: fields.integer("quantums"),
  };
}

function readSubaccount(value: unknown, place: Place): Subaccount {
  const fields = new IntegerFields(value, place, ["usdc", "positions"]);
  return {
    usdc: fields.integer("usdc"),
    positions: list(fields.of("positions"), fields.at("positions"), readPosition),
  };
}

function notional({ perpetual, quantums }: Position): bigint {
  // Division of bigints is towards zero, as the venue's is.
  return (quantums * perpetual.price * perpetual.times) / perpetual.over;
}

/** A part of the magnitude of some money, rounded up. */
function share(money: bigint, ppm: bigint): bigint {
  return divideUp((money < 0n ? -money : money) * ppm, PPM);
}

function maintenance(position: Position): bigint {
  const { initialPpm, maintenancePpm } = position.perpetual;
  return share(share(notional(position), initialPpm), maintenancePpm);
}

/**
 * Signed notional in quote quantums:  trunc(quantums · price · 10^(atomicResolution + exponent + 6)).
 *
 * @throws InvalidInputError   naming a field that is not an integer as described
 */
export function dydxNotional(position: DydxPosition): bigint {
  return notional(readPosition(position, "dydxNotional"));
}

/**
 * Funding that a position is due since its index, in quote quantums times 10^6:  −(to − from) · quantums.
 *
 * @throws InvalidInputError   where an argument is not a bigint
 */
export function dydxFunding(input: { readonly quantums: bigint; readonly from: bigint; readonly to: bigint }): bigint {
  const fields = new IntegerFields(input, "dydxFunding", ["quantums", "from", "to"]);
  return (fields.integer("from") - fields.integer("to")) * fields.integer("quantums");
}

/**
 * Maintenance rate of a liquidity tier:  ⌊initial · maintenance / 10^6⌋, in parts per million. It is what the venue shows;
 * requirements are rounded up per position instead (`dydxRisk`).
 *
 * @throws InvalidInputError   where an argument is not a bigint, or negative
 */
export function dydxMaintenanceRate(input: { readonly initialPpm: bigint; readonly maintenancePpm: bigint }): bigint {
  const fields = new IntegerFields(input, "dydxMaintenanceRate", ["initialPpm", "maintenancePpm"]);
  return (fields.natural("initialPpm") * fields.natural("maintenancePpm")) / PPM;
}

export interface DydxOpenInterest {
  readonly initialPpm: bigint;
  /** of the whole market, and the caps of its liquidity tier, in quote quantums; an upper cap of 0 is none */
  readonly openInterest: bigint;
  readonly lowerCap: bigint;
  readonly upperCap: bigint;
}

/**
 * Initial rate of a market, in parts per million: the tier's up to the lower cap on open interest, 10^6 from the upper one on,
 *
 *   initial + ⌊(10^6 − initial) · (openInterest − lower) / (upper − lower)⌋     between
 *
 * @throws InvalidInputError   naming a field that is not a bigint or negative, an initial rate above 10^6, an upper cap below
 *                             the lower one
 */
export function dydxInitialRate(input: DydxOpenInterest): bigint {
  const keys = ["initialPpm", "openInterest", "lowerCap", "upperCap"];
  const fields = new IntegerFields(input, "dydxInitialRate", keys);
  const initial = fields.integer("initialPpm", 0n, PPM);
  const openInterest = fields.natural("openInterest");
  const lower = fields.natural("lowerCap");
  const upper = fields.natural("upperCap");
  if (upper === 0n || openInterest <= lower) return initial;
  if (upper < lower) throw invalid(fields.at("upperCap"), `at least the lower cap, ${lower}`, upper);
  if (openInterest >= upper) return PPM;
  return initial + ((PPM - initial) * (openInterest - lower)) / (upper - lower);
}

/** What one position requires, in quote quantums. */
export interface DydxRequirement {
  readonly initial: bigint;
  readonly maintenance: bigint;
}

/**
 * Requirements of one position, each rounded up. The rate of the initial one is the market's, `dydxInitialRate`, or the
 * subaccount's own where that is higher; the maintenance requirement is of the tier's base rate.
 *
 *   initial = ⌈|notional| · rate / 10^6⌉,   maintenance = ⌈⌈|notional| · initialPpm / 10^6⌉ · maintenancePpm / 10^6⌉
 *
 * @throws InvalidInputError   naming a field that is not an integer as described
 */
export function dydxRequirement(position: DydxPosition, rate: bigint): DydxRequirement {
  const read = readPosition(position, "dydxRequirement.position");
  const ppm = integer(rate, "dydxRequirement.rate", 0n);
  return Object.freeze({ initial: share(notional(read), ppm), maintenance: maintenance(read) });
}

/**
 * A subaccount at maintenance, to the quantum:
 *
 *   netCollateral = usdc + Σ notional,   maintenance = Σ ⌈⌈|notional| · initial / 10^6⌉ · maintenance / 10^6⌉
 *
 * Open interest does not move it. O(positions).
 *
 * @throws InvalidInputError   naming a field that is not an integer as described
 */
export function dydxRisk(subaccount: DydxSubaccount): DydxRisk {
  return Object.freeze(riskOf(readSubaccount(subaccount, "dydxRisk")));
}

function riskOf({ usdc, positions }: Subaccount): DydxRisk {
  let netCollateral = usdc;
  let required = 0n;
  for (const position of positions) {
    netCollateral += notional(position);
    required += maintenance(position);
  }
  return { netCollateral, maintenance: required, liquidatable: required > 0n && required > netCollateral };
}

function readClose(input: unknown, place: Place): { subaccount: Subaccount; position: Position; delta: bigint } {
  const fields = new IntegerFields(input, place, ["subaccount", "position", "delta"]);
  const subaccount = readSubaccount(fields.of("subaccount"), fields.at("subaccount"));
  const found = subaccount.positions[finiteNumber(fields.of("position"), fields.at("position"), { whole: true })];
  if (found === undefined)
    throw invalid(fields.at("position"), "the index of one of its positions", fields.of("position"));
  const delta = fields.integer("delta");
  const left = found.quantums + delta;
  const reduces = found.quantums < 0n ? delta >= 0n && left <= 0n : delta <= 0n && left >= 0n;
  if (!reduces) throw invalid(fields.at("delta"), "what reduces the position, to no less than nothing", delta);
  return { subaccount, position: found, delta };
}

/**
 * Quote quantums that the subaccount pays or gets for closing `delta` at its bankruptcy price: what leaves it, and the rest
 * of its positions, with as much collateral to maintenance as the whole has.
 *
 *   −Δnotional − ⌊netCollateral · |Δmaintenance| / maintenance⌋;  null where nothing is required
 *
 * Positive is received. Closing all of a single position leaves exactly nothing. O(positions).
 *
 * @throws InvalidInputError   naming a field: not an integer as described, a position that is not there, a delta that does
 *                             not reduce it
 */
export function dydxBankruptcyPrice(input: DydxClose): bigint | null {
  const { subaccount, position, delta } = readClose(input, "dydxBankruptcyPrice");
  const after = { ...position, quantums: position.quantums + delta };
  const risk = riskOf(subaccount);
  if (risk.maintenance === 0n) return null;
  const change = maintenance(position) - maintenance(after);
  return notional(position) - notional(after) - divideFloor(risk.netCollateral * change, risk.maintenance);
}

export interface DydxFill {
  readonly subaccount: DydxSubaccount;
  /** which of its positions */
  readonly position: number;
  /** how fast the price moves towards bankruptcy as health falls; the venue's default is 10^6 */
  readonly bankruptcyAdjustmentPpm: bigint;
  /** greatest distance from the oracle as a fraction of the position's maintenance; the venue's default is 10^5 */
  readonly spreadToMaintenancePpm: bigint;
}

/**
 * Price at which a liquidation order is matched, as a fraction:
 *
 *   (notional − clamp(BA · (1 − netCollateral / maintenance), 0, 1) · SMMR · maintenance of the position) / quantums
 *
 * null where nothing is required or the position is empty. O(positions).
 *
 * @throws InvalidInputError   naming a field: not an integer as described, a position that is not there
 */
export function dydxFillablePrice(input: DydxFill): DydxPrice | null {
  const place = "dydxFillablePrice";
  const keys = ["subaccount", "position", "bankruptcyAdjustmentPpm", "spreadToMaintenancePpm"];
  const fields = new IntegerFields(input, place, keys);
  const adjustment = fields.natural("bankruptcyAdjustmentPpm");
  const spread = fields.natural("spreadToMaintenancePpm");
  const { subaccount, position } = readClose(
    { subaccount: fields.of("subaccount"), position: fields.of("position"), delta: 0n },
    place,
  );
  const { netCollateral, maintenance: required } = riskOf(subaccount);
  if (required === 0n || position.quantums === 0n) return null;
  // The clamped fraction, over PPM · required.
  const whole = PPM * required;
  const raw = adjustment * (required - netCollateral);
  const share = raw < 0n ? 0n : raw > whole ? whole : raw;
  const over = whole * PPM;
  const sign = position.quantums < 0n ? -1n : 1n;
  const numerator = notional(position) * over - share * spread * maintenance(position);
  return Object.freeze({ numerator: sign * numerator, denominator: sign * position.quantums * over });
}

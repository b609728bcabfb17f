import { HoldingKind } from "../book/packed.js";
import type { Instrument, Market } from "../market/market.js";
import { type Amount, negative, NOTHING, required, together, weighted } from "./along-sized.js";
import type { Motion } from "./motion.js";
import {
  type Cell,
  constant,
  isConstant,
  minus,
  moving,
  type Piece,
  piecewise,
  plus,
  type Quadratic,
  times,
  ZERO,
} from "./pieces.js";
import type { ContractLine, PoolLines } from "./pool-lines.js";
import type { Combiner, ComposedRule, GainWeight, InstrumentEntry, OrdersRule } from "./rule.js";
import { discounted } from "./sized.js";
import type { Terms } from "./terms.js";

/**
 * The excess at maintenance of a pool along a motion, in pieces: the computation of assembly/rules, without the rounding of
 * money, carried out on quadratics of the move (src/rules/pieces.ts). null where it is no such function: where the size that
 * a weight or rate depends on moves with prices, where an inverse contract settles in an asset that does not move with its
 * mark, where an average weight is rounded, or where spot orders count.
 *
 * Cost: one computation per piece; a pool has as many pieces as tiers, brackets, caps, signs of P&L and of netted balances
 * and sides of maxima are passed within the range.
 */
export function excessPieces(
  terms: Terms,
  pool: PoolLines,
  motion: Motion,
  from: number,
  to: number,
): readonly Piece[] | null {
  const { orders, rounding } = terms.variant.rule;
  if (rounding.average.maintenance !== null) return null;
  if (pool.spot.length > 0 && orders.levels === "both" && orders.spot !== "refuse") return null;
  return piecewise(from, to, (cell) => new Sum(cell, terms, motion).excess(pool));
}

/** What a pool has of one asset. */
interface Row {
  held: Amount;
  owed: Amount;
  balance: Amount;
  unsettled: Amount;
}

/** One pool on one cell. */
class Sum {
  private readonly rows = new Map<number, Row>();
  private readonly atoms = {
    positions: ZERO,
    borrowing: ZERO,
    orders: ZERO,
    notional: ZERO,
    rewards: ZERO,
    collateral: ZERO,
    debt: ZERO,
    assets: ZERO,
    liabilities: ZERO,
  };

  private readonly rule: ComposedRule;
  private readonly market: Market;
  /** how orders in contracts count at maintenance */
  private readonly orders: OrdersRule["contracts"];

  constructor(
    private readonly cell: Cell,
    private readonly terms: Terms,
    private readonly motion: Motion,
  ) {
    this.market = terms.market;
    this.rule = terms.variant.rule;
    this.orders = this.rule.orders.levels === "both" ? this.rule.orders.contracts : "refuse";
  }

  excess(pool: PoolLines): Quadratic {
    for (const { asset, kind, quantity, netted } of pool.holdings) {
      if (kind === HoldingKind.locked || kind === HoldingKind.idleSupply) continue;
      const amount = this.units(asset, quantity);
      const row = this.row(asset);
      if (netted && this.rule.pnl.joins === "balance") row.balance = together(row.balance, amount);
      else if (quantity < 0 || kind === HoldingKind.debt || kind === HoldingKind.interest)
        row.owed = together(row.owed, negative(amount));
      else row.held = together(row.held, amount);
    }
    for (const line of pool.contracts) this.contract(line);
    for (const [asset, row] of this.rows) this.weigh(asset, row);
    const { assets, liabilities } = this.atoms;
    const holds = pool.contracts.some(({ quantity }) => quantity !== 0);
    return minus(minus(assets, liabilities), this.combined(this.rule.requirement.maintenance, holds));
  }

  private row(asset: number): Row {
    const known = this.rows.get(asset);
    if (known !== undefined) return known;
    const row = { held: NOTHING, owed: NOTHING, balance: NOTHING, unsettled: NOTHING };
    this.rows.set(asset, row);
    return row;
  }

  private add(atom: keyof typeof this.atoms, money: Quadratic): void {
    this.atoms[atom] = plus(this.atoms[atom], money);
  }

  /** The multiple of an asset's prices. */
  private price(asset: number): Quadratic {
    return moving(1, this.motion.assets[asset] ?? 0);
  }

  private units(asset: number, size: number): Amount {
    return { money: times(this.price(asset), size), size };
  }

  // Contracts.

  private contract(line: ContractLine): void {
    const { cell, market, orders } = this;
    const instrument = market.instruments[line.instrument];
    const entry = this.terms.instrument(line.instrument);
    if (instrument === undefined || entry === null) return;
    const { settle, multiplier, payoff } = instrument;
    if (entry.weights !== null) this.join(settle, this.settledBase(line, entry.weights.maintenance, instrument));
    else this.unsettled(settle, this.pnl(line, instrument), entry);
    const unit = this.unitNotional(line, entry, instrument);
    const own = times(unit, Math.abs(line.quantity));
    this.add("liabilities", times(own, entry.costs));
    this.add("notional", own);
    this.add("rewards", times(own, entry.reward));
    if (orders !== "refuse") this.add("orders", constant(this.rule.orders.each * line.orderCount));
    if (entry.rate === null) return;
    const worst = Math.max(Math.abs(line.quantity + line.bids), Math.abs(line.quantity - line.asks));
    const contracts = orders === "worstSide" ? worst : Math.abs(line.quantity);
    if (contracts === 0) return;
    const still = payoff !== "inverse" || (this.motion.instruments[line.instrument] ?? 0) === 0;
    const mark = payoff === "inverse" ? (market.marks[line.instrument] ?? 0) : 1;
    const size = still ? (contracts * multiplier) / mark : null;
    const money = required(cell, entry.rate.maintenance, times(unit, contracts), size);
    const least = constant(entry.atLeast.maintenance);
    this.add("positions", cell.greater(plus(money, constant(entry.plus.maintenance)), least));
  }

  /** Unsettled P&L, in the settle asset. */
  private pnl(line: ContractLine, { settle, multiplier, payoff }: Instrument): Amount {
    const { cell, motion } = this;
    const price = this.price(settle);
    const size = line.quantity * multiplier;
    if (size === 0) return this.units(settle, line.funding);
    const mark = this.market.marks[line.instrument] ?? 0;
    const moves = motion.instruments[line.instrument] ?? 0;
    if (payoff !== "inverse") {
      const units = plus(moving(size * mark, moves), constant(line.funding - size * line.entry));
      return { money: cell.product(units, price), size: isConstant(units) ? units[0] : null };
    }
    const apart = times(price, size / line.entry + line.funding);
    if (moves === 0) return this.units(settle, size / line.entry - size / mark + line.funding);
    // 1 / mark in an asset whose price moves as the mark does is money that does not move.
    if (moves !== (motion.assets[settle] ?? 0)) return { money: cell.unknown(), size: null };
    return { money: minus(apart, constant(size / mark)), size: null };
  }

  /** Weighted base and quote, the worse of all bids and all asks filled, in the settle asset. */
  private settledBase(
    line: ContractLine,
    weights: { readonly asset: number; readonly liability: number; readonly overall: number },
    { settle, underlying, multiplier }: Instrument,
  ): Amount {
    const { cell } = this;
    const { assets, liabilities } = this.terms.asset(underlying);
    const counts = this.orders === "settle";
    const filled = (orders: number, price: number) => {
      const net = (line.quantity + orders) * multiplier;
      const worth = net * (net < 0 ? weights.liability * liabilities : weights.asset * assets);
      return times(this.price(underlying), worth - orders * multiplier * price);
    };
    const quote = constant(line.funding - line.quantity * multiplier * line.entry);
    const [bought, sold] = [filled(counts ? line.bids : 0, liabilities), filled(counts ? -line.asks : 0, assets)];
    const worse = plus(cell.lesser(bought, sold), quote);
    const units = cell.sign(worse) > 0 ? times(worse, weights.overall) : worse;
    return { money: cell.product(units, this.price(settle)), size: isConstant(units) ? units[0] : null };
  }

  private unsettled(settle: number, pnl: Amount, entry: InstrumentEntry): void {
    const { cell } = this;
    const { joins, losses } = this.rule.pnl;
    if (joins !== "position") {
      this.join(settle, pnl);
      return;
    }
    const { assets, liabilities } = this.terms.asset(settle);
    if (cell.sign(pnl.money) < 0) {
      const loss = times(pnl.money, -liabilities);
      if (losses === "assets") this.add("assets", times(loss, -1));
      else this.add("liabilities", loss);
      return;
    }
    const value = times(pnl.money, assets);
    const gain = times(value, this.gainWeight(entry.gain.maintenance, value));
    this.add("assets", cell.lesser(gain, constant(entry.gainCap.maintenance)));
  }

  private gainWeight(gain: GainWeight, value: Quadratic): number {
    if (gain.kind === "flat" || gain.imf === 0) return gain.weight;
    if (!isConstant(value)) this.cell.unknown();
    return discounted(gain.weight, gain.imf, gain.unit, value[0] * gain.scale);
  }

  private join(settle: number, amount: Amount): void {
    const row = this.row(settle);
    row.unsettled = together(row.unsettled, amount);
  }

  /** Notional of one contract, numeraire. */
  private unitNotional(line: ContractLine, { notional }: InstrumentEntry, instrument: Instrument): Quadratic {
    const { quote, underlying, multiplier, payoff } = instrument;
    const index = (asset: number) => times(this.price(asset), this.terms.asset(asset).index);
    if (payoff === "inverse") return times(index(quote), multiplier);
    if (notional === "index") return times(index(underlying), multiplier);
    if (notional === "entry" && line.quantity !== 0) return times(index(quote), multiplier * line.entry);
    const mark = moving(this.market.marks[line.instrument] ?? 0, this.motion.instruments[line.instrument] ?? 0);
    return this.cell.product(times(mark, multiplier), index(quote));
  }

  // Holdings.

  private weigh(asset: number, row: Row): void {
    const { cell } = this;
    const { joins } = this.rule.pnl;
    const terms = this.terms.asset(asset);
    const moves = (this.motion.assets[asset] ?? 0) !== 0;
    const owing = (value: Quadratic, size: number | null) =>
      weighted(cell, moves, terms.liability, terms.liabilityBase, value, size, "liabilities");
    let { held, owed } = row;
    if (joins === "balance") {
      const net = together(row.balance, row.unsettled);
      if (cell.sign(net.money) < 0) owed = together(owed, negative(net));
      else held = together(held, net);
    } else if (row.unsettled.size !== 0 && cell.sign(row.unsettled.money) < 0) {
      const loss = negative(row.unsettled);
      this.add("liabilities", owing(times(loss.money, terms.liabilities), loss.size));
    } else if (row.unsettled.size !== 0) {
      this.add("assets", times(row.unsettled.money, terms.assets));
    }
    if (terms.weight !== null && held.size !== 0) {
      const { cap } = terms;
      const value = times(held.money, terms.assets);
      const counted = cap === null ? value : cell.lesser(value, times(this.price(cap.asset), cap.money));
      this.add("collateral", value);
      this.add("assets", weighted(cell, moves, terms.weight, terms.weightBase, counted, held.size, "assets"));
    }
    if (owed.size === 0) return;
    const debt = times(owed.money, terms.liabilities);
    this.add("debt", debt);
    this.add("liabilities", owing(debt, owed.size));
    if (terms.borrow !== null) this.add("borrowing", required(cell, terms.borrow, debt, owed.size));
  }

  private combined(combiner: Combiner, holds: boolean): Quadratic {
    const { cell } = this;
    const all = (of: readonly Combiner[]) => of.map((inner) => this.combined(inner, holds));
    switch (combiner.kind) {
      case "number":
        return constant(combiner.value);
      case "atom":
        // What cancels and yet counts on both sides is not followed here, since the excess does not depend on it.
        if (this.rule.pnl.overlap !== "net" && (combiner.name === "assets" || combiner.name === "liabilities")) {
          return cell.unknown();
        }
        return this.atoms[combiner.name];
      case "scale":
        return times(this.combined(combiner.of, holds), combiner.by);
      case "held":
        return holds ? this.combined(combiner.of, holds) : ZERO;
      case "sum":
        return all(combiner.of).reduce(plus, ZERO);
      case "max":
        return all(combiner.of).reduce((a, b) => cell.greater(a, b));
      case "min":
        return all(combiner.of).reduce((a, b) => cell.lesser(a, b));
    }
  }
}

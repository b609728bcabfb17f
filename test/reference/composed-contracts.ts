import { PoolHoldings } from "./composed-holdings.js";
import type { Level, Line, Side } from "./composed-documents.js";
import { type Joined, type PositionTerm, type Put, same } from "./composed-sums.js";
import { lowered, onSide, required, rounded, stateOf, unitOf } from "./composed-terms.js";

/** What the contracts of a pool are worth to it and require. */
export class PoolContracts extends PoolHoldings {
  protected readonly positions: PositionTerm[] = [];

  /** What a line's P&L and closing costs come to. */
  protected pnl(
    line: Line,
    level: Level,
    ordersCount: boolean,
    joined: Joined,
    apart: Map<number, number>,
    put: Put,
  ): void {
    const { rule, market } = this;
    const { settle = -1 } = market.instruments[line.instrument] ?? {};
    const entry = this.instrumentEntry(line.instrument);
    const name = `position ${market.instruments[line.instrument]?.id}`;
    put(`costs ${name}`, "liabilities", entry.costs * this.notional(line, Math.abs(line.quantity)));
    const add = (amount: number) => {
      if (rule.pnl.joins === "balance") joined.add(settle, amount);
      else apart.set(settle, (apart.get(settle) ?? 0) + amount);
    };
    if (entry.weights !== null) {
      const worth = this.weightedPosition(line, level, ordersCount, entry.weights[level]);
      add(worth);
      return;
    }
    const pnl = this.unsettled(line);
    if (rule.pnl.joins !== "position") {
      add(pnl);
      return;
    }
    const settles = this.entryOf(settle);
    // What the venue rounds is the position's value at the mark: a long's P&L down, a short's up, whatever their sign.
    const whole = (money: number, side: Side) => {
      const step = rule.rounding.value;
      if (step === null || step[side] === "none" || line.quantity === 0) return onSide(money, step, side);
      return rounded(money, unitOf(step), line.quantity > 0 === (side === "assets") ? "down" : "up");
    };
    if (pnl < 0) {
      const loss = whole(-pnl * this.price(settle, level, "liabilities", settles), "liabilities");
      if (rule.pnl.losses === "liability") put(name, "liabilities", loss);
      else put(name, "assets", -loss);
      return;
    }
    const gain = whole(pnl * this.price(settle, level, "assets", settles), "assets");
    const g = entry.gain[level];
    const weight =
      g.kind === "flat" || g.imf === 0 ? g.weight : Math.min(g.weight, lowered(g.imf, gain * g.scale, g.unit));
    put(name, "assets", Math.min(entry.gainCap[level], onSide(gain * weight, rule.rounding.weighted, "assets")));
  }

  /** Weighted base and quote of a line in the settle asset, the worse of all bids and all asks filled. */
  protected weightedPosition(
    line: Line,
    level: Level,
    ordersCount: boolean,
    weights: { readonly asset: number; readonly liability: number; readonly overall: number },
  ): number {
    const { underlying = -1, multiplier = 1 } = this.market.instruments[line.instrument] ?? {};
    const entry = this.entryOf(underlying);
    const high = this.price(underlying, level, "liabilities", entry);
    const low = this.price(underlying, level, "assets", entry);
    const filled = (orders: number, price: number) => {
      const net = (line.quantity + orders) * multiplier;
      return net * (net < 0 ? weights.liability * high : weights.asset * low) - orders * multiplier * price;
    };
    const quote = -line.quantity * multiplier * line.entry + line.funding;
    const counts = ordersCount && this.rule.orders.contracts === "settle";
    const worst = Math.min(filled(counts ? line.bids : 0, high), filled(counts ? -line.asks : 0, low)) + quote;
    return worst > 0 ? worst * weights.overall : worst;
  }

  protected roundRequirement() {
    const { requirement } = this.rule.rounding;
    return requirement === null ? same : (x: number) => rounded(x, unitOf(requirement), requirement.direction);
  }

  /** Requirements of positions with their orders. */
  protected requirements(
    level: Level,
    ordersCount: boolean,
    atoms: { positions: number; notional: number; rewards: number },
  ): void {
    const { rule, market, pool } = this;
    for (const line of this.lines) {
      const entry = this.instrumentEntry(line.instrument);
      const { id = "", multiplier = 1, payoff } = market.instruments[line.instrument] ?? {};
      const own = this.notional(line, Math.abs(line.quantity));
      atoms.notional += own;
      atoms.rewards += entry.reward * own;
      if (entry.rate === null) continue;
      const worst = ordersCount && rule.orders.contracts === "worstSide";
      const contracts = worst
        ? Math.max(Math.abs(line.quantity + line.bids), Math.abs(line.quantity - line.asks))
        : Math.abs(line.quantity);
      if (contracts === 0) continue;
      const mark = market.marks[line.instrument] ?? Number.NaN;
      const size = (contracts * multiplier) / (payoff === "inverse" ? mark : 1);
      const unit = unitOf(rule.rounding.requirement);
      const notional = rounded(this.notional(line, contracts), unit, "down");
      const { leverage } = rule.options;
      const chosen = leverage === null ? undefined : (pool.options?.[`${leverage}.${id}`] ?? pool.options?.[leverage]);
      const least = level === "initial" ? Math.max(this.floor, chosen === undefined ? 0 : 1 / Number(chosen)) : 0;
      const openInterest = () => {
        const perContract =
          this.notional({ ...line, entry: mark }, 1) / (multiplier / (payoff === "inverse" ? mark : 1));
        return stateOf(market, id, "openInterest") * perContract;
      };
      const money = required(entry.rate[level], notional, size, openInterest, least, this.roundRequirement());
      const requirement = Math.max(money + entry.plus[level], entry.atLeast[level]);
      atoms.positions += requirement;
      this.scale += requirement;
      this.positions.push({ name: id, level, requirement });
    }
  }
}

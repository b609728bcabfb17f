import type { Market } from "../../src/market/market.js";
import type { AssetEntry, Combiner, ComposedRule, PriceChoice, Weight } from "../../src/rules/rule.js";
import { type Level, type Line, type PoolDocument, PoolFacts, type Side } from "./composed-pool.js";
import {
  chosenPrice,
  lowered,
  NoNumber,
  onSide,
  required,
  rounded,
  stateOf,
  unitOf,
  weighted,
  weightOf,
} from "./composed-terms.js";

export type { PoolDocument } from "./composed-pool.js";

/** What an asset, position or order adds at one level. */
export interface ReferenceTerm {
  readonly name: string;
  readonly level: Level;
  readonly assets: number;
  readonly liabilities: number;
  readonly requirement: number;
}

export interface PositionTerm {
  readonly name: string;
  readonly level: Level;
  readonly requirement: number;
}

export interface ReferenceLevel {
  assets: number;
  liabilities: number;
  requirement: number;
  eligible: number;
  excess: number;
  collateral: number;
  debt: number;
}

/** One pool under a rule: every column of a result, the terms that they are sums of, and how large those are. */
export interface ComposedReference {
  readonly status: "ok" | "stalePrice" | "unsupported" | "insufficientData";
  readonly equity: number;
  readonly levels: Readonly<Record<Level, ReferenceLevel>>;
  readonly notional: number;
  readonly healthFactor: number;
  readonly breached: boolean;
  /** name of the state, `ok` where no step of the ladder is reached */
  readonly state: string;
  readonly terms: readonly ReferenceTerm[];
  /** requirement of each contract line by itself, before they are combined */
  readonly positions: readonly PositionTerm[];
  /** sum of the magnitudes of everything added up: what rounding is relative to */
  readonly scale: number;
}

/**
 * A pool under a composed rule, term by term as the rule's types say it: plain loops over documents, no tables, no shared
 * code. Slow on purpose.
 */
export function referencePool(rule: ComposedRule, market: Market, pool: PoolDocument): ComposedReference {
  try {
    return new Pool(rule, market, pool).result();
  } catch (error) {
    if (error instanceof NoNumber) return withoutNumber(error.status, rule);
    throw error;
  }
}

function withoutNumber(status: ComposedReference["status"], rule: ComposedRule): ComposedReference {
  const level = () => ({
    assets: 0,
    liabilities: 0,
    requirement: Number.POSITIVE_INFINITY,
    eligible: 0,
    excess: Number.NEGATIVE_INFINITY,
    collateral: 0,
    debt: 0,
  });
  return {
    status,
    equity: 0,
    levels: { initial: level(), maintenance: level() },
    notional: 0,
    healthFactor: 0,
    breached: true,
    state: rule.ladder?.steps.at(-1)?.name ?? "ok",
    terms: [],
    positions: [],
    scale: 0,
  };
}

class Pool extends PoolFacts {
  private readonly terms: ReferenceTerm[] = [];
  private readonly positions: PositionTerm[] = [];

  result(): ComposedReference {
    const { rule } = this;
    const initial = this.level(rule.hasInitial ? "initial" : "maintenance");
    const maintenance = rule.hasInitial ? this.level("maintenance") : initial;
    const levels = { initial, maintenance };
    const { assets, liabilities, requirement, excess, eligible } = maintenance;
    const backed = liabilities + requirement;
    const healthFactor = backed === 0 ? Number.POSITIVE_INFINITY : assets / backed;
    const breached = excess < 0 || (rule.breach === "<=" && excess === 0 && backed > 0);
    const exempt = rule.breachNeeds === "requirement" && requirement <= 0;
    const measure =
      rule.ladder?.of === "coverage"
        ? requirement === 0
          ? Number.POSITIVE_INFINITY
          : eligible / requirement
        : healthFactor;
    let state = "ok";
    for (const { name, below } of rule.ladder?.steps ?? []) {
      if (measure < below || (rule.breach === "<=" && measure === below)) state = name;
    }
    const numbers = [this.equity, ...Object.values(initial), ...Object.values(maintenance)];
    if (!numbers.every(Number.isFinite)) throw new NoNumber("unsupported", "not finite");
    return {
      status: this.stale ? "stalePrice" : "ok",
      equity: this.equity,
      levels,
      notional: this.lines.reduce((sum, line) => sum + this.notional(line, Math.abs(line.quantity)), 0),
      healthFactor,
      breached: breached && !exempt,
      state,
      terms: this.terms,
      positions: this.positions,
      scale: this.scale,
    };
  }

  private level(level: Level): ReferenceLevel {
    const { rule } = this;
    const sums = { assets: 0, liabilities: 0, requirement: 0, eligible: 0, excess: 0, collateral: 0, debt: 0 };
    const atoms = { positions: 0, borrowing: 0, orders: 0, notional: 0, rewards: 0 };
    const ordersCount = level === "initial" || rule.orders.levels === "both";
    const put = (name: string, side: Side | "requirement", amount: number) => {
      if (amount === 0) return;
      sums[side] += amount;
      this.scale += Math.abs(amount);
      this.terms.push({ name, level, assets: 0, liabilities: 0, requirement: 0, [side]: amount });
    };

    const joined = new Joined(this.signed);
    const apart = new Map<number, number>();
    for (const line of this.lines) this.pnl(line, level, ordersCount, joined, apart, put);
    const filled = rule.orders.spot === "fill" && ordersCount ? this.fill(joined.net, level, put) : null;
    const { held, owed } = filled ?? this.sides(joined.net);
    const before = sums.assets;
    sums.assets = 0;
    for (const [asset, quantity] of held) this.collateral(asset, quantity, level, sums, put);
    const average = rule.rounding.average[level];
    if (average !== null && sums.collateral > 0) this.average(average, level, sums);
    sums.assets += before;
    for (const [asset, quantity] of owed) this.debt(asset, quantity, level, sums, atoms, put);
    if (rule.pnl.overlap !== "net") this.overlap(joined, level, rule.pnl.overlap, put);
    for (const [asset, pnl] of apart) {
      if (pnl === 0) continue;
      const entry = this.entryOf(asset);
      const side = pnl < 0 ? "liabilities" : "assets";
      const worth = onSide(Math.abs(pnl) * this.price(asset, level, side, entry), rule.rounding.value, side);
      const weight = side === "assets" ? 1 : this.liabilityWeight(asset, Math.abs(pnl), level, entry);
      put(`pnl ${this.market.assets[asset]?.id}`, side, onSide(worth * weight, rule.rounding.weighted, side));
    }
    if (rule.orders.spot === "reserved" && ordersCount) this.reserved(joined.net, level, put);
    this.requirements(level, ordersCount, atoms);
    if (ordersCount) atoms.orders = rule.orders.each * this.orderCount;
    const held0 = this.lines.some(({ quantity }) => quantity !== 0);
    put("requirement", "requirement", combined(rule.requirement[level], { ...atoms, ...sums }, held0));
    sums.eligible = sums.assets - sums.liabilities;
    sums.excess = sums.eligible - sums.requirement;
    return sums;
  }

  /** What both adds to a balance and is taken from it, which counts on either side though it cancels. */
  private overlap(joined: Joined, level: Level, as: "liability" | "asset", put: Put): void {
    for (const [asset, { plus, minus }] of joined.gross) {
      const both = Math.min(plus, minus);
      if (both === 0) continue;
      const side = as === "asset" ? "assets" : "liabilities";
      const entry = this.entryOf(asset);
      const value = onSide(both * this.price(asset, level, side, entry), this.rule.rounding.value, side);
      const counted =
        side === "assets"
          ? this.assetWeight(asset, both, value, level, entry)
          : this.liabilityValue(asset, both, value, level, entry);
      const worth = onSide(counted, this.rule.rounding.weighted, side);
      put(`overlap ${this.market.assets[asset]?.id}`, "assets", worth);
      put(`overlap ${this.market.assets[asset]?.id}`, "liabilities", worth);
    }
  }

  /** Quantities on either side, signed balances on the side of their sign. */
  private sides(signed: ReadonlyMap<number, number>) {
    const held = new Map(this.held);
    const owed = new Map([...this.owed].map(([asset, quantity]) => [asset, -quantity]));
    for (const [asset, quantity] of signed) {
      const side = quantity < 0 ? owed : held;
      side.set(asset, (side.get(asset) ?? 0) + Math.abs(quantity));
    }
    return { held, owed };
  }

  /** What a line's P&L and closing costs come to. */
  private pnl(
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
  private weightedPosition(
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

  private assetWeight(asset: number, quantity: number, value: number, level: Level, entry: AssetEntry | null): number {
    if (entry === null) return 0;
    const id = this.market.assets[asset]?.id ?? "";
    const single = (w: Weight) => weightOf(w, quantity, "assets", this.market, id, this.scaledPrice(asset));
    const limit = this.limited(id, level) ? (w: number) => Math.min(w, Math.max(0, 1 - this.floor)) : same;
    return weighted(entry.weight[level], value, single, limit);
  }

  private liabilityValue(asset: number, quantity: number, value: number, level: Level, entry: AssetEntry | null) {
    const id = this.market.assets[asset]?.id ?? "";
    const limit = this.limited(id, level) ? (w: number) => Math.max(w, 1 + this.floor) : same;
    if (entry === null) return value * limit(1);
    const single = (w: Weight) => weightOf(w, quantity, "liabilities", this.market, id, this.scaledPrice(asset));
    return weighted(entry.liability[level], value, single, limit);
  }

  private liabilityWeight(asset: number, quantity: number, level: Level, entry: AssetEntry | null): number {
    return this.liabilityValue(asset, quantity, 1, level, entry);
  }

  private limited(id: string, level: Level): boolean {
    return level === "initial" && this.floor > 0 && !this.rule.options.floorExempt.includes(id);
  }

  /** The price that a scaled weight takes of its own asset. */
  private scaledPrice(asset: number) {
    return (choice: PriceChoice) => chosenPrice(choice, this.market, asset, this.rule.missing, "assets");
  }

  private collateral(asset: number, quantity: number, level: Level, sums: ReferenceLevel, put: Put): void {
    const { rule, market } = this;
    const entry = this.entryOf(asset);
    if (entry === null || quantity === 0) return;
    const value = onSide(quantity * this.price(asset, level, "assets", entry), rule.rounding.value, "assets");
    sums.collateral += value;
    const cap =
      entry.cap === null ? value : Math.min(value, entry.cap.amount * this.index(this.asset(entry.cap.asset)));
    const counted = this.assetWeight(asset, quantity, cap, level, entry);
    put(`asset ${market.assets[asset]?.id}`, "assets", onSide(counted, rule.rounding.weighted, "assets"));
  }

  private debt(
    asset: number,
    quantity: number,
    level: Level,
    sums: ReferenceLevel,
    atoms: { borrowing: number },
    put: Put,
  ): void {
    const { rule, market } = this;
    if (quantity === 0) return;
    const entry = this.entryOf(asset);
    const value = onSide(quantity * this.price(asset, level, "liabilities", entry), rule.rounding.value, "liabilities");
    sums.debt += value;
    const counted = this.liabilityValue(asset, quantity, value, level, entry);
    put(`debt ${market.assets[asset]?.id}`, "liabilities", onSide(counted, rule.rounding.weighted, "liabilities"));
    const rate = entry?.borrow?.[level];
    if (rate === undefined) return;
    atoms.borrowing += required(rate, value, quantity, () => 0, 0, this.roundRequirement());
  }

  /** The pool's average weight, rounded down, in place of each holding's own. */
  private average(decimals: number, level: Level, sums: ReferenceLevel): void {
    const whole = rounded(sums.assets / sums.collateral, 10 ** -decimals, "down");
    const together = rounded(sums.collateral * whole, unitOf(this.rule.rounding.value), "down");
    this.terms.push({ name: "average", level, assets: together - sums.assets, liabilities: 0, requirement: 0 });
    sums.assets = together;
  }

  /** Spot orders of each asset: of all bids and all asks filled, the side that leaves less. */
  private fill(signed: ReadonlyMap<number, number>, level: Level, put: Put) {
    const { rule, market } = this;
    const { held, owed } = this.sides(signed);
    const sizes = new Map<number, { bids: number; asks: number }>();
    for (const { instrument, bids, asks } of this.spot) {
      const { underlying = -1, multiplier = 1 } = market.instruments[instrument] ?? {};
      const known = sizes.get(underlying) ?? { bids: 0, asks: 0 };
      sizes.set(underlying, { bids: known.bids + bids * multiplier, asks: known.asks + asks * multiplier });
    }
    for (const [asset, { bids, asks }] of sizes) {
      if (bids === 0 && asks === 0) continue;
      const entry = this.entryOf(asset);
      const quantity = (held.get(asset) ?? 0) - (owed.get(asset) ?? 0);
      const after = (order: number) => {
        const amount = quantity + order;
        const side = amount >= 0 ? "assets" : "liabilities";
        const price = this.price(asset, level, side, entry);
        const value = Math.abs(amount) * price;
        const worth =
          side === "assets"
            ? this.assetWeight(asset, amount, value, level, entry)
            : -this.liabilityValue(asset, -amount, value, level, entry);
        const cash = -order * price;
        return { amount, cash, worth: worth + cash };
      };
      const [all, none] = [after(bids), after(-asks)];
      const { amount, cash } = none.worth < all.worth ? none : all;
      held.set(asset, Math.max(0, amount));
      owed.set(asset, Math.max(0, -amount));
      const side = cash > 0 ? "assets" : "liabilities";
      put(`orders ${market.assets[asset]?.id}`, side, onSide(Math.abs(cash), rule.rounding.value, side));
    }
    return { held, owed };
  }

  /** Reserved for spot orders: the lesser of all ending in base or all in quote, against the greatest balance. */
  private reserved(signed: ReadonlyMap<number, number>, level: Level, put: Put): void {
    const { market } = this;
    const { held, owed } = this.sides(signed);
    const price = (asset: number, side: Side) => this.price(asset, level, side, this.entryOf(asset));
    const ends = this.spot.map(({ instrument, asks, bidValue, bidBest, askBest }) => {
      const { underlying = -1, quote = -1, multiplier = 1 } = market.instruments[instrument] ?? {};
      const money = bidValue * multiplier;
      const base = asks * multiplier;
      // What is reserved buys at most what the highest bid would, and sells for at most what the lowest ask asks.
      const bought =
        money === 0
          ? 0
          : Math.min((money * price(quote, "assets")) / price(underlying, "liabilities"), money / bidBest);
      const sold =
        base === 0 ? 0 : Math.min((base * price(underlying, "assets")) / price(quote, "liabilities"), base * askBest);
      return { instrument, underlying, quote, base: base + bought, money: money + sold };
    });
    const most = new Map<number, number>();
    for (const { underlying, quote, base, money } of ends) {
      most.set(underlying, (most.get(underlying) ?? 0) + base);
      most.set(quote, (most.get(quote) ?? 0) + money);
    }
    for (const { instrument, underlying, quote, base, money } of ends) {
      if (base === 0 || money === 0) continue;
      const effect = (asset: number, amount: number) => {
        const entry = this.entryOf(asset);
        const balance = (held.get(asset) ?? 0) - (owed.get(asset) ?? 0) + (most.get(asset) ?? 0);
        const owns = Math.max(0, Math.min(amount, balance));
        const owes = amount - owns;
        return (
          this.assetWeight(asset, owns, owns * price(asset, "assets"), level, entry) +
          this.liabilityValue(asset, owes, owes * price(asset, "liabilities"), level, entry)
        );
      };
      put(
        `orders ${market.instruments[instrument]?.id}`,
        "assets",
        Math.min(effect(underlying, base), effect(quote, money)),
      );
    }
  }

  private roundRequirement() {
    const { requirement } = this.rule.rounding;
    return requirement === null ? same : (x: number) => rounded(x, unitOf(requirement), requirement.direction);
  }

  /** Requirements of positions with their orders. */
  private requirements(
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

/** Balances and the P&L that joins them, by asset: what it all comes to, and what adds and takes by itself. */
class Joined {
  readonly net = new Map<number, number>();
  readonly gross = new Map<number, { readonly plus: number; readonly minus: number }>();

  constructor(balances: ReadonlyMap<number, number>) {
    for (const [asset, quantity] of balances) this.add(asset, quantity);
  }

  add(asset: number, amount: number): void {
    this.net.set(asset, (this.net.get(asset) ?? 0) + amount);
    const { plus, minus } = this.gross.get(asset) ?? { plus: 0, minus: 0 };
    this.gross.set(asset, { plus: plus + Math.max(0, amount), minus: minus + Math.max(0, -amount) });
  }
}

type Put = (name: string, side: Side | "requirement", amount: number) => void;
const same = (x: number) => x;

function combined(combiner: Combiner, atoms: Readonly<Record<string, number>>, held: boolean): number {
  const of = (inner: Combiner) => combined(inner, atoms, held);
  switch (combiner.kind) {
    case "number":
      return combiner.value;
    case "atom":
      return atoms[combiner.name] ?? 0;
    case "max":
      return Math.max(...combiner.of.map(of));
    case "min":
      return Math.min(...combiner.of.map(of));
    case "sum":
      return combiner.of.map(of).reduce((sum, x) => sum + x, 0);
    case "scale":
      return combiner.by * of(combiner.of);
    case "held":
      return held ? of(combiner.of) : 0;
  }
}

import type { Market } from "../../src/market/market.js";
import type { ComposedRule } from "../../src/rules/rule.js";
import { PoolContracts } from "./composed-contracts.js";
import type { Level, PoolDocument, Side } from "./composed-documents.js";
import {
  combined,
  Joined,
  type PositionTerm,
  type Put,
  type ReferenceLevel,
  type ReferenceTerm,
} from "./composed-sums.js";
import { NoNumber, onSide, required, rounded, unitOf } from "./composed-terms.js";

export type { PoolDocument } from "./composed-documents.js";

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

class Pool extends PoolContracts {
  private readonly terms: ReferenceTerm[] = [];

  result(): ComposedReference {
    const { rule } = this;
    const initial = this.level(rule.hasInitial ? "initial" : "maintenance");
    const maintenance = rule.hasInitial ? this.level("maintenance") : initial;
    const levels = { initial, maintenance };
    const { assets, liabilities, requirement, excess, eligible } = maintenance;
    const backed = liabilities + requirement;
    const healthFactor =
      backed === 0 && assets >= 0 ? Number.POSITIVE_INFINITY : Math.max(assets / backed, -Number.MAX_VALUE);
    const breached = excess < 0 || (rule.breach === "<=" && excess === 0 && backed > 0);
    const exempt = rule.breachNeeds === "requirement" && requirement <= 0;
    const measure =
      rule.ladder?.of === "coverage"
        ? requirement === 0 && eligible >= 0
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
}

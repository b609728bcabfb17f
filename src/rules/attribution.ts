import { HoldingKind } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import type { EquityTerm, Term } from "../models/model.js";
import { positionId } from "./contract-lines.js";
import type { Lines } from "./lines.js";
import { groupOf } from "./risk-groups.js";
import type { ComposedRule } from "./rule.js";

const KIND_NAMES: Readonly<Record<HoldingKind, string>> = {
  [HoldingKind.balance]: "balance",
  [HoldingKind.locked]: "locked",
  [HoldingKind.supply]: "supply",
  [HoldingKind.idleSupply]: "idle supply",
  [HoldingKind.debt]: "debt",
  [HoldingKind.interest]: "interest",
};
const LEVELS = [0, 1] as const;
type Workings = Term["workings"];
/** A number at I and at M. */
export type Both = readonly [number, number];

/** What the kernel records of an asset, in the order of assembly/rules/frame.ts: units, then money of each. */
export interface AssetRecord {
  readonly held: Both;
  readonly owed: Both;
  readonly value: Both;
  readonly counted: Both;
  readonly debt: Both;
  readonly liability: Both;
  readonly borrowing: Both;
  readonly apart: Both;
  readonly orders: Both;
}

/** What the kernel records of a contract line: P&L by itself in money, units that join others, costs, requirement. */
export interface LineRecord {
  readonly pnl: Both;
  readonly joined: Both;
  readonly costs: Both;
  readonly requirement: Both;
}

/** A term while its pool is gathered. */
export interface Draft {
  readonly name: string;
  /** null: of several groups together */
  readonly group: string | null;
  readonly numbers: Both;
  readonly workings: Workings;
}

/**
 * The terms of one pool, gathered from the kernel's records of its assets and contract lines. What the rule computes of a sum
 * is shared out by quantity. O(holdings × (holdings + lines)).
 */
export class Attribution {
  readonly equity: EquityTerm[] = [];
  readonly eligible: Draft[] = [];
  readonly requirement: Draft[] = [];
  readonly rule: ComposedRule;
  private readonly touched = new Set<number>();

  constructor(
    private readonly book: ResidentBook,
    private readonly pool: number,
    private readonly lines: Lines,
    private readonly asset: (asset: number) => AssetRecord,
    private readonly line: (k: number) => LineRecord,
  ) {
    const rule = lines.variants[lines.variant[pool] ?? 0]?.rule;
    if (rule === undefined) throw new RangeError(`pool ${pool} has no rule`);
    this.rule = rule;
  }

  /** Holdings: of an asset's weighted value on the side that it ends on, the share of each by its quantity. */
  holdings(): void {
    const { packed } = this.book;
    const [from = 0, to = 0] = packed.holdingStart.subarray(this.pool, this.pool + 2);
    for (let h = from; h < to; h++) {
      const asset = packed.holdingAsset[h] ?? 0;
      const kind = (packed.holdingKind[h] ?? 0) as HoldingKind;
      const quantity = this.lines.quantity[h] ?? 0;
      const name = `${KIND_NAMES[kind]} ${this.id(asset)}`;
      const group = groupOf(this.book.market.market, asset);
      const index = this.index(asset);
      this.equity.push({ name, group, value: quantity * index, workings: { quantity, index } });
      if (kind === HoldingKind.locked || kind === HoldingKind.idleSupply) {
        this.eligible.push({ name, group, numbers: [0, 0], workings: { quantity, counts: "in equity only" } });
        continue;
      }
      this.touched.add(asset);
      const numbers = this.shares(asset, [quantity, quantity], this.isJoined(kind));
      this.eligible.push({ name, group, numbers, workings: { quantity, ...this.weighing(asset, numbers) } });
    }
    for (const asset of this.touched) {
      const { borrowing, debt } = this.asset(asset);
      this.charge(`borrowing ${this.id(asset)}`, groupOf(this.book.market.market, asset), borrowing, {
        value: debt[1],
      });
    }
  }

  /** Contract lines: P&L by itself, or by its share of what it joins; closing costs; the requirement of each. */
  contracts(): void {
    const { contracts } = this.lines;
    const { market } = this.book.market;
    const [from = 0, to = 0] = contracts.start.subarray(this.pool, this.pool + 2);
    const joined = new Map<number, Both>();
    for (let k = from; k < to; k++) {
      const { settle = -1 } = market.instruments[contracts.instrument[k] ?? -1] ?? {};
      const [initial, maintenance] = joined.get(settle) ?? [0, 0];
      const { joined: more } = this.line(k);
      joined.set(settle, [initial + more[0], maintenance + more[1]]);
    }
    for (let k = from; k < to; k++) {
      const index = contracts.instrument[k] ?? 0;
      const instrument = market.instruments[index];
      if (instrument === undefined) continue;
      const id = positionId(this.book.packed, contracts, this.pool, k) ?? instrument.id;
      const { pnl, joined: own, costs, requirement } = this.line(k);
      const { settle, multiplier } = instrument;
      const quantity = contracts.quantity[k] ?? 0;
      const entryPrice = contracts.entry[k] ?? 0;
      const mark = market.marks[index] ?? 0;
      const fundingDue = contracts.funding[k] ?? 0;
      const size = quantity * multiplier;
      const price = instrument.payoff === "inverse" ? size * (1 / entryPrice - 1 / mark) : size * (mark - entryPrice);
      const facts = {
        instrument: instrument.id,
        quantity,
        multiplier,
        entryPrice,
        mark,
        fundingDue,
        pnl: price + fundingDue,
      };
      const workings = { ...facts, settle: this.id(settle), index: this.index(settle) };
      const name = `unsettled ${id}`;
      const group = groupOf(market, instrument.underlying);
      this.equity.push({ name, group, value: (price + fundingDue) * this.index(settle), workings });
      const { apart } = this.asset(settle);
      const net = joined.get(settle) ?? [0, 0];
      const share = (level: 0 | 1) => (net[level] === 0 ? 0 : (own[level] / net[level]) * apart[level]);
      const together =
        this.rule.pnl.joins === "balance" ? this.shares(settle, own, true) : ([share(0), share(1)] as const);
      this.touched.add(settle);
      this.eligible.push({ name, group, numbers: [pnl[0] + together[0], pnl[1] + together[1]], workings });
      if (costs[1] !== 0)
        this.eligible.push({ name: `costs ${id}`, group, numbers: [0 - costs[0], 0 - costs[1]], workings: {} });
      const open = { bids: contracts.bids[k] ?? 0, asks: contracts.asks[k] ?? 0 };
      const line = id === instrument.id ? id : `${id} ${instrument.id}`;
      this.charge(line, group, requirement, {
        size: Math.abs(size),
        ...(open.bids === 0 && open.asks === 0 ? {} : open),
        ...(instrument.payoff === "linear" ? { mark } : {}),
        quoteIndex: this.index(instrument.quote),
        ...this.rates(requirement, Math.abs(size) * (instrument.payoff === "linear" ? mark : 1), instrument.quote),
      });
    }
  }

  /** What a requirement is of the notional at the mark: brackets, floors and orders included. */
  private rates(requirement: Both, inQuote: number, quote: number): Workings {
    const notional = inQuote * this.index(quote);
    if (notional === 0) return {};
    const [initial, maintenance] = requirement;
    const atInitial = this.rule.hasInitial ? { initialRate: initial / notional } : {};
    return { ...atInitial, maintenanceRate: maintenance / notional };
  }

  /** Spot orders by the asset that they are in: what those that fill leave of it and of cash, and what reserved ones count. */
  orders(): void {
    const { spot } = this.lines;
    const { market } = this.book.market;
    const assets = new Set<number>();
    for (const index of spot.instrument.subarray(spot.start[this.pool], spot.start[this.pool + 1])) {
      assets.add(market.instruments[index]?.underlying ?? -1);
    }
    for (const asset of assets) {
      const { orders } = this.asset(asset);
      const filled = this.filled(asset);
      const left = this.shares(asset, filled, true);
      const numbers: Both = [orders[0] + left[0], orders[1] + left[1]];
      const group = groupOf(this.book.market.market, asset);
      this.eligible.push({ name: `orders ${this.id(asset)}`, group, numbers, workings: { filled: filled[0] } });
    }
  }

  /** A term of the requirement, where it is not 0. */
  charge(name: string, group: string | null, numbers: Both, workings: Workings = {}): void {
    if (numbers.some((x) => x !== 0)) this.requirement.push({ name, group, numbers, workings });
  }

  /** What `terms` leave of a total, where that is more than the order of summation may. */
  rest(name: string, terms: Draft[], total: Both): void {
    const left = LEVELS.map((level) => {
      const sum = terms.reduce((s, { numbers }) => s + numbers[level], 0);
      const size = terms.reduce((s, { numbers }) => s + Math.abs(numbers[level]), Math.abs(total[level]));
      const rest = total[level] - sum;
      return Number.isFinite(rest) && Math.abs(rest) > 2 ** -44 * size ? rest : 0;
    });
    const [initial = 0, maintenance = 0] = left;
    if (initial !== 0 || maintenance !== 0)
      terms.push({ name, group: null, numbers: [initial, maintenance], workings: {} });
  }

  /** Quantity of an asset that spot orders add, at I and at M: what the asset ends at less what is held, owed and joined. */
  private filled(asset: number): Both {
    if (this.rule.orders.spot !== "fill") return [0, 0];
    const { held, owed } = this.asset(asset);
    const { packed } = this.book;
    const { contracts } = this.lines;
    const sum = [held[0] - owed[0], held[1] - owed[1]] as [number, number];
    const [from = 0, to = 0] = packed.holdingStart.subarray(this.pool, this.pool + 2);
    for (let h = from; h < to; h++) {
      const kind = packed.holdingKind[h];
      if (packed.holdingAsset[h] !== asset || kind === HoldingKind.locked || kind === HoldingKind.idleSupply) continue;
      for (const level of LEVELS) sum[level] -= this.lines.quantity[h] ?? 0;
    }
    if (this.rule.pnl.joins !== "balance") return sum;
    for (let k = contracts.start[this.pool] ?? 0; k < (contracts.start[this.pool + 1] ?? 0); k++) {
      if (this.book.market.market.instruments[contracts.instrument[k] ?? -1]?.settle !== asset) continue;
      for (const level of LEVELS) sum[level] -= this.line(k).joined[level];
    }
    return sum;
  }

  /** What `quantity` of an asset is of its eligible value. `net`: it is on the side where the asset's sum is. */
  private shares(asset: number, quantity: Both, net: boolean): Both {
    const { held, owed, counted, liability } = this.asset(asset);
    const of = (level: 0 | 1) => {
      const q = quantity[level];
      const long = counted[level] / held[level];
      const short = liability[level] / owed[level];
      if (held[level] === 0) return owed[level] === 0 ? 0 : q * short;
      if (owed[level] === 0) return q * long;
      return q * ((net ? this.netOf(asset, level) >= 0 : q >= 0) ? long : short);
    };
    return [of(0), of(1)];
  }

  /** Sum of what is netted of an asset at a level, or of all of it where spot orders fill. */
  private netOf(asset: number, level: 0 | 1): number {
    const { packed } = this.book;
    const { contracts } = this.lines;
    let net = 0;
    for (let h = packed.holdingStart[this.pool] ?? 0; h < (packed.holdingStart[this.pool + 1] ?? 0); h++) {
      const kind = (packed.holdingKind[h] ?? 0) as HoldingKind;
      if (packed.holdingAsset[h] === asset && this.isJoined(kind)) net += this.lines.quantity[h] ?? 0;
    }
    for (let k = contracts.start[this.pool] ?? 0; k < (contracts.start[this.pool + 1] ?? 0); k++) {
      const settle = this.book.market.market.instruments[contracts.instrument[k] ?? -1]?.settle;
      if (settle === asset) net += this.line(k).joined[level];
    }
    return net;
  }

  private isJoined(kind: HoldingKind): boolean {
    return this.rule.pnl.joins === "balance" && (kind === HoldingKind.balance || kind === HoldingKind.interest);
  }

  /** Prices and weights that came out of what an asset is valued at. */
  private weighing(asset: number, numbers: Both): Workings {
    const { held, owed, value, counted, debt, liability } = this.asset(asset);
    const owes = numbers[1] < 0 || (held[1] === 0 && owed[1] !== 0);
    const [amount, worth, weighted] = owes ? [owed, debt, liability] : [held, value, counted];
    const ratio = (a: Both, b: Both, level: 0 | 1) => (b[level] === 0 ? 0 : a[level] / b[level]);
    const level = (l: 0 | 1, price: string, weight: string): Workings => ({
      [price]: ratio(worth, amount, l),
      [weight]: ratio(weighted, worth, l),
    });
    return {
      ...(this.rule.hasInitial ? level(0, "initialPrice", "initialWeight") : {}),
      ...level(1, "price", "maintenanceWeight"),
    };
  }

  private id(asset: number): string {
    return this.book.market.market.assets[asset]?.id ?? "";
  }

  private index(asset: number): number {
    return this.book.market.market.prices.index[asset] ?? Number.NaN;
  }
}

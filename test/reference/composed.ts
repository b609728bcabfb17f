import type { Market } from "../../src/market/market.js";
import type { AssetEntry, Combiner, ComposedRule, InstrumentEntry, PriceChoice, Weight } from "../../src/rules/rule.js";
import { amountOf, type RawFields } from "./composed-amounts.js";
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

/** A pool as it stands in an accounts document. */
export interface PoolDocument {
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  readonly balances?: readonly HoldingDocument[];
  readonly supplies?: readonly HoldingDocument[];
  readonly debts?: readonly HoldingDocument[];
  readonly positions?: readonly {
    readonly instrument: string;
    readonly quantity: string | number;
    readonly entryPrice: string | number;
    readonly fundingDue?: string | number;
  }[];
  readonly orders?: readonly {
    readonly instrument: string;
    readonly quantity: string | number;
    readonly limitPrice?: string | number;
    readonly reduceOnly?: boolean;
  }[];
}
interface HoldingDocument {
  readonly asset: string;
  readonly quantity: string | number;
  readonly locked?: string | number;
  readonly collateral?: boolean;
  readonly borrow?: { readonly rate: string | number; readonly accruedTo: string };
  readonly raw?: RawFields;
}

export const LEVELS = ["initial", "maintenance"] as const;
export type Level = (typeof LEVELS)[number];
type Side = "assets" | "liabilities";

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

/** A contract position, with the orders in its instrument where it is the first in it. */
interface Line {
  readonly instrument: number;
  readonly quantity: number;
  readonly entry: number;
  readonly funding: number;
  readonly bids: number;
  readonly asks: number;
  readonly bidValue: number;
  readonly askValue: number;
}
const YEAR = 365 * 86_400_000;

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

class Pool {
  private readonly terms: ReferenceTerm[] = [];
  private readonly positions: PositionTerm[] = [];
  private scale = 0;
  private stale = false;
  private equity = 0;
  private readonly category;
  private readonly floor: number;
  /** per asset and list: what is held as collateral, what is owed, and what a signed balance is */
  private readonly held = new Map<number, number>();
  private readonly owed = new Map<number, number>();
  private readonly signed = new Map<number, number>();
  private readonly lines: Line[] = [];
  private readonly spot: Line[] = [];
  private readonly orderCount: number;

  constructor(
    private readonly rule: ComposedRule,
    private readonly market: Market,
    private readonly pool: PoolDocument,
  ) {
    const option = (name: string | null) => (name === null ? undefined : pool.options?.[name]);
    this.category = this.categoryOf(option(rule.options.category));
    this.floor = Number(option(rule.options.floor) ?? 0);
    this.orderCount = pool.orders?.length ?? 0;
    this.checkOptions();
    this.readHoldings();
    this.readLines();
  }

  result(): ComposedReference {
    const { rule } = this;
    const initial = this.level(rule.hasInitial ? "initial" : "maintenance");
    const maintenance = rule.hasInitial ? this.level("maintenance") : initial;
    const levels = { initial, maintenance };
    const { assets, liabilities, requirement, excess, eligible } = maintenance;
    const backed = liabilities + requirement;
    const healthFactor = backed === 0 ? Number.POSITIVE_INFINITY : assets / backed;
    const breached = excess < 0 || (rule.breach === "<=" && excess === 0 && backed > 0);
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
      breached,
      state,
      terms: this.terms,
      positions: this.positions,
      scale: this.scale,
    };
  }

  private categoryOf(value: string | number | boolean | undefined) {
    if (value === undefined || value === 0 || value === "0" || value === "" || value === false) return null;
    const found = this.rule.categories.get(String(value));
    if (found === undefined) throw new NoNumber("unsupported", `no category ${value}`);
    return found;
  }

  private checkOptions(): void {
    const { options, ignores } = this.rule;
    const known = (name: string) =>
      name === options.category ||
      name === options.floor ||
      name === options.leverage ||
      (options.leverage !== null && name.startsWith(`${options.leverage}.`));
    for (const name of Object.keys(this.pool.options ?? {})) {
      if (!known(name) && !ignores.includes("poolOptions")) throw new NoNumber("unsupported", `option ${name}`);
    }
  }

  // Facts.

  private asset(id: string): number {
    const found = this.market.assetIndex(id);
    if (found < 0) throw new Error(`no asset ${id}`);
    return found;
  }

  private index(asset: number): number {
    return this.market.prices.index[asset] ?? Number.NaN;
  }

  private old(time: number | undefined): boolean {
    const limit = this.rule.maxPriceAge ?? Number.POSITIVE_INFINITY;
    return time !== undefined && this.market.asOf - time > limit;
  }

  /** Note that a price is read, which may be an old one. */
  private read(time: number | undefined): void {
    if (!this.old(time)) return;
    if (this.rule.stale === "refuse") throw new NoNumber("insufficientData", "an old price");
    this.stale = true;
  }

  /** The entry for an asset: of its category, own, of what it is, else the rule's default. */
  private entryOf(asset: number): AssetEntry | null {
    const { rule, category, market } = this;
    const ids: string[] = [];
    for (let at = asset; at >= 0; ) {
      ids.push(market.assets[at]?.id ?? "");
      const is = market.assets[at]?.is ?? null;
      at = is === null ? -1 : market.assetIndex(is);
    }
    ids.push("*");
    for (const id of ids) {
      const special = category?.assets.get(id);
      if (special !== undefined) return special;
    }
    for (const id of ids) {
      const plain = rule.assets.get(id);
      if (plain === undefined) continue;
      const others = category?.others ?? null;
      if (others === null) return plain;
      return {
        ...plain,
        weight: { ...plain.weight, ...others.weight },
        liability: { ...plain.liability, ...others.liability },
      };
    }
    if (rule.unlisted === "refuse") throw new NoNumber("unsupported", `${ids[0]} is not listed`);
    return null;
  }

  private price(asset: number, level: Level, side: Side, entry: AssetEntry | null): number {
    const { rule, market } = this;
    if (rule.stale === "zero" && side === "assets" && this.old(market.priceTimes[asset])) return 0;
    const choice = (entry?.price ?? rule.price)[level][side];
    return chosenPrice(choice, market, asset, rule.missing, side);
  }

  // The pool.

  private readHoldings(): void {
    const { pool, rule, market } = this;
    const add = (map: Map<number, number>, asset: number, quantity: number) => {
      map.set(asset, (map.get(asset) ?? 0) + quantity);
      this.equity += quantity * this.index(asset);
      this.scale += Math.abs(quantity) * this.index(asset);
    };
    const idle = new Map<number, number>();
    const amount = (item: HoldingDocument, side: Side): number => {
      if (item.raw === undefined || rule.balances === null || rule.ignores.includes("raw"))
        return Number(item.quantity);
      const { decimals } = market.assets[this.asset(item.asset)] ?? {};
      if (decimals === undefined || decimals === null) throw new Error(`${item.asset} has no decimals`);
      return amountOf(item.raw, side, rule.balances, rule.rounding.amount[side], decimals, market.asOf);
    };
    const known = (item: HoldingDocument) => {
      const asset = this.asset(item.asset);
      const cap = this.entryOf(asset)?.cap ?? null;
      this.read(market.priceTimes[asset]);
      if (cap !== null) this.read(market.priceTimes[this.asset(cap.asset)]);
      return asset;
    };
    for (const item of pool.balances ?? []) {
      const asset = known(item);
      const quantity = amount(item, Number(item.quantity) < 0 ? "liabilities" : "assets");
      const locked = Number(item.locked ?? 0);
      const { borrow } = item;
      const interest =
        borrow === undefined
          ? 0
          : (quantity * Number(borrow.rate) * (market.asOf - Date.parse(borrow.accruedTo))) / YEAR;
      const together = rule.pnl.joins === "balance";
      add(together ? this.signed : quantity < 0 ? this.owed : this.held, asset, quantity - locked);
      if (interest !== 0) add(together ? this.signed : this.owed, asset, interest);
      if (locked !== 0) add(idle, asset, locked);
    }
    for (const item of pool.supplies ?? []) {
      add(item.collateral === false ? idle : this.held, known(item), amount(item, "assets"));
    }
    for (const item of pool.debts ?? []) add(this.owed, known(item), -amount(item, "liabilities"));
  }

  /** Open orders in an instrument, reduce-only ones left out: they never make a position larger. */
  private ordersIn(instrument: number) {
    const mark = this.market.marks[instrument] ?? Number.NaN;
    const sums = { bids: 0, asks: 0, bidValue: 0, askValue: 0 };
    for (const order of this.pool.orders ?? []) {
      if (this.market.instrumentIndex(order.instrument) !== instrument || order.reduceOnly === true) continue;
      const size = Math.abs(Number(order.quantity));
      const value = size * Number(order.limitPrice ?? mark);
      const buys = Number(order.quantity) > 0;
      sums[buys ? "bids" : "asks"] += size;
      sums[buys ? "bidValue" : "askValue"] += value;
    }
    return sums;
  }

  private readLines(): void {
    const { pool, market, rule } = this;
    const seen = new Set<number>();
    const none = { bids: 0, asks: 0, bidValue: 0, askValue: 0 };
    for (const position of pool.positions ?? []) {
      const instrument = market.instrumentIndex(position.instrument);
      const { kind, quote = -1, settle = -1, payoff, multiplier = 1 } = market.instruments[instrument] ?? {};
      if (kind === "option") {
        if (rule.ignores.includes("options")) continue;
        throw new NoNumber("unsupported", "an option");
      }
      const orders = seen.has(instrument) ? none : this.ordersIn(instrument);
      seen.add(instrument);
      const line = {
        instrument,
        quantity: Number(position.quantity),
        entry: Number(position.entryPrice),
        funding: Number(position.fundingDue ?? 0),
        ...orders,
      };
      this.lines.push(line);
      this.entryOf(settle);
      for (const time of [market.markTimes[instrument], market.priceTimes[quote], market.priceTimes[settle]]) {
        this.read(time);
      }
      const pnl = this.unsettled(line);
      this.equity += pnl * this.index(settle);
      const mark = market.marks[instrument] ?? Number.NaN;
      const size = Math.abs(line.quantity * multiplier);
      const legs = payoff === "inverse" ? size / mark + size / line.entry : size * (mark + line.entry);
      this.scale += (legs + Math.abs(line.funding)) * this.index(settle);
    }
    for (const order of pool.orders ?? []) {
      const instrument = market.instrumentIndex(order.instrument);
      const { kind, underlying = -1, quote = -1, settle = -1 } = market.instruments[instrument] ?? {};
      const way = kind === "spot" ? rule.orders.spot : rule.orders.contracts;
      if (kind === "option" || way === "refuse") {
        if (rule.ignores.includes("orders")) continue;
        throw new NoNumber("unsupported", "an order");
      }
      if (seen.has(instrument)) continue;
      seen.add(instrument);
      const line = {
        instrument,
        quantity: 0,
        entry: market.marks[instrument] ?? Number.NaN,
        funding: 0,
        ...this.ordersIn(instrument),
      };
      if (kind === "spot") {
        this.spot.push(line);
        for (const asset of way === "fill" ? [underlying] : [underlying, quote]) {
          this.entryOf(asset);
          this.read(market.priceTimes[asset]);
        }
      } else {
        this.lines.push(line);
        this.entryOf(settle);
        for (const time of [market.markTimes[instrument], market.priceTimes[quote], market.priceTimes[settle]]) {
          this.read(time);
        }
      }
    }
    for (const line of this.lines) this.instrumentEntry(line.instrument);
  }

  private instrumentEntry(instrument: number): InstrumentEntry {
    const { rule, category, market } = this;
    const found = market.instruments[instrument];
    if (found === undefined) throw new Error("no such instrument");
    const facts: Readonly<Record<string, string | undefined>> = {
      id: found.id,
      underlying: market.assets[found.underlying]?.id,
      quote: market.assets[found.quote]?.id,
      settle: market.assets[found.settle]?.id,
      kind: found.kind,
      payoff: found.payoff,
    };
    const entry = [...(category?.instruments ?? []), ...rule.instruments].find(({ match }) =>
      Object.entries(match).every(([name, value]) => facts[name] === value),
    );
    if (entry === undefined) throw new NoNumber("unsupported", `${found.id} is not listed`);
    return entry;
  }

  /** Unrealised P&L and funding, in units of the settle asset. */
  private unsettled({ instrument, quantity, entry, funding }: Line): number {
    const { payoff, multiplier = 1 } = this.market.instruments[instrument] ?? {};
    const mark = this.market.marks[instrument] ?? Number.NaN;
    const size = quantity * multiplier;
    return (payoff === "inverse" ? size / entry - size / mark : size * (mark - entry)) + funding;
  }

  /** The numeraire's worth of `contracts` of a line's instrument, as its entry takes notionals. */
  private notional(line: Line, contracts: number): number {
    const { payoff, multiplier = 1, quote = -1, underlying = -1 } = this.market.instruments[line.instrument] ?? {};
    const { notional } = this.instrumentEntry(line.instrument);
    const size = contracts * multiplier;
    if (payoff === "inverse") return size * this.index(quote);
    if (notional === "index") return size * this.index(underlying);
    const price = notional === "entry" ? line.entry : (this.market.marks[line.instrument] ?? Number.NaN);
    return size * price * this.index(quote);
  }

  // One level.

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

    const joined = new Map(this.signed);
    const apart = new Map<number, number>();
    for (const line of this.lines) this.pnl(line, level, ordersCount, joined, apart, put);
    const filled = rule.orders.spot === "fill" && ordersCount ? this.fill(joined, level, put) : null;
    const { held, owed } = filled ?? this.sides(joined);
    for (const [asset, quantity] of held) this.collateral(asset, quantity, level, sums, put);
    const average = rule.rounding.average[level];
    if (average !== null && sums.collateral > 0) this.average(average, level, sums);
    for (const [asset, quantity] of owed) this.debt(asset, quantity, level, sums, atoms, put);
    for (const [asset, pnl] of apart) {
      const entry = this.entryOf(asset);
      const side = pnl < 0 ? "liabilities" : "assets";
      const worth = onSide(Math.abs(pnl) * this.price(asset, level, side, entry), rule.rounding.value, side);
      const weight = side === "assets" ? 1 : this.liabilityWeight(asset, Math.abs(pnl), level, entry);
      put(`pnl ${this.market.assets[asset]?.id}`, side, onSide(worth * weight, rule.rounding.weighted, side));
    }
    if (rule.orders.spot === "reserved" && ordersCount) this.reserved(joined, level, put);
    this.requirements(level, ordersCount, atoms);
    if (ordersCount) atoms.orders = rule.orders.each * this.orderCount;
    const held0 = this.lines.some(({ quantity }) => quantity !== 0);
    put("requirement", "requirement", combined(rule.requirement[level], { ...atoms, ...sums }, held0));
    sums.eligible = sums.assets - sums.liabilities;
    sums.excess = sums.eligible - sums.requirement;
    return sums;
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
    joined: Map<number, number>,
    apart: Map<number, number>,
    put: Put,
  ): void {
    const { rule, market } = this;
    const { settle = -1 } = market.instruments[line.instrument] ?? {};
    const entry = this.instrumentEntry(line.instrument);
    const name = `position ${market.instruments[line.instrument]?.id}`;
    put(`costs ${name}`, "liabilities", entry.costs * this.notional(line, Math.abs(line.quantity)));
    const add = (map: Map<number, number>, amount: number) => map.set(settle, (map.get(settle) ?? 0) + amount);
    if (entry.weights !== null) {
      const worth = this.weightedPosition(line, level, ordersCount, entry.weights[level]);
      add(rule.pnl.joins === "balance" ? joined : apart, worth);
      return;
    }
    const pnl = this.unsettled(line);
    if (rule.pnl.joins !== "position") {
      add(rule.pnl.joins === "balance" ? joined : apart, pnl);
      return;
    }
    const settles = this.entryOf(settle);
    if (pnl < 0) {
      const loss = onSide(-pnl * this.price(settle, level, "liabilities", settles), rule.rounding.value, "liabilities");
      if (rule.pnl.losses === "liability") put(name, "liabilities", loss);
      else put(name, "assets", -loss);
      return;
    }
    const gain = onSide(pnl * this.price(settle, level, "assets", settles), rule.rounding.value, "assets");
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
    const ends = this.spot.map(({ instrument, bids, asks, bidValue, askValue }) => {
      const { underlying = -1, quote = -1, multiplier = 1 } = market.instruments[instrument] ?? {};
      const bought = Math.min(
        (bidValue * multiplier * price(quote, "assets")) / price(underlying, "liabilities"),
        bids * multiplier,
      );
      const sold = Math.min(
        (asks * multiplier * price(underlying, "assets")) / price(quote, "liabilities"),
        askValue * multiplier,
      );
      return { instrument, underlying, quote, base: asks * multiplier + bought, money: bidValue * multiplier + sold };
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

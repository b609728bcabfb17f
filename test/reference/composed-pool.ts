import type { Market } from "../../src/market/market.js";
import type { AssetEntry, ComposedRule, InstrumentEntry } from "../../src/rules/rule.js";
import { amountOf } from "./composed-amounts.js";
import type { HoldingDocument, Level, Line, PoolDocument, Side } from "./composed-documents.js";
import { chosenPrice, NoNumber } from "./composed-terms.js";

const YEAR = 365 * 86_400_000;

/** A pool read under a rule: which entries apply, what it holds, owes and has open, and what prices it reads. */
export class PoolFacts {
  protected scale = 0;
  protected stale = false;
  protected equity = 0;
  protected readonly category;
  protected readonly floor: number;
  /** per asset and list: what is held as collateral, what is owed, and what a signed balance is */
  protected readonly held = new Map<number, number>();
  protected readonly owed = new Map<number, number>();
  protected readonly signed = new Map<number, number>();
  protected readonly lines: Line[] = [];
  protected readonly spot: Line[] = [];
  protected readonly orderCount: number;

  constructor(
    protected readonly rule: ComposedRule,
    protected readonly market: Market,
    protected readonly pool: PoolDocument,
  ) {
    const option = (name: string | null) => (name === null ? undefined : pool.options?.[name]);
    this.category = this.categoryOf(option(rule.options.category));
    this.floor = Number(option(rule.options.floor) ?? 0);
    this.orderCount = pool.orders?.length ?? 0;
    this.checkOptions();
    this.readHoldings();
    this.readLines();
  }

  protected categoryOf(value: string | number | boolean | undefined) {
    if (value === undefined || value === 0 || value === "0" || value === "" || value === false) return null;
    const found = this.rule.categories.get(String(value));
    if (found === undefined) throw new NoNumber("unsupported", `no category ${value}`);
    return found;
  }

  protected checkOptions(): void {
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

  protected asset(id: string): number {
    const found = this.market.assetIndex(id);
    if (found < 0) throw new Error(`no asset ${id}`);
    return found;
  }

  protected index(asset: number): number {
    return this.market.prices.index[asset] ?? Number.NaN;
  }

  protected old(time: number | undefined): boolean {
    const limit = this.rule.maxPriceAge ?? Number.POSITIVE_INFINITY;
    return time !== undefined && this.market.asOf - time > limit;
  }

  /** Note that a price is read, which may be an old one. */
  protected read(time: number | undefined): void {
    if (!this.old(time)) return;
    if (this.rule.stale === "refuse") throw new NoNumber("insufficientData", "an old price");
    this.stale = true;
  }

  /** The entry for an asset: of its category, own, of what it is, else the rule's default. */
  protected entryOf(asset: number): AssetEntry | null {
    const { rule, category, market } = this;
    const ids: string[] = [];
    for (let at = asset; at >= 0; ) {
      const { id, is, domain } = market.assets[at] ?? { id: "", is: null, domain: null };
      ids.push(id);
      if (domain !== null && id === `${id.split("@")[0]}@${domain}`) ids.push(id.split("@")[0] ?? "");
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

  protected price(asset: number, level: Level, side: Side, entry: AssetEntry | null): number {
    const { rule, market } = this;
    if (rule.stale === "zero" && side === "assets" && this.old(market.priceTimes[asset])) return 0;
    const choice = (entry?.price ?? rule.price)[level][side];
    return chosenPrice(choice, market, asset, rule.missing, side);
  }

  // The pool.

  protected readHoldings(): void {
    const { pool, rule, market } = this;
    const add = (map: Map<number, number>, asset: number, quantity: number) => {
      map.set(asset, (map.get(asset) ?? 0) + quantity);
      this.equity += quantity * this.index(asset);
      this.scale += Math.abs(quantity) * this.index(asset);
    };
    const idle = new Map<number, number>();
    const amount = (item: HoldingDocument, side: Side): number => {
      if (item.raw === undefined || rule.ignores.includes("raw")) return Number(item.quantity);
      if (rule.balances === null) throw new NoNumber("unsupported", "raw integers");
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
  protected ordersIn(instrument: number) {
    const mark = this.market.marks[instrument] ?? Number.NaN;
    const sums = { bids: 0, asks: 0, bidValue: 0, askValue: 0, bidBest: 0, askBest: 0 };
    for (const order of this.pool.orders ?? []) {
      if (this.market.instrumentIndex(order.instrument) !== instrument || order.reduceOnly === true) continue;
      const size = Math.abs(Number(order.quantity));
      const limit = Number(order.limitPrice ?? mark);
      if (size === 0) continue;
      if (Number(order.quantity) > 0) {
        sums.bids += size;
        sums.bidValue += size * limit;
        sums.bidBest = Math.max(sums.bidBest, limit);
      } else {
        sums.asks += size;
        sums.askValue += size * limit;
        sums.askBest = sums.askBest === 0 ? limit : Math.min(sums.askBest, limit);
      }
    }
    return sums;
  }

  protected readLines(): void {
    const { pool, market, rule } = this;
    const seen = new Set<number>();
    const none = { bids: 0, asks: 0, bidValue: 0, askValue: 0, bidBest: 0, askBest: 0 };
    for (const position of pool.positions ?? []) {
      const instrument = market.instrumentIndex(position.instrument);
      const { kind, settle = -1, payoff, multiplier = 1 } = market.instruments[instrument] ?? {};
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
      this.readPrices(instrument);
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
        this.readPrices(instrument);
      }
    }
    for (const line of this.lines) this.instrumentEntry(line.instrument);
  }

  /** Note the prices that a contract is valued at. */
  protected readPrices(instrument: number): void {
    const { market } = this;
    const { underlying = -1, quote = -1, settle = -1 } = market.instruments[instrument] ?? {};
    const { notional, weights } = this.instrumentEntry(instrument);
    this.read(market.markTimes[instrument]);
    for (const asset of [quote, settle]) this.read(market.priceTimes[asset]);
    if (notional === "index" || weights !== null) this.read(market.priceTimes[underlying]);
  }

  protected instrumentEntry(instrument: number): InstrumentEntry {
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
  protected unsettled({ instrument, quantity, entry, funding }: Line): number {
    const { payoff, multiplier = 1 } = this.market.instruments[instrument] ?? {};
    const mark = this.market.marks[instrument] ?? Number.NaN;
    const size = quantity * multiplier;
    return (payoff === "inverse" ? size / entry - size / mark : size * (mark - entry)) + funding;
  }

  /** The numeraire's worth of `contracts` of a line's instrument, as its entry takes notionals. */
  protected notional(line: Line, contracts: number): number {
    const { payoff, multiplier = 1, quote = -1, underlying = -1 } = this.market.instruments[line.instrument] ?? {};
    const { notional } = this.instrumentEntry(line.instrument);
    const size = contracts * multiplier;
    if (payoff === "inverse") return size * this.index(quote);
    if (notional === "index") return size * this.index(underlying);
    // What nothing was entered at, orders alone, is at the mark.
    const entered = notional === "entry" && line.quantity !== 0;
    const price = entered ? line.entry : (this.market.marks[line.instrument] ?? Number.NaN);
    return size * price * this.index(quote);
  }
}

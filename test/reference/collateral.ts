import type { PlainBook, PlainPool } from "../support/random-book.js";
import type { RuleDocument } from "../support/random-rule.js";

/** One pool under a rule, from METHODS.md: plain loops over records, no shared code. */
export interface CollateralReference {
  readonly status: "ok" | "stalePrice" | "unsupported";
  readonly equity: number;
  readonly levels: Readonly<
    Record<"initial" | "maintenance", { assets: number; liabilities: number; requirement: number }>
  >;
  /** sum of the magnitudes of everything added up: what rounding is relative to */
  readonly scale: number;
}

/**
 * @param move  relative move of each factor; every price moves by the sum of coefficient × move of its factors, the price
 *              of every kind alike
 */
export function collateralReference(
  book: PlainBook,
  pool: PlainPool,
  rule: RuleDocument,
  move: Readonly<Record<string, number>> = {},
): CollateralReference {
  const scaleOf = (factors: Readonly<Record<string, number>>) =>
    Object.entries(factors).reduce((sum, [name, coefficient]) => sum + coefficient * (move[name] ?? 0), 1);
  const asset = (id: string) => {
    const found = book.assets.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`no asset ${id}`);
    return found;
  };
  const price = (id: string, kind: "index" | "bid" | "ask") => {
    const { index, bid, ask, factors } = asset(id);
    return ({ index, bid: bid ?? index, ask: ask ?? index }[kind] ?? index) * scaleOf(factors);
  };
  const limit = rule.maxPriceAge === undefined ? Number.POSITIVE_INFINITY : 60;
  const old = (age: number | null) => age !== null && age > limit;
  let stale = false;
  let refused = false;
  let scale = 0;
  let equity = 0;
  const levels = {
    initial: { assets: 0, liabilities: 0, requirement: 0 },
    maintenance: { assets: 0, liabilities: 0, requirement: 0 },
  };
  const owe = (id: string, quantity: number) => {
    const { liability } = rule.assets[id] ?? {};
    for (const level of ["initial", "maintenance"] as const) {
      levels[level].liabilities += quantity * price(id, rule.price.liabilities) * (liability?.[level] ?? 1);
    }
  };

  const held = new Map<string, number>();
  for (const { asset: id, kind, quantity } of pool.holdings) {
    const entry = rule.assets[id];
    if (entry === undefined && rule.unlisted === "refuse") refused = true;
    if (old(asset(id).age)) stale = true;
    for (const capAsset of Object.keys(entry?.cap ?? {})) if (old(asset(capAsset).age)) stale = true;
    equity += quantity * price(id, "index");
    scale += Math.abs(quantity) * price(id, "index");
    if (quantity < 0) owe(id, -quantity);
    else if (kind !== "locked" && kind !== "idleSupply") held.set(id, (held.get(id) ?? 0) + quantity);
  }
  for (const [id, quantity] of held) {
    const entry = rule.assets[id];
    if (entry === undefined) continue;
    let value = quantity * price(id, rule.price.assets);
    for (const [capAsset, amount] of Object.entries(entry.cap ?? {})) {
      value = Math.min(value, amount * price(capAsset, "index"));
    }
    for (const level of ["initial", "maintenance"] as const) {
      const tiers = entry[level];
      if (tiers === undefined) continue;
      let counted = 0;
      let below = 0;
      for (const [upTo, weight] of typeof tiers === "number" ? ([[null, tiers]] as const) : tiers) {
        const top = upTo ?? Number.POSITIVE_INFINITY;
        if (value > below) counted += (Math.min(value, top) - below) * weight;
        below = top;
      }
      levels[level].assets += counted;
    }
  }

  const unsettled = new Map<string, number>();
  for (const position of pool.positions) {
    const instrument = book.instruments.find(({ id }) => id === position.instrument);
    if (instrument === undefined) throw new Error(`no instrument ${position.instrument}`);
    const row = rule.instruments.find(({ match }) => match.id === instrument.id);
    if (row === undefined) refused = true;
    if (rule.assets[instrument.settle] === undefined && rule.unlisted === "refuse") refused = true;
    if (old(instrument.age) || old(asset(instrument.quote).age) || old(asset(instrument.settle).age)) stale = true;
    const mark = instrument.mark * scaleOf(instrument.factors);
    const size = position.quantity * instrument.multiplier;
    const pnl =
      instrument.payoff === "linear" ? size * mark - size * position.entry : size / position.entry - size / mark;
    unsettled.set(instrument.settle, (unsettled.get(instrument.settle) ?? 0) + pnl + position.funding);
    const notional = Math.abs(size) * (instrument.payoff === "linear" ? mark : 1) * price(instrument.quote, "index");
    levels.initial.requirement += notional * (row?.initial ?? 0);
    levels.maintenance.requirement += notional * (row?.maintenance ?? 0);
    const legs = instrument.payoff === "linear" ? size * mark + Math.abs(size * position.entry) : size / position.entry;
    scale += Math.abs(legs) * price(instrument.settle, "index") + notional + Math.abs(position.funding);
  }
  for (const [id, net] of unsettled) {
    equity += net * price(id, "index");
    if (net < 0) owe(id, -net);
    else {
      levels.initial.assets += net * price(id, rule.price.assets);
      levels.maintenance.assets += net * price(id, rule.price.assets);
    }
  }
  return { status: refused ? "unsupported" : stale ? "stalePrice" : "ok", equity, levels, scale };
}

import type { ComposedRule, Direction, PriceChoice, Rate, RoundingStep, Weight } from "../../src/rules/rule.js";
import type { Market } from "../../src/market/market.js";

/** What a rule reads of a market and lacks there: the pool has no number, under the status that this carries. */
export class NoNumber extends Error {
  constructor(
    readonly status: "unsupported" | "insufficientData",
    what: string,
  ) {
    super(what);
  }
}

/** Venue facts by asset or instrument id. */
export function stateOf(market: Market, id: string, name: string): number {
  const value = market.states.get(id)?.[name];
  if (value === undefined) throw new NoNumber("unsupported", `${id} has no ${name}`);
  return value;
}

/** A multiple of `unit` as said. A number within 2^-50 of a multiple is one: an f64 seldom is the decimal it stands for. */
export function rounded(x: number, unit: number | null, direction: Direction): number {
  if (unit === null || direction === "none" || x === 0) return x;
  const perOne = 1 / unit;
  const whole = Math.abs(Math.round(perOne) * unit - 1) < 1e-9 ? Math.round(perOne) : perOne;
  const steps = Math.abs(x) * whole;
  const near = Math.round(steps);
  const count =
    Math.abs(steps - near) <= steps * 2 ** -50
      ? near
      : direction === "down"
        ? Math.floor(steps)
        : direction === "up"
          ? Math.ceil(steps)
          : Math.floor(steps + 0.5);
  return (Math.sign(x) * count) / whole;
}

export const unitOf = (step: { readonly decimals: number } | null) => (step === null ? null : 10 ** -step.decimals);
const down = (x: number, unit: number | null) => rounded(x, unit, "down");

/** A step of a rule's rounding for one side. */
export const onSide = (x: number, step: RoundingStep | null, side: "assets" | "liabilities") =>
  step === null ? x : rounded(x, unitOf(step), step[side]);

/** The price of an asset that a choice means. A kind that is not quoted is what `missing` says. */
export function chosenPrice(
  choice: PriceChoice,
  market: Market,
  asset: number,
  missing: ComposedRule["missing"],
  side: "assets" | "liabilities",
): number {
  const id = market.assets[asset]?.id ?? "";
  const index = market.prices.index[asset] ?? Number.NaN;
  const of = (inner: PriceChoice) => chosenPrice(inner, market, asset, missing, side);
  switch (choice.kind) {
    case "named": {
      if (id === market.numeraire) return 1;
      const { bid, ask } = market.prices;
      const quoted =
        choice.name === "mid"
          ? ((bid[asset] ?? Number.NaN) + (ask[asset] ?? Number.NaN)) / 2
          : choice.name === "stable"
            ? (market.states.get(id)?.stable ?? Number.NaN)
            : (market.prices[choice.name][asset] ?? Number.NaN);
      if (!Number.isNaN(quoted)) return quoted;
      if (missing === "refuse") throw new NoNumber("insufficientData", `${id} has no ${choice.name}`);
      return missing === "zero" && side === "assets" ? 0 : index;
    }
    case "min":
      return Math.min(...choice.of.map(of));
    case "max":
      return Math.max(...choice.of.map(of));
    case "median": {
      const sorted = choice.of.map(of).sort((a, b) => a - b);
      const n = sorted.length;
      return ((sorted[(n - 1) >> 1] ?? Number.NaN) + (sorted[n >> 1] ?? Number.NaN)) / 2;
    }
    case "below":
    case "above": {
      const stated =
        id === market.numeraire
          ? 0
          : choice.confidence === "confidence"
            ? (market.confidence[asset] ?? 0)
            : stateOf(market, id, "emaConfidence");
      const band = Math.min(choice.times * stated, choice.cap);
      return of(choice.of) * (choice.kind === "below" ? 1 - band : 1 + band);
    }
    case "scaled":
      return of(choice.of) * choice.factor;
  }
}

/** √(|q| + 1e-10), as a venue that counts in units of `unit` / 10 takes it. */
const rootOf = (size: number, unit: number | null) =>
  down(Math.sqrt(Math.abs(size) + 1e-10), unit === null ? null : unit / 10);

/** w − w/5 + imf × root: what a size raises a liability weight or a margin ratio to. */
const raised = (w: number, imf: number, size: number, unit: number | null) =>
  w - down(w / 5, unit) + down(imf * rootOf(size, unit), unit);

/** 1.1 / (1 + imf × root): what a size lowers an asset weight to. */
export const lowered = (imf: number, size: number, unit: number | null) =>
  down(1.1 / (1 + down(imf * rootOf(size, unit), unit === null ? null : unit / 100)), unit);

/** What a choice of price comes to for the asset in question. */
type PriceOf = (choice: PriceChoice) => number;

/** Weight of a holding of `size` units of asset `id`; tiers are not a single number and are taken apart by `weighted`. */
export function weightOf(
  weight: Weight,
  size: number,
  side: "assets" | "liabilities",
  market: Market,
  id: string,
  price: PriceOf,
): number {
  const of = (inner: Weight) => weightOf(inner, size, side, market, id, price);
  switch (weight.kind) {
    case "flat":
      return weight.weight;
    case "tiers":
      throw new Error("tiers have no single weight");
    case "root": {
      const w = of(weight.of);
      if (weight.imf === 0) return w;
      return side === "assets"
        ? Math.min(w, lowered(weight.imf, size, weight.unit))
        : Math.max(w, raised(w, weight.imf, size, weight.unit));
    }
    case "clamp":
      return 1 - Math.min(Math.max((Math.abs(size) / weight.scale) * weight.slope, weight.lower), weight.upper);
    case "ramp": {
      const left = weight.until - market.asOf;
      if (left <= 0 || weight.from <= weight.to) return weight.to;
      return weight.to + down(((weight.from - weight.to) * left) / weight.over, weight.unit);
    }
    case "depositScaled": {
      const deposits = stateOf(market, id, "deposits") * price(weight.price);
      return down(of(weight.of) * (deposits > weight.start ? weight.start / deposits : 1), weight.unit);
    }
    case "borrowScaled": {
      const borrows = stateOf(market, id, "borrows") * price(weight.price);
      return down(of(weight.of) * (borrows > weight.start ? borrows / weight.start : 1), weight.unit);
    }
  }
}

/** The parts of `x` that fall into each tier: below the first bound, between it and the next, and so on. */
function parts(x: number, upTo: readonly number[]): number[] {
  let floor = 0;
  return upTo.map((bound) => {
    const part = Math.max(0, Math.min(x, bound) - floor);
    floor = bound;
    return part;
  });
}

/** value × weight, `limit` applied to each marginal weight. */
export function weighted(weight: Weight, value: number, single: (weight: Weight) => number, limit: PriceLimit): number {
  if (weight.kind !== "tiers") return value * limit(single(weight));
  return parts(value, weight.upTo).reduce((sum, part, k) => sum + part * limit(weight.weight[k] ?? 0), 0);
}
type PriceLimit = (weight: number) => number;

/** What a position of notional N and size |q| requires, before `plus`. `least` is a least rate. */
export function required(
  rate: Rate,
  notional: number,
  size: number,
  openInterest: () => number,
  least: number,
  round: (money: number) => number,
): number {
  const plain = (r: number) => round(notional * Math.max(r, least));
  switch (rate.kind) {
    case "flat":
      return plain(rate.rate);
    case "brackets": {
      const marginal = parts(notional, rate.upTo).reduce((sum, part, k) => sum + part * (rate.rate[k] ?? 0), 0);
      return round(Math.max(marginal, notional * least));
    }
    case "affine":
      return plain(rate.base + rate.slope * size);
    case "root":
      return plain(rate.imf === 0 ? rate.rate : Math.max(rate.rate, raised(rate.rate, rate.imf, size, rate.unit)));
    case "rootBetween": {
      const { low, high, imf, unit } = rate;
      const a = imf === 0 ? high : raised(high, imf, size, unit);
      if (a > high) return plain(a);
      if (a === high) return plain(low);
      const share = 1 - down((high - a) / down(high / 5, unit), unit / 100);
      return plain(low + down(Math.max(high - low, unit) * share, unit));
    }
    case "openInterest": {
      if (rate.upper === 0) return plain(rate.base);
      const way = Math.min(1, Math.max(0, (openInterest() - rate.lower) / (rate.upper - rate.lower)));
      return plain(way === 1 ? 1 : rate.base + down((1 - rate.base) * way, rate.unit));
    }
    case "share":
      return Math.max(round(rate.share * round(notional * rate.of)), round(notional * least));
  }
}

/** Pools with options as METHODS.md ("Option books") defines them, from plain records. Shares no code with the package. */

export interface ReferenceAsset {
  readonly id: string;
  /** numeraire per unit */
  readonly index: number;
  readonly factors: Readonly<Record<string, number>>;
}

export interface ReferenceContract {
  readonly id: string;
  readonly payoff: "linear" | "inverse";
  readonly underlying: string;
  readonly quote: string;
  readonly settle: string;
  readonly multiplier: number;
  readonly mark: number;
  readonly factors: Readonly<Record<string, number>>;
}

export interface ReferenceOption extends ReferenceContract {
  readonly strike: number;
  readonly right: "call" | "put";
  /** whole days to expiry */
  readonly days: number;
  readonly volatility: number;
  /** id of a contract; null: the index of the underlying */
  readonly forward: string | null;
}

export interface ReferenceWorld {
  readonly assets: readonly ReferenceAsset[];
  readonly contracts: readonly ReferenceContract[];
  readonly options: readonly ReferenceOption[];
  readonly pools: readonly ReferencePool[];
}

export interface ReferencePool {
  readonly id: string;
  readonly balances: readonly { readonly asset: string; readonly quantity: number }[];
  readonly positions: readonly {
    readonly instrument: string;
    readonly quantity: number;
    readonly entry: number;
    readonly funding: number;
  }[];
}

type Moves = Readonly<Record<string, number>>;
export type ReferenceKind = "delta" | "deltaGamma" | "revaluation";

function density(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** Φ by its series about 0, and Laplace's continued fraction far out. */
function cumulative(x: number): number {
  if (x < -7) {
    let fraction = -x;
    for (let k = 200; k >= 1; k--) fraction = -x + k / fraction;
    return density(x) / fraction;
  }
  if (x > 7) return 1 - cumulative(-x);
  let sum = 0;
  for (let term = x, k = 1; sum + term !== sum; k++) {
    sum += term;
    term *= (x * x) / (2 * k + 1);
  }
  return 0.5 + density(x) * sum;
}

/** Undiscounted Black price with its first and second derivative by the forward. */
export function black(
  right: "call" | "put",
  forward: number,
  strike: number,
  years: number,
  volatility: number,
): { price: number; delta: number; gamma: number } {
  const sign = right === "call" ? 1 : -1;
  const deviation = volatility * Math.sqrt(years);
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  return {
    price: sign * (forward * cumulative(sign * d1) - strike * cumulative(sign * d2)),
    delta: sign * cumulative(sign * d1),
    gamma: density(d1) / (forward * deviation),
  };
}

function assetOf(world: ReferenceWorld, id: string): ReferenceAsset {
  const found = world.assets.find((asset) => asset.id === id);
  if (found === undefined) throw new Error(`no asset ${id}`);
  return found;
}

/** Relative move of something made of factors. */
const moved = (factors: Readonly<Record<string, number>>, moves: Moves): number =>
  Object.entries(factors).reduce((sum, [name, coefficient]) => sum + coefficient * (moves[name] ?? 0), 0);

/** Forward of an option in what its strike is in, and what 1 of that is worth. */
export function forwardOf(world: ReferenceWorld, option: ReferenceOption): { forward: number; unit: number } {
  const contract = world.contracts.find(({ id }) => id === option.forward);
  if (contract !== undefined) return { forward: contract.mark, unit: assetOf(world, contract.quote).index };
  const unit = option.payoff === "inverse" ? 1 : assetOf(world, option.quote).index;
  return { forward: assetOf(world, option.underlying).index / unit, unit };
}

/** Price of an option in its settle asset, where its forward has made a relative move and its volatility another. */
export function optionPrice(world: ReferenceWorld, option: ReferenceOption, move: number, volatilityMove = 0): number {
  const forward = forwardOf(world, option).forward * (1 + move);
  const volatility = option.volatility * (1 + volatilityMove);
  const { price } = black(option.right, forward, option.strike, option.days / 365, volatility);
  return option.payoff === "inverse" ? price / forward : price;
}

/** F ∂a/∂F and F² ∂²a/∂F² of the price a in the settle asset, by the quotient rule where it is V/F. */
export function sensitivities(world: ReferenceWorld, option: ReferenceOption): { slope: number; curvature: number } {
  const { forward } = forwardOf(world, option);
  const { price, delta, gamma } = black(option.right, forward, option.strike, option.days / 365, option.volatility);
  if (option.payoff === "linear") return { slope: forward * delta, curvature: forward * forward * gamma };
  const first = delta / forward - price / forward ** 2;
  const second = gamma / forward - (2 * delta) / forward ** 2 + (2 * price) / forward ** 3;
  return { slope: forward * first, curvature: forward ** 2 * second };
}

/** What a pool is worth, with the sum of the magnitudes in it. */
export function equityOf(world: ReferenceWorld, pool: ReferencePool): { equity: number; scale: number } {
  const terms = pool.balances.map(({ asset, quantity }) => quantity * assetOf(world, asset).index);
  for (const { instrument, quantity, entry, funding } of pool.positions) {
    const option = world.options.find(({ id }) => id === instrument);
    const contract = option ?? world.contracts.find(({ id }) => id === instrument);
    if (contract === undefined) throw new Error(`no instrument ${instrument}`);
    const size = quantity * contract.multiplier;
    const price = assetOf(world, contract.settle).index;
    terms.push(funding * price);
    if (option !== undefined) terms.push(size * option.mark * price);
    else if (contract.payoff === "linear") terms.push(size * contract.mark * price, -size * entry * price);
    else terms.push((size / entry) * price, (-size / contract.mark) * price);
  }
  return {
    equity: terms.reduce((sum, term) => sum + term, 0),
    scale: terms.reduce((sum, term) => sum + Math.abs(term), 0),
  };
}

/**
 * P&L of a pool under moves of the factors: contracts to first order, options as `kind` says. `scale` is the sum of the
 * magnitudes of what the moves are of, each option's forward among them: moves are right to an ulp of 1, prices of a forward.
 */
export function profit(
  world: ReferenceWorld,
  pool: ReferencePool,
  kind: ReferenceKind,
  moves: Moves,
  beta = 0,
): { pnl: number; scale: number } {
  let pnl = 0;
  let scale = 0;
  const add = (exposure: number, move: number) => {
    pnl += exposure * move;
    scale += Math.abs(exposure);
  };
  for (const { asset, quantity } of pool.balances) {
    const { index, factors } = assetOf(world, asset);
    add(quantity * index, moved(factors, moves));
  }
  for (const { instrument, quantity, entry, funding } of pool.positions) {
    const option = world.options.find(({ id }) => id === instrument);
    const contract = option ?? world.contracts.find(({ id }) => id === instrument);
    if (contract === undefined) throw new Error(`no instrument ${instrument}`);
    const settle = assetOf(world, contract.settle);
    const size = quantity * contract.multiplier * settle.index;
    const f = moved(contract.factors, moves);
    const x = moved(settle.factors, moves);
    add(funding * settle.index, x);
    if (option === undefined) {
      const [now, then] = contract.payoff === "linear" ? [contract.mark, -entry] : [-1 / contract.mark, 1 / entry];
      add(size * Math.abs(now), f);
      add(size * now, x);
      add(size * then, x);
      continue;
    }
    scale += Math.abs(size) * (option.payoff === "inverse" ? 1 : forwardOf(world, option).forward);
    add(size * option.mark, x);
    const { slope, curvature } = sensitivities(world, option);
    if (kind === "delta") add(size * slope, f);
    else if (kind === "deltaGamma") pnl += size * (slope * (f + f * x) + 0.5 * curvature * f * f);
    else pnl += size * (1 + x) * (optionPrice(world, option, f, beta * f) - optionPrice(world, option, 0));
  }
  return { pnl, scale };
}

/** A move of one of each factor, the others still: P&L to first order under it is the exposure. */
export function unitMoves(factors: readonly string[]): readonly Moves[] {
  return factors.map((name) => ({ [name]: 1 }));
}

interface Level {
  readonly initial: number;
  readonly maintenance: number;
}

/** The part of a rule document that these books meet: flat weights and rates by instrument kind. */
export interface ReferenceRule {
  readonly assets: Readonly<Record<string, Level & { readonly liability: Level }>>;
  readonly option: Level;
  readonly contract: Level;
}

/** Collateral with options by delta: option values count as unsettled P&L, rates are of |delta| × forward. */
export function collateralOf(
  world: ReferenceWorld,
  pool: ReferencePool,
  rule: ReferenceRule,
): { readonly eligible: Level; readonly requirement: Level; readonly scale: number } {
  const eligible = { initial: 0, maintenance: 0 };
  const requirement = { initial: 0, maintenance: 0 };
  let scale = 0;
  const count = (id: string, quantity: number, gain: boolean) => {
    const value = quantity * assetOf(world, id).index;
    const weights = rule.assets[id];
    if (weights === undefined) throw new Error(`no weight of ${id}`);
    for (const level of ["initial", "maintenance"] as const) {
      eligible[level] += value * (value < 0 ? weights.liability[level] : gain ? 1 : weights[level]);
    }
  };
  for (const { asset, quantity } of pool.balances) {
    count(asset, quantity, false);
    scale += Math.abs(quantity) * assetOf(world, asset).index;
  }
  const unsettled = new Map<string, number>();
  for (const { instrument, quantity, entry, funding } of pool.positions) {
    const option = world.options.find(({ id }) => id === instrument);
    const contract = option ?? world.contracts.find(({ id }) => id === instrument);
    if (contract === undefined) throw new Error(`no instrument ${instrument}`);
    const size = quantity * contract.multiplier;
    const linear = contract.payoff === "linear";
    const worth =
      option !== undefined
        ? size * option.mark
        : linear
          ? size * (contract.mark - entry)
          : size * (1 / entry - 1 / contract.mark);
    unsettled.set(contract.settle, (unsettled.get(contract.settle) ?? 0) + worth + funding);
    let notional = Math.abs(size) * (linear ? contract.mark : 1) * assetOf(world, contract.quote).index;
    if (option !== undefined) {
      const { forward, unit } = forwardOf(world, option);
      const greeks = black(option.right, forward, option.strike, option.days / 365, option.volatility);
      notional = Math.abs(size * greeks.delta) * forward * unit;
      scale += Math.abs(size) * forward * unit;
    }
    const rates = option === undefined ? rule.contract : rule.option;
    for (const level of ["initial", "maintenance"] as const) requirement[level] += notional * rates[level];
    const legs = Math.abs(size) * (linear ? contract.mark + entry : 1 / entry + 1 / contract.mark);
    scale +=
      notional +
      (Math.abs(funding) + (option === undefined ? legs : Math.abs(worth))) * assetOf(world, contract.settle).index;
  }
  for (const [id, net] of unsettled) count(id, net, true);
  return { eligible, requirement, scale };
}

/**
 * Mean and variance of a pool's P&L to second order under normal moves. The P&L is a quadratic form of the moves, whose
 * coefficients are differences of it at moves of one: mean ½ tr ΓC, variance δ'Cδ + ½ tr (ΓC)².
 */
export function secondOrder(
  world: ReferenceWorld,
  pool: ReferencePool,
  factors: readonly string[],
  covariance: readonly (readonly number[])[],
): { readonly mean: number; readonly variance: number; readonly scale: number } {
  const at = (...names: readonly string[]) => {
    const moves: Record<string, number> = {};
    for (const name of names) moves[name] = (moves[name] ?? 0) + 1;
    return profit(world, pool, "deltaGamma", moves);
  };
  const gamma = factors.map((a) => factors.map((b) => at(a, b).pnl - at(a).pnl - at(b).pnl));
  const delta = factors.map((name, i) => at(name).pnl - (gamma[i]?.[i] ?? 0) / 2);
  const product = gamma.map((row) =>
    factors.map((_, k) => row.reduce((sum, g, j) => sum + g * (covariance[j]?.[k] ?? 0), 0)),
  );
  let mean = 0;
  let variance = 0;
  for (const i of factors.keys()) {
    mean += (product[i]?.[i] ?? 0) / 2;
    for (const j of factors.keys()) {
      variance += (delta[i] ?? 0) * (covariance[i]?.[j] ?? 0) * (delta[j] ?? 0);
      variance += ((product[i]?.[j] ?? 0) * (product[j]?.[i] ?? 0)) / 2;
    }
  }
  const scale = Math.max(...factors.flatMap((a) => factors.map((b) => at(a, b).scale)));
  return { mean, variance, scale };
}

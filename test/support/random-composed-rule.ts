import { random } from "./random-book.js";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Fields = { readonly [key: string]: Json };

/** 1 as on-chain indices have it. */
export const ONE = "1000000000000000000000000000";

/** Draws from a seeded source. */
export class Draw {
  readonly next: () => number;
  constructor(seed: number) {
    this.next = random(seed);
  }
  chance = (p: number) => this.next() < p;
  pick = <T>(items: readonly T[]): T => items[Math.floor(this.next() * items.length)] as T;
  between = (low: number, high: number) => low + (high - low) * this.next();
  /** a number with few digits, as documents have */
  round = (low: number, high: number, digits = 4) => Number(this.between(low, high).toFixed(digits));
  /** spread over orders of magnitude */
  size = (low: number, high: number) => Number((low * (high / low) ** this.next()).toPrecision(6));
  maybe = (p: number, make: () => Fields): Fields => (this.chance(p) ? make() : {});
  /** one to three rising bounds and an open end, a value each */
  steps(highest: number, value: () => number): Json {
    const bounds = [0, ...this.some(2, () => 0)].map(() => this.size(100, highest)).sort((a, b) => a - b);
    return [...bounds.map((upTo) => [upTo, value()]), [null, value()]];
  }
  some = <T>(most: number, make: (i: number) => T): T[] =>
    Array.from({ length: Math.floor(this.next() * (most + 1)) }, (_, i) => make(i));
}

export interface Facts {
  readonly assets: readonly { readonly id: string; readonly index: number; readonly decimals: number }[];
  readonly contracts: readonly { readonly id: string; readonly mark: number; readonly perUnit: number }[];
  readonly spot: readonly { readonly id: string; readonly index: number }[];
}

/** Draws a rule of the composed language for the assets and contracts of a market. */
export class RuleDraw {
  private readonly initial: boolean;
  private readonly joins: "apart" | "position" | "balance";
  private readonly overlap: "net" | "liability" | "asset";
  private readonly settled: boolean;
  private readonly missing: "index" | "zero" | "refuse";

  constructor(
    private readonly draw: Draw,
    private readonly facts: Facts,
  ) {
    this.initial = draw.chance(0.8);
    this.joins = draw.pick(["apart", "position", "balance"] as const);
    this.overlap = this.joins === "balance" ? draw.pick(["net", "liability", "asset"] as const) : "net";
    this.missing = draw.pick(["index", "index", "zero", "refuse"] as const);
    this.settled = this.joins !== "position" && draw.chance(0.3);
  }

  rule(seed: number): Fields {
    const { draw, facts, joins } = this;
    const listed = facts.assets.filter(({ id }) => id !== "AAA@chain" && draw.chance(0.97)).map(({ id }) => id);
    const entries = (ids: readonly string[]): Fields => Object.fromEntries(ids.map((id) => [id, this.asset(id)]));
    const contracts = this.settled ? draw.pick(["settle", "refuse"]) : draw.pick(["worstSide", "worstSide", "refuse"]);
    return {
      schema: "margrave/rule/1",
      id: `rule-${seed}`,
      model: "composed",
      breach: draw.pick(["<", "<="]),
      breachNeeds: draw.pick(["nothing", "nothing", "requirement"]),
      ...draw.maybe(0.5, () => ({ maxPriceAge: "PT1H", stale: draw.pick(["flag", "zero", "refuse"]) })),
      missing: this.missing,
      ...draw.maybe(0.8, () => ({ price: this.prices() })),
      unlisted: draw.pick(["refuse", "zero"]),
      assets: { ...entries(listed), ...draw.maybe(0.3, () => ({ "*": this.asset("*") })) },
      instruments: this.instruments(facts.contracts.map(({ id }) => id)),
      categories: {
        one: {
          assets: entries(listed.slice(1).filter(() => draw.chance(0.4))),
          ...draw.maybe(0.5, () => ({ others: this.levels(() => draw.round(0, 0.5)) })),
          instruments: facts.contracts.filter(() => draw.chance(0.3)).map(({ id }) => this.instrument({ id })),
        },
        two: {
          ...draw.maybe(0.5, () => ({ others: { liability: { maintenance: draw.round(1, 1.2) } } })),
        },
      },
      options: {
        category: "mode",
        ...(this.initial ? { leverage: "leverage", floor: "floor", floorExempt: ["USD"] } : {}),
      },
      pnl: {
        joins,
        overlap: this.overlap,
        ...(joins === "position" ? { losses: draw.pick(["liability", "assets"]) } : {}),
      },
      orders: {
        contracts,
        spot: draw.pick(["refuse", "fill", "reserved"]),
        levels: this.initial ? draw.pick(["initial", "both"]) : "both",
        each: draw.pick([0, 0.01, 5]),
      },
      // Weighted assets may be below 0 where losses are taken off them, and no requirement may.
      ...draw.maybe(0.5, () => ({ requirement: { max: [0, this.combiner(3)] } })),
      ...draw.maybe(0.6, () => ({ rounding: this.rounding() })),
      balances: {
        assets: draw.pick<Fields>([{ index: { one: ONE } }, { shares: { virtualShares: 1000000, virtualAssets: 1 } }]),
        liabilities: draw.pick<Fields>([{ index: { one: ONE } }, { shares: {} }, { growth: { fractionalBits: 31 } }]),
      },
      ...draw.maybe(0.5, () => ({
        ladder: {
          of: draw.pick(["health", "coverage"]),
          steps: [
            ["warn", 3],
            ["reduceOnly", 1.2],
            ["liquidate", 1],
            ["backstop", 0.6667],
          ],
        },
      })),
    };
  }

  /** A pair of levels, initial left out where the rule has none. */
  private levels(make: () => Json): Fields {
    return { ...(this.initial ? { initial: make() } : {}), maintenance: make() };
  }

  private prices(): Fields {
    const sides = () => ({ assets: this.price(2), liabilities: this.price(2) });
    return this.draw.chance(0.5) ? sides() : this.levels(sides);
  }

  private price(depth: number): Json {
    const { draw } = this;
    const name = () => draw.pick(["index", "index", "bid", "ask", "twap", "ema", "mid", "stable"]);
    if (depth === 0 || draw.chance(0.4)) return name();
    const of = () => this.price(depth - 1);
    const band = () => ({
      of: of(),
      confidence: draw.pick(["confidence", "emaConfidence"]),
      times: draw.pick([1, 2.12]),
      cap: draw.pick([1, 0.03]),
    });
    return draw.pick<() => Json>([
      () => ({ min: [of(), of()] }),
      () => ({ max: [of(), of()] }),
      () => ({ median: [of(), of(), of()] }),
      () => ({ below: band() }),
      () => ({ above: band() }),
      () => ({ scaled: { of: of(), factor: draw.round(0.9, 1.1) } }),
    ])();
  }

  private asset(id: string): Fields {
    const { draw, initial } = this;
    const liability = () => (draw.chance(0.5) ? this.liabilityWeight(id) : draw.round(1, 1.4));
    return {
      ...this.levels(() => this.assetWeight(id)),
      ...draw.maybe(0.7, () => ({
        liability: { ...(initial && draw.chance(0.8) ? { initial: liability() } : {}), maintenance: liability() },
      })),
      ...draw.maybe(0.2, () => ({ price: this.prices() })),
      ...draw.maybe(0.25, () => ({ cap: { [draw.pick(["USD", "STB"])]: draw.size(100, 1e6) } })),
      ...draw.maybe(0.25, () => ({
        borrow: { ...(initial ? { initial: draw.round(0.2, 0.4) } : {}), maintenance: draw.round(0.05, 0.2) },
      })),
    };
  }

  private unit(): Fields {
    return this.draw.maybe(0.6, () => ({ unit: 1e-4 }));
  }

  /**
   * The price that a scaled weight takes. Where a missing price refuses a pool it is one that never is: a contract may read
   * the prices of an asset and not its weights, and whether those then count as missing is nobody's business.
   */
  private scale(): Json {
    return this.missing === "refuse" ? "index" : this.price(1);
  }

  private ramp(low: number, high: number): Fields {
    const { draw } = this;
    const until = draw.pick(["2026-11-25T00:00:00Z", "2026-11-01T00:00:00Z"]);
    return { ramp: { from: draw.round(low, high), to: draw.round(low, high), until, over: "P30D", ...this.unit() } };
  }

  /** Static where the rule asks for it: with an overlap a weight may not depend on size. */
  private assetWeight(id: string): Json {
    const { draw } = this;
    const flat = () => draw.round(0, 1);
    const scaled = (of: Json): Fields => ({
      depositScaled: { of, start: draw.size(1e5, 1e8), price: this.scale(), ...this.unit() },
    });
    const still = (): Json =>
      draw.pick<() => Json>([
        flat,
        flat,
        () => this.ramp(0, 1),
        () => (id === "USD" || id === "*" ? flat() : scaled(flat())),
      ])();
    if (this.overlap !== "net") return still();
    return draw.pick<() => Json>([
      still,
      still,
      () => draw.steps(100_000, flat),
      () => ({ root: { of: still(), imf: draw.pick([0, draw.round(0, 0.2, 6)]), ...this.unit() } }),
      () => ({
        clamp: {
          scale: draw.size(10, 1e5),
          slope: draw.round(0.5, 3),
          lower: draw.round(0, 0.1),
          upper: draw.round(0.2, 1),
        },
      }),
    ])();
  }

  private liabilityWeight(id: string): Json {
    const { draw } = this;
    const flat = () => draw.round(1, 1.5);
    const scaled = (): Fields => ({
      borrowScaled: { of: flat(), start: draw.size(1e5, 1e8), price: this.scale(), ...this.unit() },
    });
    const still = (): Json =>
      draw.pick<() => Json>([flat, () => this.ramp(1, 1.5), () => (id === "USD" || id === "*" ? flat() : scaled())])();
    if (this.overlap !== "net") return still();
    return draw.pick<() => Json>([
      still,
      () => ({ root: { of: still(), imf: draw.pick([0, draw.round(0, 0.2, 6)]), ...this.unit() } }),
    ])();
  }

  private instruments(ids: readonly string[]): Json[] {
    const { draw } = this;
    const byId = ids.filter(() => draw.chance(0.6)).map((id) => this.instrument({ id }));
    const rest = draw.pick<Fields[]>([
      [{}],
      [{ kind: "perpetual", payoff: "linear" }, { payoff: "inverse" }],
      [{ underlying: "AAA" }, { settle: "USD" }, { quote: "STB" }],
    ]);
    return [...byId, ...rest.map((match) => this.instrument(match))];
  }

  private instrument(match: Fields): Fields {
    const { draw } = this;
    const money = (p: number, key: string, high: number): Fields =>
      draw.maybe(p, () => ({ [key]: this.levels(() => draw.round(0, high, 2)) }));
    const rated = !this.settled || draw.chance(0.3);
    const rates = this.draw.pick<() => Fields>([
      () => this.levels(() => draw.round(0.02, 0.5)),
      () => this.levels(() => this.rate()),
      () => this.levels(() => this.rate()),
    ]);
    const terms = rated ? rates() : {};
    const { initial, maintenance } = terms;
    // A flat initial rate below a flat maintenance rate is an error, and drawn too often.
    const ordered =
      typeof initial === "number" && typeof maintenance === "number"
        ? { initial: Math.max(initial, maintenance), maintenance: Math.min(initial, maintenance) }
        : terms;
    return {
      match,
      ...ordered,
      ...(this.settled
        ? {
            weights: this.levels(() => ({
              asset: draw.round(0.7, 1),
              liability: draw.round(1, 1.3),
              overall: draw.round(0.5, 1),
            })),
          }
        : {}),
      ...(rated ? { notional: draw.pick(["mark", "mark", "index", "entry"]) } : {}),
      ...(rated ? { ...money(0.3, "plus", 20), ...money(0.3, "atLeast", 50) } : {}),
      ...(this.joins === "position"
        ? { ...draw.maybe(0.6, () => ({ gain: this.levels(() => this.gain()) })), ...money(0.4, "gainCap", 500) }
        : {}),
      ...draw.maybe(0.4, () => ({ costs: draw.round(0, 0.01, 5) })),
      ...draw.maybe(0.4, () => ({ reward: draw.round(0, 0.02, 5) })),
    };
  }

  private gain(): Json {
    const { draw } = this;
    if (draw.chance(0.4)) return draw.round(0, 1);
    return {
      root: { weight: draw.round(0, 1), imf: draw.round(0, 0.1, 6), scale: draw.pick([1, 1e-3]), ...this.unit() },
    };
  }

  private rate(): Json {
    const { draw } = this;
    const r = () => draw.round(0.01, 0.4);
    return draw.pick<() => Json>([
      () => draw.steps(50_000, r),
      () => ({ affine: { base: r(), slope: draw.size(1e-6, 1e-3) } }),
      () => ({ root: { rate: r(), imf: draw.pick([0, draw.round(0, 0.05, 6)]), ...this.unit() } }),
      () => ({ rootBetween: { low: 0.01, high: r() + 0.01, imf: draw.pick([0, draw.size(1e-5, 0.05)]), unit: 1e-4 } }),
      () => ({
        openInterest: { base: r(), lower: draw.size(1e5, 1e6), upper: draw.pick([0, draw.size(2e6, 1e8)]), unit: 1e-6 },
      }),
      () => ({ share: { of: r(), share: draw.round(0.2, 0.9) } }),
    ])();
  }

  private combiner(depth: number): Json {
    const { draw } = this;
    const atom = () =>
      draw.pick([
        "positions",
        "borrowing",
        "orders",
        "notional",
        "rewards",
        "collateral",
        "debt",
        "assets",
        "liabilities",
      ]);
    if (depth === 0 || draw.chance(0.3)) return draw.chance(0.2) ? draw.round(0, 100, 2) : atom();
    const of = () => this.combiner(depth - 1);
    return draw.pick<() => Json>([
      () => ({ max: [of(), of()] }),
      () => ({ min: [of(), of(), of()] }),
      () => ({ sum: ["positions", of()] }),
      () => ({ scale: { of: of(), by: draw.round(0.1, 1) } }),
      () => ({ held: of() }),
    ])();
  }

  private rounding(): Fields {
    const { draw, initial } = this;
    const step = () => ({
      decimals: draw.pick([2, 6, 8]),
      assets: draw.pick(["down", "half", "none"]),
      liabilities: draw.pick(["up", "down", "none"]),
    });
    return {
      ...draw.maybe(0.5, () => ({
        amount: { assets: draw.pick(["down", "half"]), liabilities: draw.pick(["up", "down"]) },
      })),
      ...draw.maybe(0.7, () => ({ value: step() })),
      ...draw.maybe(0.5, () => ({ weighted: step() })),
      ...draw.maybe(0.5, () => ({
        requirement: { decimals: draw.pick([2, 6]), direction: draw.pick(["up", "down"]) },
      })),
      ...draw.maybe(0.4, () => ({
        average: { ...(initial ? { initial: 4 } : {}), ...draw.maybe(0.4, () => ({ maintenance: draw.pick([2, 4]) })) },
      })),
    };
  }
}

import type { PoolDocument } from "../reference/composed.js";
import { Draw, type Facts, type Fields, type Json, ONE, RuleDraw } from "./random-composed-rule.js";

/** A market, a composed rule and pools, as documents. */
export interface ComposedCase {
  readonly market: Fields;
  readonly rule: Fields;
  /** `rule` and others for the same assets, with the same forms of raw balances */
  readonly rules: readonly Fields[];
  readonly pools: readonly (PoolDocument & { readonly id: string })[];
}

const AS_OF = "2026-11-20T08:00:00Z";
/** Instruments of each asset with contracts, and how each pays. */
const CONTRACTS = [
  { suffix: "PERP", kind: "perpetual", payoff: "linear" },
  { suffix: "INV", kind: "perpetual", payoff: "inverse" },
  { suffix: "DEC", kind: "future", payoff: "linear" },
] as const;

/**
 * A case that draws on every primitive of the rule language: each seed takes some, a few hundred take all. Rules are odd but
 * valid; pools are long, short, lent and borrowed, some of them holding what the rule refuses.
 */
export function randomComposed(seed: number, poolCount: number, ruleCount = 1): ComposedCase {
  const draw = new Draw(seed);
  const { document, facts } = market(draw);
  const rule = new RuleDraw(draw, facts).rule(seed);
  const pools = Array.from({ length: poolCount }, (_, p) => pool(draw, facts, rule, p));
  const others = Array.from({ length: ruleCount - 1 }, (_, i) => ({
    ...new RuleDraw(draw, facts).rule(seed),
    id: `rule-${seed}-${i + 2}`,
    balances: rule.balances ?? null,
  }));
  return { market: document, rule, rules: [rule, ...others], pools };
}

function market(draw: Draw): { readonly document: Fields; readonly facts: Facts } {
  const coins = ["AAA", "BBB", "CCC"].slice(0, 1 + Math.floor(draw.next() * 3));
  const prices: Fields[] = [];
  const assets = [
    { id: "USD", index: 1, decimals: 6 },
    { id: "STB", index: draw.round(0.99, 1.01), decimals: 6 },
    ...coins.map((id) => ({ id, index: draw.size(0.5, 50_000), decimals: draw.pick([6, 8, 18]) })),
    { id: "AAA@chain", index: 0, decimals: 18 },
  ].map((asset) => (asset.id === "AAA@chain" ? { ...asset, index: 0 } : asset));
  const aaa = assets.find(({ id }) => id === "AAA")?.index ?? 1;
  const priced = assets.map((asset) => (asset.id === "AAA@chain" ? { ...asset, index: aaa } : asset));
  for (const { id, index } of priced) {
    if (id === "USD" || id === "AAA@chain") continue;
    const around = (spread: number) => Number((index * (1 + spread * draw.between(-1, 1))).toPrecision(8));
    prices.push({
      of: id,
      in: "USD",
      index,
      ...draw.maybe(0.7, () => ({ bid: index * 0.997, ask: index * 1.004 })),
      ...draw.maybe(0.7, () => ({ twap: around(0.05) })),
      ...draw.maybe(0.7, () => ({ ema: around(0.05) })),
      ...draw.maybe(0.6, () => ({ confidence: draw.round(0, 0.05) })),
      ...draw.maybe(0.6, () => ({ time: new Date(Date.parse(AS_OF) - draw.between(0, 100) * 60_000).toISOString() })),
      state: {
        ...draw.maybe(0.8, () => ({ stable: around(0.05) })),
        emaConfidence: draw.round(0, 0.05),
        deposits: draw.size(1e5, 1e8) / index,
        borrows: draw.size(1e5, 1e8) / index,
      },
    });
  }
  const instruments: Fields[] = [];
  const contracts: { id: string; mark: number; perUnit: number }[] = [];
  const spot: { id: string; index: number }[] = [];
  for (const { id, index } of priced.slice(2, -1)) {
    for (const { suffix, kind, payoff } of CONTRACTS) {
      const settle = payoff === "inverse" ? id : draw.pick(["USD", "STB"]);
      const multiplier = draw.pick([1, 1, 0.001, 10]);
      const name = `${id}-${suffix}`;
      instruments.push({
        id: name,
        kind,
        payoff,
        underlying: id,
        quote: payoff === "inverse" ? "USD" : settle,
        settle,
        multiplier,
        ...(kind === "future" ? { expiry: "2026-12-25T08:00:00Z" } : {}),
      });
      const mark = Number((index * draw.between(0.98, 1.02)).toPrecision(7));
      prices.push({
        of: name,
        mark,
        ...draw.maybe(0.3, () => ({ time: new Date(Date.parse(AS_OF) - 90 * 60_000 * draw.next()).toISOString() })),
        state: { openInterest: draw.size(1e5, 1e8) / index },
      });
      contracts.push({ id: name, mark, perUnit: multiplier * (payoff === "inverse" ? 1 : mark) });
    }
    const quote = draw.pick(["USD", "STB"]);
    instruments.push({ id: `${id}/${quote}`, kind: "spot", payoff: "linear", underlying: id, quote, settle: quote });
    spot.push({ id: `${id}/${quote}`, index });
  }
  const document = {
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: priced.map(({ id, decimals }) => ({ id, decimals, ...(id === "AAA@chain" ? { is: "AAA" } : {}) })),
    prices,
    instruments,
  };
  return { document, facts: { assets: priced, contracts, spot } };
}

function pool(draw: Draw, facts: Facts, rule: Fields, p: number): PoolDocument & { readonly id: string } {
  const worth = () => (draw.chance(0.05) ? 0 : draw.size(10, 200_000));
  const amount = ({ index, decimals }: Facts["assets"][number]) =>
    Number((worth() / index).toFixed(Math.min(decimals, 8)));
  const held = (most: number) => [...new Set(draw.some(most, () => draw.pick(facts.assets)))];
  const raw = (quantity: number, decimals: number, form: Json) => {
    const units = BigInt(Math.round(quantity * 1e6)) * 10n ** BigInt(Math.max(0, decimals - 6));
    const kind = Object.keys(form as Fields)[0];
    const grown = 1000 + Math.floor(draw.next() * 500);
    if (kind === "index") return { scaled: String((units * 1000n) / BigInt(grown)), index: `${grown}${ONE.slice(4)}` };
    if (kind === "shares")
      return { shares: String(units * 1000000n), totalAssets: "1234567890123", totalShares: "1134567890123000000" };
    return { owed: String(units << 31n), index: `${grown}000000007`, from: "1000000000000" };
  };
  const { assets, liabilities } = rule.balances as Fields;
  const initial = Object.hasOwn(rule.options as Fields, "leverage");
  // Whether an order of nothing asks for a price, and so is refused where there is none, is nobody's business.
  const certain = rule.missing === "refuse";
  const lend = (form: Json) => (asset: Facts["assets"][number]) => {
    const quantity = amount(asset);
    return {
      asset: asset.id,
      quantity,
      ...(draw.chance(0.3) ? { raw: raw(quantity, asset.decimals, form ?? null) } : {}),
    };
  };
  const [lends, trades] = [draw.chance(0.6), draw.chance(0.6)];
  return {
    id: `pool-${p}`,
    ...(draw.chance(0.5)
      ? {
          options: {
            ...(draw.chance(0.5) ? { mode: draw.pick(["one", "two", 0, "unknown"]) } : {}),
            ...(draw.chance(initial ? 0.3 : 0.05) ? { leverage: draw.round(1, 20, 1) } : {}),
            ...(draw.chance(initial ? 0.2 : 0)
              ? { [`leverage.${draw.pick(facts.contracts).id}`]: draw.round(1, 20, 1) }
              : {}),
            ...(draw.chance(initial ? 0.3 : 0) ? { floor: draw.round(0, 0.3, 2) } : {}),
          },
        }
      : {}),
    balances: held(4).map((asset) => {
      const quantity = amount(asset);
      if (draw.chance(0.3)) {
        return {
          asset: asset.id,
          quantity: 0 - quantity,
          ...(draw.chance(0.5) ? { borrow: { rate: draw.round(0, 0.2), accruedTo: "2026-11-01T00:00:00Z" } } : {}),
        };
      }
      return { asset: asset.id, quantity, ...(draw.chance(0.2) ? { locked: quantity / 4 } : {}) };
    }),
    supplies: lends ? held(3).map((asset) => ({ ...lend(assets ?? null)(asset), collateral: draw.chance(0.8) })) : [],
    debts: lends ? held(2).map(lend(liabilities ?? null)) : [],
    positions: trades
      ? draw.some(4, () => {
          const contract = draw.pick(facts.contracts);
          return {
            instrument: contract.id,
            quantity: draw.chance(0.05)
              ? 0
              : Number(((worth() / contract.perUnit) * draw.pick([1, -1])).toPrecision(9)),
            entryPrice: Number((contract.mark * draw.between(0.7, 1.3)).toPrecision(8)),
            ...(draw.chance(0.4) ? { fundingDue: draw.round(-20, 20, 3) / contract.mark } : {}),
          };
        })
      : [],
    orders:
      trades && draw.chance(0.5)
        ? [
            ...draw.some(3, () => {
              const contract = draw.pick(facts.contracts);
              return order(draw, contract.id, worth() / contract.perUnit, contract.mark);
            }),
            ...(draw.chance(0.5)
              ? draw.some(2, () => {
                  const market = draw.pick(facts.spot);
                  return order(draw, market.id, (certain ? 100 : worth()) / market.index, market.index, certain);
                })
              : []),
          ]
        : [],
  };
}

function order(draw: Draw, instrument: string, size: number, price: number, certain = false) {
  const spot = instrument.includes("/");
  return {
    instrument,
    quantity: Number((size * draw.pick([1, -1])).toPrecision(9)),
    // Spot has no mark that an order without a limit could be valued at.
    ...(spot || draw.chance(0.7) ? { limitPrice: Number((price * draw.between(0.9, 1.1)).toPrecision(8)) } : {}),
    ...(!certain && draw.chance(0.2) ? { reduceOnly: true } : {}),
  };
}

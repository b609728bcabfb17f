import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { bookDescriptor, marketDescriptor } from "../../src/book/descriptors.js";
import { HoldingKind, type PackedBook } from "../../src/book/packed.js";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine, type Engine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { parseRule, type Rule } from "../../src/models/rule.js";
import { ruleTables } from "../../src/models/rule-tables.js";
import { exchangeBook } from "../books.js";
import { allAgreeing, type BenchCase, type Prepared } from "../case.js";

const POOLS = 100_000;
const HOLDINGS = 5;
const WORK = `weighted health of ${POOLS} pools × ${HOLDINGS} holdings, both levels, flat weights`;

/** Eight columns over pools, in the order in which the kernel writes them. */
type Columns = readonly Float64Array[];

/** The kernel alone over a resident book: what a margin call costs without the wrapper. */
function kernelOver(engine: Engine, packed: PackedBook, rule: Rule) {
  const { memory } = engine;
  const resident = new ResidentMarket(memory, packed.market, null);
  const book = new ResidentBook(resident, packed);
  const [bookAt, marketAt] = [bookDescriptor(book), marketDescriptor(resident)];
  const tables = ruleTables(resident, [rule]).at;
  const { kernel } = memory;
  const count = packed.poolCount;
  const out = memory.keep(kernel.collateralOutputBytes(count));
  const scratch = memory.keep(kernel.collateralScratch(marketAt));
  return {
    run: () => kernel.collateralPools(bookAt, marketAt, tables, 0, 0, count, out, scratch),
    columns: (): Columns => Array.from({ length: 8 }, (_, i) => memory.f64(out + 8 * count * i, count)),
  };
}

/** What the typed-array peers read: the packed book, and one array per price and weight. */
function typedInputs(packed: PackedBook, rule: Rule) {
  const { assets, prices } = packed.market;
  const entry = (a: number) => rule.assets.get(assets[a]?.id ?? "");
  const column = (value: (a: number) => number) => Float64Array.from(assets.keys(), value);
  return {
    index: prices.index,
    initial: column((a) => entry(a)?.initial?.weight[0] ?? 0),
    maintenance: column((a) => entry(a)?.maintenance.weight[0] ?? 0),
    owedInitial: column((a) => entry(a)?.liability.initial ?? 1),
    owedMaintenance: column((a) => entry(a)?.liability.maintenance ?? 1),
  };
}

/** The same totals in typed-array JavaScript, written as one would: a branch on the sign of each holding. */
function typedLoop(packed: PackedBook, rule: Rule) {
  const { holdingStart, holdingAsset, holdingKind, holdingQuantity, poolCount } = packed;
  const { index, initial, maintenance, owedInitial, owedMaintenance } = typedInputs(packed, rule);
  const columns = Array.from({ length: 8 }, () => new Float64Array(poolCount));
  const [equities, eligibleInitial, eligible, requirementInitial, requirement, excessInitial, excess, health] =
    columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  const run = () => {
    for (let p = 0; p < poolCount; p++) {
      let equity = 0;
      let assetsInitial = 0;
      let assets = 0;
      let liabilitiesInitial = 0;
      let liabilities = 0;
      for (let h = holdingStart[p] as number; h < (holdingStart[p + 1] as number); h++) {
        const asset = holdingAsset[h] as number;
        const kind = holdingKind[h] as number;
        const worth = (holdingQuantity[h] as number) * (index[asset] as number);
        equity += worth;
        if (worth < 0) {
          liabilitiesInitial -= worth * (owedInitial[asset] as number);
          liabilities -= worth * (owedMaintenance[asset] as number);
        } else if (kind === HoldingKind.balance || kind === HoldingKind.supply) {
          assetsInitial += worth * (initial[asset] as number);
          assets += worth * (maintenance[asset] as number);
        }
      }
      equities[p] = equity;
      eligibleInitial[p] = assetsInitial - liabilitiesInitial;
      eligible[p] = assets - liabilities;
      requirementInitial[p] = 0;
      requirement[p] = 0;
      excessInitial[p] = assetsInitial - liabilitiesInitial;
      excess[p] = assets - liabilities;
      health[p] = liabilities === 0 ? Number.POSITIVE_INFINITY : assets / liabilities;
    }
  };
  return { run, columns: () => columns };
}

/** The same totals over objects, one per asset, pool and position, as an application would hold them. */
function objectLoop(packed: PackedBook, rule: Rule) {
  const { index, initial, maintenance, owedInitial, owedMaintenance } = typedInputs(packed, rule);
  const assets = packed.market.assets.map(({ id }, a) => ({
    id,
    price: index[a] as number,
    weight: { initial: initial[a] as number, maintenance: maintenance[a] as number },
    liability: { initial: owedInitial[a] as number, maintenance: owedMaintenance[a] as number },
  }));
  const pools = Array.from({ length: packed.poolCount }, (_, p) => ({
    id: `pool-${p}`,
    holdings: Array.from(
      packed.holdingQuantity.subarray(packed.holdingStart[p], packed.holdingStart[p + 1]),
      (quantity, i) => {
        const h = (packed.holdingStart[p] as number) + i;
        const asset = assets[packed.holdingAsset[h] as number] as (typeof assets)[number];
        return { asset: asset.id, kind: "balance", quantity };
      },
    ),
  }));
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const margin = () =>
    pools.map(({ id, holdings }) => {
      const eligible = { initial: 0, maintenance: 0 };
      let equity = 0;
      let backing = 0;
      let owed = 0;
      for (const { asset, kind, quantity } of holdings) {
        const { price, weight, liability } = byId.get(asset) as (typeof assets)[number];
        const worth = quantity * price;
        equity += worth;
        if (worth < 0) {
          eligible.initial += worth * liability.initial;
          owed -= worth * liability.maintenance;
        } else if (kind === "balance") {
          eligible.initial += worth * weight.initial;
          backing += worth * weight.maintenance;
        }
      }
      eligible.maintenance = backing - owed;
      const requirement = { initial: 0, maintenance: 0 };
      const excess = { initial: eligible.initial, maintenance: eligible.maintenance };
      return {
        id,
        equity,
        eligible,
        requirement,
        excess,
        health: owed === 0 ? Number.POSITIVE_INFINITY : backing / owed,
      };
    });
  let last = margin();
  const run = () => {
    last = margin();
  };
  const columns = (): Columns =>
    [
      last.map((row) => row.equity),
      last.map((row) => row.eligible.initial),
      last.map((row) => row.eligible.maintenance),
      last.map((row) => row.requirement.initial),
      last.map((row) => row.requirement.maintenance),
      last.map((row) => row.excess.initial),
      last.map((row) => row.excess.maintenance),
      last.map((row) => row.health),
    ].map((column) => Float64Array.from(column));
  return { run, columns };
}

interface Side {
  readonly run: () => unknown;
  readonly columns: () => Columns;
}

function health(peerName: string, id: string, peer: (packed: PackedBook, rule: Rule) => Side): BenchCase {
  return {
    id: `collateral.health.100000x5.${id}`,
    work: WORK,
    subject: "kernel, simd",
    peer: peerName,
    async prepare(): Promise<Prepared> {
      const documents = exchangeBook(POOLS, HOLDINGS);
      const packed = packBook(documents.accounts, parseMarket(documents.market));
      const rule = parseRule(documents.rule);
      const ours = kernelOver(createEngine({ build: "simd" }), packed, rule);
      const theirs = peer(packed, rule);
      return {
        subject: ours.run,
        peer: theirs.run,
        agree() {
          ours.run();
          theirs.run();
          const expected = theirs.columns();
          for (const [i, column] of ours.columns().entries()) allAgreeing(`column ${i}`, column, expected[i] ?? []);
        },
      };
    },
  };
}

const WRAPPED = 10_000;

/** How the columns of a call are read. */
const READINGS = {
  live: "engine.margin, columns as live views",
  into: "engine.margin into an earlier result",
  new: "engine.margin into a new result",
} as const;
type Reading = keyof typeof READINGS;

/** A margin call through the engine beside the kernel alone: 1 − ratio is the share of the call outside WASM. */
function wrapperShare(id: string, work: string, documents: () => Documents, read: Reading): BenchCase {
  return {
    id: `collateral.${id}.${WRAPPED}.kernel`,
    work: `a warm margin call over ${WRAPPED} pools of ${work}`,
    subject: READINGS[read],
    peer: "the kernel alone: 1 − ratio is the share outside WASM",
    async prepare() {
      const given = documents();
      const market = parseMarket(given.market);
      const packed = packBook(given.accounts, market);
      const rule = parseRule(given.rule);
      const model = collateral(rule);
      const engine = createEngine({ build: "simd" });
      const kernel = kernelOver(engine, packed, rule);
      const book = engine.loadBook(packed, engine.loadMarket(market));
      let last = engine.margin(book, model);
      return {
        subject: () => {
          if (read === "live") engine.margin(book, model, { live: true });
          else last = read === "into" ? engine.margin(book, model, { into: last }) : engine.margin(book, model);
        },
        peer: kernel.run,
        agree() {
          kernel.run();
          last = engine.margin(book, model, { into: last });
          allAgreeing("excess", last.excess.maintenance, kernel.columns()[6] ?? [], 0);
        },
      };
    },
  };
}

type Documents = ReturnType<typeof exchangeBook>;

/** The exchange book with three perpetuals in every pool: what a cross-margined account looks like. */
function crossMarginBook(): Documents {
  const book = exchangeBook(WRAPPED, HOLDINGS) as Documents & {
    market: { assets: { id: string }[]; prices: { of: string; in?: string; index?: number; mark?: number }[] };
    accounts: { accounts: { pools: { positions?: unknown[] }[] }[] };
    rule: { assets: Record<string, unknown> };
  };
  const names = book.market.prices.map(({ of }) => of);
  const index = book.market.prices.map((price) => price.index ?? 0);
  const market = {
    ...book.market,
    prices: [...book.market.prices, ...names.map((of, i) => ({ of: `${of}-PERP`, mark: (index[i] ?? 0) * 1.001 }))],
    instruments: names.map((underlying) => ({
      id: `${underlying}-PERP`,
      kind: "perpetual",
      payoff: "linear",
      underlying,
      quote: "USD",
      settle: "USD",
      multiplier: 1,
    })),
  };
  const assets = { ...book.rule.assets, USD: { initial: 1, maintenance: 1 } };
  const rule = { ...book.rule, assets, instruments: [{ match: {}, initial: 0.05, maintenance: 0.025 }] };
  for (const [p, pool] of book.accounts.accounts.flatMap((account) => account.pools).entries()) {
    pool.positions = [0, 1, 2].map((k) => ({
      instrument: `${names[(p + 7 * k) % names.length]}-PERP`,
      quantity: (p % 2 === 0 ? 1 : -1) * (1 + ((p + k) % 9)),
      entryPrice: (index[(p + 7 * k) % names.length] ?? 0) * (0.9 + 0.02 * ((p + k) % 10)),
    }));
  }
  return { market, accounts: book.accounts, rule };
}

export const cases: readonly BenchCase[] = [
  health("the same loop over typed arrays", "js-typed", typedLoop),
  health("objects, one per position", "js-objects", objectLoop),
  health("kernel, scalar", "scalar", (packed, rule) => kernelOver(createEngine({ build: "scalar" }), packed, rule)),
  wrapperShare("wrapper-share", `${HOLDINGS} holdings and 3 perpetuals`, crossMarginBook, "live"),
  wrapperShare("wrapper-share-into", `${HOLDINGS} holdings and 3 perpetuals`, crossMarginBook, "into"),
  wrapperShare("wrapper-share-new", `${HOLDINGS} holdings and 3 perpetuals`, crossMarginBook, "new"),
  wrapperShare("wrapper-share-flat", `${HOLDINGS} holdings`, () => exchangeBook(WRAPPED, HOLDINGS), "live"),
  wrapperShare("wrapper-share-flat-into", `${HOLDINGS} holdings`, () => exchangeBook(WRAPPED, HOLDINGS), "into"),
];

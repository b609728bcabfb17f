import { createEngine } from "../../src/engine.js";
import { scenarioTicker } from "../../src/numerics/index.js";
import { random } from "../books.js";
import { agreeing, type BenchCase, type Prepared } from "../case.js";

const FACTORS = 64;
const CONFIDENCE = 0.975;
/** Ticks of one round trip: each change comes back later with the other sign, so that exposures do not wander off. */
const TRIP = 4096;

interface Market {
  readonly scenarios: number;
  /** f64[FACTORS*scenarios] */
  readonly returns: Float64Array;
  readonly exposures: Float64Array;
  readonly changes: readonly { readonly factor: number; readonly change: number }[];
}

function market(scenarios: number): Market {
  const uniform = random();
  const bell = () => uniform() + uniform() + uniform() - 1.5;
  const shared = Float64Array.from({ length: scenarios }, bell);
  const returns = Float64Array.from(
    { length: FACTORS * scenarios },
    (_, i) => 0.02 * (bell() + (shared[i % scenarios] ?? 0)),
  );
  const out = Array.from({ length: TRIP / 2 }, () => ({
    factor: Math.floor(FACTORS * uniform()),
    change: 1000 * bell(),
  }));
  const back = out.map(({ factor, change }) => ({ factor, change: -change }));
  return {
    scenarios,
    returns,
    exposures: Float64Array.from({ length: FACTORS }, () => 10_000 * bell()),
    changes: [...out, ...back],
  };
}

type Tail = readonly [valueAtRisk: number, expectedShortfall: number];

/** Ticks in JavaScript over typed arrays: gains and losses are kept, the tail of a copy is found by `tailOf`. */
function javaScript(
  { scenarios, returns, exposures }: Market,
  tailOf: (copy: Float64Array, count: number) => Tail,
): (factor: number, change: number) => Tail {
  const pnl = new Float64Array(scenarios);
  const add = (factor: number, change: number) => {
    const from = factor * scenarios;
    for (let t = 0; t < scenarios; t++) pnl[t] = (pnl[t] as number) + change * (returns[from + t] as number);
  };
  for (let f = 0; f < FACTORS; f++) add(f, exposures[f] as number);
  const copy = new Float64Array(scenarios);
  const count = Math.round(scenarios * (1 - CONFIDENCE));
  return (factor, change) => {
    add(factor, change);
    copy.set(pnl);
    return tailOf(copy, count);
  };
}

function meanOfFirst(x: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum -= x[i] as number;
  return sum / count;
}

function bySorting(x: Float64Array, count: number): Tail {
  x.sort();
  return [-(x[count - 1] as number), meanOfFirst(x, count)];
}

/** Hoare's quickselect, the middle of three for a pivot. */
function byQuickselect(x: Float64Array, count: number): Tail {
  const target = count - 1;
  let [left, right] = [0, x.length - 1];
  while (left < right) {
    const [a, b, c] = [x[left] as number, x[(left + right) >> 1] as number, x[right] as number];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let [i, j] = [left, right];
    while (i <= j) {
      while ((x[i] as number) < pivot) i++;
      while ((x[j] as number) > pivot) j--;
      if (i > j) break;
      const kept = x[i] as number;
      x[i++] = x[j] as number;
      x[j--] = kept;
    }
    if (target <= j) right = j;
    else if (target >= i) left = i;
    else break;
  }
  return [-(x[target] as number), meanOfFirst(x, count)];
}

async function against(scenarios: number, tailOf: (copy: Float64Array, count: number) => Tail): Promise<Prepared> {
  const given = market(scenarios);
  const { returns, exposures, changes } = given;
  const ticker = scenarioTicker(createEngine(), { scenarios, returns, exposures, confidence: CONFIDENCE });
  const peer = javaScript(given, tailOf);
  const turn = { subject: 0, peer: 0 };
  const next = (side: "subject" | "peer") => changes[turn[side]++ % TRIP] as (typeof changes)[number];
  return {
    subject: () => {
      const { factor, change } = next("subject");
      return ticker.tick(factor, change);
    },
    peer: () => {
      const { factor, change } = next("peer");
      return peer(factor, change);
    },
    agree: () => {
      for (const { factor, change } of changes) {
        const ours = ticker.tick(factor, change);
        const [valueAtRisk, expectedShortfall] = peer(factor, change);
        agreeing("VaR", ours.valueAtRisk, valueAtRisk);
        agreeing("ES", ours.expectedShortfall, expectedShortfall);
      }
    },
    dispose: () => ticker.dispose(),
  };
}

const PEERS = [
  ["js-quickselect", "typed arrays in JavaScript, quickselect of a copy", byQuickselect],
  ["js-sort", "typed arrays in JavaScript, Float64Array.sort of a copy", bySorting],
] as const;

export const cases: readonly BenchCase[] = [1_000, 10_000].flatMap((scenarios) =>
  PEERS.map(([peer, words, tailOf]) => ({
    id: `scenario-ticker.tick.${scenarios}.${peer}`,
    work: `VaR and ES at 97.5 % over ${scenarios} scenarios after a position's change`,
    subject: "scenarioTicker, tick()",
    peer: words,
    prepare: () => against(scenarios, tailOf),
  })),
);

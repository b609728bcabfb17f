import { createEngine } from "../../src/engine.js";
import { impliedVolatilities, type OptionColumns, optionGrid, optionPrices } from "../../src/options/index.js";
import { optionsKernel } from "../../src/options/kernel.js";
import { random } from "../books.js";
import { agreeing, allAgreeing, type BenchCase } from "../case.js";

export const COUNT = 10_000;
export const SCENARIOS = 16;

/** Φ by Hart (1968) as West gives it in "Better approximations to cumulative normal functions" (2005). */
function normalCdf(x: number): number {
  const y = Math.abs(x);
  if (y > 37) return x > 0 ? 1 : 0;
  const density = Math.exp((-y * y) / 2);
  let tail: number;
  if (y < 7.07106781186547) {
    let above = 3.52624965998911e-2 * y + 0.700383064443688;
    above = above * y + 6.37396220353165;
    above = above * y + 33.912866078383;
    above = above * y + 112.079291497871;
    above = above * y + 221.213596169931;
    above = above * y + 220.206867912376;
    let below = 8.83883476483184e-2 * y + 1.75566716318264;
    below = below * y + 16.064177579207;
    below = below * y + 86.7807322029461;
    below = below * y + 296.564248779674;
    below = below * y + 637.333633378831;
    below = below * y + 793.826512519948;
    below = below * y + 440.413735824752;
    tail = (density * above) / below;
  } else {
    tail = density / (y + 1 / (y + 2 / (y + 3 / (y + 4 / (y + 0.65))))) / 2.506628274631;
  }
  return x > 0 ? 1 - tail : tail;
}

/** Options around the money, one expiry each, and a grid of moves. */
export function sample() {
  const uniform = random();
  const column = (of: () => number) => Float64Array.from({ length: COUNT }, of);
  const scenario = (of: (j: number) => number) => Float64Array.from({ length: SCENARIOS }, (_, j) => of(j));
  return {
    type: Uint8Array.from({ length: COUNT }, () => (uniform() < 0.5 ? 0 : 1)),
    forward: column(() => 100 * Math.exp(0.4 * (uniform() - 0.5))),
    strike: column(() => 100 * Math.exp(0.8 * (uniform() - 0.5))),
    years: column(() => 0.02 + uniform()),
    volatility: column(() => 0.3 + 0.6 * uniform()),
    moves: scenario((j) => 0.04 * (j - 7.5)),
    scales: scenario((j) => (j % 2 === 0 ? 0.75 : 1.25)),
    shifts: scenario((j) => (j % 4 === 0 ? 0.02 : 0)),
  };
}

type Sample = ReturnType<typeof sample>;

/** Every price from scratch: a logarithm and two distribution functions. */
function plain(given: Sample, out: Float64Array): Float64Array {
  const { type, forward, strike, years, volatility, moves, scales, shifts } = given;
  for (let i = 0; i < COUNT; i++) {
    for (let j = 0; j < SCENARIOS; j++) {
      const sign = type[i] === 1 ? 1 : -1;
      const moved = (forward[i] as number) * (1 + (moves[j] as number));
      const k = strike[i] as number;
      const sigma = (volatility[i] as number) * (scales[j] as number) + (shifts[j] as number);
      const deviation = sigma * Math.sqrt(years[i] as number);
      const d1 = Math.log(moved / k) / deviation + deviation / 2;
      const d2 = d1 - deviation;
      out[i * SCENARIOS + j] = sign * (moved * normalCdf(sign * d1) - k * normalCdf(sign * d2));
    }
  }
  return out;
}

/** The same with everything outside the inner loop that can be: one logarithm an option, one a scenario. */
function hoisted(given: Sample, out: Float64Array): Float64Array {
  const { type, forward, strike, years, volatility, moves, scales, shifts } = given;
  const logs = moves.map((move) => Math.log(1 + move));
  for (let i = 0; i < COUNT; i++) {
    const sign = type[i] === 1 ? 1 : -1;
    const now = forward[i] as number;
    const k = strike[i] as number;
    const root = Math.sqrt(years[i] as number);
    const sigma = volatility[i] as number;
    const distance = Math.log(now / k);
    const at = i * SCENARIOS;
    for (let j = 0; j < SCENARIOS; j++) {
      const moved = now * (1 + (moves[j] as number));
      const deviation = (sigma * (scales[j] as number) + (shifts[j] as number)) * root;
      const d1 = (distance + (logs[j] as number)) / deviation + deviation / 2;
      const d2 = d1 - deviation;
      out[at + j] = sign * (moved * normalCdf(sign * d1) - k * normalCdf(sign * d2));
    }
  }
  return out;
}

/** Columns and scenarios in the kernel's memory for as long as the case runs. */
export function resident(given: Sample) {
  const engine = createEngine();
  const { memory } = engine;
  const kernel = optionsKernel(memory);
  const block = new Float64Array(6 * COUNT);
  for (const [j, column] of [given.forward, given.strike, given.years, given.volatility].entries()) {
    block.set(column, j * COUNT);
  }
  const table = new Float64Array(4 * SCENARIOS);
  table.set(given.moves);
  table.set(given.scales, 2 * SCENARIOS);
  table.set(given.shifts, 3 * SCENARIOS);
  const [columns, calls, scenarios] = [memory.keepCopy(block), memory.keepCopy(given.type), memory.keepCopy(table)];
  const out = memory.keep(8 * COUNT * SCENARIOS);
  kernel.gridScenarios(SCENARIOS, scenarios);
  return () => {
    if (kernel.gridPrices(COUNT, columns, calls, SCENARIOS, scenarios, out) !== 0) throw new Error("no option");
    return memory.f64(out, COUNT * SCENARIOS);
  };
}

function gridCase(id: string, peer: string, of: (given: Sample, out: Float64Array) => Float64Array): BenchCase {
  return {
    id: `options.grid.${COUNT}x${SCENARIOS}.${id}`,
    work: `prices of ${COUNT} options in ${SCENARIOS} scenarios of price and volatility`,
    subject: "the grid kernel over columns that are resident, read in place",
    peer,
    prepare: async () => {
      const given = sample();
      const subject = resident(given);
      const out = new Float64Array(COUNT * SCENARIOS);
      // Relative to the largest price: the peer's distribution function has 15 digits.
      const agree = () => allAgreeing("prices", subject(), of(given, out), 1e-13);
      return { subject, peer: () => of(given, out), agree };
    },
  };
}

interface Quotes extends OptionColumns {
  readonly type: Uint8Array;
  readonly forward: Float64Array;
  readonly strike: Float64Array;
  readonly years: Float64Array;
  readonly volatility: Float64Array;
  readonly price: Float64Array;
}

/** Quotes whose volatility is known: out of the money by at most some two deviations, so that every peer finds it. */
function quotesOf(count: number): Quotes {
  const uniform = random();
  const column = (of: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => of(i));
  const type = Uint8Array.from({ length: count }, () => (uniform() < 0.5 ? 0 : 1));
  const years = column(() => 0.02 + uniform());
  const volatility = column(() => 0.2 + 0.8 * uniform());
  const strike = column((i) => {
    const away = 2 * uniform() * (volatility[i] as number) * Math.sqrt(years[i] as number);
    return 100 * Math.exp(type[i] === 1 ? away : -away);
  });
  const options = { type, forward: column(() => 100), strike, years, volatility };
  const { price } = optionPrices(createEngine(), options);
  return { ...options, price };
}

/** Newton's method within a bracket that closes, on prices by `normalCdf`. */
function newton({ type, forward, strike, years, price }: Quotes, out: Float64Array): Float64Array {
  for (let i = 0; i < out.length; i++) {
    const [sign, f, k] = [type[i] === 1 ? 1 : -1, forward[i] as number, strike[i] as number];
    const [root, wanted, x] = [Math.sqrt(years[i] as number), price[i] as number, Math.log(f / k)];
    let [low, high, sigma] = [0, 10, Math.max(Math.sqrt(2 * Math.abs(x)) / root, 0.1)];
    for (let step = 0; step < 100; step++) {
      const s = sigma * root;
      const d1 = x / s + s / 2;
      const off = sign * (f * normalCdf(sign * d1) - k * normalCdf(sign * (d1 - s))) - wanted;
      if (off > 0) high = sigma;
      else low = sigma;
      const vega = f * 0.3989422804014327 * Math.exp((-d1 * d1) / 2) * root;
      const next = sigma - off / vega;
      const moved = next > low && next < high ? next : (low + high) / 2;
      if (Math.abs(moved - sigma) <= 1e-12 * sigma) break;
      sigma = moved;
    }
    out[i] = sigma;
  }
  return out;
}

/** What the peers get wrong and we must not: prices far out of the money and of little volatility, in the terms of `quotesOf`. */
const HARD = [
  { type: "call", strike: 250, years: 0.1, volatility: 0.3 },
  { type: "put", strike: 40, years: 0.1, volatility: 0.3 },
  { type: "call", strike: 110, years: 0.02, volatility: 0.1 },
  { type: "call", strike: 101, years: 0.001, volatility: 0.02 },
  { type: "call", strike: 100, years: 1, volatility: 1e-6 },
  { type: "put", strike: 1, years: 1, volatility: 0.5 },
] as const;

function agreeOnHard(): void {
  const engine = createEngine();
  for (const option of HARD) {
    const quote = { ...option, forward: 100 };
    const { price } = optionPrices(engine, quote);
    const { volatility } = impliedVolatilities(engine, { ...quote, price });
    agreeing(`volatility of ${JSON.stringify(option)}`, volatility[0] ?? Number.NaN, option.volatility, 1e-13);
  }
}

const FEW = 100;

export const cases: readonly BenchCase[] = [
  gridCase("js", "JavaScript, a logarithm and two distribution functions a price", plain),
  gridCase("js-hoisted", "JavaScript with the logarithms outside the inner loop", hoisted),
  {
    id: `options.grid-call.${COUNT}x${SCENARIOS}.js-hoisted`,
    work: `prices of ${COUNT} options in ${SCENARIOS} scenarios of price and volatility`,
    subject: "optionGrid, which checks and copies its columns and hands out a new array",
    peer: "JavaScript with the logarithms outside the inner loop, into an array that is kept",
    prepare: async () => {
      const engine = createEngine();
      const given = sample();
      const out = new Float64Array(COUNT * SCENARIOS);
      const scenarios = { price: given.moves, volatilityScale: given.scales, volatilityShift: given.shifts };
      const { type, forward, strike, years, volatility } = given;
      const subject = () => optionGrid(engine, { type, forward, strike, years, volatility }, scenarios).price;
      const agree = () => allAgreeing("prices", subject(), hoisted(given, out), 1e-13);
      return { subject, peer: () => hoisted(given, out), agree };
    },
  },
  {
    id: `options.implied.${COUNT}.js-newton`,
    work: `implied volatilities of ${COUNT} quotes`,
    subject: "impliedVolatilities",
    peer: "Newton's method within a bracket in JavaScript, into an array that is kept",
    prepare: async () => {
      const engine = createEngine();
      const quotes = quotesOf(COUNT);
      const { volatility, ...given } = quotes;
      const out = new Float64Array(COUNT);
      const subject = () => impliedVolatilities(engine, given).volatility;
      const agree = () => {
        agreeOnHard();
        allAgreeing("volatilities", subject(), volatility, 1e-13);
        allAgreeing("volatilities of the peer", newton(quotes, out), volatility, 1e-9);
      };
      return { subject, peer: () => newton(quotes, out), agree };
    },
  },
  {
    id: `options.implied.${FEW}.implied-volatility`,
    work: `implied volatilities of ${FEW} quotes`,
    subject: "impliedVolatilities",
    peer: "implied-volatility of npm, which takes milliseconds a quote: hence the few",
    prepare: async () => {
      const engine = createEngine();
      const { volatility, ...given } = quotesOf(FEW);
      const name = "implied-volatility";
      const { default: npm } = (await import(name)) as {
        default: {
          getImpliedVolatility(cost: number, s: number, k: number, t: number, r: number, type: string): number;
        };
      };
      const { type, forward, strike, years, price } = given;
      const peer = () =>
        Float64Array.from(price, (cost, i) => {
          const [s, k, t] = [forward[i] as number, strike[i] as number, years[i] as number];
          return npm.getImpliedVolatility(cost, s, k, t, 0, type[i] === 1 ? "call" : "put");
        });
      const subject = () => impliedVolatilities(engine, given).volatility;
      const agree = () => {
        agreeOnHard();
        allAgreeing("volatilities", subject(), volatility, 1e-13);
        allAgreeing("volatilities of the peer", peer(), volatility, 1e-6);
      };
      return { subject, peer, agree };
    },
  },
];

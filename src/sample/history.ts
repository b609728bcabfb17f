import { normals } from "./random.js";

const DAY = 86_400_000;
/** Days of history: two years and a month. */
const DAYS = 760;
/** The crash begins this many days before the end, so that it lies inside the 500 days a model looks back by default. */
const CRASH = 290;
/** One of those under which prices end near where they began. */
const SEED = 48;
/** What the common factor does on the days of the crash; the unrest after it fades over forty days. */
const CRASH_MOVES: readonly number[] = [-0.062, -0.163, -0.094, 0.071, -0.038];

/** How a column moves: with the common factor by `beta`, and on its own by `deviation` a day (Student-t, 5 degrees). */
interface Mover {
  readonly column: string;
  readonly last: number;
  readonly beta: number;
  readonly deviation: number;
}

/** Keeps near `last`: the gap shrinks by `keep` a day, is shaken by `noise` and torn open by `strain` in the crash. */
interface Peg {
  readonly column: string;
  readonly last: number;
  readonly keep: number;
  readonly noise: number;
  readonly strain: number;
  /** growth of the level a year, e.g. the yield of a staked token */
  readonly growth: number;
}

const MOVERS: readonly Mover[] = [
  { column: "BTC", last: 64_000, beta: 1, deviation: 0.008 },
  { column: "ETH", last: 3_000, beta: 1.22, deviation: 0.014 },
  { column: "SOL", last: 140, beta: 1.45, deviation: 0.024 },
  { column: "XRP", last: 2.1, beta: 1.05, deviation: 0.026 },
  { column: "LINK", last: 14, beta: 1.35, deviation: 0.023 },
  { column: "AVAX", last: 18, beta: 1.5, deviation: 0.025 },
  { column: "EUR", last: 1.08, beta: 0.01, deviation: 0.0042 },
];
const PEGS: readonly Peg[] = [
  { column: "USDC", last: 0.9998, keep: 0.55, noise: 0.00018, strain: -0.019, growth: 0 },
  { column: "wstETH/ETH", last: 1.2183, keep: 0.7, noise: 0.0006, strain: -0.011, growth: 0.029 },
];

/** Generated daily closes, in the shape that `parseHistory` takes. Not real prices: a seeded model of some. */
export interface SampleHistory {
  readonly times: Float64Array;
  readonly columns: readonly string[];
  /** f64[columns × rows], column-major */
  readonly closes: Float64Array;
  readonly interval: number;
  readonly in: string;
}

/**
 * 760 daily closes ending at `end`: one fat-tailed common factor with a crash in it, columns that follow it more or less,
 * and two pegs that give way in the crash. Only + − × ÷ and square roots are used, and closes are rounded to seven
 * digits, so that every engine generates the same ones.
 */
export function sampleHistory(end: number): SampleHistory {
  const normal = normals(SEED);
  const studentT = (): number => {
    const z = normal();
    let squares = 0;
    for (let k = 0; k < 5; k++) {
      const y = normal();
      squares += y * y;
    }
    // √(3/5) makes the deviation 1.
    return (Math.sqrt(0.6) * z) / Math.sqrt(squares / 5);
  };

  const crashBegins = DAYS - CRASH;
  const unrest = (day: number): number => {
    const since = day - crashBegins;
    return since < 0 || since > 40 ? 1 : 1 + 1.4 * (1 - since / 40);
  };
  const common = Float64Array.from({ length: DAYS }, (_, day) => {
    const move = CRASH_MOVES[day - crashBegins];
    return move ?? 0.0004 + 0.021 * unrest(day) * studentT();
  });

  const columns = [...MOVERS.map((mover) => mover.column), ...PEGS.map((peg) => peg.column)];
  const closes = new Float64Array(columns.length * DAYS);
  for (const [c, mover] of MOVERS.entries()) {
    let level = 1;
    const path = common.map((market, day) => {
      const own = mover.deviation * unrest(day) * studentT();
      // No day takes more than 60 % or gives more than 90 %.
      level *= 1 + Math.min(0.9, Math.max(-0.6, mover.beta * market + own));
      return level;
    });
    for (const [day, value] of path.entries()) closes[c * DAYS + day] = rounded((value / level) * mover.last);
  }
  for (const [p, peg] of PEGS.entries()) {
    const c = MOVERS.length + p;
    let gap = 0;
    for (let day = 0; day < DAYS; day++) {
      const strained = day - crashBegins >= 1 && day - crashBegins <= 2 ? peg.strain : 0;
      gap = peg.keep * gap + peg.noise * normal() + strained;
      const level = peg.last * (1 - (peg.growth * (DAYS - 1 - day)) / 365);
      closes[c * DAYS + day] = rounded(level * (1 + (day === DAYS - 1 ? 0 : gap)));
    }
  }
  const times = Float64Array.from({ length: DAYS }, (_, day) => end - (DAYS - 1 - day) * DAY);
  return { times, columns, closes, interval: DAY, in: "USD" };
}

function rounded(value: number): number {
  return Number(value.toPrecision(7));
}

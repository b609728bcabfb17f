import { createEngine } from "../../src/engine.js";
import {
  type MonteCarloTail,
  monteCarloTail,
  philox,
  type SimulationOptions,
  simulate,
  xoshiro,
} from "../../src/numerics/index.js";
import { tails } from "../../src/stats.js";
import type { BenchCase } from "../case.js";

const PATHS = 32_768;
const CONFIDENCE = 0.99;

/** A correlation of one common factor, and weights of both signs. */
function problem(n: number) {
  const correlation = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) correlation[i * n + j] = i === j ? 1 : 0.3 + 0.2 * Math.cos(i - j);
  }
  return { correlation, weights: Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(i)) };
}

/** Lower factor, row by row. */
function factorOf(n: number, a: Float64Array): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j] as number;
      for (let k = 0; k < j; k++) rest -= (l[i * n + k] as number) * (l[j * n + k] as number);
      l[i * n + j] = i === j ? Math.sqrt(rest) : rest / (l[j * n + j] as number);
    }
  }
  return l;
}

const WAYS = {
  polar: "the factor row by row",
  tiled: "four rows of the factor at once",
  folded: "the factor folded into the weights",
};
type Way = keyof typeof WAYS;

/**
 * In JavaScript: xoshiro128+ in 32-bit words, the polar method, and the factor row by row, four rows at once or, best and as ours
 * does it, folded into the weights.
 */
class Peer {
  private readonly state = Uint32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x5f375a86);
  private readonly z: Float64Array;
  private readonly lower: Float64Array;
  readonly pnl = new Float64Array(PATHS);

  constructor(
    private readonly n: number,
    correlation: Float64Array,
    private readonly weights: Float64Array,
    private readonly way: Way,
  ) {
    this.z = new Float64Array(n + 1);
    this.lower = factorOf(n, correlation);
  }

  private folded(): Float64Array {
    const { n, z, lower, weights, pnl } = this;
    const u = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k <= i; k++) u[k] = (u[k] as number) + (weights[i] as number) * (lower[i * n + k] as number);
    }
    for (let path = 0; path < PATHS; path++) {
      this.normals();
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let k = 0; k < n; k += 4) {
        a += (u[k] as number) * (z[k] as number);
        b += (u[k + 1] as number) * (z[k + 1] as number);
        c += (u[k + 2] as number) * (z[k + 2] as number);
        d += (u[k + 3] as number) * (z[k + 3] as number);
      }
      pnl[path] = a + b + c + d;
    }
    return pnl;
  }

  /** All numbers of all paths, one after another, into an array that is kept. */
  numbers(out: Float64Array): Float64Array {
    const { n, z, lower } = this;
    for (let path = 0; path < PATHS; path++) {
      this.normals();
      for (let i = 0; i < n; i++) {
        let x = 0;
        for (let k = 0, at = i * n; k <= i; k++, at++) x += (lower[at] as number) * (z[k] as number);
        out[i * PATHS + path] = x;
      }
    }
    return out;
  }

  run(): Float64Array {
    const { n, z, lower, weights, pnl, way } = this;
    if (way === "folded") return this.folded();
    const tiled = way === "tiled";
    for (let path = 0; path < PATHS; path++) {
      this.normals();
      let total = 0;
      for (let i = 0; !tiled && i < n; i++) {
        let x = 0;
        for (let k = 0, at = i * n; k <= i; k++, at++) x += (lower[at] as number) * (z[k] as number);
        total += (weights[i] as number) * x;
      }
      for (let i = 0; tiled && i + 4 <= n; i += 4) {
        const [r0, r1, r2, r3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
        let [a, b, c, d] = [0, 0, 0, 0];
        for (let k = 0; k < i + 4; k++) {
          const x = z[k] as number;
          a += (lower[r0 + k] as number) * x;
          b += (lower[r1 + k] as number) * x;
          c += (lower[r2 + k] as number) * x;
          d += (lower[r3 + k] as number) * x;
        }
        total += (weights[i] as number) * a + (weights[i + 1] as number) * b;
        total += (weights[i + 2] as number) * c + (weights[i + 3] as number) * d;
      }
      pnl[path] = total;
    }
    return pnl;
  }

  private normals(): void {
    const { n, z, state } = this;
    let s0 = state[0] as number;
    let s1 = state[1] as number;
    let s2 = state[2] as number;
    let s3 = state[3] as number;
    for (let i = 0; i < n; i += 2) {
      let u = 0;
      let v = 0;
      let square = 0;
      do {
        u = 2 * (((s0 + s3) >>> 0) * 2 ** -32) - 1;
        let t = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = (s3 << 11) | (s3 >>> 21);
        v = 2 * (((s0 + s3) >>> 0) * 2 ** -32) - 1;
        t = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = (s3 << 11) | (s3 >>> 21);
        square = u * u + v * v;
      } while (square >= 1 || square === 0);
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      z[i] = u * scale;
      z[i + 1] = v * scale;
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }
}

/** Both within five standard errors of the closed form: their random numbers are not the same. */
function near(what: string, value: number, exact: number, error: number): void {
  if (!(Math.abs(value - exact) <= 5 * error))
    throw new Error(`${what} must be ${exact} within 5 × ${error}, got ${value}`);
}

function simulation(n: number, fast: boolean, way: Way): BenchCase {
  return {
    id: `monte-carlo.${fast ? "xoshiro" : "philox"}.${n}.js-${way}`,
    work: `VaR and ES of ${PATHS} paths of ${n} correlated normal numbers`,
    subject: `monteCarloTail, ${fast ? "of xoshiro256++" : "of Philox4x32-10, the default"}`,
    peer: `xoshiro128+, polar method, ${WAYS[way]} in JavaScript; without the tail`,
    prepare: async () => {
      const engine = createEngine();
      const { correlation, weights } = problem(n);
      const peer = new Peer(n, correlation, weights, way);
      let seed = 1;
      const subject = (): MonteCarloTail => {
        const source = fast ? xoshiro({ seed: seed++ }) : philox({ seed: seed++ });
        const options: SimulationOptions = {
          correlation,
          source,
          paths: PATHS,
          method: fast ? "boxMuller" : "inversion",
        };
        return monteCarloTail(engine, { ...options, weights, confidence: CONFIDENCE });
      };
      return {
        subject,
        peer: () => peer.run(),
        agree: () => {
          let variance = 0;
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
              variance += (weights[i] as number) * (weights[j] as number) * (correlation[i * n + j] as number);
            }
          }
          const exact = tails(engine).normal({ deviation: Math.sqrt(variance), confidence: CONFIDENCE }).valueAtRisk;
          const found = subject();
          const error = found.standardErrors?.valueAtRisk ?? 0;
          near("VaR", found.valueAtRisk, exact, error);
          const { valueAtRisk } = tails(engine).historical({ pnl: peer.run(), confidence: CONFIDENCE });
          near("the peer's VaR", valueAtRisk, exact, error);
        },
      };
    },
  };
}

/** What `simulate` hands out: every number of every path, for which the factor cannot be folded into anything. */
function numbers(n: number): BenchCase {
  return {
    id: `monte-carlo.simulate.${n}.js-polar`,
    work: `${PATHS} paths of ${n} correlated normal numbers, all kept`,
    subject: "simulate, of Philox4x32-10, into an array that is kept",
    peer: "xoshiro128+, polar method, the factor row by row in JavaScript, likewise",
    prepare: async () => {
      const engine = createEngine();
      const { correlation, weights } = problem(n);
      const peer = new Peer(n, correlation, weights, "polar");
      const kept = new Float64Array(n * PATHS);
      let seed = 1;
      const into = new Float64Array(n * PATHS);
      const subject = () => simulate(engine, { correlation, source: philox({ seed: seed++ }), paths: PATHS, into });
      const covariance = (x: Float64Array, i: number, j: number) => {
        let sum = 0;
        for (let t = 0; t < PATHS; t++) sum += (x[i * PATHS + t] as number) * (x[j * PATHS + t] as number);
        return sum / PATHS;
      };
      const last = n - 1;
      const exact = correlation[last] as number;
      const error = Math.sqrt((1 + exact * exact) / PATHS);
      return {
        subject,
        peer: () => peer.numbers(kept),
        agree: () => {
          near("covariance of first and last", covariance(subject(), 0, last), exact, error);
          near("the peer's covariance of first and last", covariance(peer.numbers(kept), 0, last), exact, error);
        },
      };
    },
  };
}

const ways: readonly Way[] = ["polar", "tiled", "folded"];

export const cases: readonly BenchCase[] = [64, 256].flatMap((n) => [
  ...[true, false].flatMap((fast) => ways.map((way) => simulation(n, fast, way))),
  numbers(n),
]);

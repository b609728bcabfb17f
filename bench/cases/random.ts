import { createEngine } from "../../src/engine.js";
import { philox, randomNormal } from "../../src/numerics/index.js";
import { allAgreeing, type BenchCase } from "../case.js";

const COUNT = 100_000;

/** The high half of a product of two u32. */
function high(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16);
  const cross = a0 * b1 + (middle % 65_536);
  return a1 * b1 + Math.floor(middle / 65_536) + Math.floor(cross / 65_536);
}

/** Wichura's AS 241 as polynomials in JavaScript, lowest power last. */
const CENTRE = [
  [2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513],
  [5226.495278852855, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579],
] as const;
const MIDDLE = [
  [
    7.745450142783414e-4, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691,
  ],
  [
    1.0507500716444169e-9, 5.475938084995345e-4, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038,
  ],
] as const;
const FAR = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 7.868691311456133e-4, 0.014875361290850615,
    0.1369298809227358,
  ],
] as const;
const ENDS = [
  [133.14166789178438, 3.3871328727963665, 42.31333070160091],
  [4.630337846156546, 1.4234371107496835, 2.053191626637759],
  [5.463784911164114, 6.657904643501103, 0.599832206555888],
] as const;

function quotient(
  [above, below]: readonly [readonly number[], readonly number[]],
  [first, last, other]: readonly [number, number, number],
  x: number,
): number {
  let [p, q] = [0, 0];
  for (let i = 0; i < above.length; i++) {
    p = p * x + (above[i] as number);
    q = q * x + (below[i] as number);
  }
  return ((p * x + first) * x + last) / ((q * x + other) * x + 1);
}

export function quantile(u: number): number {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) return q * quotient(CENTRE, ENDS[0], 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? u : 1 - u));
  const z = r <= 5 ? quotient(MIDDLE, ENDS[1], r - 1.6) : quotient(FAR, ENDS[2], r - 5);
  return q < 0 ? -z : z;
}

/** Normal numbers of stream 0 of Philox4x32-10, in 32-bit arithmetic. */
function peer(seed: number, out: Float64Array): Float64Array {
  for (let block = 0; 2 * block < out.length; block++) {
    let [a, b, c, d, k, l] = [block, 0, 0, 0, seed, 0];
    for (let round = 0; round < 10; round++) {
      const [first, second] = [high(0xd2511f53, a), high(0xcd9e8d57, c)];
      const [low, lower] = [Math.imul(0xd2511f53, a) >>> 0, Math.imul(0xcd9e8d57, c) >>> 0];
      a = (second ^ b ^ k) >>> 0;
      b = lower;
      c = (first ^ d ^ l) >>> 0;
      d = low;
      k = (k + 0x9e3779b9) >>> 0;
      l = (l + 0xbb67ae85) >>> 0;
    }
    // The upper 52 of 64 bits, and a half.
    out[2 * block] = quantile((b * 2 ** 20 + (a >>> 12) + 0.5) * 2 ** -52);
    out[2 * block + 1] = quantile((d * 2 ** 20 + (c >>> 12) + 0.5) * 2 ** -52);
  }
  return out;
}

export const cases: readonly BenchCase[] = [
  {
    id: "random.normal.100000.js-philox",
    work: `${COUNT} normal numbers of a stream of Philox4x32-10, by inversion`,
    subject: "randomNormal, which hands out a new array",
    peer: "the same generator and quantile in JavaScript, into an array that is kept",
    prepare: async () => {
      const engine = createEngine();
      const generator = philox({ seed: 11 });
      const out = new Float64Array(COUNT);
      const subject = () => randomNormal(engine, generator, { count: COUNT });
      return {
        subject,
        peer: () => peer(11, out),
        agree: () => allAgreeing("numbers", subject(), peer(11, out), 1e-12),
      };
    },
  },
];

import { finiteNumber, invalid, type Place, withDefault } from "../checks.js";
import type { Memory } from "../memory.js";

/** How much less a row weighs than the next newer one: as a ratio, or as the rows after which a weight has halved. */
export interface DecayOptions {
  /** 0 < decay < 1; default 0.97 */
  readonly decay?: number;
  /** instead of `decay` = 2^(−1/halfLife); > 0 */
  readonly halfLife?: number;
}

export interface Decay {
  /** as a key says it: `decay=0.97` */
  readonly key: string;
  of(memory: Memory): number;
}

const DEFAULT_DECAY = 0.97;
/** The greatest number below 1: what a half-life stands for that f64 cannot tell from no decay. */
const SLOWEST = 1 - Number.EPSILON / 2;

/** Readers of both options, for `checkOptions`. */
export const decayReaders = {
  decay: withDefault(null, (value: unknown, place: Place) => finiteNumber(value, place, { above: 0, below: 1 })),
  halfLife: withDefault(null, (value: unknown, place: Place) => finiteNumber(value, place, { above: 0 })),
};

/** @throws InvalidInputError   both are given */
export function decayOf(name: string, decay: number | null, halfLife: number | null): Decay {
  if (decay !== null && halfLife !== null) {
    throw invalid(`${name}.halfLife`, "absent where decay is given", halfLife, "They are two ways to say the same");
  }
  if (halfLife === null) {
    const given = decay ?? DEFAULT_DECAY;
    return { key: `decay=${given}`, of: () => given };
  }
  const of = ({ kernel }: Memory) => Math.min(SLOWEST, kernel.exponential(-Math.LN2 / halfLife));
  return { key: `halfLife=${halfLife}`, of };
}

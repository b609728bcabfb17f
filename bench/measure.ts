import { Bench } from "tinybench";
import type { BenchCase, Prepared } from "./case.js";

/** One measured row; the JSON of `npm run bench -- --json FILE` is an array of these. */
export interface Row {
  readonly id: string;
  readonly work: string;
  readonly subject: string;
  readonly peer: string;
  readonly subjectMedianNs: number;
  /** of a ceiling the best */
  readonly peerMedianNs: number;
  /** peer ÷ subject: how many times faster ours is */
  readonly ratio: number;
  /** (largest − smallest) ÷ median of the ratios of the rounds */
  readonly spread: number;
}

const ROUNDS = 5;
/** Time for each side and round in ms, and the least number of samples. */
const TIME = 120;
const SAMPLES = 8;
/** A call that takes longer, in ns, is sampled twice a round. */
const SLOW_NS = 1e8;
/** Calls for this long, in ms, come before the first sample: the optimising compilers need them. */
const WARM_UP = 50;
/** A sample is as many calls as take about this long, so that the timer's grain (some 100 ns) does not matter. */
const SAMPLE_NS = 50_000;

/**
 * Compare the results, then time both sides in alternating rounds, so that a slow spell of the machine hits both. The
 * medians are over the samples of all rounds.
 */
export async function measure(benchCase: BenchCase): Promise<Row> {
  const prepared = await benchCase.prepare();
  try {
    prepared.agree();
    const sides = { subject: repeated(prepared, "subject"), peer: repeated(prepared, "peer") };
    const rounds: { readonly subject: number[]; readonly peer: number[] }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ subject: await sample(sides.subject), peer: await sample(sides.peer) });
    }
    const ratios = rounds.map((round) => median(round.peer) / median(round.subject));
    const subjectMedianNs = median(rounds.flatMap((round) => round.subject));
    const theirs = rounds.flatMap((round) => round.peer);
    const { id, work, subject, peer, ceiling = false } = benchCase;
    const peerMedianNs = ceiling ? Math.min(...theirs) : median(theirs);
    const ratio = peerMedianNs / subjectMedianNs;
    const spread = (Math.max(...ratios) - Math.min(...ratios)) / median(ratios);
    return { id, work, subject, peer, subjectMedianNs, peerMedianNs, ratio, spread };
  } finally {
    prepared.dispose?.();
  }
}

/** Compare the results only. */
export async function compare(benchCase: BenchCase): Promise<void> {
  const prepared = await benchCase.prepare();
  try {
    prepared.agree();
  } finally {
    prepared.dispose?.();
  }
}

interface Repeated {
  readonly call: () => unknown;
  readonly calls: number;
  readonly slow: boolean;
}

/** A side called often enough to fill a sample, warmed up. */
function repeated(prepared: Prepared, side: "subject" | "peer"): Repeated {
  const call = () => prepared[side]();
  const until = performance.now() + WARM_UP;
  do call();
  while (performance.now() < until);
  for (let calls = 1; ; calls *= 2) {
    // The fastest of three, so that a pause in one of them is not mistaken for the work.
    let took = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3; attempt++) {
      const began = performance.now();
      for (let i = 0; i < calls; i++) call();
      took = Math.min(took, 1e6 * (performance.now() - began));
    }
    if (took >= SAMPLE_NS || calls >= 1 << 20) {
      return { calls, call: calls === 1 ? call : many(call, calls), slow: took > SLOW_NS };
    }
  }
}

function many(call: () => unknown, calls: number): () => unknown {
  return () => {
    let last: unknown;
    for (let i = 0; i < calls; i++) last = call();
    return last;
  };
}

/** Nanoseconds per call, one number per sample. */
async function sample({ call, calls, slow }: Repeated): Promise<number[]> {
  const bench = new Bench({
    time: TIME,
    iterations: slow ? 2 : SAMPLES,
    warmupTime: slow ? 0 : 20,
    warmupIterations: slow ? 0 : 2,
    retainSamples: true,
  });
  bench.add("side", () => {
    call();
  });
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result === undefined || !("latency" in result)) throw new Error("the case threw while it was timed");
  return (result.latency.samples ?? []).map((ms) => (1e6 * ms) / calls);
}

/** Middle value; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error("there must be at least one sample");
  return (low + high) / 2;
}

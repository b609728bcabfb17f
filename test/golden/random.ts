import type { Memory } from "../../src/memory.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase, Json } from "./comparison.js";

const ABSENT = "a generator that the package does not have";
const UNUSED = "a mapping that the package does not use: 0 or 1 may come out, or half the bits are lost";

/** Words of a case's input, written in hexadecimal. */
function words(golden: GoldenCase, name: string): readonly bigint[] {
  const value = golden.input?.[name];
  const list = Array.isArray(value) ? value : [value];
  return (list as readonly Json[]).map((word) => {
    if (typeof word !== "string") throw new TypeError(`${golden.id}: input.${name} is not a word or a list of words`);
    return BigInt(word);
  });
}

const hex = (word: bigint | number, digits: number) => `0x${word.toString(16).padStart(digits, "0")}`;

/** Words that must be equal, each as hexadecimal digits: a difference is one beyond every tolerance. */
function equalWords(field: string, golden: GoldenCase, actual: readonly string[]): Comparison {
  const expected = golden.expected[field] as readonly string[];
  const same = expected.map((word, i) => (word === actual[i] ? 0 : 1));
  return { field, expected: expected.map(() => 0), actual: same, tolerance: () => 0 };
}

const u64s = (memory: Memory, at: number, count: number) =>
  [...new BigUint64Array(memory.u32(at, 2 * count).slice().buffer)].map((word) => hex(word, 16));

function generated(memory: Memory, golden: GoldenCase): readonly Comparison[] {
  const kernel = numericsOn(memory);
  const algorithm = golden.input?.algo;
  const count = (Object.values(golden.expected)[0] as readonly Json[]).length;
  if (algorithm === "philox4x32-10") {
    const [c0, c1, c2, c3, k0, k1] = [...words(golden, "ctr"), ...words(golden, "key")].map(Number);
    const at = memory.reserve(16);
    kernel.philoxBlock(c0 ?? 0, c1 ?? 0, c2 ?? 0, c3 ?? 0, k0 ?? 0, k1 ?? 0, at);
    return [
      equalWords(
        "u32",
        golden,
        Array.from(memory.u32(at, 4), (word) => hex(word, 8)),
      ),
    ];
  }
  if (algorithm === "splitmix64") {
    const at = memory.reserve(8 * count);
    kernel.splitmixBits(words(golden, "seed")[0] ?? 0n, count, at);
    return [equalWords("u64", golden, u64s(memory, at, count))];
  }
  if (algorithm === "xoshiro256++") {
    const state = memory.copy(new Uint32Array(BigUint64Array.from(words(golden, "s")).buffer));
    const at = memory.reserve(8 * count);
    kernel.xoshiroBits(state, 0n, count, at);
    return [equalWords("u64", golden, u64s(memory, at, count))];
  }
  return Object.keys(golden.expected).map((field) => ({ field, skipped: ABSENT }));
}

function mapped(memory: Memory, golden: GoldenCase): readonly Comparison[] {
  const kernel = numericsOn(memory);
  if (golden.input?.u64 === undefined) {
    return Object.keys(golden.expected).map((field) => ({ field, skipped: UNUSED }));
  }
  const [bits = 0n] = words(golden, "u64");
  const at = memory.copy(new Uint32Array(BigUint64Array.of(bits).buffer));
  kernel.normals(1, at, memory.reserve(kernel.normalInversesScratch()));
  const u = kernel.uniformOf(bits);
  const { open52, normalFromOpen52 } = golden.expected;
  return [
    { field: "closedOpen53", skipped: UNUSED },
    { field: "open52", expected: open52, actual: u, tolerance: () => 0 },
    {
      field: "normalFromOpen52",
      expected: normalFromOpen52,
      actual: memory.f64(at, 1)[0],
      tolerance: tolerance.normalQuantile(u),
    },
  ];
}

/** Random bits and the numbers that they become. */
export const checks: Checks = {
  "rng/integer_generators": generated,
  "rng/uniform_normal_mapping": mapped,
};

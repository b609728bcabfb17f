import type { Engine } from "../../src/engine.js";
import type { Memory } from "../../src/memory.js";

/** JSON as the golden files hold it. Doubles that JSON lacks are the strings "NaN", "Infinity", "-Infinity". */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One case of a golden file. In the systemic files the inputs stand beside `expected` instead of in `input`. */
export interface GoldenCase {
  readonly id?: string;
  readonly input?: { readonly [key: string]: Json };
  readonly expected: { readonly [key: string]: Json };
  readonly [key: string]: Json | undefined;
}

/** A golden file; `topic` and `method` choose its check, and the systemic files, which have neither, their name. */
export interface GoldenFile {
  readonly topic?: string;
  readonly method?: string;
  readonly convention?: string;
  readonly tolerance?: Json;
  readonly cases: readonly GoldenCase[];
}

/**
 * One field of `expected`, by its path in it (`VaR.type7`, `covEntries`), beside what we compute. Both sides may be
 * nested arrays, typed arrays or objects of numbers; every number in `expected` must have its counterpart.
 * `tolerance` gives the absolute error allowed for an expected number; `index` says where in a nested value it stands.
 * A field that is not compared is named with the reason. A field that is neither makes the case fail.
 */
export type Comparison =
  | {
      readonly field: string;
      readonly expected: unknown;
      readonly actual: unknown;
      readonly tolerance: (expected: number, index: readonly number[]) => number;
    }
  | { readonly field: string; readonly skipped: string };

/** What a check works with besides the case. Inputs such as "same X as the previous case" are resolved already. */
export interface GoldenContext {
  readonly file: GoldenFile;
  /** The case that a reference such as `linalg/eigen_symmetric rosser8` names: file and id. */
  readonly seen: (reference: Json | undefined) => GoldenCase;
  readonly engine: Engine;
}

/** Computes a case on the kernel behind `memory` (the memory of `context.engine`) and says what must agree. */
export type Check = (memory: Memory, golden: GoldenCase, context: GoldenContext) => readonly Comparison[];

/** Checks by `topic/method`, and by `systemic/<file name>` for the systemic files. */
export type Checks = Readonly<Record<string, Check>>;

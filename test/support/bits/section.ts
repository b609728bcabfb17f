import { Engine } from "../../../src/engine.js";
import type { CompiledKernel } from "../../../src/kernel.js";
import { MAXIMUM_BYTES } from "../../../src/memory.js";
import { bitsOf } from "../hash-of.js";
import { numericsOn } from "../numerics-builds.js";
import { optionsOn } from "../options-builds.js";
import * as listed from "../numerics-workload.js";

/** A part of the workload of numerics: see test/support/numerics-workload.ts. */
export interface Section {
  /** that of its file */
  readonly name: string;
  /** the public functions that it is of */
  readonly functions: Readonly<Record<string, unknown>>;
  /** everything they give, computed on a fresh engine */
  readonly results: (engine: Engine) => unknown;
  /** the hash of that, written by `node scripts/bits.mjs --write` */
  readonly bits: string;
}

export const sections: readonly Section[] = Object.values(listed);

/** The hash that every section has on every build and engine. */
export const expectedSections: Readonly<Record<string, string>> = Object.fromEntries(
  sections.map(({ name, bits }) => [name, bits]),
);

/** Run every section on engines of `kernel`, with the kernels of numerics and of options in the same build. */
export function numericsWorkload(kernel: CompiledKernel): {
  readonly hashes: Readonly<Record<string, string>>;
  readonly numbers: number;
} {
  const hashes: Record<string, string> = {};
  let total = 0;
  for (const { name, results } of sections) {
    const engine = new Engine(kernel, MAXIMUM_BYTES);
    numericsOn(engine.memory);
    optionsOn(engine.memory);
    const { hash, numbers } = bitsOf(results(engine));
    hashes[name] = hash;
    total += numbers;
  }
  return { hashes, numbers: total };
}

// The WebAssembly modules, for everything that builds them, measures them or puts faults into them: to add one is one row here
// and its asconfig.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./setup.mjs";

/** The builds of each. */
export const builds = ["simd", "scalar", "debug"];

const onCoreMemory = /^ \(import "env" "memory" \(memory /;

/**
 * The core kernel, and those that run on the core kernel's memory.
 * `prefix`: of its files in build/ and src/wasm/; `inlined`: the source that takes its bytes in; `type`: what its exports are
 * called; `imports`: what a release build may import; `pieces`: in how many it is packed; `constants`: where its constants may
 * stand in memory, as assembly/arena.ts shares it out, nothing where it has none.
 */
export const modules = [
  {
    name: "kernel",
    config: "asconfig.json",
    entry: "assembly/index.ts",
    prefix: "",
    inlined: "src/inlined.ts",
    type: "Kernel",
    imports: /^$/,
    pieces: 1,
    constants: [0, 16_384],
  },
  {
    name: "rules",
    config: "asconfig.rules.json",
    entry: "assembly/rules/index.ts",
    prefix: "rules-",
    inlined: "src/rules/inlined.ts",
    type: "RulesKernel",
    imports: onCoreMemory,
    pieces: 5,
    constants: [0, 0],
  },
  {
    name: "numerics",
    config: "asconfig.numerics.json",
    entry: "assembly/numerics/index.ts",
    prefix: "numerics-",
    inlined: "src/numerics/inlined.ts",
    type: "NumericsKernel",
    imports: onCoreMemory,
    pieces: 1,
    constants: [16_384, 32_768],
  },
  {
    name: "options",
    config: "asconfig.options.json",
    entry: "assembly/options/index.ts",
    prefix: "options-",
    inlined: "src/options/inlined.ts",
    type: "OptionsKernel",
    imports: onCoreMemory,
    pieces: 1,
    constants: [32_768, 49_152],
  },
];

/** The sources that a module takes in, of the repository or of a copy of it. */
export function sourcesOf({ entry }, folder = root) {
  const found = new Set();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const text = readFileSync(join(folder, path), "utf8");
    for (const [, from] of text.matchAll(/from "(\.[^"]+)"/g)) open.push(`${join(dirname(path), from)}.ts`);
  }
  return [...found].sort();
}

import { EnvironmentError } from "../errors.js";
import { simdSupported } from "../kernel.js";
import type { Memory } from "../memory.js";
import type { RulesKernel } from "../wasm/rules-kernel.js";
import { packaged } from "./inlined.js";

const compiled = new Map<string, WebAssembly.Module>();
const instances = new WeakMap<Memory, RulesKernel>();

/**
 * The kernels of composed rules on an engine's memory: made on first use and kept with the memory. The build is that of the
 * engine's own kernel; for a kernel that the caller brought, simd where the environment has it.
 *
 * @throws EnvironmentError   this environment refuses to compile them
 */
export function rulesKernel(memory: Memory): RulesKernel {
  const known = instances.get(memory);
  if (known !== undefined) return known;
  const { build } = memory;
  return adoptRules(
    memory,
    moduleOf(build === "simd" || build === "scalar" ? build : simdSupported() ? "simd" : "scalar"),
  );
}

/** Take `module`, a build of the kernels of composed rules, for an engine's memory. */
export function adoptRules(memory: Memory, module: WebAssembly.Module): RulesKernel {
  // Numbers in, numbers out: no loader is needed. Only a debug build imports `abort`.
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.kernel.memory, abort } });
  const kernel = exports as WebAssembly.Exports & RulesKernel;
  instances.set(memory, kernel);
  return kernel;
}

/** What an assertion of a debug build calls. */
function abort(message: number, file: number, line: number): never {
  throw new Error(
    `an assertion of the kernels of composed rules does not hold (line ${line}, source at ${file}, ${message})`,
  );
}

function moduleOf(build: "simd" | "scalar"): WebAssembly.Module {
  const known = compiled.get(build);
  if (known !== undefined) return known;
  const { source } = packaged[build]();
  try {
    const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
    compiled.set(build, module);
    return module;
  } catch (cause) {
    throw new EnvironmentError(`this environment refuses to compile the kernels of composed rules (${String(cause)})`, {
      cause,
    });
  }
}

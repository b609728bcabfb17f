import { instantiateSync } from "@assemblyscript/loader";
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
  const imports = { env: { memory: memory.kernel.memory } };
  const kernel: RulesKernel = instantiateSync<RulesKernel & Record<string, unknown>>(module, imports).exports;
  instances.set(memory, kernel);
  return kernel;
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

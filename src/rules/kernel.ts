import type { Memory } from "../memory.js";
import { SecondKernel } from "../second-kernel.js";
import type { RulesKernel } from "../wasm/rules-kernel.js";
import { packaged } from "./inlined.js";

const kernels = new SecondKernel<RulesKernel>("the kernels of composed rules", packaged);

/** The kernels of composed rules on an engine's memory. @throws EnvironmentError  they may not be compiled here */
export function rulesKernel(memory: Memory): RulesKernel {
  return kernels.of(memory);
}

/** Take `module`, a build of the kernels of composed rules, for an engine's memory. */
export function adoptRules(memory: Memory, module: WebAssembly.Module): RulesKernel {
  return kernels.adopt(memory, module);
}

import type { Memory } from "../memory.js";
import { SecondKernel } from "../second-kernel.js";
import type { OptionsKernel } from "../wasm/options-kernel.js";
import { packaged } from "./inlined.js";

const kernels = new SecondKernel<OptionsKernel>("the kernels of options", packaged);

/** The kernels of options on an engine's memory. @throws EnvironmentError  they may not be compiled here */
export function optionsKernel(memory: Memory): OptionsKernel {
  return kernels.of(memory);
}

/** Take `module`, a build of the kernels of options, for an engine's memory. */
export function adoptOptions(memory: Memory, module: WebAssembly.Module): OptionsKernel {
  return kernels.adopt(memory, module);
}

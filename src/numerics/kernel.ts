import type { Memory } from "../memory.js";
import { SecondKernel } from "../second-kernel.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { packaged } from "./inlined.js";

const kernels = new SecondKernel<NumericsKernel>("the kernels of numerics", packaged);

/** The kernels of numerics on an engine's memory. @throws EnvironmentError  they may not be compiled here */
export function numericsKernel(memory: Memory): NumericsKernel {
  return kernels.of(memory);
}

/** Take `module`, a build of the kernels of numerics, for an engine's memory. */
export function adoptNumerics(memory: Memory, module: WebAssembly.Module): NumericsKernel {
  return kernels.adopt(memory, module);
}

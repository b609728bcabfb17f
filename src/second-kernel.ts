import { EnvironmentError } from "./errors.js";
import type { PackagedKernel } from "./inlined.js";
import { simdSupported } from "./kernel.js";
import type { Memory } from "./memory.js";

/** Kernels beside the core's, which run on an engine's memory: compiled once per process and build, and kept with a memory. */
export class SecondKernel<K extends object> {
  private readonly compiled = new Map<string, WebAssembly.Module>();
  private readonly instances = new WeakMap<Memory, K>();

  /** @param what   the kernels in words, for errors */
  constructor(
    private readonly what: string,
    private readonly packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>>,
  ) {}

  /**
   * The kernels on a memory, made on first use. The build is that of the engine's own kernel; for a kernel that the caller
   * brought, simd where the environment has it.
   *
   * @throws EnvironmentError   this environment refuses to compile them
   */
  of(memory: Memory): K {
    const known = this.instances.get(memory);
    if (known !== undefined) return known;
    const { build } = memory;
    return this.adopt(
      memory,
      this.moduleOf(build === "simd" || build === "scalar" ? build : simdSupported() ? "simd" : "scalar"),
    );
  }

  /** Take `module`, a build of the kernels, for an engine's memory. */
  adopt(memory: Memory, module: WebAssembly.Module): K {
    // What an assertion of a debug build calls, the only one that imports it.
    const abort = (message: number, file: number, line: number): never => {
      throw new Error(`an assertion of ${this.what} does not hold (line ${line}, source at ${file}, ${message})`);
    };
    // Numbers in, numbers out: no loader is needed.
    const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.kernel.memory, abort } });
    const kernel = exports as WebAssembly.Exports & K;
    this.instances.set(memory, kernel);
    return kernel;
  }

  private moduleOf(build: "simd" | "scalar"): WebAssembly.Module {
    const known = this.compiled.get(build);
    if (known !== undefined) return known;
    const { source } = this.packaged[build]();
    try {
      const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
      this.compiled.set(build, module);
      return module;
    } catch (cause) {
      throw new EnvironmentError(`this environment refuses to compile ${this.what} (${String(cause)})`, { cause });
    }
  }
}

import { instantiateSync } from "@assemblyscript/loader";
import { EnvironmentError, InvalidInputError } from "./errors.js";
import { packaged } from "./inlined.js";
import type { Kernel } from "./wasm/kernel.js";

export type Build = "simd" | "scalar";

/** A compiled kernel that any number of engines can be made from. */
export interface CompiledKernel {
  readonly module: WebAssembly.Module;
  readonly build: string;
  readonly hash: string;
}

/** The smallest module that uses a SIMD instruction: (func (result v128) i32.const 0; i8x16.splat; i8x16.popcnt). */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

const compiled = new Map<Build, CompiledKernel>();

/** Whether this engine runs WebAssembly SIMD. */
export function simdSupported(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(SIMD_PROBE);
}

/** The inlined kernel, compiled once per process and build. Default: SIMD where the environment has it. */
export function compileInlined(build: Build = simdSupported() ? "simd" : "scalar"): CompiledKernel {
  const known = compiled.get(build);
  if (known !== undefined) return known;
  if (!Object.hasOwn(packaged, build)) throw new InvalidInputError("options.build", '"simd" or "scalar"', build);
  const { source, hash } = packaged[build]();
  const kernel = { module: source instanceof WebAssembly.Module ? source : compile(source), build, hash };
  compiled.set(build, kernel);
  return kernel;
}

/** A kernel from elsewhere: a compiled module, its bytes, or where to fetch it. */
export type KernelSource = WebAssembly.Module | ArrayBufferView<ArrayBuffer> | ArrayBuffer | URL | string | Response;

/** Compile a kernel that the caller brings, e.g. `margrave/kernel.wasm` on a platform that forbids compiling bytes. */
export async function compileSource(source: KernelSource): Promise<CompiledKernel> {
  if (source instanceof WebAssembly.Module) return { module: source, build: "custom", hash: "unknown" };
  if (typeof Response === "function" && source instanceof Response) return compileResponse(source);
  if (typeof source === "string" || source instanceof URL) return compileResponse(await fetch(source));
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return { module: compile(source), build: "custom", hash: "unknown" };
  }
  throw new InvalidInputError("options.source", "a WebAssembly.Module, bytes, a URL or a Response", source);
}

/** A fresh instance with a memory of its own. */
export function instantiate(kernel: CompiledKernel): Kernel {
  return instantiateSync<Kernel & Record<string, unknown>>(kernel.module).instance.exports as Kernel &
    WebAssembly.Exports;
}

async function compileResponse(response: Response): Promise<CompiledKernel> {
  if (!response.ok) throw new EnvironmentError(`the kernel at ${response.url} answered ${response.status}`);
  return { module: compile(await response.arrayBuffer()), build: "custom", hash: "unknown" };
}

function compile(bytes: BufferSource): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new EnvironmentError(
      `this environment refuses to compile the kernel (${String(cause)}). ` +
        "A content security policy needs 'wasm-unsafe-eval'; where compiling is forbidden, pass a compiled module to createEngineAsync",
      { cause },
    );
  }
}

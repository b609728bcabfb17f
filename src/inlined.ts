import { EnvironmentError } from "./errors.js";
import { bytes as scalarBytes, hash as scalarHash } from "./wasm/scalar.js";
import { bytes as simdBytes, hash as simdHash } from "./wasm/simd.js";

/** A kernel of this package, before or after compiling, with the hash of its bytes. */
export interface PackagedKernel {
  readonly source: BufferSource | WebAssembly.Module;
  readonly hash: string;
}

/** The kernels from bytes in this bundle. `imported.ts` takes this file's place where compiling bytes is forbidden. */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: decode(simdBytes), hash: simdHash }),
  scalar: () => ({ source: decode(scalarBytes), hash: scalarHash }),
};

function decode(base64: string): BufferSource {
  if (typeof atob !== "function") throw new EnvironmentError("this environment has no atob to decode the kernel with");
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

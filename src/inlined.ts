import { inflateSync } from "fflate";
import * as packed from "./wasm/packed.js";
import { hash as scalarHash } from "./wasm/scalar.js";
import { hash as simdHash } from "./wasm/simd.js";

/** A kernel of this package, before or after compiling, with the hash of its bytes. */
export interface PackagedKernel {
  readonly source: Uint8Array<ArrayBuffer> | WebAssembly.Module;
  readonly hash: string;
}

/**
 * The kernels from this bundle, deflated: the scalar one with the simd one as dictionary, of which it shares most. That
 * halves what a browser loads and costs two or three milliseconds, once per process. `imported.ts` takes this file's place where compiling
 * bytes is forbidden.
 */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: simd(), hash: simdHash }),
  scalar: () => ({ source: inflate(packed.scalar, simd()), hash: scalarHash }),
};

function simd(): Uint8Array<ArrayBuffer> {
  return inflate(packed.simd);
}

function inflate({ size, deflated }: typeof packed.simd, dictionary?: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = atob(deflated);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const out = new Uint8Array(size);
  inflateSync(bytes, dictionary === undefined ? { out } : { out, dictionary });
  return out;
}

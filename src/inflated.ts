import inflate from "tiny-inflate";

/** A kernel of this package, before or after compiling, with the hash of its bytes. */
export interface PackagedKernel {
  readonly source: Uint8Array<ArrayBuffer> | WebAssembly.Module;
  readonly hash: string;
}

/** The `size` bytes that `deflated`, base64 of raw deflate, holds. */
export function inflated(deflated: string, size: number): Uint8Array<ArrayBuffer> {
  const text = atob(deflated);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const out = new Uint8Array(size);
  inflate(bytes, out);
  return out;
}

/** Kernels of these sizes, deflated as one piece, the scalar one behind the simd one, of which it shares most. */
export function packagedIn(
  deflated: string,
  simdSize: number,
  scalarSize: number,
  simdHash: string,
  scalarHash: string,
): Readonly<Record<"simd" | "scalar", () => PackagedKernel>> {
  const unpacked = () => inflated(deflated, simdSize + scalarSize);
  return {
    simd: () => ({ source: unpacked().subarray(0, simdSize), hash: simdHash }),
    scalar: () => ({ source: unpacked().subarray(simdSize), hash: scalarHash }),
  };
}

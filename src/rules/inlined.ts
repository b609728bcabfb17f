import { inflated } from "../inflated.js";
import type { PackagedKernel } from "../inlined.js";
import { deflated, pieces, scalarSize, simdSize } from "../wasm/rules-packed.js";
import { hash as scalarHash } from "../wasm/rules-scalar.js";
import { hash as simdHash } from "../wasm/rules-simd.js";

/**
 * The kernels of composed rules from this bundle, deflated as one piece, as the core's are (src/inlined.ts). Together they are
 * longer than the format looks back, so that they lie in it piece by piece, in turn: the first of scalar, that of simd, the
 * second of scalar.
 */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: kernel(simdSize, scalarSize, 0), hash: simdHash }),
  scalar: () => ({ source: kernel(scalarSize, 0, simdSize), hash: scalarHash }),
};

/** One of the two, of `size` bytes: its pieces have a piece of a kernel of `before` bytes before them, of `after` behind. */
function kernel(size: number, before: number, after: number): Uint8Array<ArrayBuffer> {
  const bytes = inflated(deflated, simdSize + scalarSize);
  const out = new Uint8Array(size);
  const start = (of: number, i: number): number => Math.floor((i * of) / pieces);
  for (let i = 0; i < pieces; i++) {
    const from = start(size, i) + start(before, i + 1) + start(after, i);
    out.set(bytes.subarray(from, from + start(size, i + 1) - start(size, i)), start(size, i));
  }
  return out;
}

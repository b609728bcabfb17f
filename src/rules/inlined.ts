import inflate from "tiny-inflate";
import type { PackagedKernel } from "../inlined.js";
import { deflated, scalarSize, simdSize } from "../wasm/rules-packed.js";
import { hash as scalarHash } from "../wasm/rules-scalar.js";
import { hash as simdHash } from "../wasm/rules-simd.js";

/** The kernels of composed rules from this bundle, deflated as one piece, as the core's are: see src/inlined.ts. */
export const packaged: Readonly<Record<"simd" | "scalar", () => PackagedKernel>> = {
  simd: () => ({ source: unpacked().subarray(0, simdSize), hash: simdHash }),
  scalar: () => ({ source: unpacked().subarray(simdSize), hash: scalarHash }),
};

/** Both kernels, one behind the other. */
function unpacked(): Uint8Array<ArrayBuffer> {
  const text = atob(deflated);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const out = new Uint8Array(simdSize + scalarSize);
  inflate(bytes, out);
  return out;
}

/** Runtimes that import WebAssembly give the compiled module. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** Unpacks raw deflate into a target of the right size; `inflated.ts` unpacks the kernels with it. The package has no declarations. */
declare module "tiny-inflate" {
  export default function inflate(source: Uint8Array, target: Uint8Array): Uint8Array;
}

/** Unpacks raw deflate into a target of the right size. The package ships no declarations. */
declare module "tiny-inflate" {
  export default function inflate(source: Uint8Array, target: Uint8Array): Uint8Array;
}

import { instantiateSync } from "@assemblyscript/loader";
import { Memory, MAXIMUM_BYTES } from "../../src/memory.js";
import * as scalar from "../../src/wasm/scalar.js";
import * as simd from "../../src/wasm/simd.js";
import type { BenchCase } from "../case.js";

const decode = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** From bytes to a kernel that answers: what the first `createEngine` of a process costs. */
function start(bytes: Uint8Array<ArrayBuffer>): Memory {
  return new Memory({ module: new WebAssembly.Module(bytes), build: "bench", hash: "" }, MAXIMUM_BYTES);
}

export const cases: readonly BenchCase[] = [
  {
    id: "start.compile.kernel.scalar",
    work: "compile and instantiate the kernel",
    subject: "simd build",
    peer: "scalar build",
    async prepare() {
      const [ours, theirs] = [decode(simd.bytes), decode(scalar.bytes)];
      return {
        subject: () => start(ours),
        peer: () => start(theirs),
        agree() {
          const names = (bytes: Uint8Array<ArrayBuffer>) => Object.keys(start(bytes).kernel).sort().join();
          if (names(ours) !== names(theirs)) throw new Error("the builds must have the same exports");
        },
      };
    },
  },
  {
    id: "start.instantiate.kernel.compile",
    work: "a further engine: instantiate a module compiled before",
    subject: "instantiate only",
    peer: "compile and instantiate",
    async prepare() {
      const bytes = decode(simd.bytes);
      const kernel = { module: new WebAssembly.Module(bytes), build: "simd", hash: simd.hash };
      return {
        subject: () => new Memory(kernel, MAXIMUM_BYTES),
        peer: () => start(bytes),
        agree() {
          if (new Memory(kernel, MAXIMUM_BYTES).kept !== start(bytes).kept) {
            throw new Error("both must start empty");
          }
        },
      };
    },
  },
  {
    id: "call.overhead.1.loader",
    work: "one call across the boundary that does next to nothing",
    subject: "raw export",
    peer: "export as the loader wraps it",
    async prepare() {
      const { exports, instance } = instantiateSync<{ arenaMark(): number }>(
        new WebAssembly.Module(decode(simd.bytes)),
      );
      const raw = instance.exports as unknown as { arenaMark(): number };
      return {
        subject: () => raw.arenaMark(),
        peer: () => exports.arenaMark(),
        agree() {
          if (raw.arenaMark() !== exports.arenaMark()) throw new Error("both must be the same function");
        },
      };
    },
  },
];

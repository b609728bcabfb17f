import { OutOfMemoryError } from "./errors.js";
import { type CompiledKernel, instantiate } from "./kernel.js";
import type { Kernel } from "./wasm/kernel.js";

const PAGE = 65536;
/** One page short of 4 GiB, so that the end of memory is still a 32-bit number. */
export const MAXIMUM_BYTES = 65535 * PAGE;

/** What computes without a book or a market: an engine. */
export interface Owner {
  readonly memory: Memory;
}

/** The typed arrays that cross the boundary. */
export type Packed = Float64Array | Uint32Array | Int32Array | Uint8Array;

/**
 * The kernel's linear memory as the wrapper sees it. The only file that grows it and the only one that makes views of it.
 *
 * Scratch lives from its reservation to the end of the innermost `scope`. Resident blocks live from `keep` to `free`, and
 * may be made only outside every scope. A view is valid until the next reservation, since growing detaches the buffer:
 * reserve everything first, then ask for views.
 */
export class Memory {
  readonly kernel: Kernel;
  /** which kernel it is, for the account that a result gives of itself */
  readonly build: string;
  readonly hash: string;
  readonly limit: number;

  /** A fresh instance of `compiled` with a memory of at most `limit` bytes. */
  constructor(compiled: CompiledKernel, limit: number) {
    this.kernel = instantiate(compiled);
    this.build = compiled.build;
    this.hash = compiled.hash;
    this.limit = limit;
    this.kernel.arenaFloor();
  }

  /** Run `work`, then drop all scratch reserved in it, also where it throws. */
  scope<T>(work: () => T): T {
    const mark = this.kernel.arenaMark();
    try {
      return work();
    } finally {
      this.kernel.arenaRelease(mark);
    }
  }

  /** Address of `bytes` bytes of scratch, 64-byte aligned, not cleared. Grows the memory where needed. */
  reserve(bytes: number): number {
    return this.request(bytes, (size) => this.kernel.arenaReserve(size));
  }

  /** Address of scratch for `count` f64. */
  reserveF64(count: number): number {
    return this.reserve(8 * count);
  }

  /** Scratch holding a copy of `values`. */
  copy(values: Packed): number {
    const at = this.reserve(values.byteLength);
    this.write(at, values);
    return at;
  }

  /** Address of a resident block of `bytes` bytes, cleared. */
  keep(bytes: number): number {
    const at = this.request(bytes, (size) => this.kernel.arenaKeep(size));
    new Uint8Array(this.kernel.memory.buffer, at, bytes).fill(0);
    return at;
  }

  /** A resident block holding a copy of `values`. */
  keepCopy(values: Packed): number {
    const at = this.request(values.byteLength, (size) => this.kernel.arenaKeep(size));
    this.write(at, values);
    return at;
  }

  /** Give a resident block back. */
  free(at: number): void {
    this.kernel.arenaFree(at);
  }

  /** Copy `values` to address `at`. */
  write(at: number, values: Packed): void {
    new Uint8Array(this.kernel.memory.buffer, at, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }

  /** Live view of `count` f64 at `at`; valid until memory next grows. */
  f64(at: number, count: number): Float64Array {
    return new Float64Array(this.kernel.memory.buffer, at, count);
  }

  /** Live view of `count` u32 at `at`; valid until memory next grows. */
  u32(at: number, count: number): Uint32Array {
    return new Uint32Array(this.kernel.memory.buffer, at, count);
  }

  /** Live view of `count` bytes at `at`; valid until memory next grows. */
  u8(at: number, count: number): Uint8Array {
    return new Uint8Array(this.kernel.memory.buffer, at, count);
  }

  /** Bytes in resident blocks. */
  get kept(): number {
    return this.kernel.arenaKept() >>> 0;
  }

  /** Bytes of linear memory. */
  get size(): number {
    return this.kernel.memory.buffer.byteLength;
  }

  private request(bytes: number, ask: (size: number) => number): number {
    // Numbers above 2^32 would wrap on their way into the kernel, so they are refused here.
    if (!(bytes <= this.limit)) throw new OutOfMemoryError(bytes, this.limit);
    let at = ask(bytes) >>> 0;
    if (at === 0) {
      this.grow(bytes);
      at = ask(bytes) >>> 0;
    }
    if (at === 0) throw new OutOfMemoryError(bytes, this.limit);
    return at;
  }

  /** Grow by at least `bytes` and by an eighth of the present size, so that a run of requests grows rarely. */
  private grow(bytes: number): void {
    const size = this.size;
    const needed = Math.ceil((bytes + 256) / PAGE);
    const room = Math.floor((Math.min(this.limit, MAXIMUM_BYTES) - size) / PAGE);
    if (needed > room) throw new OutOfMemoryError(bytes, this.limit);
    try {
      this.kernel.memory.grow(Math.min(room, Math.max(needed, Math.ceil(size / PAGE / 8))));
    } catch {
      throw new OutOfMemoryError(bytes, this.limit);
    }
  }
}

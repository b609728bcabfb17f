import { Memory } from "../../src/memory.js";

/** Bytes behind every piece of scratch that nothing may write to. */
const GUARD = 192;
const BYTE = 0xa5;
/** What the arena rounds sizes up to: a kernel that works on pairs may write to the end of the last. */
const ALIGNMENT = 64;

/** Run `work` with a guard behind every piece of scratch: how many there were, and how many were written to. */
export function guarded(work: () => void): { readonly pieces: number; readonly broken: number } {
  const { reserve, scope } = Memory.prototype;
  const open = new WeakMap<Memory, number[]>();
  let pieces = 0;
  let broken = 0;
  Memory.prototype.reserve = function (this: Memory, bytes: number): number {
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const at = reserve.call(this, size + GUARD);
    this.u8(at + size, GUARD).fill(BYTE);
    open.get(this)?.push(at + size);
    return at;
  };
  Memory.prototype.scope = function <T>(this: Memory, inner: () => T): T {
    return scope.call(this, () => {
      const outer = open.get(this);
      const own: number[] = [];
      open.set(this, own);
      try {
        return inner();
      } finally {
        pieces += own.length;
        for (const at of own) if (this.u8(at, GUARD).some((byte) => byte !== BYTE)) broken++;
        if (outer === undefined) open.delete(this);
        else open.set(this, outer);
      }
    }) as T;
  };
  try {
    work();
  } finally {
    Object.assign(Memory.prototype, { reserve, scope });
  }
  return { pieces, broken };
}

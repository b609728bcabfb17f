import type { MarginResult, Run } from "./model.js";

/** Columns of a margin call's output, by their place in it in bytes. */
export interface Output {
  f64(offset: number, count: number): Float64Array;
  u32(offset: number, count: number): Uint32Array;
  u8(offset: number, count: number): Uint8Array;
}

/**
 * The output block of a model: all columns of a call in one piece of scratch. Read as one copy, so that the columns are
 * views of one buffer: a new one, that of the result which `run.into` gives up where it fits, or with `run.live` no copy at
 * all, but views of linear memory, which the next call into the engine overwrites.
 *
 * @param model  name of the model; a result of another has another layout and is not overwritten
 */
export function outputOf(run: Run, model: string, at: number, bytes: number): Output {
  const { memory } = run;
  if (run.live === true) {
    return {
      f64: (offset, count) => memory.f64(at + offset, count),
      u32: (offset, count) => memory.u32(at + offset, count),
      u8: (offset, count) => memory.u8(at + offset, count),
    };
  }
  const buffer = given(run.into, model, bytes) ?? new ArrayBuffer(bytes);
  new Uint8Array(buffer).set(memory.u8(at, bytes));
  return {
    f64: (offset, count) => new Float64Array(buffer, offset, count),
    u32: (offset, count) => new Uint32Array(buffer, offset, count),
    u8: (offset, count) => new Uint8Array(buffer, offset, count),
  };
}

/** The buffer of a result that is given up, where it has the layout wanted and is not linear memory itself. */
function given(into: MarginResult | undefined, model: string, bytes: number): ArrayBuffer | null {
  const buffer = into?.equity.buffer;
  const fits = into?.meta.model === model && buffer instanceof ArrayBuffer && buffer.byteLength === bytes;
  return fits && into?.equity.byteOffset === 0 ? buffer : null;
}

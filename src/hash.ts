/**
 * 64-bit hash of a sequence of strings and typed arrays, as 16 hexadecimal digits. Two 32-bit lanes in the manner of
 * FNV-1a, one word at a time, with the finaliser of MurmurHash3; each value is preceded by its length, so that moving a
 * boundary changes the hash. For recognising equal content, not against forgery. About 1 ns per byte or less.
 */
export class Hasher {
  private a = 0x811c9dc5;
  private b = 0x9e3779b9;

  /** Take one 32-bit word. */
  word(value: number): void {
    this.a = Math.imul(this.a ^ value, 0x01000193);
    this.a ^= this.a >>> 15;
    this.b = Math.imul(this.b ^ value, 0x85ebca6b);
    this.b ^= this.b >>> 13;
  }

  /** Take a string, by its UTF-16 units. */
  text(value: string): this {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
    return this;
  }

  /** Take the values of an f64 array by their bits; all NaN are one, since their bits are the engine's own affair. */
  f64(values: Float64Array): this {
    this.word(values.length);
    const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    let { a, b } = this;
    for (let i = 0; i < words.length; i += 2) {
      const isNumber = !Number.isNaN(values[i >> 1]);
      const low = isNumber ? (words[i] as number) : 0;
      const high = isNumber ? (words[i + 1] as number) : 0x7ff80000;
      a = Math.imul(a ^ low, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ low, 0x85ebca6b);
      b ^= b >>> 13;
      a = Math.imul(a ^ high, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ high, 0x85ebca6b);
      b ^= b >>> 13;
    }
    this.a = a;
    this.b = b;
    return this;
  }

  /** Take the values of an array of small integers. */
  integers(values: Uint32Array | Uint8Array): this {
    this.word(values.length);
    for (let i = 0; i < values.length; i++) this.word(values[i] as number);
    return this;
  }

  /** The hash of everything taken so far. */
  digest(): string {
    return [this.a ^ (this.b >>> 16), this.b ^ (this.a >>> 16)].map(finalise).join("");
  }
}

function finalise(word: number): string {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return (h >>> 0).toString(16).padStart(8, "0");
}

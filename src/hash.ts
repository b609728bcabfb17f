/**
 * 64-bit hash of a sequence of strings and typed arrays, as 16 hexadecimal digits. Two 32-bit lanes in the manner of
 * FNV-1a, one word at a time, with the finaliser of MurmurHash3; each value is preceded by its length, so that moving a
 * boundary changes the hash. For recognising equal content, not against forgery. About 1 ns per byte or less.
 */
export class Hasher {
  private a = 0x811c9dc5;
  private b = 0x9e3779b9;

  /** Take a string, by its UTF-16 units. */
  text(value: string): this {
    return this.take(value.length, (i) => value.charCodeAt(i));
  }

  /** Take the values of an f64 array by their bits; all NaN are one, since their bits are the engine's own affair. */
  f64(values: Float64Array): this {
    const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    return this.word(values.length).mix(words.length, (i) => {
      if (Number.isNaN(values[i >> 1])) return (i & 1) === 0 ? 0 : 0x7ff80000;
      return words[i] as number;
    });
  }

  /** Take the values of an array of small integers. */
  integers(values: Uint32Array | Uint8Array): this {
    return this.take(values.length, (i) => values[i] as number);
  }

  /** Take one 32-bit word. */
  word(value: number): this {
    return this.mix(1, () => value);
  }

  private take(count: number, word: (index: number) => number): this {
    return this.word(count).mix(count, word);
  }

  private mix(count: number, word: (index: number) => number): this {
    let { a, b } = this;
    for (let i = 0; i < count; i++) {
      const next = word(i);
      a = Math.imul(a ^ next, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ next, 0x85ebca6b);
      b ^= b >>> 13;
    }
    this.a = a;
    this.b = b;
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

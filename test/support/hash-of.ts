import { Hasher } from "../../src/hash.js";

/** The bits of everything computed in a value, and how many numbers that is: functions and `meta` of a result are left out. */
export function bitsOf(value: unknown): { readonly hash: string; readonly numbers: number } {
  const hasher = new Hasher();
  const numbers = take(hasher, value);
  return { hash: hasher.digest(), numbers };
}

/** The hash alone. */
export function hashOf(value: unknown): string {
  return bitsOf(value).hash;
}

function take(hasher: Hasher, value: unknown): number {
  if (value instanceof Float64Array) hasher.f64(value);
  else if (value instanceof Uint32Array || value instanceof Uint8Array) hasher.integers(value);
  else if (ArrayBuffer.isView(value)) throw new TypeError(`no hash is defined of a ${value.constructor.name}`);
  else if (typeof value === "number") hasher.f64(Float64Array.of(value));
  else if (Array.isArray(value)) {
    hasher.word(value.length);
    return value.reduce((numbers: number, item) => numbers + take(hasher, item), 0);
  } else if (typeof value === "object" && value !== null) {
    let numbers = 0;
    for (const [key, item] of Object.entries(value)) {
      if (key === "meta" || typeof item === "function") continue;
      hasher.text(key);
      numbers += take(hasher, item);
    }
    return numbers;
  } else {
    hasher.text(String(value));
    return 0;
  }
  return typeof value === "number" ? 1 : value.length;
}

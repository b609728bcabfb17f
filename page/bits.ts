const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * 64-bit hash of the bits of numbers, hexadecimal: equal exactly where every number is equal to the last bit, so that one
 * line of text compares this browser with another, or with Node.
 *
 * FNV-1a over the little-endian bytes. Source: Fowler, Noll and Vo, The FNV Non-Cryptographic Hash Algorithm (2012).
 */
export function bitsOf(values: Iterable<number>): string {
  const view = new DataView(new ArrayBuffer(8));
  let hash = OFFSET;
  for (const value of values) {
    view.setFloat64(0, value, true);
    for (let byte = 0; byte < 8; byte++) hash = BigInt.asUintN(64, (hash ^ BigInt(view.getUint8(byte))) * PRIME);
  }
  return hash.toString(16).padStart(16, "0");
}

/** Sobol points straight from the recurrence of METHODS.md, one coordinate at a time. */

/** What is packed for one dimension after the first. */
export interface Row {
  readonly degree: number;
  /** all coefficients of the polynomial, the highest first: 2^degree + ... + 1 */
  readonly polynomial: number;
  readonly m: readonly number[];
}

/** The rows that are packed, degree by degree; `counts[s − 1]` of degree s. */
export function unpacked(packed: string, counts: readonly number[]): Row[] {
  const text = atob(packed);
  let place = 0;
  const take = (bits: number): number => {
    let value = 0;
    for (let weight = 1; bits > 0; bits--, weight *= 2) {
      const byte = text.charCodeAt(Math.floor(place / 8));
      value += weight * (Math.floor(byte / 2 ** (place % 8)) % 2);
      place++;
    }
    return value;
  };
  const rows: Row[] = [];
  for (const [index, count] of counts.entries()) {
    const degree = index + 1;
    for (let k = 0; k < count; k++) {
      const polynomial = 2 ** degree + 2 * take(degree - 1) + 1;
      rows.push({ degree, polynomial, m: Array.from({ length: degree }, (_, j) => 2 * take(j) + 1) });
    }
  }
  return rows;
}

/** The coordinate of point k of a row, as an integer of 32 bits; `null` is the first dimension. */
export function coordinate(row: Row | null, k: bigint): bigint {
  const m: bigint[] = row === null ? [] : row.m.map(BigInt);
  for (let j = m.length; j < 32; j++) {
    if (row === null) {
      m.push(1n);
      continue;
    }
    let next = m[j - row.degree] ?? 0n;
    for (let i = 1; i <= row.degree; i++) {
      const coefficient = Math.floor(row.polynomial / 2 ** (row.degree - i)) % 2;
      if (coefficient === 1) next ^= (m[j - i] ?? 0n) << BigInt(i);
    }
    m.push(next);
  }
  const gray = k ^ (k >> 1n);
  let value = 0n;
  for (let j = 0; j < 32; j++) if ((gray >> BigInt(j)) & 1n) value ^= (m[j] ?? 0n) << BigInt(31 - j);
  return value;
}

/** Burley's scrambling on integers without bounds. */
export function owen(value: bigint, seed: bigint): bigint {
  const flipped = (x: bigint) => BigInt(`0b${[...x.toString(2).padStart(32, "0")].reverse().join("")}`);
  const word = (x: bigint) => BigInt.asUintN(32, x);
  let x = word(flipped(value) + seed);
  for (const factor of [0x6c50b47cn, 0xb82f1e52n, 0xc7afe638n, 0x8d22f6e6n]) x ^= word(x * factor);
  return flipped(x);
}

/**
 * Direction numbers as they are kept: for every dimension after the first the coefficients between the first and the last of
 * its primitive polynomial, s − 1 bits, then of m₂ to m_s what is above their lowest bit, which is 1, in 1 to s − 1 bits; all
 * lowest bit first, without gaps. m₁ is 1. The dimensions are in the order of the degree s of their polynomials.
 */
export interface Directions {
  /** what they are, for the account that a result gives of itself */
  readonly name: string;
  /** most dimensions there are numbers for */
  readonly dimensions: number;
  /** the bits, in base 64 */
  readonly packed: string;
}

/** How many primitive polynomials of degree 1, 2, ... 18 there are: φ(2^s − 1)/s. */
const POLYNOMIALS = [1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630, 756, 1800, 2048, 7710, 7776];

const BITS = 32;

/**
 * u32[32*dimensions]: v_j of every dimension for j = 1, then for j = 2, and so on. Of the first dimension 2^(32−j); of another
 * m_j 2^(32−j), where for j > s  m_j = 2a₁m_(j−1) ⊕ 2²a₂m_(j−2) ⊕ … ⊕ 2^s m_(j−s) ⊕ m_(j−s).
 */
export function directionNumbers({ packed }: Directions, dimensions: number): Uint32Array {
  const out = new Uint32Array(BITS * dimensions);
  const read = reader(packed, dimensions);
  for (let j = 0; j < BITS; j++) out[j * dimensions] = 2 ** (BITS - 1 - j);
  let dimension = 1;
  for (const [index, count] of POLYNOMIALS.entries()) {
    const degree = index + 1;
    for (let k = 0; k < count && dimension < dimensions; k++, dimension++) {
      const coefficients = read(degree - 1);
      const m: number[] = [1];
      for (let j = 1; j < degree; j++) m.push(2 * read(j) + 1);
      for (let j = degree; j < BITS; j++) m.push(next(m, degree, coefficients));
      for (const [j, value] of m.entries()) out[j * dimensions + dimension] = value * 2 ** (BITS - 1 - j);
    }
  }
  return out;
}

/** m_j of those before it. Below 2^j, so up to 2^32: products and shifts of 32 bits, without a sign. */
function next(m: readonly number[], degree: number, coefficients: number): number {
  const before = (back: number) => m[m.length - back] ?? 0;
  let value = ((before(degree) << degree) ^ before(degree)) >>> 0;
  for (let i = 1; i < degree; i++) {
    // a₁ stands highest.
    if ((coefficients >>> (degree - 1 - i)) & 1) value = (value ^ (before(i) << i)) >>> 0;
  }
  return value;
}

/** Reads numbers of so many bits, one after the other. */
function reader(packed: string, dimensions: number): (bits: number) => number {
  // The first dimension has no bits, and none has more than 170.
  const bytes = atob(packed.slice(0, 4 * Math.ceil((dimensions * 170) / 24)));
  let at = 0;
  return (bits) => {
    let value = 0;
    for (let i = 0; i < bits; i++, at++) value |= ((bytes.charCodeAt(at >>> 3) >>> (at & 7)) & 1) << i;
    return value;
  };
}

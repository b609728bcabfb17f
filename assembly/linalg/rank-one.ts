/** Bytes of workspace that `rankOne` needs. */
export function rankOneScratch(n: i32): usize {
  return (5 * ((<usize>n + 3) & ~3)) << 3;
}

/**
 * Cholesky factor of  scale²·L·L' ± v·v'  from L, in place.
 *
 * With l = scale·L[k][k], each k turns column k and v so that v[k] becomes 0:
 *
 *   up    r = √(l² + v²)   c = l/r  s = v/r    L' = c·L + s·v          v' = c·v − s·L       a rotation
 *   down  r = √(l² − v²)   c = r/l  s = v/l    L' = (L − s·v)/c        v' = c·v − s·L'      a hyperbolic one, mixed
 *
 * @param lower    L in panels (triangular.ts), its diagonal positive
 * @param v        f64[n]
 * @param scale    > 0
 * @param down     1: v·v' is taken away, 0: added
 * @param kept     f64[1], written: of the pivots r² the least share of the l² that it came of, 1 where nothing is taken away; where
 *                 it fails, what is left of the pivot
 * @returns        0, or k where pivot k (one-based) keeps no more than n·eps; `lower` is then undefined
 *
 * Down it is stable in the sense of Bojanczyk, Brent, Van Dooren and De Hoog; digits are lost as the share kept gets small.
 * 3n² operations, four rows side by side.
 * Sources: Gill, Golub, Murray and Saunders, Methods for modifying matrix factorizations (1974); Bojanczyk, Brent, Van Dooren and
 * De Hoog, A note on downdating the Cholesky factorization (1987).
 */
export function rankOne(n: i32, lower: usize, v: usize, scale: f64, down: i32, kept: usize, scratch: usize): i32 {
  const turns = scratch;
  const rest = scratch + (((<usize>n + 3) & ~3) << 5);
  memory.copy(rest, v, (<usize>n) << 3);
  memory.fill(rest + ((<usize>n) << 3), 0, (<usize>(-n & 3)) << 3);
  store<f64>(kept, 1);
  for (let top = 0; top < n; top += 4) {
    const own = rest + ((<usize>top) << 3);
    turnRows(top, lower, own, turns, scale, down);
    lower += (<usize>top) << 5;
    for (let k = 0; k < min(4, n - top); k++) {
      const turn = turns + ((<usize>(top + k)) << 5);
      const diagonal = lower + ((<usize>k) << 5) + ((<usize>k) << 3);
      const l = scale * load<f64>(diagonal);
      const x = load<f64>(own + ((<usize>k) << 3));
      if (down != 0) {
        const s = x / l;
        const share = (1 - s) * (1 + s);
        if (!(share > <f64>n * f64.EPSILON)) {
          store<f64>(kept, share == share ? share * l * l : -Infinity);
          return top + k + 1;
        }
        if (share < load<f64>(kept)) store<f64>(kept, share);
        const c = sqrt<f64>(share);
        setTurn(turn, 1 / c, -s / c, c, s);
        store<f64>(diagonal, l * c);
      } else {
        const largest = max<f64>(l, abs<f64>(x));
        const r = largest * sqrt<f64>((l / largest) * (l / largest) + (x / largest) * (x / largest));
        setTurn(turn, l / r, x / r, l / r, x / r);
        store<f64>(diagonal, r);
      }
      for (let j = k + 1; j < 4; j++) {
        turnOne(lower + ((<usize>k) << 5) + ((<usize>j) << 3), own + ((<usize>j) << 3), turn, scale, down);
      }
    }
    lower += 128;
  }
  return 0;
}

/** A turn of an element l of L and of v:  l' = p·l + q·v,  v' = c·v − s·(l, or l' down). */
function setTurn(turn: usize, p: f64, q: f64, c: f64, s: f64): void {
  store<f64>(turn, p);
  store<f64>(turn, q, 8);
  store<f64>(turn, c, 16);
  store<f64>(turn, s, 24);
}

function turnOne(at: usize, v: usize, turn: usize, scale: f64, down: i32): void {
  const l = scale * load<f64>(at);
  const x = load<f64>(v);
  const next = load<f64>(turn) * l + load<f64>(turn, 8) * x;
  store<f64>(v, load<f64>(turn, 16) * x - load<f64>(turn, 24) * (down != 0 ? next : l));
  store<f64>(at, next);
}

/** The first `depth` turns on four rows of L and their four elements of v. */
function turnRows(depth: i32, rows: usize, v: usize, turns: usize, scale: f64, down: i32): void {
  const end = turns + ((<usize>depth) << 5);
  if (ASC_FEATURE_SIMD) {
    const factor = f64x2.splat(scale);
    let x0 = v128.load(v);
    let x1 = v128.load(v, 16);
    for (; turns < end; turns += 32, rows += 32) {
      const p = v128.load64_splat(turns);
      const q = v128.load64_splat(turns, 8);
      const c = v128.load64_splat(turns, 16);
      const s = v128.load64_splat(turns, 24);
      const l0 = f64x2.mul(factor, v128.load(rows));
      const l1 = f64x2.mul(factor, v128.load(rows, 16));
      const next0 = f64x2.add(f64x2.mul(p, l0), f64x2.mul(q, x0));
      const next1 = f64x2.add(f64x2.mul(p, l1), f64x2.mul(q, x1));
      x0 = f64x2.sub(f64x2.mul(c, x0), f64x2.mul(s, down != 0 ? next0 : l0));
      x1 = f64x2.sub(f64x2.mul(c, x1), f64x2.mul(s, down != 0 ? next1 : l1));
      v128.store(rows, next0);
      v128.store(rows, next1, 16);
    }
    v128.store(v, x0);
    v128.store(v, x1, 16);
  } else {
    for (; turns < end; turns += 32, rows += 32) {
      for (let r: usize = 0; r < 32; r += 8) turnOne(rows + r, v + r, turns, scale, down);
    }
  }
}

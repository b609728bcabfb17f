/** Where a pool's excess along a direction first falls to zero. */
import { derivative, excessAt, isCurved, mostNegative, nextBreak, steepest } from "./excess-along";

/** How far towards a price of zero the search goes: no price below 1e-12 of today's is reported. */
const NEARLY_ALL = 1.0 - 1e-12;
/** Where H is not linear, moves beyond this many times today's price are not looked at. */
const FARTHEST = 1.0e12;
const STEPS = 200;

/**
 * The t nearest to 0 on the side of `side` (±1) with H(t) = 0, H > 0 between; NaN where there is none before a price
 * reaches zero. H(0) must not be below zero; where it is zero, the root is 0 or there is none.
 *
 * @param least  the domain ends at side ÷ least or before; 0: only where a price reaches zero
 *
 * From break to break: a piece whose end is not above zero holds the root. A curved piece above zero at both ends is looked
 * at once more where the parabola through its ends and middle is lowest, which finds the dip of a piece without inverse
 * contracts. The last, unbounded piece is solved by its slope where it is linear, else searched in doubling steps.
 */
export function rootAlong(along: usize, least: f64, side: f64): f64 {
  const falling = max(least, side < 0.0 ? steepest(along) : -mostNegative(along));
  const end = falling > 0.0 ? (side / falling) * NEARLY_ALL : side * Infinity;
  let from = 0.0;
  let above = excessAt(along, 0.0);
  if (above == 0.0) return derivative(along) * side < 0.0 ? 0.0 : NaN;
  while (from != end) {
    let to = nextBreak(along, from, side);
    if ((to - end) * side > 0.0) to = end;
    if (abs(to) == Infinity) {
      if (!isCurved(along)) return tail(along, from, side);
      if (abs(from) > FARTHEST) return NaN;
      to = from * 2.0 + side;
    }
    const here = excessAt(along, to);
    if (here <= 0.0) return between(along, from, to);
    if (isCurved(along)) {
      const dip = lowest(along, from, above, to, here);
      if (excessAt(along, dip) <= 0.0) return between(along, from, dip);
    }
    from = to;
    above = here;
  }
  return NaN;
}

/** The last piece, linear without end: it falls to zero or it does not. Its slope is taken beyond the break. */
function tail(along: usize, from: f64, side: f64): f64 {
  const inside = from + side * (1.0 + abs(from));
  const h = excessAt(along, inside);
  const slope = derivative(along);
  const root = inside - h / slope;
  return slope * side < 0.0 && isFinite(root) ? root : NaN;
}

/** Where the parabola through both ends and the middle is lowest, if that is between them; else the middle. */
function lowest(along: usize, a: f64, ha: f64, b: f64, hb: f64): f64 {
  const middle = 0.5 * (a + b);
  const bend = ha - 2.0 * excessAt(along, middle) + hb;
  const shift = (0.25 * (b - a) * (ha - hb)) / bend;
  return bend > 0.0 && abs(shift) < 0.5 * abs(b - a) ? middle + shift : middle;
}

/**
 * A root between a, where H > 0, and b, where H ≤ 0: Newton's method, halving where a step would leave the bracket. Ends
 * where a step is within rounding; on a linear piece after one.
 */
function between(along: usize, a: f64, b: f64): f64 {
  let above = a;
  let below = b;
  let t = b;
  let h = excessAt(along, b);
  for (let i = 0; i < STEPS && h != 0.0; i++) {
    let next = t - h / derivative(along);
    if (!((next - above) * (next - below) < 0.0)) next = 0.5 * (above + below);
    if (next == t || next == above || next == below) break;
    t = next;
    h = excessAt(along, t);
    if (h > 0.0) above = t;
    else below = t;
  }
  return t;
}

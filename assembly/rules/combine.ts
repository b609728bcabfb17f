/**
 * Combiners: money as an expression over a pool's sums at one level. Steps of 16 bytes in postfix order: u32 operation, u32
 * operand, f64 number.
 */
import { BORROWING, holdsPosition, ORDERS, POSITIONS, stackOf, sumOf, variantOf } from "./frame";
import { flagsOf, PLAIN_SUM, programOf, programSteps } from "./variant";

/** Operations, as in src/rules/tables-programs.ts. */
const NUMBER: u32 = 0;
const ATOM: u32 = 1;
const MAX: u32 = 2;
const MIN: u32 = 3;
const SUM: u32 = 4;
const SCALE: u32 = 5;
const HELD: u32 = 6;

/** The requirement of the pool at hand at a level. O(steps). */
export function combined(frame: usize, level: usize): f64 {
  if ((flagsOf(variantOf(frame)) & PLAIN_SUM) != 0) {
    return sumOf(frame, POSITIONS, level) + sumOf(frame, BORROWING, level) + sumOf(frame, ORDERS, level);
  }
  const program = programOf(variantOf(frame), level);
  const end = program + ((<usize>programSteps(variantOf(frame), level)) << 4);
  let top = stackOf(frame);
  for (let step = program; step < end; step += 16) {
    const operation = load<u32>(step);
    const operand = <usize>load<u32>(step, 4);
    if (operation == NUMBER) {
      store<f64>(top, load<f64>(step, 8));
      top += 8;
    } else if (operation == ATOM) {
      store<f64>(top, sumOf(frame, operand << 4, level));
      top += 8;
    } else if (operation == SCALE) {
      store<f64>(top - 8, load<f64>(top - 8) * load<f64>(step, 8));
    } else if (operation == HELD) {
      if (!holdsPosition(frame)) store<f64>(top - 8, 0.0);
    } else {
      top = reduced(top, operation, operand);
    }
  }
  return load<f64>(stackOf(frame));
}

/** Replace the `count` numbers below `top` by their maximum, minimum or sum; the new top. */
function reduced(top: usize, operation: u32, count: usize): usize {
  const at = top - (count << 3);
  let x = load<f64>(at);
  for (let next = at + 8; next < top; next += 8) {
    const y = load<f64>(next);
    x = operation == MAX ? max(x, y) : operation == MIN ? min(x, y) : x + y;
  }
  store<f64>(at, x);
  return at + 8;
}

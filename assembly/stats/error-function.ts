/** The error function and its like, beside erfc of stats/normal. */
import { exponential } from "../simd/exponential";
import { polynomial } from "../simd/polynomial";
import { erfc, scaledTail, squareResidual } from "./normal";

const SQRT_2: f64 = 1.4142135623730951;

/** 2/√π times 1, −1/3, 1/10, −1/42, ...: erf(x)/x in x², exact to 1e-17 of it on |x| < ½. */
const CENTRE = memory.data<f64>([
  1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131252, 0.005223977625442188,
  -0.0008548327023450853, 0.00012055332981789664, -1.492565035840625e-5, 1.6462114365889248e-6, -1.6365844691234924e-7,
  1.4807192815879218e-8, -1.2290555301717928e-9,
]);

/** erf(x) = 2/√π ∫₀ˣ e^(−u²) du, relative error 4e-16: its Taylor series for |x| < ½, else ±(1 − erfc |x|). */
export function erf(x: f64): f64 {
  const y = abs(x);
  if (y < 0.5) return x * polynomial(CENTRE, 12, x * x);
  return copysign<f64>(1 - erfc(y), x);
}

/**
 * e^(x²) erfc(x), relative error 1e-15; +Infinity below −26.7, where it has no f64. 2g(√2 x) by the g of stats/normal, below 0
 * 2e^(x²) less that of −x.
 */
export function erfcx(x: f64): f64 {
  const y = abs(x);
  const tail = 2 * scaledTail(SQRT_2 * y);
  return x < 0 ? 2 * (exponential(y * y) * (1 + squareResidual(y))) - tail : tail;
}

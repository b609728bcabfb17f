import { logarithmic, simple } from "./returns";

/**
 * Returns of one column, each from the last price that is there, over the gap if there is one:  out[t − 1] from that price to
 * prices[t].
 *
 * @param prices   f64[n], NaN where missing
 * @param kind     0: simple, b/a − 1; 1: logarithmic, log(b/a)
 * @param out      f64[n − 1], NaN where prices[t] is missing or none was there before
 */
export function carriedReturns(n: i32, prices: usize, kind: i32, out: usize): void {
  let last: f64 = NaN;
  for (let t = 0; t < n; t++) {
    const at = (<usize>t) << 3;
    const price = load<f64>(prices + at);
    if (t > 0) store<f64>(out + at - 8, kind == 0 ? simple(last, price) : logarithmic(last, price));
    if (price == price) last = price;
  }
}

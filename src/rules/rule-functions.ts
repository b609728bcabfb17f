import type { PriceKind } from "../market/market.js";

/** Functions that a rule is made of: price choices, weights and rates. See src/rules/rule.ts for what has them. */

/** A kind of price that a market quotes, and what is made of two of them. `mid` is half of bid plus ask. */
export type NamedPrice = PriceKind | "mid" | "stable";

/**
 * Which price: a named one; the least, greatest or middle of several; or one moved by its confidence band,
 *
 *   below   p · (1 − min(times · confidence, cap))         above   p · (1 + min(times · confidence, cap))
 *
 * or scaled by a fixed factor.
 */
export type PriceChoice =
  | { readonly kind: "named"; readonly name: NamedPrice }
  | { readonly kind: "min" | "max" | "median"; readonly of: readonly PriceChoice[] }
  | {
      readonly kind: "below" | "above";
      readonly of: PriceChoice;
      readonly confidence: "confidence" | "emaConfidence";
      readonly times: number;
      readonly cap: number;
    }
  | { readonly kind: "scaled"; readonly of: PriceChoice; readonly factor: number };

/**
 * Weight of a holding as a function of its size. Static ones (`flat`, `ramp`, `depositScaled`, `borrowScaled`) are one
 * number once market and time are known.
 *
 *   flat            w
 *   tiers           marginal in value: the part of the value above upTo[i−1] and up to upTo[i] has weight[i]
 *   root            asset: min(w, 1.1 / (1 + imf √(|q| + 1e-10)))    liability: max(w, w − w/5 + imf √(|q| + 1e-10)).
 *                   With a unit u each step is rounded down as the venue's integers are: the root to u/10; for an asset
 *                   imf × root to u/100 and the quotient to u; for a liability w/5 and imf × root to u
 *   clamp           1 − clamp(q / scale · slope, lower, upper)
 *   ramp            to + (from − to) · (until − asOf) / over while asOf < until and from > to, else to
 *   depositScaled   w · min(1, start / (deposits · price))           deposits: state of the asset, price as chosen
 *   borrowScaled    w · max(1, borrows · price / start)
 *
 * `of` nests a static weight inside another.
 */
export type Weight =
  | { readonly kind: "flat"; readonly weight: number }
  | { readonly kind: "tiers"; readonly upTo: readonly number[]; readonly weight: readonly number[] }
  | { readonly kind: "root"; readonly of: Weight; readonly imf: number; readonly unit: number | null }
  | {
      readonly kind: "clamp";
      readonly scale: number;
      readonly slope: number;
      readonly lower: number;
      readonly upper: number;
    }
  | {
      readonly kind: "ramp";
      readonly from: number;
      readonly to: number;
      /** ms since 1970 */
      readonly until: number;
      /** ms */
      readonly over: number;
      readonly unit: number | null;
    }
  | {
      readonly kind: "depositScaled" | "borrowScaled";
      readonly of: Weight;
      readonly start: number;
      readonly price: PriceChoice;
      readonly unit: number | null;
    };

/**
 * Requirement of a position as a fraction of its notional N, |q| its size in units of the underlying.
 *
 *   flat           r
 *   brackets       marginal in notional, that is r_k N − c_k with c_0 = 0, c_k = c_{k−1} + floor_k (r_k − r_{k−1})
 *   affine         base + slope · |q|
 *   root           max(r, r − r/5 + imf √(|q| + 1e-10)); steps rounded as for the weight of a liability
 *   rootBetween    high-leverage mode: with a = high − high/5 + imf √…: a > high ? a : a = high ? low :
 *                  low + max(high − low, unit) (1 − (high − a) / (high / 5)), the quotient rounded down to unit/100
 *   openInterest   base + (1 − base) · clamp((OI − lower) / (upper − lower), 0, 1), OI = state openInterest · price;
 *                  base where upper is 0; rounded down to `unit`
 *   share          share × (of × N), each product rounded as the rule rounds requirements (dYdX: maintenance is a fraction of
 *                  the base initial requirement)
 */
export type Rate =
  | { readonly kind: "flat"; readonly rate: number }
  | { readonly kind: "brackets"; readonly upTo: readonly number[]; readonly rate: readonly number[] }
  | { readonly kind: "affine"; readonly base: number; readonly slope: number }
  | { readonly kind: "root"; readonly rate: number; readonly imf: number; readonly unit: number | null }
  | {
      readonly kind: "rootBetween";
      readonly low: number;
      readonly high: number;
      readonly imf: number;
      readonly unit: number;
    }
  | {
      readonly kind: "openInterest";
      readonly base: number;
      readonly lower: number;
      readonly upper: number;
      readonly unit: number | null;
    }
  | { readonly kind: "share"; readonly of: number; readonly share: number };

/** Weight of positive unsettled P&L: a number, or one that falls with `scale` × the P&L in money as `root` does with size. */
export type GainWeight =
  | { readonly kind: "flat"; readonly weight: number }
  | {
      readonly kind: "root";
      readonly weight: number;
      readonly imf: number;
      readonly scale: number;
      readonly unit: number | null;
    };

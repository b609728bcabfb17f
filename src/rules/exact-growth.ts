import type { RawMarket } from "./balances.js";

/** The last growth that was computed, and for which integers. */
export class Growth {
  private last: RawMarket | null = null;
  private grown = 0n;

  /** What a balance of `market` is multiplied by, if that is what it was last; else null. */
  of(market: RawMarket): bigint | null {
    return market === this.last ? this.grown : null;
  }

  keep(market: RawMarket, grown: bigint): bigint {
    this.last = market;
    this.grown = grown;
    return grown;
  }
}

import type { RawBalance } from "./balances.js";

/** The last growth that was computed, and for which raw integers. */
export class Growth {
  private last: RawBalance = {};
  private grown: bigint | null = null;

  /** What `raw` has grown by, where all that growth depends on is as it was last; else null. */
  of(raw: RawBalance): bigint | null {
    const { last } = this;
    const known =
      raw.index === last.index &&
      raw.updatedAt === last.updatedAt &&
      raw.rate === last.rate &&
      raw.totalAssets === last.totalAssets &&
      raw.one === last.one;
    return known ? this.grown : null;
  }

  keep(raw: RawBalance, grown: bigint): bigint {
    this.last = raw;
    this.grown = grown;
    return grown;
  }
}

import type { RawFields } from "./composed-amounts.js";

/** A pool as it stands in an accounts document. */
export interface PoolDocument {
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  readonly balances?: readonly HoldingDocument[];
  readonly supplies?: readonly HoldingDocument[];
  readonly debts?: readonly HoldingDocument[];
  readonly positions?: readonly {
    readonly instrument: string;
    readonly quantity: string | number;
    readonly entryPrice: string | number;
    readonly fundingDue?: string | number;
  }[];
  readonly orders?: readonly {
    readonly instrument: string;
    readonly quantity: string | number;
    readonly limitPrice?: string | number;
    readonly reduceOnly?: boolean;
  }[];
}
/** A holding of any of its lists. */
export interface HoldingDocument {
  readonly asset: string;
  readonly quantity: string | number;
  readonly locked?: string | number;
  readonly collateral?: boolean;
  readonly borrow?: { readonly rate: string | number; readonly accruedTo: string };
  readonly raw?: RawFields;
}

export const LEVELS = ["initial", "maintenance"] as const;
export type Level = (typeof LEVELS)[number];
export type Side = "assets" | "liabilities";

/** A contract position, with the orders in its instrument where it is the first in it. */
export interface Line {
  readonly instrument: number;
  readonly quantity: number;
  readonly entry: number;
  readonly funding: number;
  readonly bids: number;
  readonly asks: number;
  readonly bidValue: number;
  readonly askValue: number;
  /** greatest limit of what buys, least of what sells; 0: none */
  readonly bidBest: number;
  readonly askBest: number;
}

import type { Market } from "../market/market.js";
import { lackOfOrders } from "./pool-orders.js";

/** Notes what of a market the lines of a book were made from, so that a repricing which changes none of it keeps them. */
export class LineWatch {
  /** instruments that pools have orders in, and whether their mark stands for a limit */
  private readonly instruments = new Map<number, boolean>();
  private time = false;

  /** An order in an instrument was read. */
  order(instrument: number): void {
    if (!this.instruments.has(instrument)) this.instruments.set(instrument, false);
  }

  /** The mark of an instrument, NaN where it has none, read in place of a limit. */
  mark(market: Market, instrument: number): number {
    this.instruments.set(instrument, true);
    return market.marks[instrument] ?? Number.NaN;
  }

  /** An amount was grown to the time of the market. */
  growth(): void {
    this.time = true;
  }

  /** What was read, as `market` has it. */
  state(market: Market): string {
    const parts: unknown[] = [this.time ? market.asOf : null];
    for (const [instrument, isMarked] of this.instruments) {
      parts.push(instrument, lackOfOrders(market, instrument), isMarked ? market.marks[instrument] : null);
    }
    return JSON.stringify(parts);
  }
}

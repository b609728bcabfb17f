import { AS_OF, accounts, market, rules } from "./sample/documents.js";
import { type SampleHistory, sampleHistory } from "./sample/history.js";

export type { SampleHistory } from "./sample/history.js";

/** Documents as objects, each to be given to the parser of its kind. */
export interface Sample {
  readonly market: unknown;
  readonly accounts: unknown;
  readonly rules: readonly unknown[];
  readonly history: SampleHistory;
}

/**
 * An invented book to try things on: twelve pools of six firms (exchange cross pools, lending pools, short-heavy perpetuals,
 * a hedged carry, two pools near liquidation), a market, two rules, and 760 days of generated correlated
 * prices with a crash in them. The same in every engine; fresh objects each time, so that a caller may change them.
 */
export function sample(): Sample {
  return {
    ...structuredClone({ market, accounts, rules }),
    history: sampleHistory(Math.floor(Date.parse(AS_OF) / 86_400_000) * 86_400_000),
  };
}

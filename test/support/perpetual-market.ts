export const AS_OF = "2026-11-20T08:00:00Z";

/** The market document of bitcoin and its linear perpetual in dollars, index and mark the same. */
export const perpetualMarket = (price: number) => ({
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [{ id: "USD" }, { id: "BTC" }],
  prices: [
    { of: "BTC", in: "USD", index: price },
    { of: "BTC-PERP", mark: price },
  ],
  instruments: [
    { id: "BTC-PERP", kind: "perpetual", payoff: "linear", underlying: "BTC", quote: "USD", settle: "USD" },
  ],
});

/** The document of a collateral rule with these weights and rates, and nothing else out of the ordinary. */
export const plainRule = (assets: object, instruments: readonly object[] = []) => ({
  schema: "margrave/rule/1",
  id: "r",
  model: "collateral",
  effective: "2026-11-01",
  source: "test",
  breach: "<",
  unlisted: "refuse",
  assets,
  instruments,
});

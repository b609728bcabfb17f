/** Seeded books for the benchmark. The same seed makes the same book in every run and on every machine. */
export const SEED = 20261120;

/** mulberry32: uniform on [0, 1), 32 bits. */
export function random(seed: number = SEED): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const ASSETS = 20;

/** A market of `ASSETS` assets in USD, and `pools` exchange pools of `holdings` balances each, a fifth of them loans. */
export function exchangeBook(pools: number, holdings: number): { market: unknown; accounts: unknown; rule: unknown } {
  const uniform = random();
  const time = "2026-11-20T08:00:00Z";
  const ids = Array.from({ length: ASSETS }, (_, i) => `A${i}`);
  const prices = ids.map((of) => ({ of, in: "USD", index: Number((1 + 999 * uniform()).toFixed(4)), time }));
  const market = {
    schema: "margrave/market/1",
    asOf: time,
    numeraire: "USD",
    assets: [{ id: "USD" }, ...ids.map((id) => ({ id }))],
    prices,
  };
  const accounts = {
    schema: "margrave/accounts/1",
    asOf: time,
    accounts: [
      {
        id: "desk",
        pools: Array.from({ length: pools }, (_, p) => ({
          id: `pool-${p}`,
          venue: "house",
          rule: "bench",
          balances: Array.from({ length: holdings }, (_, h) => ({
            asset: ids[(p + 3 * h) % ASSETS],
            quantity: Number(((uniform() < 0.2 ? -40 : 100) * uniform()).toFixed(6)),
          })),
        })),
      },
    ],
  };
  const rule = {
    schema: "margrave/rule/1",
    id: "bench",
    model: "collateral",
    effective: "2026-11-01",
    source: "house",
    breach: "<",
    price: { assets: "index", liabilities: "index" },
    unlisted: "refuse",
    assets: Object.fromEntries(
      ids.map((id, i) => {
        const maintenance = 0.6 + 0.015 * i;
        return [id, { initial: maintenance - 0.05, maintenance, liability: { initial: 1.1, maintenance: 1.05 } }];
      }),
    ),
  };
  return { market, accounts, rule };
}

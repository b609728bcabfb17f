/**
 * Hashes of the seeded workload (workload.ts), by part. They hold on every build, in Node and in browsers: the promise of
 * equal bits. A change of a computed number changes its part; write the new ones with `node scripts/bits.mjs --write`,
 * and say in CHANGELOG.md which numbers changed, by how much and why.
 */
export const expectedBits: Readonly<Record<string, string>> = {
  functions: "d70c5c3be9332a05",
  distributions: "d4ec0d7c7d48d13f",
  samples: "6aaf7db7a96297ab",
  covariances: "35b7816052b2cc86",
  packed: "146bf096fa3ab20a",
  collateral: "518a515e9f70726c",
  parametric: "42328abb7289dd12",
  historical: "3391dca49c0a6ffc",
  liquidation: "9338f255698d8884",
  backtest: "bfaec97830b541b6",
  changes: "b99afd77f4c65e0a",
  marketCovariance: "a715d51501e60927",
  composed: "27d82ff83f519ced",
  composedExplained: "1e74ff573dac3c23",
  composedChanged: "d2fa87ea250883ab",
  composedExact: "ac82eaab64860b45",
  liquidationPrices: "a65c56c4f327bd27",
  limits: "1d0ac0d8d9f0eaf4",
  preTrade: "ad4ec7fa1045bb79",
};

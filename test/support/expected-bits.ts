/**
 * Hashes of the seeded workload (workload.ts), by part. They hold on every build, in Node and in browsers: the promise of
 * equal bits. A change of a computed number changes its part; write the new ones with `node scripts/bits.mjs --write`,
 * and say in CHANGELOG.md which numbers changed, by how much and why.
 */
export const expectedBits: Readonly<Record<string, string>> = {
  functions: "d70c5c3be9332a05",
  samples: "6aaf7db7a96297ab",
  covariances: "35b7816052b2cc86",
  packed: "146bf096fa3ab20a",
  collateral: "518a515e9f70726c",
  parametric: "42328abb7289dd12",
  historical: "3391dca49c0a6ffc",
  marketCovariance: "a715d51501e60927",
};

// Faults of the compiled kernels that the suite need not catch, and why: for `npm run mutate -- --binary`, which lists the ids. An
// id holds as long as the instructions of its function stay.
const flag = "a flag that a branch alone reads: any number but 0 is true";
const waysOfSelecting = "which of two ways selects the numbers, the quicker one or the plain one: both select the same";

export const survivors = [
  ["kernel assembly/stats/select/sortAscending 350ff4: i32 1 -> 2 #1", flag],
  ["kernel assembly/stats/select/smallestInto 0fcfff: i32 1 -> 2 #1", waysOfSelecting],
  [
    "kernel assembly/covariance/returns/returnRowsScratch a40b27: i32 3 -> 4 #1",
    "more workspace than is needed is asked for",
  ],
  [
    "kernel assembly/models/collateral/contracts 6b0ed1: i32.lt_u -> i32.le_u #3",
    "the sum behind the last lane is stored anew after the loop",
  ],
  [
    "kernel assembly/models/decomposition/historicalDecompositionScratch 2968bf: i32.sub -> i32.add #1",
    "128 bytes of workspace less still hold all that is written, as a guard behind it tells (test/overrun.test.ts)",
  ],
  [
    "numerics assembly/stats/sum/mean 902c7e: f64.add -> f64.sub #1",
    "a correction in the last bit of a mean, which the tests of the same source in the core kernel hold, and none of numerics needs",
  ],
].map(([id, reason]) => ({ id, reason }));

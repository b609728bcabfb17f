// Faults of the compiled kernels that the suite need not catch, and why: for `npm run mutate -- --binary`, which lists the ids. An
// id holds as long as the instructions of its function stay.
const flag = "a flag that a branch alone reads: any number but 0 is true";
const smaller = "the smaller of two numbers, of which either may be taken where they are equal";
const pivot = "by which of three numbers to part the others, which selects or sorts the same";
const waysOfSelecting = "which of two ways selects the numbers, the quicker one or the plain one: both select the same";

export const survivors = [
  ["kernel assembly/stats/select/sortAscending 350ff4: i32 1 -> 2 #1", flag],
  ["kernel assembly/stats/select/smallestInto 0fcfff: i32 1 -> 2 #1", waysOfSelecting],
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
  [
    "kernel assembly/stats/normal/normalSurvival 6809aa: f64.gt -> f64.ge #1",
    "at 0 both tails are one half, to the bit",
  ],
  [
    "kernel assembly/stats/tail/tailStatistics 2ce8d5: i32.gt_u -> i32.ge_u #1",
    "one more term of the tail's sum is the quantile less itself",
  ],
  ["numerics assembly/models/scenario-ticker/scenarioTail ff00a9: i32.lt_s -> i32.le_s #1", smaller],
  ["numerics assembly/linalg/triangular/lowerProduct 9a6d45: i32.gt_s -> i32.ge_s #4", smaller],
  [
    "kernel assembly/models/collateral/collateralPools 1ee464: i32.gt_u -> i32.ge_u #1",
    "the pool behind the last is asked as well whether all are plain, which says by which of two ways they are done, with the same bits",
  ],
  [
    "kernel assembly/liquidation/excess-along/closer 8294f8: f64.mul -> f64.div #2",
    "only the sign is looked at, of a number times or over one of the two directions",
  ],
  [
    "numerics assembly/stats/kernel-smoothed/smoothedTail 5428fa: i32 2400 -> 2401 #1",
    "a limit of steps that no sample comes near",
  ],
  [
    "numerics assembly/stats/student-t/logSpread 81d80c: f64.gt -> f64.ge #1",
    "at 1e150 itself both forms are the same to the bit",
  ],
  [
    "numerics assembly/stats/incomplete-gamma/side bf9768: i32.and -> i32.or #2",
    "arguments outside the domain are refused where they come in",
  ],
  [
    "options assembly/stats/normal/scaledTail ab5176: i32 32944 -> 32945 #1",
    "addresses of coefficients go in steps of 16",
  ],
  [
    "options assembly/options/spread/spread 0ad574: f64.lt -> f64.ge #6",
    "four terms more or less where all of them are within the last bit: the bits alone tell",
  ],
  [
    "options assembly/simd/logarithm/logarithm1p 9ea2df: f64.div -> f64.mul #1",
    "a correction below the last digit of what options ask for, moves and a first guess that iteration forgets: the bits alone tell",
  ],
  [
    "rules assembly/rules/order/fetchPools ce3fc0: i32.lt_u -> i32.ge_u #11",
    "memory is read ahead, which changes how long it takes",
  ],
  [
    "rules assembly/rules/fill-lean/heldWorth 30a948: i32 3 -> 4 #2",
    "prices that are moved, which no check of orders has; inlined from where liquidation prices have them",
  ],
  [
    "rules assembly/rules/spot-orders/reserved ad8e98: i32 2 -> 3 #1",
    "an asset that the pool has not touched yet: all of the pool's orders were, two lines before; inlined from where they are",
  ],
  ["rules assembly/rules/output/finish 503489: f64.add -> f64.sub #6", "a sum that is asked only whether it is finite"],
  [
    "rules assembly/rules/fill-lean/leanFill 6081ce: 0 -> 1 #7",
    "the least rate of a line that is opened, given with one that is there, of which it is not read",
  ],
  [
    "rules assembly/rules/solo-lines/requirement d88359: v128.and -> v128.or #2",
    "what is not finite in one pass sends the pool to the path of parts, which has the same bits",
  ],
  [
    "rules assembly/rules/fill/weighAlone f2698e: i32.add -> i32.sub #2",
    "where the second asset that is touched goes; what is weighed alone is the first and the only one",
  ],
  [
    "kernel assembly/models/decomposition/decomposeHistorical 8ee3e0: i32 -64 -> -63 #1",
    "workspace that begins a byte earlier, of which there is enough, behind three numbers of eight places",
  ],
  [
    "numerics assembly/stats/normal-inverses/normalInversesScratch 979b20: i32 3104 -> 3103 #1",
    "a byte of what the arena rounds up to a multiple of 64",
  ],
  [
    "numerics assembly/stats/sum/mean 902c7e: f64.div -> f64.mul #1",
    "a correction of a mean that numerics takes about which to take another, of what is left: the bits alone tell",
  ],
  [
    "numerics assembly/stats/age-weighted/weightedTail 3f402a: f64.add -> f64.sub #3",
    "what rounding took from a running sum of weights, some 1e-17 of it: the bits alone tell",
  ],
  [
    "numerics assembly/stats/student-t/upperTail 35613d: f64.add -> f64.sub #1",
    "where one of two ways takes over, both as exact on either side: the bits alone tell",
  ],
  [
    "numerics assembly/stats/delta-gamma/lugannaniRice f93acf: f64.ge -> f64.gt #1",
    "at the border itself both ways give the same",
  ],
  [
    "kernel assembly/simd/logarithm/corrected 70210b: f64.gt -> f64.ge #1",
    "√2 split either way has the same logarithm, to the bit",
  ],
  ["numerics assembly/stats/normal/gaussian a4390a: f64.gt -> f64.ge #1", "at 1e150 what is corrected is 0 already"],
  [
    "numerics assembly/stats/incomplete-beta/below cf9d02: 0 -> 1 #4",
    "the second part of a logarithm that is taken 0 times",
  ],
  [
    "numerics assembly/stats/incomplete-beta/logScaled f9e741: 134217729 -> twice #2",
    "2^28 + 2 splits a number into halves that multiply exactly as 2^27 + 1 does",
  ],
  ["numerics assembly/stats/incomplete-beta/betaUpper f87227: i32 1 -> 2 #1", flag],
  ["numerics assembly/stats/select/selectSmallest 1ec9ec: f64.min -> f64.max #3", pivot],
  ["numerics assembly/stats/select/sortAscending dfba35: f64.max -> f64.min #1", pivot],
  [
    "kernel assembly/linalg/axpy/axpy cf7b76: i32.and -> i32.or #1",
    "all is left to the loop behind the vectors, which has the same bits",
  ],
  [
    "kernel assembly/stats/student-t/tailQuantile fdbdb0: i32.lt_s -> i32.le_s #1",
    "a limit of steps that is not reached",
  ],
  ["numerics assembly/simd/elementary/exponentialsM1 b25f3b: i32 8 -> 9 #1", "addresses of numbers go in steps of 8"],
  [
    "kernel assembly/simd/exponential/scaled 0be962: i32 1 -> 2 #1",
    "a power of 2 as the product of its quarter and the rest, as exact as of two halves",
  ],
].map(([id, reason]) => ({ id, reason }));

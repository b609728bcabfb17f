// The module that the counters of instrumented kernels are imported from: mutable i64 globals that all instances share.
export const COUNTERS = "coverage";

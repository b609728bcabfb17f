// Faults of the compiled kernels that the suite need not catch, and why: for `npm run mutate -- --binary`, which lists the ids. An
// id holds as long as the instructions of its function stay.
export const survivors = [];

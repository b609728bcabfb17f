// Plain loops, left to right. Matrices are arrays of rows.

export function inner(x: readonly number[], y: readonly number[]): number {
  return x.reduce((total, value, i) => total + value * y[i]!, 0);
}

export function transposed(rows: readonly (readonly number[])[]): number[][] {
  return (rows[0] ?? []).map((_, j) => rows.map((row) => row[j]!));
}

export function product(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => inner(row, column)));
}

/** Lower factor of a positive definite matrix by the textbook's column formula. */
export function choleskyFactor(a: readonly (readonly number[])[]): number[][] {
  const n = a.length;
  const l = a.map(() => new Array<number>(n).fill(0));
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = a[i]![j]!;
      for (let k = 0; k < j; k++) rest -= l[i]![k]! * l[j]![k]!;
      l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!;
    }
  }
  return l;
}

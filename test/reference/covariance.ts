// Estimators written from METHODS.md: rows of observations in, rows of a matrix out, double and triple sums as they stand.

type Rows = readonly (readonly number[])[];

export function means(x: Rows): number[] {
  return x[0]!.map((_, i) => x.reduce((total, row) => total + row[i]!, 0) / x.length);
}

function centred(x: Rows): number[][] {
  const mean = means(x);
  return x.map((row) => row.map((value, i) => value - mean[i]!));
}

function matrixOf(n: number, element: (i: number, j: number) => number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => element(i, j)));
}

export function sampleCovariance(x: Rows, divisor: number): number[][] {
  const c = centred(x);
  return matrixOf(x[0]!.length, (i, j) => c.reduce((total, row) => total + row[i]! * row[j]!, 0) / divisor);
}

export function ewmaNormalised(x: Rows, decay: number): number[][] {
  const weight = x.map((_, t) => decay ** (x.length - 1 - t));
  const total = weight.reduce((sum, w) => sum + w, 0);
  return matrixOf(x[0]!.length, (i, j) => x.reduce((sum, row, t) => sum + weight[t]! * row[i]! * row[j]!, 0) / total);
}

export function ewmaRecursive(x: Rows, decay: number): number[][] {
  let s = matrixOf(x[0]!.length, (i, j) => x[0]![i]! * x[0]![j]!);
  for (const row of x.slice(1)) {
    s = s.map((line, i) => line.map((value, j) => decay * value + (1 - decay) * row[i]! * row[j]!));
  }
  return s;
}

export interface Shrunk {
  readonly matrix: number[][];
  readonly shrinkage: number;
  readonly meanCorrelation: number;
}

export function ledoitWolf(x: Rows, target: "identity" | "constantCorrelation", divisor: number): Shrunk {
  const c = centred(x);
  const n = x[0]!.length;
  const s = sampleCovariance(x, divisor);
  const average = (f: (row: readonly number[]) => number) => c.reduce((sum, row) => sum + f(row), 0) / divisor;
  const deviation = s.map((line, i) => Math.sqrt(line[i]!));
  let correlation = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (i !== j) correlation += s[i]![j]! / deviation[i]! / deviation[j]! / (n * (n - 1));
  }
  const level = s.reduce((sum, line, i) => sum + line[i]!, 0) / n;
  const t =
    target === "identity"
      ? matrixOf(n, (i, j) => (i === j ? level : 0))
      : matrixOf(n, (i, j) => (i === j ? s[i]![i]! : correlation * deviation[i]! * deviation[j]!));
  let pi = 0;
  let rho = 0;
  let gamma = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const own = average((row) => (row[i]! * row[j]!) ** 2) - s[i]![j]! ** 2;
      pi += own;
      gamma += (s[i]![j]! - t[i]![j]!) ** 2;
      if (target === "identity") continue;
      if (i === j) rho += own;
      else {
        const theta = average((row) => row[i]! ** 3 * row[j]!) - s[i]![i]! * s[i]![j]!;
        rho += ((correlation * deviation[j]!) / deviation[i]!) * theta;
      }
    }
  }
  const shrinkage = Math.min(1, Math.max(0, (pi - rho) / gamma / divisor));
  const matrix = matrixOf(n, (i, j) => shrinkage * t[i]![j]! + (1 - shrinkage) * s[i]![j]!);
  return { matrix, shrinkage, meanCorrelation: correlation };
}

/** Ends of the returns over `bars` bars that exist for all columns, oldest first, and how many were passed over. */
export function returnEnds(
  times: readonly number[],
  interval: number,
  columns: Rows,
  options: { bars: number; overlapping: boolean; limit: number },
): { ends: number[]; dropped: number } {
  const ends: number[] = [];
  let dropped = 0;
  let t = times.length - 1;
  while (t >= options.bars && (options.limit === 0 || ends.length < options.limit)) {
    const window = Array.from({ length: options.bars + 1 }, (_, k) => t - options.bars + k);
    const steady = window.slice(1).every((bar) => times[bar]! - times[bar - 1]! <= interval);
    const present = window.every((bar) => columns.every((column) => !Number.isNaN(column[bar]!)));
    if (steady && present) {
      ends.unshift(t);
      t -= options.overlapping ? 1 : options.bars;
    } else {
      if (steady) dropped++;
      t--;
    }
  }
  return { ends, dropped };
}

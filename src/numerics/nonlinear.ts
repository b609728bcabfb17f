import type { CovarianceEstimator, Observations } from "../covariance/estimator.js";
import { InvalidInputError } from "../errors.js";
import type { Memory } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { refuseScale } from "./scale.js";

/** Moves the eigenvalues of the sample covariance, f64[columns] at `values`, to `out`; m is rows − 1. */
type Spectrum = (kernel: NumericsKernel, columns: number, m: number, values: number, out: number) => void;

/** Squares of variances are within f64. */
const MOST = 1e140;

/** What the refusal of a column calls it. */
const nameOf = ({ names }: Observations, column: number) =>
  names === null ? `columns[${column}]` : `columns[${JSON.stringify(names[column])}]`;

/** The eigenvectors of S (divisor rows − 1) with the eigenvalues that `move` gives. */
function estimate(memory: Memory, x: Observations, out: number, move: Spectrum) {
  const { kernel } = memory;
  const { at, rows, columns } = x;
  const numerics = numericsKernel(memory);
  const mean = memory.reserveF64(columns);
  const s = memory.reserveF64(columns * columns);
  const values = memory.reserveF64(columns);
  const vectors = memory.reserveF64(columns * columns);
  const moved = memory.reserveF64(columns);
  const scratch = memory.reserve(
    Math.max(kernel.sampleScratch(columns), numerics.eigenScratch(columns), kernel.syrkScratch(columns, true)),
  );
  kernel.sampleCovariance(columns, rows, at, rows - 1, mean, s, scratch);
  // An overflow is refused by whoever asked for the estimate, where it looks at what is written.
  const overflow = kernel.firstNonFinite(s, columns * columns) > 0;
  if (!overflow) {
    refuseScale(memory, x, s, MOST);
    if (numerics.eigenSymmetric(columns, s, values, vectors, scratch) === 0) {
      throw new InvalidInputError(
        "values",
        "observations whose eigenvalues the iteration finds",
        "some for which it did not end",
      );
    }
    const lost = numerics.spectrumFloor(columns, rows - 1, values, s);
    if (lost > 0) {
      const variance = memory.f64(s, columns * columns)[(lost - 1) * (columns + 1)];
      const expected = "of a variance that rounding leaves something of beside the largest eigenvalue";
      throw new InvalidInputError(nameOf(x, lost - 1), expected, variance, "Scale the column");
    }
    move(numerics, columns, rows - 1, values, moved);
    kernel.syrk(columns, columns, vectors, columns, 0, moved, 1, out, scratch);
    stillColumns(memory.f64(s, columns * columns), memory.f64(out, columns * columns), columns);
  } else memory.write(out, memory.f64(s, columns * columns).slice());
  return {
    mean: memory.f64(mean, columns).slice(),
    shrinkage: null,
    meanCorrelation: null,
    spectrum: { sample: memory.f64(values, columns).slice(), shrunk: memory.f64(moved, columns).slice() },
  };
}

/** A column without variance has none after, to the bit. */
function stillColumns(s: Float64Array, out: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    if (s[i * (n + 1)] !== 0) continue;
    for (let j = 0; j < n; j++) {
      out[i * n + j] = 0;
      out[j * n + i] = 0;
    }
  }
}

/**
 * Analytical nonlinear shrinkage of Ledoit and Wolf: each eigenvalue of the sample covariance (divisor rows − 1) is moved by the
 * density of eigenvalues about it. For any number of columns, also more than rows.
 *
 * The estimate says `spectrum`: the eigenvalues before and after, in the order of the former, ascending. Eigenvalues that are 0
 * though there are rows for more (a column that does not move or is a sum of others) stay 0. With about as many rows as columns the
 * smallest eigenvalues are hardly raised: prefer a linear target there.
 *
 * @throws InsufficientDataError   when used: fewer than 13 rows, which the bandwidth of the method takes
 * @throws InvalidInputError       when used: a column whose variance is lost beside another's; scale it
 * Cost: the sample covariance, its eigenvectors O(columns³), and a logarithm per pair of columns.
 * @see METHODS.md#analyticalnonlinear
 */
export function analyticalNonlinear(): CovarianceEstimator {
  return nonlinear("analyticalNonlinear", 13, (kernel, columns, m, values, out) =>
    kernel.analyticalSpectrum(columns, m, values, out),
  );
}

/**
 * Quadratic-inverse shrinkage of Ledoit and Wolf (QIS): each eigenvalue is moved so that the inverse of the estimate is near that
 * of the truth; the trace is kept. For any number of columns, and from two rows on.
 *
 * The estimate says `spectrum` as that of `analyticalNonlinear`; the eigenvalues after need not ascend.
 *
 * @throws InsufficientDataError   when used: fewer than 2 rows
 * @throws InvalidInputError       when used: a column whose variance is lost beside another's; scale it
 * Cost: as `analyticalNonlinear`, without logarithms.
 * @see METHODS.md#quadraticinverse
 */
export function quadraticInverse(): CovarianceEstimator {
  return nonlinear("quadraticInverse", 2, (kernel, columns, m, values, out) =>
    kernel.inverseSpectrum(columns, m, values, out),
  );
}

function nonlinear(name: string, minimumRows: number, move: Spectrum): CovarianceEstimator {
  return { name, key: `${name}()`, minimumRows, estimate: (memory, x, out) => estimate(memory, x, out, move) };
}

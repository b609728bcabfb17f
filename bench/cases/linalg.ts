import { createEngine } from "../../src/engine.js";
import { cholesky, choleskyUpdate, eigenSymmetric, matrixProduct } from "../../src/numerics/index.js";
import { random } from "../books.js";
import { allAgreeing, type BenchCase, type Prepared } from "../case.js";

/** A covariance of n columns with a common factor. */
function covariance(n: number): Float64Array {
  const uniform = random();
  const loading = Array.from({ length: n }, () => 0.5 + uniform());
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const common = (loading[i] as number) * (loading[j] as number);
      const value = i === j ? common + 1 : common + 0.02 * (uniform() - 0.5);
      a[i * n + j] = value;
      a[j * n + i] = value;
    }
  }
  return a;
}

/**
 * The best that plain JavaScript does here: rows of L in pairs, four inner products over two pairs of contiguous rows in
 * registers, then the solve over the two by two on the diagonal. Tiles of four by two are slower.
 */
export function tiledCholesky(n: number, a: Float64Array, l = new Float64Array(n * n)): Float64Array {
  const positive = (pivot: number): number => {
    if (!(pivot > 0)) throw new Error("the matrix is not positive definite");
    return Math.sqrt(pivot);
  };
  for (let i = 0; i < n; i += 2) {
    const p = i * n;
    const pair = i + 1 < n;
    const q = pair ? p + n : p;
    for (let j = 0; j < i; j += 2) {
      const r = j * n;
      const s = r + n;
      let pr = 0;
      let ps = 0;
      let qr = 0;
      let qs = 0;
      for (let k = 0; k < j; k++) {
        const x = l[p + k] as number;
        const y = l[q + k] as number;
        const u = l[r + k] as number;
        const v = l[s + k] as number;
        pr += x * u;
        ps += x * v;
        qr += y * u;
        qs += y * v;
      }
      const x = ((a[p + j] as number) - pr) / (l[r + j] as number);
      const y = ((a[q + j] as number) - qr) / (l[r + j] as number);
      l[p + j] = x;
      l[p + j + 1] = ((a[p + j + 1] as number) - ps - x * (l[s + j] as number)) / (l[s + j + 1] as number);
      l[q + j] = y;
      l[q + j + 1] = ((a[q + j + 1] as number) - qs - y * (l[s + j] as number)) / (l[s + j + 1] as number);
    }
    let pp = 0;
    let pq = 0;
    let qq = 0;
    for (let k = 0; k < i; k++) {
      const x = l[p + k] as number;
      const y = l[q + k] as number;
      pp += x * x;
      pq += x * y;
      qq += y * y;
    }
    const root = positive((a[p + i] as number) - pp);
    l[p + i] = root;
    if (!pair) continue;
    const below = ((a[q + i] as number) - pq) / root;
    l[q + i] = below;
    l[q + i + 1] = positive((a[q + i + 1] as number) - qq - below * below);
  }
  return l;
}

/** Givens rotations down the rows of L, as plain JavaScript has them fastest: row by row, those before it kept. */
export function typedUpdate(
  n: number,
  lower: Float64Array,
  x: Float64Array,
  scale: number,
  weight: number,
): Float64Array {
  const l = new Float64Array(n * n);
  const cosine = new Float64Array(n);
  const sine = new Float64Array(n);
  const [root, times] = [Math.sqrt(scale), Math.sqrt(weight)];
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let v = times * (x[i] as number);
    for (let k = 0; k < i; k++) {
      const own = root * (lower[row + k] as number);
      const c = cosine[k] as number;
      const s = sine[k] as number;
      l[row + k] = c * own + s * v;
      v = c * v - s * own;
    }
    const own = root * (lower[row + i] as number);
    const r = Math.sqrt(own * own + v * v);
    cosine[i] = own / r;
    sine[i] = v / r;
    l[row + i] = r;
  }
  return l;
}

/** Two by two tiles over rows of the first and rows of the transposed second. */
export function tiledProduct(n: number, a: Float64Array, b: Float64Array): Float64Array {
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) turned[j * n + i] = b[i * n + j] as number;
  const out = new Float64Array(n * n);
  for (let i = 0; i + 1 < n; i += 2) {
    const [p, q] = [i * n, (i + 1) * n];
    for (let j = 0; j + 1 < n; j += 2) {
      const [r, s] = [j * n, (j + 1) * n];
      let pr = 0;
      let ps = 0;
      let qr = 0;
      let qs = 0;
      for (let k = 0; k < n; k++) {
        const x = a[p + k] as number;
        const y = a[q + k] as number;
        const u = turned[r + k] as number;
        const v = turned[s + k] as number;
        pr += x * u;
        ps += x * v;
        qr += y * u;
        qs += y * v;
      }
      out[p + j] = pr;
      out[p + j + 1] = ps;
      out[q + j] = qr;
      out[q + j + 1] = qs;
    }
  }
  return out;
}

function against(what: string, subject: () => ArrayLike<number>, peer: () => ArrayLike<number>): Prepared {
  return { subject, peer, agree: () => allAgreeing(what, subject(), peer()) };
}

const choleskies: readonly BenchCase[] = [256, 512].flatMap((n) => {
  const work = `Cholesky factor of a covariance of ${n} columns`;
  const subject = "cholesky() into an earlier factor, simd build";
  return [
    {
      id: `linalg.cholesky.${n}.js-tiled`,
      work,
      subject,
      peer: "typed arrays, 2 × 2 tiles over rows, likewise",
      async prepare() {
        const [ours, a, into, kept] = [createEngine(), covariance(n), new Float64Array(n * n), new Float64Array(n * n)];
        return against(
          "factor",
          () => cholesky(ours, n, a, { into }).lower,
          () => tiledCholesky(n, a, kept),
        );
      },
    },
    {
      id: `linalg.cholesky.${n}.ml-matrix`,
      work,
      subject,
      peer: "ml-matrix: CholeskyDecomposition",
      async prepare() {
        const { CholeskyDecomposition, Matrix } = await import("ml-matrix");
        const [ours, a, into] = [createEngine(), covariance(n), new Float64Array(n * n)];
        const held = Matrix.from1DArray(n, n, a);
        const peer = () => new CholeskyDecomposition(held).lowerTriangularMatrix;
        const subject = () => cholesky(ours, n, a, { into }).lower;
        return { subject, peer, agree: () => allAgreeing("factor", subject(), peer().to1DArray()) };
      },
    },
  ];
});

export const cases: readonly BenchCase[] = [
  ...choleskies,
  {
    id: "linalg.eigen.200.ml-matrix",
    work: "eigenvalues and vectors of a covariance of 200 columns",
    subject: "eigenSymmetric(), simd build",
    peer: "ml-matrix: EigenvalueDecomposition, assumeSymmetric",
    async prepare() {
      const { EigenvalueDecomposition, Matrix } = await import("ml-matrix");
      const [ours, a] = [createEngine(), covariance(200)];
      const held = Matrix.from1DArray(200, 200, a);
      const peer = () => new EigenvalueDecomposition(held, { assumeSymmetric: true });
      const subject = () => eigenSymmetric(ours, 200, a);
      const sorted = (values: ArrayLike<number>) => Array.from(values).sort((x, y) => x - y);
      return {
        subject,
        peer,
        agree: () => allAgreeing("eigenvalues", subject().values, sorted(peer().realEigenvalues)),
      };
    },
  },
  {
    id: "linalg.product.256.js-tiled",
    work: "product of two squares of 256",
    subject: "matrixProduct(), simd build",
    peer: "typed arrays, transposed, 2 × 2 tiles",
    async prepare() {
      const [ours, a, b] = [createEngine(), covariance(256), covariance(256).reverse()];
      const shape = { rows: 256, depth: 256, columns: 256 };
      return against(
        "product",
        () => matrixProduct(ours, shape, a, b),
        () => tiledProduct(256, a, b),
      );
    },
  },
  {
    id: "linalg.update.256.js-typed",
    work: "a factor of 256 columns that takes a row, as an EWMA",
    subject: "choleskyUpdate(), simd build",
    peer: "typed arrays, rotations row by row",
    async prepare() {
      const ours = createEngine();
      const { lower } = cholesky(ours, 256, covariance(256));
      const x = Float64Array.from({ length: 256 }, random());
      const options = { scale: 0.97, weight: 0.03 };
      return against(
        "factor",
        () => choleskyUpdate(ours, 256, lower, x, options).lower,
        () => typedUpdate(256, lower, x, options.scale, options.weight),
      );
    },
  },
];

import { covariance } from "../../src/covariance/covariance.js";
import { createEngine } from "../../src/engine.js";
import { quadraticInverse } from "../../src/numerics/index.js";
import { random } from "../books.js";
import { allAgreeing, type BenchCase } from "../case.js";
import { tiledCovariance } from "./covariance.js";

const ROWS = 250;

function table(columns: number) {
  const uniform = random();
  const values = new Float64Array(ROWS * columns);
  for (let t = 0; t < ROWS; t++) {
    const common = uniform() - 0.5;
    for (let i = 0; i < columns; i++) values[t * columns + i] = 0.02 * (common + uniform() - 0.5);
  }
  return { rows: ROWS, columns, values };
}

/** Quadratic-inverse shrinkage of eigenvalues in ascending order, fewer than rows, as the paper writes it. */
function shrunk(values: readonly number[]): number[] {
  const p = values.length;
  const c = p / (ROWS - 1);
  const h = Math.min(c ** 2, 1 / c ** 2) ** 0.35 / p ** 0.35;
  const inverse = values.map((value) => 1 / value);
  const moved = inverse.map((own) => {
    let [theta, conjugate] = [0, 0];
    for (const other of inverse) {
      const apart = other - own;
      const below = apart * apart + h * h * other * other;
      theta += (other * apart) / below / p;
      conjugate += (h * other * other) / below / p;
    }
    return 1 / ((1 - c) ** 2 * own + 2 * c * (1 - c) * own * theta + c * c * own * (theta ** 2 + conjugate ** 2));
  });
  const sum = (of: readonly number[]) => of.reduce((total, value) => total + value, 0);
  const by = sum(values) / sum(moved);
  return moved.map((value) => by * value);
}

export const cases: readonly BenchCase[] = [38, 128].map((columns) => ({
  id: `covariance.quadratic-inverse.${columns}x${ROWS}.ml-matrix`,
  work: `quadratic-inverse shrinkage of ${columns} assets over ${ROWS} dates`,
  subject: "covariance() with quadraticInverse() and correlations",
  peer: "tiled covariance, ml-matrix's EigenvalueDecomposition, the paper's formula, V D V' by mmul",
  async prepare() {
    const { EigenvalueDecomposition, Matrix } = await import("ml-matrix");
    const engine = createEngine();
    const x = table(columns);
    const subject = () => covariance(engine, x, quadraticInverse()).matrix;
    const peer = () => {
      const s = Matrix.from1DArray(columns, columns, tiledCovariance(x));
      const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(s, { assumeSymmetric: true });
      const scaled = eigenvectorMatrix.clone().mulRowVector(shrunk(realEigenvalues));
      return scaled.mmul(eigenvectorMatrix.transpose()).to1DArray();
    };
    return { subject, peer, agree: () => allAgreeing("covariance", subject(), peer(), 1e-9) };
  },
}));

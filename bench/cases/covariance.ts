import { covariance } from "../../src/covariance/covariance.js";
import { sample } from "../../src/covariance/sample.js";
import { MAXIMUM_BYTES, Memory } from "../../src/memory.js";
import * as scalar from "../../src/wasm/scalar.js";
import * as simd from "../../src/wasm/simd.js";
import { random } from "../books.js";
import { allAgreeing, type BenchCase, type Prepared } from "../case.js";

interface Table {
  readonly rows: number;
  readonly columns: number;
  /** f64[rows*columns] row-major */
  readonly values: Float64Array;
}

/** Returns with a common factor, as a caller has them. */
function table(columns: number, rows: number): Table {
  const uniform = random();
  const values = new Float64Array(rows * columns);
  for (let t = 0; t < rows; t++) {
    const common = uniform() - 0.5;
    for (let i = 0; i < columns; i++) values[t * columns + i] = 0.02 * (common + uniform() - 0.5);
  }
  return { rows, columns, values };
}

function memory({ bytes }: { readonly bytes: string }): Memory {
  const binary = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
  return new Memory({ module: new WebAssembly.Module(binary), build: "bench", hash: "" }, MAXIMUM_BYTES);
}

/**
 * The best that plain JavaScript does here: columns centred into contiguous arrays, then 2 × 2 blocks of the upper
 * triangle, four sums in registers over two pairs of columns.
 */
export function tiledCovariance({ rows, columns, values }: Table): Float64Array {
  const centred = new Float64Array(rows * columns);
  for (let i = 0; i < columns; i++) {
    let total = 0;
    for (let t = 0; t < rows; t++) total += values[t * columns + i] as number;
    const mean = total / rows;
    for (let t = 0; t < rows; t++) centred[i * rows + t] = (values[t * columns + i] as number) - mean;
  }
  const out = new Float64Array(columns * columns);
  const put = (i: number, j: number, sum: number) => {
    if (i >= columns || j >= columns) return;
    out[i * columns + j] = sum / (rows - 1);
    out[j * columns + i] = sum / (rows - 1);
  };
  for (let i = 0; i < columns; i += 2) {
    const a = i * rows;
    const b = Math.min(i + 1, columns - 1) * rows;
    for (let j = i; j < columns; j += 2) {
      const c = j * rows;
      const d = Math.min(j + 1, columns - 1) * rows;
      let ac = 0;
      let ad = 0;
      let bc = 0;
      let bd = 0;
      for (let t = 0; t < rows; t++) {
        const x = centred[a + t] as number;
        const y = centred[b + t] as number;
        const u = centred[c + t] as number;
        const v = centred[d + t] as number;
        ac += x * u;
        ad += x * v;
        bc += y * u;
        bd += y * v;
      }
      put(i, j, ac);
      put(i, j + 1, ad);
      put(i + 1, j, bc);
      put(i + 1, j + 1, bd);
    }
  }
  return out;
}

/** Ours and a peer's whole way from a row-major table to a matrix that the caller owns. */
function against(given: Table, peer: () => ArrayLike<number>): Prepared {
  const ours = memory(simd);
  const subject = () => covariance({ memory: ours }, given, sample()).matrix;
  return { subject, peer, agree: () => allAgreeing("covariance", subject(), peer()) };
}

const SIZES = [
  [64, 1000],
  [256, 1000],
] as const;

const work = (columns: number, rows: number) => `sample covariance of ${columns} assets over ${rows} dates`;

export const cases: readonly BenchCase[] = SIZES.flatMap(([columns, rows]) => {
  const size = `${columns}x${rows}`;
  const given = () => table(columns, rows);
  return [
    {
      id: `covariance.sample.${size}.js-tiled`,
      work: work(columns, rows),
      subject: "covariance() with correlations, simd build",
      peer: "typed arrays, transposed, 2 × 2 tiles",
      async prepare() {
        const x = given();
        return against(x, () => tiledCovariance(x));
      },
    },
    {
      id: `covariance.sample.${size}.ml-matrix`,
      work: work(columns, rows),
      subject: "covariance() with correlations, simd build",
      peer: "ml-matrix: X'.mmul(X) of centred X",
      async prepare() {
        const { Matrix } = await import("ml-matrix");
        const x = given();
        const held = Matrix.from1DArray(rows, columns, x.values);
        return against(x, () => {
          const centred = held.clone().center("column");
          return centred
            .transpose()
            .mmul(centred)
            .div(rows - 1)
            .to1DArray();
        });
      },
    },
    {
      id: `covariance.sample.${size}.scalar`,
      work: work(columns, rows),
      subject: "covariance(), simd build",
      peer: "the same, scalar build",
      async prepare() {
        const x = given();
        const theirs = memory(scalar);
        return against(x, () => covariance({ memory: theirs }, x, sample()).matrix);
      },
    },
  ];
});

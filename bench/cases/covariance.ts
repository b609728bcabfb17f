import { covariance } from "../../src/covariance/covariance.js";
import { sample } from "../../src/covariance/sample.js";
import { MAXIMUM_BYTES, Memory } from "../../src/memory.js";
import * as scalar from "../../src/wasm/scalar.js";
import * as simd from "../../src/wasm/simd.js";
import { random } from "../books.js";
import { allAgreeing, type BenchCase, type Prepared } from "../case.js";
import { peak } from "../peak.js";

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

/** Rows as nested arrays, as a caller of mathjs has them. */
function rowsOf({ rows, columns, values }: Table): number[][] {
  return Array.from({ length: rows }, (_, t) => Array.from(values.subarray(t * columns, (t + 1) * columns)));
}

/** The same, centred. */
function centredRows({ rows, columns, values }: Table): number[][] {
  const means = Array.from({ length: columns }, (_, i) => {
    let total = 0;
    for (let t = 0; t < rows; t++) total += values[t * columns + i] as number;
    return total / rows;
  });
  return Array.from({ length: rows }, (_, t) => means.map((mean, i) => (values[t * columns + i] as number) - mean));
}

/** Ours and a peer's whole way from a row-major table to a matrix that the caller owns. */
function against(given: Table, peer: () => ArrayLike<number>): Prepared {
  const ours = memory(simd);
  const subject = () => covariance({ memory: ours }, given, sample()).matrix;
  return { subject, peer, agree: () => allAgreeing("covariance", subject(), peer()) };
}

/** The same from columns that stand in memory already: the kernel alone, centring included. */
function kernelAlone({ rows, columns, values }: Table) {
  const ours = memory(simd);
  const { kernel } = ours;
  const given = ours.keepCopy(values);
  const x = ours.keep(values.byteLength);
  kernel.transpose(rows, columns, given, x);
  const mean = ours.keep(8 * columns);
  const out = ours.keep(8 * columns * columns);
  const scratch = ours.keep(kernel.sampleScratch(columns));
  return {
    run: () => kernel.sampleCovariance(columns, rows, x, rows - 1, mean, out, scratch),
    result: () => ours.f64(out, columns * columns),
  };
}

/** The kernel alone beside a peer. */
function kernelAgainst(
  given: Table,
  peer: () => unknown,
  expected: () => ArrayLike<number>,
  relative?: number,
): Prepared {
  const { run, result } = kernelAlone(given);
  return {
    subject: run,
    peer,
    agree: () => {
      run();
      allAgreeing("covariance", result(), expected(), relative);
    },
  };
}

/** X'X of centred X in single precision on tfjs's own WebAssembly, centred beforehand, by its fastest way: transposed first. */
async function tfjs(given: Table): Promise<Prepared> {
  const tf = await import("@tensorflow/tfjs-core");
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const { createRequire } = await import("node:module");
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(entry.slice(0, entry.replaceAll("\\", "/").lastIndexOf("/") + 1));
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs has no WebAssembly here");
  const { rows, columns, values } = given;
  const x = tf.tensor2d(Float32Array.from(values), [rows, columns]);
  const centred = tf.sub(x, tf.mean(x, 0));
  // Not in tf.tidy, which costs it a further packing of its weights.
  const peer = () => {
    const transposed = tf.transpose(centred);
    const product = tf.matMul(transposed, centred);
    const read = product.dataSync();
    tf.dispose([transposed, product]);
    return read;
  };
  // Its kernels are large: they run unoptimised for a second or so, which is nothing to measure against.
  const until = performance.now() + 2_000;
  while (performance.now() < until) peer();
  const prepared = kernelAgainst(given, peer, () => Float64Array.from(peer(), (sum) => sum / (rows - 1)), 1e-4);
  return { ...prepared, dispose: () => tf.dispose([x, centred]) };
}

const SIZES = [64, 256, 512] as const;
/** Above, mathjs takes seconds. */
const MATHJS = 256;
const ROWS = 1000;

const work = (columns: number, rows: number) => `sample covariance of ${columns} assets over ${rows} dates`;
const CALL = "covariance() with correlations, simd build";
const ALONE = "the kernel, centring included";

export const cases: readonly BenchCase[] = SIZES.flatMap((columns) => {
  const size = `${columns}x${ROWS}`;
  const given = () => table(columns, ROWS);
  const words = work(columns, ROWS);
  const id = (peer: string) => `covariance.sample.${size}.${peer}`;
  return [
    {
      id: id("js-tiled"),
      work: words,
      subject: CALL,
      peer: "typed arrays, transposed, 2 × 2 tiles",
      async prepare() {
        const x = given();
        return against(x, () => tiledCovariance(x));
      },
    },
    {
      id: id("ml-matrix"),
      work: words,
      subject: CALL,
      peer: "ml-matrix: X'.mmul(X) of centred X",
      async prepare() {
        const { Matrix } = await import("ml-matrix");
        const x = given();
        const held = Matrix.from1DArray(ROWS, columns, x.values);
        return against(x, () => {
          const centred = held.clone().center("column");
          return centred
            .transpose()
            .mmul(centred)
            .div(ROWS - 1)
            .to1DArray();
        });
      },
    },
    {
      id: id("peak"),
      work: `${words}, ${columns}·${columns + 1}·${ROWS} useful operations`,
      subject: ALONE,
      peer: "as many multiplications and additions on registers, the best sample: the ratio is the share of the peak",
      ceiling: true,
      async prepare() {
        const x = given();
        const probe = await peak();
        return kernelAgainst(
          x,
          () => probe(columns * (columns + 1) * ROWS),
          () => tiledCovariance(x),
        );
      },
    },
    {
      id: id("tfjs-wasm"),
      work: words,
      subject: ALONE,
      peer: "tfjs on WebAssembly, in single precision: transpose and product",
      prepare: () => tfjs(given()),
    },
    ...(columns > MATHJS
      ? []
      : [
          {
            id: id("mathjs"),
            work: words,
            subject: ALONE,
            peer: "mathjs: centred by mean and subtract, then multiply(transpose(X), X) and divide",
            async prepare() {
              const { divide, mean, multiply, subtract, transpose } = await import("mathjs");
              const x = given();
              const rows = rowsOf(x);
              const peer = () => {
                const centred = subtract(rows, mean(rows, 0)) as number[][];
                return divide(multiply(transpose(centred), centred), ROWS - 1) as number[][];
              };
              return kernelAgainst(x, peer, () => peer().flat());
            },
          },
          {
            id: id("mathjs-product"),
            work: words,
            subject: ALONE,
            peer: "mathjs: multiply(transpose(X), X) alone, of X centred beforehand",
            async prepare() {
              const { multiply, transpose } = await import("mathjs");
              const x = given();
              const centred = centredRows(x);
              const product = () => multiply(transpose(centred), centred);
              return kernelAgainst(x, product, () =>
                product()
                  .flat()
                  .map((sum) => sum / (ROWS - 1)),
              );
            },
          },
          {
            id: id("scalar"),
            work: words,
            subject: "covariance(), simd build",
            peer: "the same, scalar build",
            async prepare() {
              const x = given();
              const theirs = memory(scalar);
              return against(x, () => covariance({ memory: theirs }, x, sample()).matrix);
            },
          },
        ]),
  ];
});

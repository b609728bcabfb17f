import { checkOptions, finiteNumber, type Place } from "../checks.js";
import { numbersIn } from "../covariance/factor.js";
import { InvalidInputError } from "../errors.js";
import type { Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";

/** Sizes of a product: f64[rows*depth] times f64[depth*columns]. */
export interface ProductShape {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

/**
 * Product of two matrices, row-major:  out[i][j] = sum over k of left[i][k] · right[k][j].
 *
 * @param shape   rows, depth and columns, each ≥ 1
 * @param left    f64[rows*depth]
 * @param right   f64[depth*columns]
 * @returns       f64[rows*columns]; each sum in the order of k within blocks of 256, and over the blocks in order
 * @throws InvalidInputError   sizes that do not fit, a number that is not finite, or a product out of range
 * Cost: 2 · rows · depth · columns operations, near the multiply-add peak from some 64 of each.
 * @see METHODS.md#matrix-product
 */
export function matrixProduct(
  { memory }: Owner,
  shape: ProductShape,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  const size = (value: unknown, place: Place) => finiteNumber(value, place, { min: 1, whole: true });
  const { rows: m, depth, columns: n } = checkOptions(shape, "shape", { rows: size, depth: size, columns: size });
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    const a = numbersIn(memory, m * depth, left, "left");
    const b = numbersIn(memory, depth * n, right, "right");
    const turned = memory.reserveF64(depth * n);
    const out = memory.reserveF64(m * n);
    memory.kernel.transpose(depth, n, b, turned);
    kernel.gemm(m, n, depth, a, depth, turned, depth, 0, out, memory.reserve(kernel.gemmScratch(m, n)));
    if (memory.kernel.firstNonFinite(out, m * n) > 0) {
      throw new InvalidInputError("right", "such that the product is within the range of numbers", "one beyond it");
    }
    return memory.f64(out, m * n).slice();
  });
}

/** `margrave/numerics`: numbers beside margin, on kernels of their own. */
export { type ClippedMatrix, clipEigenvalues, type Eigen, eigenSymmetric } from "./eigen.js";
export {
  type Draws,
  type Generator,
  philox,
  randomBits,
  randomNormal,
  randomUniform,
  xoshiro,
} from "./random.js";
export {
  ledoitWolfDiagonal,
  ledoitWolfSingleFactor,
  oas,
  type OasForm,
  rblw,
} from "./shrinkage.js";

/** `margrave/numerics`: numbers beside margin, on kernels of their own. */
export type { DecayOptions } from "./decay.js";
export { type ClippedMatrix, clipEigenvalues, type Eigen, eigenSymmetric } from "./eigen.js";
export { ewmaCentred, type WeightDivisor } from "./ewma-centred.js";
export { analyticalNonlinear, quadraticInverse } from "./nonlinear.js";
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

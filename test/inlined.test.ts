import { expect, it } from "vitest";
import { packaged } from "../src/inlined.js";
import { packaged as packagedRules } from "../src/rules/inlined.js";
import { builds } from "./support/builds.js";
import * as scalar from "../src/wasm/scalar.js";
import { packaged as packagedNumerics } from "../src/numerics/inlined.js";
import * as numericsScalar from "../src/wasm/numerics-scalar.js";
import * as numericsSimd from "../src/wasm/numerics-simd.js";
import { packaged as packagedOptions } from "../src/options/inlined.js";
import * as optionsScalar from "../src/wasm/options-scalar.js";
import * as optionsSimd from "../src/wasm/options-simd.js";
import * as rulesScalar from "../src/wasm/rules-scalar.js";
import * as rulesSimd from "../src/wasm/rules-simd.js";
import * as simd from "../src/wasm/simd.js";

it.each([
  ["simd", simd],
  ["scalar", scalar],
] as const)("the inlined %s kernel unpacks to the bytes that were compiled", (name, compiled) => {
  const { source, hash } = packaged[name]();
  expect(source).toEqual(Uint8Array.from(atob(compiled.bytes), (character) => character.charCodeAt(0)));
  expect(hash).toBe(compiled.hash);
  expect(builds.find(({ build }) => build === name)?.hash).toBe(hash);
});

it.each([
  ["simd, of composed rules", packagedRules.simd, rulesSimd],
  ["scalar, of composed rules", packagedRules.scalar, rulesScalar],
  ["simd, of numerics", packagedNumerics.simd, numericsSimd],
  ["scalar, of numerics", packagedNumerics.scalar, numericsScalar],
  ["simd, of options", packagedOptions.simd, optionsSimd],
  ["scalar, of options", packagedOptions.scalar, optionsScalar],
] as const)("so does the inlined kernel: %s", (_, packagedAs, compiled) => {
  const { source, hash } = packagedAs();
  expect(source).toEqual(Uint8Array.from(atob(compiled.bytes), (character) => character.charCodeAt(0)));
  expect(hash).toBe(compiled.hash);
});

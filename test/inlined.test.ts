import { expect, it } from "vitest";
import { packaged } from "../src/inlined.js";
import { packaged as packagedRules } from "../src/rules/inlined.js";
import { builds } from "./support/builds.js";
import * as scalar from "../src/wasm/scalar.js";
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
  ["simd", rulesSimd],
  ["scalar", rulesScalar],
] as const)("so does the inlined %s kernel of composed rules", (name, compiled) => {
  const { source, hash } = packagedRules[name]();
  expect(source).toEqual(Uint8Array.from(atob(compiled.bytes), (character) => character.charCodeAt(0)));
  expect(hash).toBe(compiled.hash);
});

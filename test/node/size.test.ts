import { readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const KIB = 1024;

it.each(["simd", "scalar"])("the %s kernel is at most 30 KiB, imports nothing and has no allocator", (name) => {
  const { size } = statSync(`build/${name}.wasm`);
  console.log(`${name}.wasm: ${size} bytes`);
  expect(size).toBeLessThanOrEqual(30 * KIB);
  const module = new WebAssembly.Module(readFileSync(`build/${name}.wasm`));
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(readFileSync(`build/${name}.wat`, "utf8")).not.toMatch(/~lib\/rt|__new|__alloc/);
});

/** What a browser loads for these names of the public entry: bundled and minified as a user's bundler does it, gzipped. */
async function gzipped(names: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export ${names} from "./src/index.js";`, resolveDir: ".", loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  expect(bytes.length).toBeGreaterThan(0);
  const size = gzipSync(bytes, { level: 9 }).length;
  console.log(`${names}: ${bytes.length} bytes, ${size} gzipped`);
  return size;
}

it.each([
  "{ collateral, createEngine, packBook, parseMarket, parseRule }",
  "{ createEngine, historical, packBook, parseHistory, parseMarket }",
  "{ createEngine, ewma, packColumns, parametric, parseHistory, parseMarket }",
])("the core with one model, as a browser bundle, is at most 40 KiB gzipped: %s", async (names) => {
  expect(await gzipped(names)).toBeLessThanOrEqual(40 * KIB);
});

it("everything of the public entry is at most 56 KiB gzipped", async () => {
  expect(await gzipped("*")).toBeLessThanOrEqual(56 * KIB);
});

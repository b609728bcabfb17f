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

it("the core as a browser bundle, minified, is at most 40 KiB gzipped", async () => {
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "./src/index.js";', resolveDir: ".", loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const gzipped = gzipSync(bytes, { level: 9 }).length;
  console.log(`core bundle: ${bytes.length} bytes, ${gzipped} gzipped`);
  expect(bytes.length).toBeGreaterThan(0);
  expect(gzipped).toBeLessThanOrEqual(40 * KIB);
});

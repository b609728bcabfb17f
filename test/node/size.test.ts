import { readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";
import * as entry from "../../src/index.js";

const KIB = 1024;

it.each(["simd", "scalar"])("the %s kernel is at most 30 KiB, imports nothing and has no allocator", (name) => {
  const { size } = statSync(`build/${name}.wasm`);
  console.log(`${name}.wasm: ${size} bytes`);
  expect(size).toBeLessThanOrEqual(30 * KIB);
  const module = new WebAssembly.Module(readFileSync(`build/${name}.wasm`));
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(readFileSync(`build/${name}.wat`, "utf8")).not.toMatch(/~lib\/rt|__new|__alloc/);
});

/**
 * What a browser loads for these names of the public entry, gzipped: an application that uses them, bundled and minified as
 * a user's bundler does it. An application has no exports, so the names themselves are not in it.
 */
async function gzipped(names: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: application(names), resolveDir: ".", loader: "ts" },
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

function application(names: string): string {
  return `import ${names} from "./src/index.js"; document.title = String([${names.slice(1, -1)}]);`;
}

it.each([
  "{ collateral, createEngine, packBook, parseMarket, parseRule }",
  "{ createEngine, historical, packBook, parseHistory, parseMarket }",
  "{ createEngine, ewma, packColumns, parametric, parseHistory, parseMarket }",
])("the core with one model, as a browser bundle, is at most 40 KiB gzipped: %s", async (names) => {
  expect(await gzipped(names)).toBeLessThanOrEqual(40 * KIB);
});

it("everything of the public entry together is reported; no application uses all of it", async () => {
  const everything = await gzipped(`{ ${Object.keys(entry).join(", ")} }`);
  expect(everything).toBeGreaterThan(await gzipped("{ createEngine }"));
});

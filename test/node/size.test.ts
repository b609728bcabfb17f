import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { presets } from "../../src/presets/index.js";

const KIB = 1024;

it.each(["simd", "scalar"])("the %s kernel is at most 30 KiB, imports nothing and has no allocator", (name) => {
  const { size } = statSync(`build/${name}.wasm`);
  console.log(`${name}.wasm: ${size} bytes`);
  expect(size).toBeLessThanOrEqual(30 * KIB);
  const module = new WebAssembly.Module(readFileSync(`build/${name}.wasm`));
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(readFileSync(`build/${name}.wat`, "utf8")).not.toMatch(/~lib\/rt|__new|__alloc/);
});

it.each(["simd", "scalar"])(
  "the %s kernel of composed rules is at most 40 KiB, takes its memory and nothing else, and has no data and no allocator",
  (name) => {
    const bytes = readFileSync(`build/rules-${name}.wasm`);
    console.log(`rules-${name}.wasm: ${bytes.length} bytes`);
    expect(bytes.length).toBeLessThanOrEqual(40 * KIB);
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const text = readFileSync(`build/rules-${name}.wat`, "utf8");
    expect(text).not.toMatch(/~lib\/rt|__new|__alloc/);
    // A data segment, active or passive, and a start function would both write to memory that the core kernel owns.
    expect(text).not.toMatch(/^ \((data|start) /m);
  },
);

// 64 KB is the bound of a module; with everything a user of Monte Carlo and special functions asks for, core and numerics
// together are above it, so they are apart, and who margins loads the core alone.
it("the kernels of numerics are at most 64 KB, and allocate nothing", () => {
  for (const name of ["simd", "scalar"]) {
    const bytes = readFileSync(`build/numerics-${name}.wasm`);
    console.log(`numerics-${name}.wasm: ${bytes.length} bytes`);
    expect(bytes.length).toBeLessThanOrEqual(64_000);
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const text = readFileSync(`build/numerics-${name}.wat`, "utf8");
    expect(text).not.toMatch(/~lib\/rt|__new|__alloc|^ \(start /m);
    // Constants stand where no other module's do: see assembly/arena.ts.
    const constants = [...text.matchAll(/^ \(data \$\d+ \(i32\.const (\d+)\)/gm)].map(([, at]) => Number(at));
    expect(constants.length).toBeGreaterThan(0);
    expect(constants.every((at) => at >= 16_384 && at < 32_768)).toBe(true);
  }
});

it.each(["simd", "scalar"])(
  "the %s kernel of options is at most 24 KiB, takes its memory and nothing else, and allocates nothing",
  (name) => {
    const bytes = readFileSync(`build/options-${name}.wasm`);
    console.log(`options-${name}.wasm: ${bytes.length} bytes`);
    expect(bytes.length).toBeLessThanOrEqual(24 * KIB);
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const text = readFileSync(`build/options-${name}.wat`, "utf8");
    expect(text).not.toMatch(/~lib\/rt|__new|__alloc|^ \(start /m);
    const constants = [...text.matchAll(/^ \(data \$\d+ \(i32\.const (\d+)\)/gm)].map(([, at]) => Number(at));
    expect(constants.length).toBeGreaterThan(0);
    expect(constants.every((at) => at >= 32_768 && at < 49_152)).toBe(true);
  },
);

interface Bundle {
  readonly text: string;
  readonly bytes: number;
  readonly gzipped: number;
  /** bytes in the bundle by the file that they come from */
  readonly from: ReadonlyMap<string, number>;
}

/** What a browser loads for a program: bundled and minified as a user's bundler does it. `margrave` is what is published. */
async function bundled(contents: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: ".", loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    alias: Object.fromEntries(
      ["index", "rules", "presets"].map((name) => [
        name === "index" ? "margrave" : `margrave/${name}`,
        resolve(`dist/${name}.js`),
      ]),
    ),
  });
  const [file] = outputFiles;
  expect(file?.contents.length).toBeGreaterThan(0);
  const bytes = file?.contents ?? new Uint8Array();
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return {
    text: file?.text ?? "",
    bytes: bytes.length,
    gzipped: gzipSync(bytes, { level: 9 }).length,
    from: new Map(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput])),
  };
}

/** Size of these names of the public entry. */
async function gzipped(names: string): Promise<number> {
  const { bytes, gzipped } = await bundled(`export ${names} from "./src/index.js";`);
  console.log(`${names}: ${bytes} bytes, ${gzipped} gzipped`);
  return gzipped;
}

it.each([
  "{ collateral, createEngine, packBook, parseMarket, parseRule }",
  "{ createEngine, historical, packBook, parseHistory, parseMarket }",
  "{ createEngine, ewma, packColumns, parametric, parseHistory, parseMarket }",
])("the core with one model, as a browser bundle, is at most 40 KiB gzipped: %s", async (names) => {
  expect(await gzipped(names)).toBeLessThanOrEqual(40 * KIB);
});

// 56 KiB before books held options: the core packs them and lets a model take them, all else is in margrave/options.
it("everything of the public entry is at most 60 KB gzipped", async () => {
  expect(await gzipped("*")).toBeLessThanOrEqual(60_000);
});

const composedProgram = `
  import { createEngine, packBook, parseMarket } from "margrave";
  import { composed, composedRule } from "margrave/rules";
  import { preset } from "margrave/presets";
  export function margin(market: unknown, accounts: unknown) {
    const engine = createEngine();
    const parsed = parseMarket(market);
    const book = engine.loadBook(packBook(accounts, parsed), engine.loadMarket(parsed));
    return engine.margin(book, composed(composedRule(preset("aave-v3"))));
  }`;

it("margin under one preset, as a browser bundle of the published files, is at most 96 KiB gzipped", async () => {
  const { bytes, gzipped, from } = await bundled(composedProgram);
  console.log(`margin under one preset: ${bytes} bytes, ${gzipped} gzipped`, Object.fromEntries(from));
  expect(gzipped).toBeLessThanOrEqual(96 * KIB);
});

describe("composed rules cost those nothing who do not use them", () => {
  /** Marks of the two: pieces of the kernel as it is inlined, and the ids of presets. */
  const marks = () => {
    const deflated = /"([A-Za-z0-9+/=]{200,})"/.exec(readFileSync("src/wasm/rules-packed.ts", "utf8"))?.[1] ?? "";
    expect(deflated.length).toBeGreaterThan(5_000);
    return [deflated.slice(0, 60), deflated.slice(2_000, 2_060), ...presets.map(({ id }) => JSON.stringify(id))];
  };

  it("what is looked for is in the entries that have it", () => {
    const text = readFileSync("dist/rules.js", "utf8") + readFileSync("dist/presets.js", "utf8");
    for (const mark of marks()) expect(text).toContain(mark);
    expect(readFileSync("dist/rules.workerd.js", "utf8")).not.toContain(marks()[0]);
  });

  it.each(["dist/index.js", "dist/workerd.js"])("%s holds no preset and no kernel of composed rules", (file) => {
    const text = readFileSync(file, "utf8");
    for (const mark of marks()) expect(text).not.toContain(mark);
    expect(text).not.toMatch(/rules(\.scalar)?\.wasm|\/\/ src\/(rules|presets|wasm\/rules)/);
  });

  it("a bundle of everything of the core takes nothing from them", async () => {
    const { from, text } = await bundled('export * from "./src/index.js";');
    expect([...from.keys()].filter((path) => /^src\/(rules|presets|wasm\/rules)/.test(path))).toEqual([]);
    for (const mark of marks()) expect(text).not.toContain(mark);
  });

  it("rules without a preset take none of the presets, and an entry that is imported and not used leaves nothing", async () => {
    const rules = 'import { composedRule } from "margrave/rules"; import { preset } from "margrave/presets";';
    const withRules = await bundled(`${rules} export const rule = composedRule({});`);
    expect(withRules.from.get("dist/presets.js") ?? 0).toBe(0);
    const core = await bundled(`${rules} import { parseMarket } from "margrave"; export const m = parseMarket({});`);
    expect(core.from.get("dist/rules.js") ?? 0).toBe(0);
    expect(core.from.get("dist/presets.js") ?? 0).toBe(0);
    expect(core.from.get("dist/index.js")).toBeGreaterThan(0);
  });
});

// dist/: what is published. Called by scripts/build.mjs once the kernels are in src/wasm.
//   index.js    the core for every runtime and bundler: kernels inlined, no node: import, no top-level await
//   workerd.js  the same for runtimes that forbid compiling bytes: imports kernel.wasm and kernel.scalar.wasm
//   rules.js, presets.js   composed rules and the dated rules of venues, and the same for workerd: rules.workerd.js …
//   numerics.js   random numbers, and the same for workerd
//   sobol.js, sobol-21201.js   low-discrepancy points, and the large table of them apart
//   options.js   prices, greeks and implied volatilities of options, and the same for workerd
//   sample.js   the embedded sample         cli.js  the command line, Node only         types/  declarations
//   THIRD-PARTY.md  what is bundled, with its licences, from esbuild's own account of it
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const sample = existsSync("src/sample.ts");
/** Entries beside the core, each in a form for every runtime and one for those that forbid compiling bytes. */
const entries = ["rules", "presets", "numerics", "sobol", "sobol-21201", "options"].filter((name) =>
  existsSync(`src/${name}/index.ts`),
);
const cli = existsSync("src/cli/main.ts");

export const outputs = [
  "dist/index.js",
  "dist/workerd.js",
  ...entries.flatMap((name) => [`dist/${name}.js`, `dist/${name}.workerd.js`]),
  ...(sample ? ["dist/sample.js"] : []),
  ...(cli ? ["dist/cli.js"] : []),
  "dist/kernel.wasm",
  "dist/kernel.scalar.wasm",
  "dist/rules.wasm",
  "dist/rules.scalar.wasm",
  "dist/numerics.wasm",
  "dist/numerics.scalar.wasm",
  "dist/options.wasm",
  "dist/options.scalar.wasm",
  "dist/types/index.d.ts",
  "dist/THIRD-PARTY.md",
];

/** Imports of the package's own entries stay imports, so that there is one copy of each class. */
const ownEntries = {
  name: "own-entries",
  setup({ onResolve }) {
    onResolve({ filter: /(^|\/)(index|sample)\.js$/ }, ({ importer, path, kind }) => {
      const own = /[\\/]src[\\/](cli[\\/][^\\/]+|sample)\.ts$/.test(importer);
      const entry = /^\.\.?\/(?:(?:(rules|presets|numerics)\/)?index|(sample))\.js$/.exec(path);
      if (kind === "entry-point" || !own || entry === null) return undefined;
      return { path: `./${entry[1] ?? entry[2] ?? "index"}.js`, external: true };
    });
  },
};

/** Errors that an entry beside the core throws are the core's own classes, which a caller tests for. */
const coreErrors = (core) => ({
  name: "core-errors",
  setup({ onResolve }) {
    onResolve({ filter: /\/errors\.js$/ }, () => ({ path: `./${core}`, external: true }));
  },
});

/** What one entry beside the core takes of another it imports from there, so that there is one copy of its kernels. */
const otherEntries = (suffix) => ({
  name: "other-entries",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/numerics\/index\.js$/ }, () => ({ path: `./numerics${suffix}`, external: true }));
  },
});

/** The kernels as imported modules instead of inlined bytes. */
const importedKernels = {
  name: "imported-kernels",
  setup({ onResolve }) {
    onResolve({ filter: /\/inlined\.js$/ }, ({ resolveDir }) => ({ path: join(resolveDir, "imported.ts") }));
    onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
  },
};

export async function bundle(run) {
  rmSync("dist", { recursive: true, force: true });
  mkdirSync("dist", { recursive: true });
  copyFileSync("build/simd.wasm", "dist/kernel.wasm");
  copyFileSync("build/scalar.wasm", "dist/kernel.scalar.wasm");
  copyFileSync("build/rules-simd.wasm", "dist/rules.wasm");
  copyFileSync("build/rules-scalar.wasm", "dist/rules.scalar.wasm");
  copyFileSync("build/numerics-simd.wasm", "dist/numerics.wasm");
  copyFileSync("build/numerics-scalar.wasm", "dist/numerics.scalar.wasm");
  copyFileSync("build/options-simd.wasm", "dist/options.wasm");
  copyFileSync("build/options-scalar.wasm", "dist/options.scalar.wasm");

  const common = { bundle: true, format: "esm", target: "es2022", legalComments: "none", metafile: true };
  const neutral = { ...common, platform: "neutral", mainFields: ["module", "main"] };
  const built = [
    await build({ ...neutral, entryPoints: ["src/index.ts"], outfile: "dist/index.js" }),
    await build({
      ...neutral,
      entryPoints: ["src/index.ts"],
      outfile: "dist/workerd.js",
      plugins: [importedKernels],
    }),
  ];
  for (const name of entries) {
    const entryPoints = [`src/${name}/index.ts`];
    const everywhere = {
      entryPoints,
      outfile: `dist/${name}.js`,
      plugins: [coreErrors("index.js"), otherEntries(".js")],
    };
    const outfile = `dist/${name}.workerd.js`;
    const forbidding = {
      entryPoints,
      outfile,
      plugins: [coreErrors("workerd.js"), otherEntries(".workerd.js"), importedKernels],
    };
    built.push(await build({ ...neutral, ...everywhere }), await build({ ...neutral, ...forbidding }));
  }
  if (sample) {
    const options = { entryPoints: ["src/sample.ts"], outfile: "dist/sample.js", plugins: [ownEntries] };
    built.push(await build({ ...neutral, ...options }));
  }
  if (cli) {
    built.push(
      await build({
        ...common,
        platform: "node",
        entryPoints: ["src/cli/main.ts"],
        outfile: "dist/cli.js",
        plugins: [ownEntries],
        banner: {
          // The CommonJS packages among the bundled ones ask for node:fs and the like by require.
          js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
        },
      }),
    );
  }
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
  writeFileSync("dist/THIRD-PARTY.md", thirdParty(built.map(({ metafile }) => metafile)));
}

/** Packages that ship without their licence's text, and where the same text stands. */
const licenceTexts = { "@assemblyscript/loader": "node_modules/assemblyscript/LICENSE" };

/** Numbers of others that the sources carry, packed anew. */
const data = [
  {
    name: "Sobol direction numbers new-joe-kuo-6.21201",
    source: "Joe and Kuo, SIAM Journal on Scientific Computing 30 (2008), 2635-2654.",
    licence: "scripts/licences/joe-kuo.txt",
    files: ["sobol.js", "sobol-21201.js"],
  },
];

/** Packages whose code is in a bundle, with version, licence and its text. */
function thirdParty(metafiles) {
  const bundled = new Map();
  for (const { outputs: files } of metafiles) {
    for (const [file, { inputs }] of Object.entries(files)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
        if (folder === undefined || bytesInOutput === 0) continue;
        bundled.set(folder, (bundled.get(folder) ?? new Set()).add(basename(file)));
      }
    }
  }
  const sections = [...bundled].sort().map(([folder, files]) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const texts = readdirSync(folder).filter((entry) => /^(licen[cs]e|notice|copying)/i.test(entry));
    const paths = texts.map((entry) => join(folder, entry));
    if (paths.length === 0 && licenceTexts[name] !== undefined) paths.push(licenceTexts[name]);
    if (paths.length === 0) throw new Error(`${name} is bundled but has no licence text: name one in licenceTexts`);
    const body = paths.map((path) => `\`\`\`text\n${readFileSync(path, "utf8").trim()}\n\`\`\`\n`);
    return `## ${name} ${version}\n\nLicence: ${license}. In ${[...files].sort().join(", ")}.\n\n${body.join("\n")}`;
  });
  for (const { name, source, licence, files } of data) {
    const text = readFileSync(licence, "utf8").trim();
    sections.push(`## ${name}\n\n${source} In ${files.join(", ")}.\n\n\`\`\`text\n${text}\n\`\`\`\n`);
  }
  return `# Third-party code in this package\n\nWritten by scripts/bundle.mjs from the bundler's account.\n\n${sections.join("\n")}`;
}

// Import TypeScript in plain Node: bundle it into build/ with esbuild and import the result.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./setup.mjs";

/** The module that `contents` (TypeScript, paths relative to the repository) makes. Packages stay imports. */
export async function loadTypeScript(name, contents, options = {}) {
  const { outfile = join(root, "build", `${name}.mjs`) } = options;
  await build({
    stdin: { contents, resolveDir: root, loader: "ts", sourcefile: `${name}.ts` },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    logLevel: "error",
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}

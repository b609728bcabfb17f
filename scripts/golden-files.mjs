// Reads a folder of golden files, and offers the shared one to tests as the module `virtual:golden`.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve, sep } from "node:path";

/** Every JSON file under `folder`, parsed, by its path in it; null where there is no such folder. */
export function readGolden(folder) {
  if (!existsSync(folder)) return null;
  const files = {};
  for (const path of readdirSync(folder, { recursive: true }).sort()) {
    if (!path.endsWith(".json")) continue;
    try {
      files[path.split(sep).join("/")] = JSON.parse(readFileSync(join(folder, path), "utf8"));
    } catch (cause) {
      throw new Error(`${join(folder, path)} must be JSON: ${cause.message}`, { cause });
    }
  }
  return files;
}

/** Vite plugin: `import golden from "virtual:golden"`, an object of parsed files, or null with a loud line. */
export function goldenPlugin(folder) {
  const id = "\0virtual:golden";
  return {
    name: "margrave-golden",
    resolveId: (source) => (source === "virtual:golden" ? id : undefined),
    load(source) {
      if (source !== id) return undefined;
      const files = readGolden(folder);
      if (files === null) {
        const sentence = `golden files are missing at ${resolve(folder)}: the golden tests do not run`;
        return `console.warn(${JSON.stringify(sentence)});\nexport default null;`;
      }
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(files))});`;
    },
  };
}

// What tests read from the folder `shared` beside the repository, as modules that Node and browsers alike can import.
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

/**
 * The same of a folder of vectors, but a file that is no JSON is the error that says so: it must not keep the others from
 * being run. Null where there is no such folder.
 */
export function readVectors(folder) {
  if (!existsSync(folder)) return null;
  const files = {};
  for (const path of readdirSync(folder, { recursive: true }).sort()) {
    if (!path.endsWith(".json")) continue;
    const name = path.split(sep).join("/");
    try {
      files[name] = JSON.parse(readFileSync(join(folder, path), "utf8"));
    } catch (cause) {
      files[name] = new SyntaxError(`must be JSON: ${cause.message}`, { cause });
    }
  }
  return files;
}

/**
 * Vite plugin: `virtual:golden` and `virtual:vectors`, objects of the parsed files, and `virtual:model`, the text of the data
 * model; each null where it is missing, which is said aloud.
 */
export function sharedFiles(folder) {
  const modules = {
    "virtual:golden": { path: join(folder, "golden"), read: readGolden },
    "virtual:vectors": { path: join(folder, "vectors"), read: readVectors },
    "virtual:model": {
      path: join(folder, "MODEL.md"),
      read: (path) => (existsSync(path) ? readFileSync(path, "utf8") : null),
    },
  };
  return {
    name: "margrave-shared-files",
    resolveId: (source) => (Object.hasOwn(modules, source) ? `\0${source}` : undefined),
    load(source) {
      const module = Object.hasOwn(modules, source.slice(1)) ? modules[source.slice(1)] : undefined;
      if (module === undefined) return undefined;
      const value = module.read(module.path);
      if (value === null) {
        const sentence = `MISSING ${resolve(module.path)}: the tests over it do not run`;
        return `console.warn(${JSON.stringify(sentence)});\nexport default null;`;
      }
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(value))});`;
    },
  };
}

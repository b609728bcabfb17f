import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";

/** Layers, leftmost first; each is a file or a folder under the root. A file imports from its own layer or leftwards. */
const layers: Readonly<Record<string, readonly string[]>> = {
  assembly: [
    "arena",
    "simd",
    "linalg",
    "stats",
    "random",
    "covariance",
    "instruments",
    "options",
    "book",
    "models",
    "liquidation",
    "rules",
    "numerics",
    "index",
  ],
  src: [
    "version",
    "errors",
    "hash",
    "time",
    "checks",
    "wasm",
    "inflated",
    "inlined",
    "imported",
    "kernel",
    "memory",
    "second-kernel",
    "distribution",
    "stats",
    "market",
    "instruments",
    "book",
    "covariance",
    "models",
    "liquidation",
    "engine",
    "rules",
    "presets",
    "numerics",
    "sobol",
    "sobol-21201",
    "options",
    "index",
    "sample",
    "cli",
  ],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Relative imports under `root`, both ends as paths from it. */
function imports(root: string): Import[] {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const sources = [...text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] as string);
    return sources.map((source) => ({
      from: file.split(sep).join("/"),
      to: relative(root, join(root, dirname(file), source))
        .split(sep)
        .join("/")
        .replace(/\.js$/, ""),
    }));
  });
}

const layerOf = (path: string) => (path.split("/")[0] ?? "").replace(/\.\w+$/, "");

describe.each(Object.keys(layers))("%s", (root) => {
  const order = layers[root] as readonly string[];
  const rank = (path: string) => order.indexOf(layerOf(path));

  it("has no file outside its layers", () => {
    const known = [...order, "tsconfig", "wasm-modules"];
    expect(readdirSync(root).filter((entry) => !known.includes(layerOf(entry).replace(/\.d$/, "")))).toEqual([]);
  });

  it("imports only from its own layer or from one further left", () => {
    const wrong = imports(root).filter(
      ({ from, to }) => to.endsWith(".wasm") === false && !/^\.\.\/schema\//.test(to) && !(rank(to) <= rank(from)),
    );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

it("the command line and the page import nothing of the package but its public entries", () => {
  const crossing = [
    ...imports("src").filter(({ from, to }) => layerOf(from) === "cli" && layerOf(to) !== "cli"),
    ...(existsSync("page") ? imports("page") : []).filter(({ to }) => to.startsWith("../")),
  ];
  const open =
    /^(\.\.\/(src|dist)\/)?((rules\/|presets\/|numerics\/|options\/)?index|sample)$|^\.\.\/schema\/\w+\.json$/;
  const internal = crossing.filter(({ to }) => !open.test(to));
  expect(internal.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

it("the numerics know no finance: linalg, simd and stats contain none of its nouns", () => {
  const nouns = /\b(haircut|collateral|liquidat\w*|pool|portfolio|asset|equity|loan)s?\b/i;
  const folders = ["linalg", "simd", "stats"].map((folder) => join("assembly", folder)).filter(existsSync);
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  const found = files.flatMap((file) => {
    const noun = nouns.exec(readFileSync(file, "utf8"));
    return noun === null ? [] : [`${file}: ${noun[0]}`];
  });
  expect(found).toEqual([]);
});

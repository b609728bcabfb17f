// `npm run bench -- [--only ID] [--json FILE] [--smoke]`: the cases of bench/cases against their peers.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { installed, node, npm, root } from "./setup.mjs";

const { values } = parseArgs({
  options: { only: { type: "string" }, json: { type: "string" }, smoke: { type: "boolean", default: false } },
});
const folder = resolve(root, "bench");
if (!installed(folder)) npm(["ci", "--no-audit", "--no-fund"], folder);
node("scripts/build.mjs", "--kernel");

const { loadTypeScript } = await import("./load-typescript.mjs");
const files = readdirSync(resolve(folder, "cases")).filter((file) => file.endsWith(".ts"));
const imports = files
  .sort()
  .map((file, i) => `import { cases as c${i} } from "./bench/cases/${file.replace(/ts$/, "js")}";`);
const { main, cases } = await loadTypeScript(
  "bench",
  `${imports.join("\n")}
   export { main } from "./bench/run.js";
   export const cases = [${files.map((_, i) => `...c${i}`).join(", ")}];`,
  // Next to the peers, so that their names resolve.
  { outfile: resolve(folder, "node_modules/.margrave/bench.mjs") },
);
process.exitCode = (await main(cases, values)) === 0 ? 0 : 1;

// `node scripts/bits.mjs [--write]`: the bit hashes of the seeded workload on every build under this Node, against those
// that test/bits.test.ts holds. --write puts them in its place, where the builds agree. Needs no test runner, so that any
// Node can run it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadTypeScript } from "./load-typescript.mjs";
import { root } from "./setup.mjs";

const { builds, expectedBits, workload } = await loadTypeScript(
  `bits-${process.versions.node}`,
  `export { builds } from "./test/support/builds.js";
   export { expectedBits } from "./test/support/expected-bits.js";
   export { workload } from "./test/support/workload.js";`,
);
const write = process.argv.includes("--write");
const results = builds.map((kernel) => workload(kernel));
const expected = write ? results[0] : expectedBits;
let wrong = 0;
for (const [i, bits] of results.entries()) {
  const parts = new Set([...Object.keys(bits), ...Object.keys(expected)]);
  const differing = [...parts].filter((part) => bits[part] !== expected[part]);
  const verdict = differing.length === 0 ? "equal bits" : `differs in ${differing.join(", ")}`;
  console.log(`Node ${process.versions.node}, ${builds[i].build}: ${verdict}`);
  wrong += differing.length;
}
if (write && wrong === 0) {
  const path = join(root, "test/support/expected-bits.ts");
  const lines = Object.entries(expected).map(([part, hash]) => `  ${part}: "${hash}",\n`);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, source.replace(/= \{[\s\S]*\};/, `= {\n${lines.join("")}};`));
}
process.exitCode = wrong === 0 ? 0 : 1;

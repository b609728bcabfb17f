// `node scripts/bits.mjs [--write]`: the bit hashes of the seeded workloads on every build under this Node, against those
// that test/bits.test.ts and test/numerics-bits.test.ts hold. --write puts them in their place, where the builds agree. Needs
// no test runner, so that any Node can run it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadTypeScript } from "./load-typescript.mjs";
import { root } from "./setup.mjs";

const { builds, expectedBits, expectedSections, numericsWorkload, workload } = await loadTypeScript(
  `bits-${process.versions.node}`,
  `export { builds } from "./test/support/builds.js";
   export { expectedBits } from "./test/support/expected-bits.js";
   export { expectedSections, numericsWorkload } from "./test/support/bits/section.js";
   export { workload } from "./test/support/workload.js";`,
);
const write = process.argv.includes("--write");
const wrong = check("workload", expectedBits, workload, (hashes) => {
  const lines = Object.entries(hashes).map(([part, hash]) => `  ${part}: "${hash}",\n`);
  rewrite("test/support/expected-bits.ts", /= \{[\s\S]*\};/, `= {\n${lines.join("")}};`);
});
let numbers = 0;
const numerics = (kernel) => {
  const made = numericsWorkload(kernel);
  numbers = made.numbers;
  return made.hashes;
};
const apart = check("numerics", expectedSections, numerics, (hashes) => {
  for (const [name, hash] of Object.entries(hashes)) {
    rewrite(`test/support/bits/${name}.ts`, /bits: "[0-9a-f]*"/, `bits: "${hash}"`);
  }
});
console.log(`numerics: ${numbers.toLocaleString("en")} numbers on each build`);
process.exitCode = wrong + apart === 0 ? 0 : 1;

/** How many parts of a workload differ from what is held, or among the builds where that is written anew. */
function check(name, held, work, put) {
  const results = builds.map((kernel) => work(kernel));
  const expected = write ? results[0] : held;
  let differing = 0;
  for (const [i, bits] of results.entries()) {
    const parts = [...new Set([...Object.keys(bits), ...Object.keys(expected)])];
    const wrong = parts.filter((part) => bits[part] !== expected[part]);
    const verdict = wrong.length === 0 ? "equal bits" : `differs in ${wrong.join(", ")}`;
    console.log(`Node ${process.versions.node}, ${builds[i].build}, ${name}: ${verdict}`);
    differing += wrong.length;
  }
  if (write && differing === 0) put(expected);
  return differing;
}

function rewrite(file, held, put) {
  const path = join(root, file);
  const source = readFileSync(path, "utf8");
  if (!held.test(source)) throw new Error(`${file} must hold ${held}`);
  writeFileSync(path, source.replace(held, put));
}

// A process that runs bundled tests (scripts/suite.mjs) on the kernels that it is sent, a file at a time. Says which file it
// begins, and then what failed in it, null where all passed, and how often each counter of instrumented kernels was reached.
import { COUNTERS } from "./counters.mjs";

const counters = new Map();
const wanted = new WeakMap();

/** What an instrumented module counts in: the same globals for every instance. */
function globalsOf(module) {
  const known = wanted.get(module);
  if (known !== undefined) return known;
  const globals = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from !== COUNTERS) continue;
    let counter = counters.get(name);
    if (counter === undefined) {
      counter = new WebAssembly.Global({ value: "i64", mutable: true }, 0n);
      counters.set(name, counter);
    }
    globals[name] = counter;
  }
  wanted.set(module, globals);
  return globals;
}

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module, imports) {
    super(module, { ...imports, [COUNTERS]: globalsOf(module) });
  }
};

/** The counts since the last call. */
function counted() {
  const hits = {};
  for (const [name, counter] of counters) {
    if (counter.value !== 0n) hits[name] = String(counter.value);
    counter.value = 0n;
  }
  return hits;
}

// What tests print is for people who read their results.
for (const name of ["log", "warn", "error", "info"]) console[name] = () => {};

process.on("message", async ({ kernels, vitest, file, path }) => {
  globalThis.margraveKernels ??= kernels;
  process.send({ begun: file });
  const began = performance.now();
  let failure;
  try {
    const { runDeclared } = await import(vitest);
    await import(path);
    failure = await runDeclared();
  } catch (error) {
    failure = { name: "the file itself", message: String(error?.message ?? error) };
  }
  process.send({ ended: file, failure, took: performance.now() - began, hits: counted() });
});

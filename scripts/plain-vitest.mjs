// What stands for vitest where scripts/suite.mjs bundles test files to be run in a plain process: vitest's own `expect`, and of
// its runner what the tests use. Nothing is isolated, reported or timed.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  customMatchers,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import * as chai from "chai";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
export const expect = (value, message) => chai.expect(value, message);
Object.assign(expect, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect });
setState({ assertionCalls: 0 }, expect);
chai.expect.extend(expect, customMatchers);

/** A suite: its tests and suites in order, and what runs before and after. */
const suite = (name) => ({ name, entries: [], beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] });
let current = suite("");

function group(name, work) {
  const outer = current;
  current = suite(name);
  outer.entries.push(current);
  work();
  current = outer;
}

function single(name, ...rest) {
  const test = rest.find((one) => typeof one === "function");
  if (test === undefined) throw new TypeError(`the test "${name}" has no function`);
  current.entries.push({ name, test });
}

/** `each` and `skipIf` of what declares a test or a suite. */
function declaring(declare) {
  const each = (rows) => (name, work) => {
    const spread = rows.every(Array.isArray);
    for (const [i, row] of rows.entries()) declare(`${name} [${i}]`, () => (spread ? work(...row) : work(row)));
  };
  const skip = Object.assign(() => {}, { each: () => () => {} });
  return Object.assign((...args) => declare(...args), {
    each,
    skip,
    skipIf: (skips) => (skips ? skip : declaring(declare)),
  });
}

export const describe = declaring(group);
export const it = declaring(single);
export const test = it;
export const beforeAll = (work) => void current.beforeAll.push(work);
export const afterAll = (work) => void current.afterAll.push(work);
export const beforeEach = (work) => void current.beforeEach.push(work);
export const afterEach = (work) => void current.afterEach.push(work);

/** Run what a file has declared since the last call, up to the first failure: null, or its name and message. */
export async function runDeclared() {
  const top = current;
  current = suite("");
  return runSuite(top, []);
}

async function runSuite({ name, entries, ...hooks }, outer) {
  const all = [...outer, hooks];
  const failed = (what, error) => ({
    name: [name, what].filter(Boolean).join(": "),
    message: String(error?.message ?? error),
  });
  try {
    for (const work of hooks.beforeAll) await work();
    for (const entry of entries) {
      if (entry.test === undefined) {
        const fault = await runSuite(entry, all);
        if (fault !== null) return { ...fault, name: [name, fault.name].filter(Boolean).join(": ") };
        continue;
      }
      try {
        for (const { beforeEach } of all) for (const work of beforeEach) await work();
        await entry.test();
        for (const { afterEach } of all) for (const work of afterEach) await work();
      } catch (error) {
        return failed(entry.name, error);
      }
    }
    for (const work of hooks.afterAll) await work();
    return null;
  } catch (error) {
    return failed("hook", error);
  }
}

// `npm test`: set up, make sure of two browsers, run every project, end with the totals. Arguments go to vitest.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { node, root, setUp } from "./setup.mjs";

const args = process.argv.slice(2);
const results = join(root, "build", "test-results.json");

setUp();
const chosen = projects(args);
await ensureBrowsers(["chromium", "firefox"].filter((kind) => chosen === null || chosen.includes(kind)));

mkdirSync(join(root, "build"), { recursive: true });
rmSync(results, { force: true });
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...args,
  ],
  { cwd: root, stdio: "inherit" },
);
const { passed, failed, skipped } = totals(status);
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && status === 0 ? 0 : 1;

/** Names after `--project`, or null where all projects run. */
function projects(list) {
  const names = list.flatMap((value, i) => {
    if (value === "--project") return [list[i + 1] ?? ""];
    return value.startsWith("--project=") ? [value.slice(10)] : [];
  });
  return names.length === 0 ? null : names;
}

/** Counts from vitest's report. A file that fails to load has no tests, and counts as one failure. */
function totals(status) {
  if (!existsSync(results)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(results, "utf8"));
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failed = report.numFailedTests + broken.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Find the browsers, else install them: by apt where we may, else by Playwright; else stop and say what is missing. */
async function ensureBrowsers(kinds) {
  const { browserFound } = await import("./browsers.mjs");
  const missing = async () => {
    const found = await Promise.all(kinds.map(browserFound));
    return kinds.filter((_, i) => !found[i]);
  };
  const attempt = (what, work) => {
    try {
      work();
    } catch (error) {
      console.error(`${what} did not work: ${error.message}`);
    }
  };
  let lacking = await missing();
  if (lacking.length > 0 && process.getuid?.() === 0 && onPath("apt-get")) {
    const packages = lacking.map((kind) => (kind === "firefox" ? "firefox-esr" : kind));
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    console.log(`installing ${packages.join(" and ")} with apt-get`);
    attempt("apt-get", () => {
      execFileSync("apt-get", ["update", "-q"], { stdio: "inherit", env });
      const install = ["install", "-y", "-q", "--no-install-recommends", ...packages];
      execFileSync("apt-get", install, { stdio: "inherit", env });
    });
    lacking = await missing();
  }
  if (lacking.length > 0) {
    console.log(`installing ${lacking.join(" and ")} with Playwright`);
    attempt("playwright install", () => node("node_modules/playwright/cli.js", "install", ...lacking));
    lacking = await missing();
  }
  if (lacking.length > 0) {
    console.error(
      `The tests need real browsers and ${lacking.join(" and ")} could not be found or installed: ` +
        "install them, or name their executables in MARGRAVE_CHROMIUM and MARGRAVE_FIREFOX.",
    );
    process.exit(1);
  }
}

function onPath(command) {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, command)));
}

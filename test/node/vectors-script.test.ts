import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder of the given files. */
function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), "margrave-vectors-"));
  made.push(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

function vectors(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/vectors.mjs", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** An account that owes one unit against nothing, of which the file says whether it can be liquidated. */
const owing = (expected: boolean, more: object = {}) =>
  JSON.stringify({ cases: [{ kind: "isLiquidatable", principal: "-1", assets: [], expected, ...more }] });

describe("npm run vectors", () => {
  it("runs the files that a folder has, prints them by system, writes JSON and ends with 0", () => {
    const dir = folder({ "comet/spec_cases.json": owing(true), "derive-srm/cases.json": "[]", "README.md": "no JSON" });
    const json = join(dir, "report.out");
    const { status, stdout, stderr } = vectors("--dir", dir, "--json", json);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^comet +1 +1 +2 +exact/m);
    expect(stdout).toContain("not in scope: derive-srm/cases.json");
    expect(stdout).toContain("1 of 1 cases passed");
    const report = JSON.parse(readFileSync(json, "utf8"));
    expect(report).toMatchObject({
      systems: [{ system: "comet", run: 1, passed: 1 }],
      later: ["derive-srm/cases.json"],
    });
  });

  it("ends with 1 on a miss, and says what was expected and what came", () => {
    const { status, stderr } = vectors("--dir", folder({ "comet/spec_cases.json": owing(false) }));
    expect(status).toBe(1);
    expect(stderr).toContain("comet/spec_cases.json cases.0 (isLiquidatable): expected must be false, got true");
  });

  it("ends with 1 on a file that is no JSON, on one of another form, and on a field that it does not know", () => {
    const dir = folder({
      "comet/chain_random.json": '{"markets": [',
      "comet/spec_cases.json": owing(true, { expectedReserve: "5" }),
      "euler-v2/chain_random.json": '{"cases": 5}',
    });
    const { status, stdout, stderr } = vectors("--dir", dir);
    expect(status).toBe(1);
    expect(stderr).toContain("comet/chain_random.json: must be JSON");
    expect(stderr).toContain("expectedReserve is neither compared nor named as skipped");
    expect(stderr).toContain("euler-v2/chain_random.json: cases must be a list of cases");
    expect(stdout).toContain("0 of 1 cases passed");
  });

  it("ends with 1 where nothing ran", () => {
    const { status, stderr } = vectors("--dir", folder({ "README.md": "empty" }));
    expect(status).toBe(1);
    expect(stderr).toContain("holds no case that could be run");
  });

  it("ends with 2 on a folder that is none and on an option that it does not have", () => {
    expect(vectors("--dir", "/no/such/folder")).toMatchObject({ status: 2, stdout: "" });
    expect(vectors("--strict").status).toBe(2);
  });
});

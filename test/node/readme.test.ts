import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { parseRule } from "../../src/models/rule.js";
import { sample } from "../../src/sample.js";
import { tolerance } from "../support/tolerance.js";

const readme = readFileSync("README.md", "utf8");
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text]) => text ?? "");

it("the example runs verbatim and prints a row for every pool of the sample", () => {
  const [example = ""] = blocks("ts");
  expect(
    example
      .trim()
      .split("\n")
      .filter((line) => line !== "").length,
  ).toBeLessThanOrEqual(15);
  mkdirSync("build", { recursive: true });
  writeFileSync("build/readme-example.mjs", example);
  const lines = execFileSync(process.execPath, ["build/readme-example.mjs"], { encoding: "utf8" }).trim().split("\n");
  const { accounts } = sample() as { accounts: { accounts: { pools?: { id: string }[] }[] } };
  const pools = accounts.accounts.flatMap((account) => account.pools ?? []);
  expect(lines.map((line) => line.split(" ")[0])).toEqual(pools.map((pool) => pool.id));
  for (const line of lines) {
    const [, equity, shortfall] = line.split(" ").map(Number);
    expect(Number.isFinite(equity) && Number.isFinite(shortfall)).toBe(true);
  }
});

it("the example of rules runs verbatim and prints numbers under each", () => {
  const [, example = ""] = blocks("ts");
  writeFileSync("build/readme-rules.mjs", example);
  const printed = execFileSync(process.execPath, ["build/readme-rules.mjs"], { encoding: "utf8" });
  for (const id of ["house", "hyperliquid", "aave-v3"]) expect(printed).toMatch(new RegExp(`^${id} Float64Array`, "m"));
  expect(printed).not.toContain("NaN");
});

it("the example of options runs verbatim: a written call loses more when it is repriced than to first order", () => {
  const example = blocks("js").find((text) => text.includes("revaluation()")) ?? "";
  writeFileSync("build/readme-options.mjs", example);
  const printed = execFileSync(process.execPath, ["build/readme-options.mjs"], { encoding: "utf8" });
  const [delta, revaluation] = printed
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  expect([delta?.[0], revaluation?.[0]]).toEqual(["delta", "revaluation"]);
  expect(Number(delta?.[1])).toBe((2 - 5 * 0.033) * 64_000);
  expect(Number(revaluation?.[2])).toBeGreaterThan(Number(delta?.[2]));
});

it("the three documents parse, and give a margin that can be checked by hand", () => {
  const [facts, accounts, rule] = blocks("json").map((text) => JSON.parse(text));
  const engine = createEngine();
  const market = parseMarket(facts);
  const book = engine.loadBook(packBook(accounts, market), engine.loadMarket(market));
  const { eligible, requirement } = engine.margin(book, collateral(parseRule(rule)));
  // 2 BTC at 64,000; a loan of 20,000 and a loss of 1.5 × 1,100, both at the liability weight
  const near = (actual: number | undefined, byHand: number) =>
    expect(Math.abs((actual ?? Number.NaN) / byHand - 1)).toBeLessThanOrEqual(tolerance.axiomRelative);
  near(eligible.maintenance[0], 128_000 * 0.95 - 21_650 * 1.01);
  near(eligible.initial?.[0], 128_000 * 0.95 - 21_650 * 1.02);
  near(requirement.maintenance[0], 1.5 * 64_100 * 0.025);
});

it("every file that the documents point to exists", () => {
  for (const file of ["README.md", "CONTRIBUTING.md", "METHODS.md", "CLI.md"]) {
    for (const [, target = ""] of readFileSync(file, "utf8").matchAll(/\]\(([A-Za-z][^)#:]*)\)/g)) {
      expect(() => readFileSync(target), `${file} points to ${target}`).not.toThrow();
    }
  }
});

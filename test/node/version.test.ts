import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { version } from "../../src/version.js";

it("the version in the code is that of the package", () => {
  expect(version).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
});

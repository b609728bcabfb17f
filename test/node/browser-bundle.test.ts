import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { type BrowserType, chromium, firefox } from "playwright";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchOptions } from "../../scripts/browsers.mjs";
import { type Installed, packAndInstall, userProgram } from "../support/packed.js";

const page = '<!doctype html><meta charset="utf-8"><title>user</title><script type="module" src="./app.js"></script>';
const app = `import { build, digits, single } from "./program.ts";\nglobalThis.answer = { build, digits, single };\n`;

let user: Installed;
let server: Server;
let expected: string;

beforeAll(async () => {
  user = packAndInstall();
  writeFileSync(join(user.folder, "program.ts"), userProgram);
  writeFileSync(join(user.folder, "app.ts"), app);
  await esbuild({
    entryPoints: [join(user.folder, "app.ts")],
    outfile: join(user.folder, "out/esbuild/app.js"),
    bundle: true,
    minify: true,
    format: "esm",
  });
  writeFileSync(join(user.folder, "out/esbuild/index.html"), page);
  writeFileSync(join(user.folder, "index.html"), page.replace("app.js", "app.ts"));
  await vite({
    root: user.folder,
    configFile: false,
    logLevel: "error",
    base: "./",
    build: { outDir: "out/vite" },
  });
  await esbuild({
    entryPoints: [join(user.folder, "program.ts")],
    outfile: join(user.folder, "program.mjs"),
    format: "esm",
  });
  const print = 'import("./program.mjs").then(({ digits }) => console.log(digits))';
  expected = user.run(process.execPath, "-e", print).trim();
  const types: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css" };
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname.replace(/\/$/, "/index.html");
    try {
      const body = readFileSync(join(user.folder, "out", path));
      response.writeHead(200, {
        "content-type": types[path.split(".").at(-1) ?? ""] ?? "application/octet-stream",
        "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'",
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
}, 120_000);

afterAll(() => {
  server?.close();
  user?.dispose();
});

describe.each([
  ["chromium", chromium],
  ["firefox", firefox],
] as ["chromium" | "firefox", BrowserType][])("in %s", (kind, type) => {
  it.each(["esbuild", "vite"])(
    "the package bundled by %s gives the numbers that Node gives, and one class of each error",
    async (bundler) => {
      const browser = await type.launch(launchOptions(kind));
      try {
        const tab = await browser.newPage();
        const errors: string[] = [];
        tab.on("pageerror", (error) => errors.push(String(error)));
        await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${bundler}/`);
        const answer = await tab.waitForFunction(
          () => (globalThis as { answer?: { build: string; digits: string; single: boolean } }).answer,
        );
        expect(await answer.jsonValue()).toEqual({ build: "simd", digits: expected, single: true });
        expect(errors).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});

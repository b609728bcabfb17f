// `npm run page`: set up, bundle page/ into build/page, serve it on 127.0.0.1 and print where.
//   --port N   the port; default 8470, or any free one where that is taken
//   --build    bundle and stop
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { root, setUp } from "./setup.mjs";

const DEFAULT_PORT = 8470;
const FILES = ["index.html", "main.js", "style.css"];
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };
const out = join(root, "build/page");

const options = readOptions();
setUp();
await bundle();
const bytes = FILES.map((file) => gzipSync(readFileSync(join(out, file)), { level: 9 }).length);
const list = FILES.map((file, i) => `${file} ${(bytes[i] / 1024).toFixed(1)}`).join(", ");
console.log(`build/page: ${(bytes.reduce((a, b) => a + b) / 1024).toFixed(1)} KB gzipped (${list})`);
if (!options.build) serve(options.port);

function readOptions() {
  try {
    const { values } = parseArgs({ options: { port: { type: "string" }, build: { type: "boolean" } } });
    if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) < 65536)) {
      throw new Error(`--port must be a number from 0 to 65535, got ${values.port}`);
    }
    return { build: values.build === true, port: values.port === undefined ? null : Number(values.port) };
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

async function bundle() {
  // Imported here: on a fresh clone there is no esbuild before setUp().
  const { build } = await import("esbuild");
  mkdirSync(out, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: { main: "page/main.ts", style: "page/style.css" },
    outdir: out,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    logLevel: "warning",
  });
  copyFileSync(join(root, "page/index.html"), join(out, "index.html"));
}

/** Three files and nothing else: no path from a request ever reaches the disk. */
function serve(port) {
  const contents = new Map(FILES.map((file) => [`/${file}`, readFileSync(join(out, file))]));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const body = contents.get(path);
    if (body === undefined) return response.writeHead(404, { "Content-Type": "text/plain" }).end("not here\n");
    response.writeHead(200, { "Content-Type": TYPES[extname(path)], "Cache-Control": "no-store" }).end(body);
  });
  server.on("error", (error) => {
    if (error.code === "EADDRINUSE" && port === null) return server.listen(0, "127.0.0.1");
    console.error(`cannot serve on port ${port ?? DEFAULT_PORT}: ${error.message}`);
    process.exit(1);
  });
  server.on("listening", () => console.log(`http://127.0.0.1:${server.address().port}/  (Ctrl+C to stop)`));
  server.listen(port ?? DEFAULT_PORT, "127.0.0.1");
}

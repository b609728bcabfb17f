import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Readable } from "node:stream";
import { build } from "esbuild";
import { cli } from "../../src/cli/cli.js";
import type { Terminal } from "../../src/cli/terminal.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bundle the command line from its source, so that a test never runs a stale one. Returns the path of the program. */
export async function buildCli(): Promise<string> {
  mkdirSync(join(root, "build"), { recursive: true });
  const outfile = join(mkdtempSync(join(root, "build", "cli-")), "cli.mjs");
  await build({
    entryPoints: [join(root, "src/cli/main.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2022",
    outfile,
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module";\nconst require = requireFrom(import.meta.url);',
    },
    logLevel: "error",
  });
  return outfile;
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Run the same command line in this process, where starting one for each case would take minutes. */
export async function call(
  args: readonly string[],
  stdin: string | Uint8Array = "",
  at: Partial<Terminal> = {},
): Promise<Outcome> {
  let out = "";
  let err = "";
  const code = await cli(args, {
    input: Readable.from([Buffer.from(stdin)]),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    colour: false,
    watched: false,
    ...at,
  });
  return { code, out, err };
}

/** Run the program as a user would. Standard input is empty unless given. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly stdin?: string | Uint8Array; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...options.env } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => out.push(piece));
    child.stderr.on("data", (piece: Buffer) => err.push(piece));
    child.on("error", failed);
    child.on("close", (code) => done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
    // A program that refuses its arguments may be gone before it reads: that is its right.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
  });
}

/** A folder for a test's files. `put` writes one (objects as JSON) and returns its path. */
export function scratchFolder(): { readonly path: string; put(name: string, content: unknown): string } {
  const path = mkdtempSync(join(tmpdir(), "margrave-cli-"));
  return {
    path,
    put(name, content) {
      const file = join(path, name);
      const bytes = typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content);
      writeFileSync(file, bytes);
      return file;
    },
  };
}

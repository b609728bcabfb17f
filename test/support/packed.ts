import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The package as a user gets it: packed, and installed from its tarball in a folder far from this repository. */
export interface Installed {
  readonly folder: string;
  readonly tarball: string;
  /** paths in the tarball */
  readonly files: readonly string[];
  /** Run a program in the folder; its standard output. Throws where it fails. */
  run(program: string, ...args: string[]): string;
  /** Run npm or npx, offline. */
  npm(command: string, ...args: string[]): string;
  dispose(): void;
}

/** Pack dist (built before) and install the tarball, without a network. */
export function packAndInstall(): Installed {
  const folder = mkdtempSync(join(tmpdir(), "margrave-"));
  const run = (program: string, ...args: string[]) => execute(program, args, folder);
  const npm = (command: string, ...args: string[]) =>
    run(...npmProgram(), command, "--offline", "--no-audit", "--no-fund", ...args);
  const options = ["--json", "--ignore-scripts", "--pack-destination", folder];
  const packed = JSON.parse(execute(npmProgram()[0], [...npmProgram().slice(1), "pack", ...options], "."));
  const [{ filename, files }] = packed as [{ filename: string; files: { path: string }[] }];
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  npm("install", `./${filename}`);
  return {
    folder,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
    run,
    npm,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The npm that runs us, else the one on PATH. */
function npmProgram(): [string, ...string[]] {
  const cli = process.env.npm_execpath;
  return cli?.endsWith(".js") ? [process.execPath, cli] : ["npm"];
}

function execute(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** A user's program: margins the embedded sample and exports every number of it as text. */
export const userProgram = `
import { collateral, createEngine, packBook, parseMarket, parseRule, type MarginResult } from "margrave";
import { sample } from "margrave/sample";

const documents = sample();
const market = parseMarket(documents.market);
const engine = createEngine();
const book = engine.loadBook(packBook(documents.accounts, market), engine.loadMarket(market));
const result: MarginResult = engine.margin(book, collateral(documents.rules.map((rule) => parseRule(rule))));
const columns: readonly Float64Array[] = [result.equity, result.excess.maintenance, result.healthFactor];
export const build: string = engine.build;
export const digits: string = columns.map((column) => Array.from(column, String).join(" ")).join("\\n");
`;

// What `npm start` and `npm test` need before they begin: packages as the lockfile says, and a build. Node only, and
// nothing from node_modules, since on a fresh clone there is none.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Run npm in `folder`, by the very npm that runs us where one does. */
export function npm(args, folder = root) {
  const cli = process.env.npm_execpath;
  const options = { cwd: folder, stdio: ["ignore", "inherit", "inherit"] };
  if (cli?.endsWith(".js")) execFileSync(process.execPath, [cli, ...args], options);
  else execFileSync("npm", args, { ...options, shell: process.platform === "win32" });
}

/** Run a script with this Node, its output shown. */
export function node(script, ...args) {
  execFileSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit" });
}

/** Whether the packages installed in `folder` are those of its lockfile. Optional ones may be of another platform. */
export function installed(folder = root) {
  const present = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(present)) return false;
  const { packages: have } = JSON.parse(readFileSync(present, "utf8"));
  const { packages: want } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  return Object.entries(want).every(([path, { version, optional, link }]) => {
    if (path === "" || link) return true;
    return have[path] === undefined ? optional === true : have[path].version === version;
  });
}

/** Install from the lockfile unless that is done, then build what changed. */
export function setUp() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`margrave needs Node 20.19 or later; this is ${process.version}.`);
    process.exit(1);
  }
  if (!installed()) npm(["ci", "--no-audit", "--no-fund"]);
  node("scripts/build.mjs");
}

// `npm start`: set up, then the main job on the embedded sample. Arguments go to the report.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

setUp();
const args = ["report", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [join(root, "dist/cli.js"), ...args], { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;

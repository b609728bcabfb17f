import { cli } from "./cli.js";
import { processTerminal } from "./terminal.js";

// A reader that has seen enough (`margrave report | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await cli(process.argv.slice(2), processTerminal());

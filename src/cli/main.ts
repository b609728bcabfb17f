import { CommanderError } from "commander";
import { DisposedError, EnvironmentError, OutOfMemoryError, RiskError } from "../index.js";
import { program } from "./options.js";
import { reconcile } from "./reconcile.js";
import { report } from "./report.js";

/** Exit codes: bad input is the user's to mend, a fault is ours. */
const BAD_INPUT = 2;
const FAULT = 1;

/** The exit code for an error, after saying it in one sentence on standard error. */
function say(error: unknown): number {
  // Commander has said its own already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
  const ours =
    !(error instanceof RiskError) ||
    error instanceof OutOfMemoryError ||
    error instanceof DisposedError ||
    error instanceof EnvironmentError;
  const message = error instanceof Error ? error.message : String(error);
  const fault = ours && !(error instanceof RiskError) ? "this is a fault of margrave, please report it: " : "";
  process.stderr.write(`margrave: ${fault}${message.replaceAll("\n", " ")}\n`);
  if (ours && process.env.MARGRAVE_TRACE !== undefined && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ""}\n`);
  }
  return ours ? FAULT : BAD_INPUT;
}

// A reader that has seen enough (`margrave report | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : FAULT);
});

try {
  await program({ report, reconcile }).parseAsync();
} catch (error) {
  process.exitCode = say(error);
}

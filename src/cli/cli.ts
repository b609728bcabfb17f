import { CommanderError } from "commander";
import { DisposedError, EnvironmentError, OutOfMemoryError, RiskError } from "../index.js";
import { covariance } from "./covariance.js";
import { explain } from "./explain.js";
import { margin } from "./margin.js";
import { program } from "./options.js";
import { reconcile } from "./reconcile.js";
import { report } from "./report.js";
import { ruleList } from "./rule-list.js";
import type { Terminal } from "./terminal.js";

/** Exit codes: bad input is the user's to mend, a fault is ours. */
const OK = 0;
const FAULT = 1;
const BAD_INPUT = 2;

/** The command line: run what `args` ask for and return the exit code. Never throws. */
export async function cli(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program({ report, reconcile, margin, explain, rules: ruleList, covariance }, terminal).parseAsync(args, {
      from: "user",
    });
    return OK;
  } catch (error) {
    return say(error, terminal);
  }
}

/** The exit code for an error, after saying it in one sentence on standard error. */
function say(error: unknown, terminal: Terminal): number {
  // Commander has said its own already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : BAD_INPUT;
  const known = error instanceof RiskError;
  const ours =
    !known || error instanceof OutOfMemoryError || error instanceof DisposedError || error instanceof EnvironmentError;
  const message = error instanceof Error ? error.message : String(error);
  const fault = known ? "" : "this is a fault of margrave, please report it: ";
  terminal.err(`margrave: ${fault}${message.replaceAll("\n", " ")}\n`);
  if (ours && process.env.MARGRAVE_TRACE !== undefined && error instanceof Error)
    terminal.err(`${error.stack ?? ""}\n`);
  return ours ? FAULT : BAD_INPUT;
}

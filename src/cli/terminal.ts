import type { Readable } from "node:stream";

/** What a command reads and writes besides files: the process's streams, or a test's. */
export interface Terminal {
  readonly input: Readable;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** standard output is a terminal that wants colour */
  readonly colour: boolean;
  /** standard error is a terminal, so that progress may be drawn on it */
  readonly watched: boolean;
}

/** The process's own streams. No colour where NO_COLOR is set: https://no-color.org. */
export function processTerminal(): Terminal {
  const wanted = (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
  return {
    input: process.stdin,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colour: process.stdout.isTTY === true && wanted,
    watched: process.stderr.isTTY === true,
  };
}

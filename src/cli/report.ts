import { computeReport } from "./compute.js";
import { readInputs } from "./inputs.js";
import { reportJson } from "./json.js";
import type { Asked } from "./options.js";
import { Progress } from "./progress.js";
import { renderReport } from "./render.js";
import { pen } from "./table.js";
import type { Terminal } from "./terminal.js";

/** `margrave report`: margin every pool, show the worst in detail. */
export async function report(asked: Asked, terminal: Terminal): Promise<void> {
  await withProgress(asked, terminal, async (progress) => {
    const computed = computeReport(await readInputs(asked, terminal.input, progress), asked, progress);
    return asked.json === true
      ? asText(reportJson(computed))
      : renderReport(computed, pen(terminal.colour), asked.limit);
  });
}

/** Print what `work` makes, with its progress shown until then. */
export async function withProgress(
  asked: Pick<Asked, "json">,
  terminal: Terminal,
  work: (progress: Progress) => Promise<string>,
): Promise<void> {
  const progress = new Progress(terminal.watched && asked.json !== true ? terminal.err : null);
  try {
    const text = await work(progress);
    progress.done();
    terminal.out(text);
  } finally {
    progress.done();
  }
}

/** A document as JSON on indented lines. */
export function asText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

import { computeReport } from "./compute.js";
import { readInputs } from "./inputs.js";
import { reportJson } from "./json.js";
import type { Asked } from "./options.js";
import { Progress } from "./progress.js";
import { renderReport } from "./render.js";
import { pen } from "./table.js";

/** `margrave report`: margin every pool, show the worst in detail. */
export async function report(asked: Asked): Promise<void> {
  const progress = new Progress(process.stderr.isTTY === true && asked.json !== true);
  try {
    const computed = computeReport(await readInputs(asked, progress), asked, progress);
    progress.done();
    print(
      asked,
      () => reportJson(computed),
      () => renderReport(computed, pen(wantsColour()), asked.limit),
    );
  } finally {
    progress.done();
  }
}

/** Print the one or the other form. */
export function print(asked: Asked, json: () => object, text: () => string): void {
  process.stdout.write(asked.json === true ? `${JSON.stringify(json(), null, 2)}\n` : text());
}

/** Colour for a reader at a terminal who has not said no: https://no-color.org. */
export function wantsColour(): boolean {
  return process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
}

import { preset, presets } from "../presets/index.js";
import { BadInput, quoted } from "./bad-input.js";
import { title } from "./render.js";
import { asText } from "./report.js";
import { pen, table } from "./table.js";
import type { Terminal } from "./terminal.js";

/** What `margrave rules` is asked. */
export interface RulesAsked {
  readonly json?: true;
}

/** `margrave rules`: the shipped rules with date and source, or the document of one, to start a rule of one's own from. */
export async function ruleList(id: string | undefined, asked: RulesAsked, terminal: Terminal): Promise<void> {
  if (id !== undefined) {
    if (presets.every((info) => info.id !== id)) {
      throw new BadInput("rules", "", `a preset (${presets.map((info) => info.id).join(", ")})`, quoted(id));
    }
    terminal.out(asText(preset(id)));
    return;
  }
  if (asked.json === true) {
    terminal.out(asText({ schema: "margrave/presets/1", presets }));
    return;
  }
  const ink = pen(terminal.colour);
  const columns = ["id", "effective", "family", "what it is"].map((text) => ({ title: text, align: "left" }) as const);
  const rows = presets.map((info) => [info.id, info.effective, info.family, info.title]);
  const sources = presets.map((info) => `- ${info.id}: ${info.source}`);
  const refused = presets
    .filter(({ refuses }) => refuses.length > 0)
    .map((info) => `${title(info.id, ink)}\n${info.refuses.map((sentence) => `- ${sentence}`).join("\n")}`);
  const sections = [
    `${title("Rules that are shipped", ink)}\n${table(columns, rows, ink)}`,
    `${title("Where they are from", ink)}\n${sources.join("\n")}`,
    `${title("What they leave out, because their source leaves it open", ink)}\n${refused.join("\n")}`,
    "margrave rules ID prints the document of one, which --rule takes back once it is edited.",
  ];
  terminal.out(`${sections.join("\n\n")}\n`);
}

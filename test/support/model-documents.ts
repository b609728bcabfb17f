import { existsSync, readFileSync } from "node:fs";

const MODEL = new URL("../../../shared/MODEL.md", import.meta.url);

/** Whether the data model's text, which holds the example documents, is on this machine. Says so where it is not. */
export const hasModel = existsSync(MODEL);
if (!hasModel) console.warn(`MISSING ${MODEL.pathname}: the tests over its example documents do not run`);

/** The example document of `schema` ("market", "accounts" or "rule") in the data model's text. Fresh on every call. */
export function modelDocument(schema: string): Record<string, unknown> {
  const text = readFileSync(MODEL, "utf8");
  for (const [, block] of text.matchAll(/```json\n([\s\S]*?)```/g)) {
    const document = JSON.parse(block ?? "null");
    if (document.schema === `margrave/${schema}/1`) return document;
  }
  throw new Error(`MODEL.md has no document of the schema margrave/${schema}/1`);
}

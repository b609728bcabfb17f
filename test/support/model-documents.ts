import text from "virtual:model";

/** Whether the data model's text, which holds the example documents, is on this machine; it says so where it is not. */
export const hasModel = text !== null;

/** The example document of `schema` ("market", "accounts" or "rule") in the data model's text. Fresh on every call. */
export function modelDocument(schema: string): Record<string, unknown> {
  for (const [, block] of (text ?? "").matchAll(/```json\n([\s\S]*?)```/g)) {
    const document = JSON.parse(block ?? "null");
    if (document.schema === `margrave/${schema}/1`) return document;
  }
  throw new Error(`MODEL.md has no document of the schema margrave/${schema}/1`);
}

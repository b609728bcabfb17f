import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { BadInput } from "./bad-input.js";

/** How a path is called in messages and in the report. */
export function sourceName(path: string): string {
  return path === "-" ? "standard input" : basename(path);
}

/** The bytes of a file or of standard input (`-`), decompressed where they begin like gzip. Pieces of at most 64 KiB or so. */
export async function* bytesOf(path: string, input: Readable = process.stdin): AsyncGenerator<Buffer> {
  const name = sourceName(path);
  const source: Readable = path === "-" ? input : createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    const pieces: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
    let head: Buffer = Buffer.alloc(0);
    // Two bytes tell gzip from text; a pipe may hand them over one by one.
    while (head.length < 2) {
      const next = await pieces.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
    if (head.length < 2 || head[0] !== 0x1f || head[1] !== 0x8b) {
      if (head.length > 0) yield head;
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
      return;
    }
    const compressed = Readable.from(joined(head, pieces));
    const gunzip = createGunzip();
    compressed.on("error", (error) => gunzip.destroy(error));
    yield* compressed.pipe(gunzip) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw readingError(name, cause);
  } finally {
    source.destroy();
  }
}

/** All of a text file or of standard input, at most `limit` bytes; UTF-8, a byte order mark dropped. */
export async function textOf(path: string, limit: number, input: Readable): Promise<string> {
  const name = sourceName(path);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytesOf(path, input)) {
    size += piece.length;
    if (size > limit) throw new BadInput(name, "", `at most ${limit} bytes`, "more");
    pieces.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw new BadInput(name, "", "text in UTF-8", "bytes that are not");
  }
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** What the system says of a file, as a sentence; our own errors as they are. */
function readingError(name: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return new BadInput(name, "", "a file", "nothing of that name");
  if (code === "EISDIR") return new BadInput(name, "", "a file", "a directory");
  if (code === "EACCES" || code === "EPERM") return new BadInput(name, "", "a readable file", "permission denied");
  if (code === "Z_BUF_ERROR") return new BadInput(name, "", "a complete gzip file", "one that ends early (truncated)");
  if (typeof code === "string" && code.startsWith("Z_"))
    return new BadInput(
      name,
      "",
      "a sound gzip file",
      `a damaged one (${cause instanceof Error ? cause.message : code})`,
    );
  return cause;
}

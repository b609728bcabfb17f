import inflate from "tiny-inflate";

/** The `size` bytes that `deflated`, base64 of raw deflate, holds. */
export function inflated(deflated: string, size: number): Uint8Array<ArrayBuffer> {
  const text = atob(deflated);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const out = new Uint8Array(size);
  inflate(bytes, out);
  return out;
}

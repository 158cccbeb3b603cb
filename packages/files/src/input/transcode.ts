import { FilesError } from "../errors.ts";
import type { FoundEncoding } from "./encoding.ts";

/**
 * Turns text of any encoding into UTF-8, without its byte order mark. Bytes that are no text are refused where they
 * stand, never replaced.
 *
 * @throws FilesError `invalid-encoding`
 */
export async function* transcode(
  chunks: AsyncIterable<Uint8Array>,
  encoding: FoundEncoding,
  name: string,
): AsyncGenerator<Uint8Array> {
  const { label, markBytes } = encoding;
  const cut = label === "utf-16le" || label === "utf-16be" ? utf16Cut(label) : lineCut;
  const encoder = new TextEncoder();
  let toSkip = markBytes;
  let offset = markBytes;
  let rest: Uint8Array = new Uint8Array(0);
  const decode = (bytes: Uint8Array): Uint8Array => {
    if (label === "utf-8") return bytes;
    const text = decodeExactly(bytes, label, (at, why) => refuse(name, label, offset + at, why));
    offset += bytes.byteLength;
    return encoder.encode(text);
  };
  for await (const given of chunks) {
    const skipped = Math.min(toSkip, given.byteLength);
    toSkip -= skipped;
    const chunk = given.subarray(skipped);
    const bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = label === "utf-8" ? bytes.byteLength : cut(bytes);
    rest = bytes.slice(whole);
    if (whole > 0) yield decode(bytes.subarray(0, whole));
  }
  if (rest.byteLength > 0) yield decode(rest);
}

/** Up to where bytes are whole characters for certain: in all these encodings a line feed is no part of another one. */
function lineCut(bytes: Uint8Array): number {
  return bytes.lastIndexOf(0x0a) + 1;
}

/** The same for UTF-16: whole units, and no first half of a pair at the end. */
function utf16Cut(label: "utf-16le" | "utf-16be"): (bytes: Uint8Array) => number {
  const high = label === "utf-16le" ? 1 : 0;
  return (bytes) => {
    const whole = bytes.byteLength & ~1;
    if (whole === 0) return 0;
    return (bytes[whole - 2 + high]! & 0xfc) === 0xd8 ? whole - 2 : whole;
  };
}

/** Decodes bytes that are whole characters; `fail` is told where the first bad one begins. */
function decodeExactly(
  bytes: Uint8Array,
  label: string,
  fail: (at: number, cause: unknown) => never,
): string {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    return fail(goodBytes(bytes, label), cause);
  }
}

/** Length of the longest beginning that is text: the bytes after it do not go on with a character. */
function goodBytes(bytes: Uint8Array, label: string): number {
  let good = 0;
  let bad = bytes.byteLength;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBeginning(bytes.subarray(0, middle), label)) good = middle;
    else bad = middle;
  }
  // What is left over is a character that was begun and not ended.
  while (good > 0 && !isWhole(bytes.subarray(0, good), label)) good -= 1;
  return good;
}

function isBeginning(bytes: Uint8Array, label: string): boolean {
  return decodes(bytes, label, true);
}

function isWhole(bytes: Uint8Array, label: string): boolean {
  return decodes(bytes, label, false);
}

function decodes(bytes: Uint8Array, label: string, stream: boolean): boolean {
  try {
    new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

function refuse(name: string, label: string, byteOffset: number, cause: unknown): never {
  throw new FilesError("invalid-encoding", `${name}: the text stops being ${label} at byte ${byteOffset}.`, {
    position: { file: name, byteOffset },
    cause,
  });
}

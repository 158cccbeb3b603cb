import { isUtf8 } from "node:buffer";

/**
 * Checks that a stream of bytes is UTF-8, whatever way it was cut into chunks.
 *
 * It keeps nothing but the few bytes of a character that a chunk's end cut in two.
 */
export class Utf8Check {
  #tail: Uint8Array = new Uint8Array(0);
  #offset = 0;

  /** Offset in the file of the first byte that is not UTF-8, or `undefined` when the chunk is sound so far. */
  push(chunk: Uint8Array): number | undefined {
    const bytes = this.#tail.byteLength === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const whole = bytes.byteLength - unfinishedBytes(bytes);
    const sound = bytes.subarray(0, whole);
    if (!isUtf8(sound)) return this.#offset + firstBadByte(sound);
    this.#tail = bytes.slice(whole);
    this.#offset += whole;
    return undefined;
  }

  /** The same, at the end of the file: a character cut off there is not UTF-8 either. */
  end(): number | undefined {
    return this.#tail.byteLength === 0 ? undefined : this.#offset;
  }
}

/** How many bytes at the end begin a character whose rest may follow. */
function unfinishedBytes(bytes: Uint8Array): number {
  const end = bytes.byteLength;
  for (let back = 1; back <= Math.min(3, end); back += 1) {
    const byte = bytes[end - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    // No character begins with these.
    if (byte < 0xc2 || byte > 0xf4) return 0;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? back : 0;
  }
  return 0;
}

/** Where the longest valid beginning ends, found by halving. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.byteLength;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const part = bytes.subarray(good, middle);
    const cut = unfinishedBytes(part);
    if (middle - cut > good && isUtf8(part.subarray(0, part.byteLength - cut))) good = middle - cut;
    else if (cut === part.byteLength) break;
    else bad = middle;
  }
  // What is left starts at a character and is short: step over whole characters one by one.
  for (;;) {
    const length = characterLength(bytes, good);
    if (length === 0 || !isUtf8(bytes.subarray(good, good + length))) return good;
    good += length;
  }
}

function characterLength(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) return 0;
  if (byte < 0x80) return 1;
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
}

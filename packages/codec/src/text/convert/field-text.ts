import { ValueRefused } from "./value-refused.ts";

/** Up to so many bytes a loop is quicker than a call to the platform's decoder. */
const shortBytes = 48;

/**
 * The text of UTF-8 bytes.
 *
 * @throws ValueRefused `bad-utf8` for other bytes; nothing is replaced.
 */
export function textOfBytes(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= shortBytes) {
    let text = "";
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte > 127) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    throw notUtf8();
  }
}

/** The same for messages: what is not UTF-8 comes out as U+FFFD. */
export function shownBytes(bytes: Uint8Array, start: number, end: number): string {
  return lenient.decode(bytes.subarray(start, end));
}

/** @throws ValueRefused `bad-utf8` */
export function refuseUnlessUtf8(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    if (bytes[at]! < 128) continue;
    try {
      decoder.decode(bytes.subarray(at, end));
    } catch {
      throw notUtf8();
    }
    return;
  }
}

function notUtf8(): ValueRefused {
  return new ValueRefused("text in UTF-8", undefined, "bad-utf8");
}

const decoder: TextDecoder = /*@__PURE__*/ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient: TextDecoder = /*@__PURE__*/ new TextDecoder("utf-8", { ignoreBOM: true });

/** Whether a string has at most so many characters (Unicode code points: a pair of surrogates is one). */
export function hasAtMostCharacters(text: string, limit: number): boolean {
  if (text.length <= limit) return true;
  let characters = text.length;
  // Half as many units are the fewest characters there can be.
  if (characters > limit * 2) return false;
  for (let at = 0; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && --characters <= limit) return true;
  }
  return false;
}

/** Whether UTF-8 bytes have at most so many characters; other bytes are counted as if they were UTF-8. */
export function utf8HasAtMostCharacters(
  bytes: Uint8Array,
  start: number,
  end: number,
  limit: number,
): boolean {
  let spare = end - start - limit;
  if (spare <= 0) return true;
  if (end - start > limit * 4) return false;
  for (let at = start; at < end; at++) {
    if ((bytes[at]! & 0xc0) === 0x80 && --spare <= 0) return true;
  }
  return false;
}

/** Whether a value is bytes, also from another realm (a Node Buffer is). */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * Writes the units of a text from one on as UTF-8, for texts too short to be worth a call to the platform's encoder.
 * There has to be room for three bytes a unit.
 *
 * @returns the place behind the last byte, or -1 when there is a lone surrogate.
 */
export function writeUtf8(text: string, from: number, bytes: Uint8Array, start: number): number {
  let pos = start;
  for (let at = from; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code < 0x80) {
      bytes[pos++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[pos++] = 0xc0 | (code >> 6);
    } else {
      if ((code & 0xf800) === 0xd800) {
        const low = text.charCodeAt(++at);
        if (code > 0xdbff || (low & 0xfc00) !== 0xdc00) return -1;
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        bytes[pos++] = 0xf0 | (code >> 18);
        bytes[pos++] = 0x80 | ((code >> 12) & 63);
      } else {
        bytes[pos++] = 0xe0 | (code >> 12);
      }
      bytes[pos++] = 0x80 | ((code >> 6) & 63);
    }
    bytes[pos++] = 0x80 | (code & 63);
  }
  return pos;
}

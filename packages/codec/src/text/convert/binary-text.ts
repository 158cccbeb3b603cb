import type { BinaryText } from "./conversion.ts";
import { ValueRefused } from "./value-refused.ts";

/** The bytes that a text spells. */
export function binaryOfText(spelling: Exclude<BinaryText, "text">): (text: string) => Uint8Array {
  return spelling === "hex" ? bytesOfHex : bytesOfBase64;
}

function bytesOfHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  let seen = text.length & 1 ? 255 : 0;
  for (let at = 0; at < bytes.length; at++) {
    const high = hexDigits[text.charCodeAt(at * 2)] ?? 255;
    const low = hexDigits[text.charCodeAt(at * 2 + 1)] ?? 255;
    seen |= high | low;
    bytes[at] = (high << 4) | low;
  }
  if (seen > 15) throw new ValueRefused("pairs of hexadecimal digits such as 00ff");
  return bytes;
}

function bytesOfBase64(text: string): Uint8Array {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const units = text.length - padding;
  const bytes = new Uint8Array((units * 3) >> 2);
  let seen = text.length & 3 ? 255 : 0;
  let group = 0;
  let to = 0;
  for (let at = 0; at < units; at++) {
    const digit = base64Digits[text.charCodeAt(at)] ?? 255;
    seen |= digit;
    group = (group << 6) | digit;
    if ((at & 3) === 0) continue;
    bytes[to++] = (group >> (6 - (at & 3) * 2)) & 255;
  }
  if (seen > 63)
    throw new ValueRefused("base64 text with its padding (or hex or plain text, if that is chosen)");
  // Bits that the padding cuts off must be zero, or two texts would mean one value.
  const unused = padding === 1 ? group & 3 : padding === 2 ? group & 15 : 0;
  if (unused !== 0) throw new ValueRefused("base64 text whose unused bits are zero");
  return bytes;
}

const hexDigits: Uint8Array = /*@__PURE__*/ digitTable("0123456789abcdef", "ABCDEF", 10);
const base64Digits: Uint8Array = /*@__PURE__*/ digitTable(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  "",
  0,
);

/** The value of each ASCII character as a digit; 255 for those that are none. */
function digitTable(digits: string, more: string, moreFrom: number): Uint8Array {
  const table = new Uint8Array(128).fill(255);
  for (let value = 0; value < digits.length; value++) table[digits.charCodeAt(value)] = value;
  for (let value = 0; value < more.length; value++) table[more.charCodeAt(value)] = moreFrom + value;
  return table;
}

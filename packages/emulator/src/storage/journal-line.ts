import { crc32 } from "node:zlib";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** One journal line: eight hex digits of CRC-32, a blank, JSON, a newline. */
export function encodeLine(value: unknown): Uint8Array {
  const json = encoder.encode(JSON.stringify(value));
  const line = new Uint8Array(json.length + 10);
  line.set(encoder.encode(`${checksum(json)} `), 0);
  line.set(json, 9);
  line[line.length - 1] = 0x0a;
  return line;
}

/** The value of a line given without its newline, or `undefined` when the line is damaged. */
export function decodeLine(line: Uint8Array): { readonly value: unknown } | undefined {
  const json = line.subarray(9);
  try {
    if (line[8] !== 0x20 || decoder.decode(line.subarray(0, 8)) !== checksum(json)) {
      return undefined;
    }
    return { value: JSON.parse(decoder.decode(json)) };
  } catch {
    return undefined;
  }
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}

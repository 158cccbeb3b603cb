import { isAscii } from "node:buffer";

/** Bytes of text looked at together. */
const windowBytes = 32 * 1024;

/**
 * Reads texts between borders: as strings where that is cheap, else as their bytes, which are never looked into.
 *
 * Text that is all ASCII is decoded a window at a time and cut, which takes a fraction of decoding it value by
 * value. Values should be asked for in order.
 */
export function textReader(
  borders: Int32Array,
  data: Uint8Array,
  count: number,
): (index: number) => string | Uint8Array {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let from = 0;
  let to = 0;
  let start = 0;
  let text: string | undefined;

  const openWindow = (index: number): void => {
    from = index;
    to = index + 1;
    start = borders[index] ?? 0;
    while (to < count && (borders[to + 1] ?? 0) - start <= windowBytes) {
      to++;
    }
    const end = borders[to] ?? 0;
    text = isAscii(bytes.subarray(start, end)) ? bytes.toString("latin1", start, end) : undefined;
  };

  return (index) => {
    if (index < from || index >= to) {
      openWindow(index);
    }
    const first = borders[index] ?? 0;
    const end = borders[index + 1] ?? 0;
    return text === undefined ? data.subarray(first, end) : text.substring(first - start, end - start);
  };
}

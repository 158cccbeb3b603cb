import { InvalidValue } from "../values/invalid-value.ts";
import type { ArrowDataLike } from "./arrow-data.ts";
import type { BytesSource } from "./arrow-source.ts";
import { bitAt, bytesOf, elementsOf, type OpenValues } from "./buffers.ts";

/** Values as bytes, which are views of the batch's buffers. */
export function openBytes({ layout, width }: BytesSource): OpenValues {
  switch (layout) {
    case "fixed":
      return ({ values, length }) => {
        const bytes = elementsOf(values, Uint8Array, length * width);
        return (index) => bytes.subarray(index * width, (index + 1) * width);
      };
    case "views":
      return openViews;
    default:
      return (data) => {
        const rangeAt = openRanges(layout, data);
        const bytes = bytesOf(data.values);
        return (index) => {
          const { start, end } = rangeAt(index, bytes.length);
          return bytes.subarray(start, end);
        };
      };
  }
}

/** Text as a string. Bytes that are not UTF-8 come as they are, or are refused. */
export function openText(source: BytesSource, notUtf8: "bytes" | "refuse"): OpenValues {
  const open = openBytes(source);
  return (data) => {
    const valueAt = open(data);
    return (index) => {
      const bytes = valueAt(index) as Uint8Array;
      try {
        return strictUtf8.decode(bytes);
      } catch (cause) {
        if (notUtf8 === "bytes") return bytes;
        throw new InvalidValue("invalid-text", "text in UTF-8", bytes, cause);
      }
    };
  };
}

export const openBooleans: OpenValues = ({ values, offset, length }) => {
  const bits = elementsOf(values, Uint8Array, length === 0 ? 0 : (offset + length + 7) >> 3);
  return (index) => bitAt(bits, offset + index);
};

/** Where a value's bytes or elements lie, by offsets that are held against what there is. */
export function openRanges(
  layout: "offsets32" | "offsets64",
  { valueOffsets, length: count }: ArrowDataLike,
): (index: number, length: number) => { readonly start: number; readonly end: number } {
  // A column without rows may come without offsets.
  const needed = count === 0 ? 0 : count + 1;
  const offsets =
    layout === "offsets32"
      ? elementsOf(valueOffsets, Int32Array, needed)
      : elementsOf(valueOffsets, BigInt64Array, needed);
  return (index, length) => {
    const start = Number(offsets[index]);
    const end = Number(offsets[index + 1]);
    if (start >= 0 && start <= end && end <= length) return { start, end };
    throw new InvalidValue("bad-length", `offsets within ${length}`, `${start} to ${end}`);
  };
}

/** 16 bytes a value: its length, then itself if it is short, or where it lies. */
const openViews: OpenValues = ({ values, length: count, variadicBuffers }) => {
  const views = elementsOf(values, Uint8Array, count * 16);
  const words = new DataView(views.buffer, views.byteOffset, views.length);
  return (index) => {
    const at = index * 16;
    const length = words.getInt32(at, true);
    if (length >= 0 && length <= 12) return views.subarray(at + 4, at + 4 + length);
    const buffer = variadicBuffers?.[words.getInt32(at + 8, true)];
    const start = words.getInt32(at + 12, true);
    if (buffer !== undefined && length >= 0 && start >= 0 && start + length <= buffer.length) {
      return buffer.subarray(start, start + length);
    }
    throw new InvalidValue("bad-length", "a view of bytes that are there", `${length} bytes at ${start}`);
  };
};

const strictUtf8: TextDecoder = /*@__PURE__*/ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

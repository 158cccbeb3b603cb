import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from "hyparquet/src/delta.js";
import { byteStreamSplit } from "hyparquet/src/encoding.js";
import { readRuns } from "./level-runs.ts";
import type { LeafColumn } from "./parquet-schema.ts";

/** Values one behind the other, NULLs left out. */
export type DenseValues =
  /** Numbers; booleans are bytes of 0 and 1. */
  | { readonly kind: "numbers"; readonly values: Numbers }
  | { readonly kind: "bytes"; readonly offsets: Int32Array; readonly bytes: Uint8Array }
  | { readonly kind: "fixed"; readonly width: number; readonly bytes: Uint8Array };

export type Numbers = Int32Array | BigInt64Array | Float32Array | Float64Array | Uint8Array;

/** The values of a page: themselves, or places in the dictionary of their row group. */
export type PageValues = DenseValues | { readonly kind: "indices"; readonly indices: Int32Array };

/** How a page's values are written, and how many there are. */
export interface ValueCoding {
  /** The number of the encoding in the format. */
  readonly encoding: number;
  readonly count: number;
}

/** @throws Error without a place */
export function readValues(bytes: Uint8Array, leaf: LeafColumn, coding: ValueCoding): PageValues {
  const { encoding, count } = coding;
  const { physical, width } = leaf;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (encoding) {
    case encodings.plain:
      return readPlain(bytes, leaf, count);
    case encodings.plainDictionary:
    case encodings.rleDictionary: {
      const indices = new Int32Array(count);
      if (count > 0) readRuns(bytes, 1, bytes.length, bytes[0] ?? 0, indices);
      return { kind: "indices", indices };
    }
    case encodings.rle: {
      if (physical !== "BOOLEAN") break;
      const values = new Uint8Array(count);
      if (count > 0) readRuns(bytes, 4, 4 + view.getUint32(0, true), 1, values);
      return { kind: "numbers", values };
    }
    case encodings.deltaBinary: {
      if (physical !== "INT32" && physical !== "INT64") break;
      const values = physical === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
      if (count > 0) deltaBinaryUnpack({ view, offset: 0 }, count, values);
      return { kind: "numbers", values };
    }
    case encodings.deltaLength:
    case encodings.deltaBytes: {
      const parts: Uint8Array[] = new Array(count);
      const unpack = encoding === encodings.deltaLength ? deltaLengthByteArray : deltaByteArray;
      if (count > 0) unpack({ view, offset: 0 }, count, parts);
      return joined(parts, physical === "BYTE_ARRAY" ? undefined : width);
    }
    case encodings.split: {
      const needed = count * width;
      if (needed > bytes.length) throw new Error("values that are cut off");
      const values = byteStreamSplit({ view, offset: 0 }, count, physical as "INT32", width);
      if (physical !== "FIXED_LEN_BYTE_ARRAY") return { kind: "numbers", values: values as Numbers };
      return joined(values as unknown as Uint8Array[], width);
    }
  }
  throw new Error(`values of the type ${physical} in the encoding ${encoding}, which is not read`);
}

/** Reads values as they are: those of a dictionary always lie so. */
export function readPlain(bytes: Uint8Array, { physical, width }: LeafColumn, count: number): DenseValues {
  if (physical === "BYTE_ARRAY") return readTexts(bytes, count);
  if (physical === "BOOLEAN") {
    if (count > bytes.length * 8) throw new Error("values that are cut off");
    const values = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) values[at] = (bytes[at >> 3]! >> (at & 7)) & 1;
    return { kind: "numbers", values };
  }
  if (count * width > bytes.length) throw new Error("values that are cut off");
  // A copy: the page's bytes may lie at any place of their buffer.
  const own = bytes.slice(0, count * width);
  switch (physical) {
    case "INT32":
      return { kind: "numbers", values: new Int32Array(own.buffer) };
    case "INT64":
      return { kind: "numbers", values: new BigInt64Array(own.buffer) };
    case "FLOAT":
      return { kind: "numbers", values: new Float32Array(own.buffer) };
    case "DOUBLE":
      return { kind: "numbers", values: new Float64Array(own.buffer) };
    default:
      return { kind: "fixed", width, bytes: own };
  }
}

/** Values with their lengths before them. */
function readTexts(page: Uint8Array, count: number): DenseValues {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  if (count * 4 > page.length) throw new Error("values that are cut off");
  const offsets = new Int32Array(count + 1);
  const bytes = new Uint8Array(page.length - count * 4);
  let from = 0;
  let to = 0;
  for (let at = 0; at < count; at += 1) {
    const length = view.getUint32(from, true);
    from += 4;
    if (length > page.length - from) throw new Error("values that are cut off");
    if (length < shortText)
      for (let byte = 0; byte < length; byte += 1) bytes[to + byte] = page[from + byte]!;
    else bytes.set(page.subarray(from, from + length), to);
    from += length;
    to += length;
    offsets[at + 1] = to;
  }
  return { kind: "bytes", offsets, bytes: bytes.subarray(0, to) };
}

function joined(parts: readonly Uint8Array[], width: number | undefined): DenseValues {
  const offsets = new Int32Array(parts.length + 1);
  for (const [at, part] of parts.entries()) {
    if (width !== undefined && part.length !== width) throw new Error(`a value that has not ${width} bytes`);
    offsets[at + 1] = offsets[at]! + part.length;
  }
  const bytes = new Uint8Array(offsets[parts.length]!);
  for (const [at, part] of parts.entries()) bytes.set(part, offsets[at]!);
  return width === undefined ? { kind: "bytes", offsets, bytes } : { kind: "fixed", width, bytes };
}

// Numbers of encodings in the format.
const encodings = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinary: 5,
  deltaLength: 6,
  deltaBytes: 7,
  rleDictionary: 8,
  split: 9,
};

/** Below this many bytes, copying one by one is faster than a call. */
const shortText = 24;

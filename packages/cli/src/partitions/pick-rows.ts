import type { ArrowType, ColumnData, ColumnValues } from "@maxcompute-tunnel/codec/arrow";

/** A column with only these rows of another, in this order. Nothing is shared with it. */
export function pickRows(data: ColumnData, rows: Int32Array): ColumnData {
  const { type, nullBitmap } = data;
  const base = { type, length: rows.length, offset: 0 as const };
  const nulls = nullBitmap === undefined ? undefined : pickBits(nullBitmap, rows);
  const shared = {
    ...base,
    nullCount: nulls === undefined ? 0 : rows.length - nulls.set,
    ...(nulls === undefined || nulls.set === rows.length ? {} : { nullBitmap: nulls.bits }),
  };
  const { valueOffsets, values, children } = data;
  if (valueOffsets !== undefined && children.length > 0) {
    const { offsets, places } = placesOf(valueOffsets, rows);
    return { ...shared, valueOffsets: offsets, children: children.map((child) => pickRows(child, places)) };
  }
  if (valueOffsets !== undefined) {
    const bytes = values as Uint8Array<ArrayBuffer>;
    return { ...shared, ...pickBytes(valueOffsets, bytes, rows), children: [] };
  }
  if (values === undefined) {
    const size = listSizeOf(type);
    const places = size === undefined ? rows : repeatPlaces(rows, size);
    return { ...shared, children: children.map((child) => pickRows(child, places)) };
  }
  if (isBits(type)) return { ...shared, values: pickBits(values as Uint8Array, rows).bits, children: [] };
  return { ...shared, values: pickNumbers(values, data.length, rows), children: [] };
}

function pickBits(
  bits: Uint8Array,
  rows: Int32Array,
): { readonly bits: Uint8Array<ArrayBuffer>; readonly set: number } {
  const picked = new Uint8Array((rows.length + 7) >> 3);
  let set = 0;
  for (let to = 0; to < rows.length; to += 1) {
    const from = rows[to]!;
    if (((bits[from >> 3]! >> (from & 7)) & 1) === 0) continue;
    picked[to >> 3]! |= 1 << (to & 7);
    set += 1;
  }
  return { bits: picked, set };
}

function pickBytes(
  from: Int32Array,
  bytes: Uint8Array<ArrayBuffer>,
  rows: Int32Array,
): { readonly valueOffsets: Int32Array<ArrayBuffer>; readonly values: Uint8Array<ArrayBuffer> } {
  const valueOffsets = offsetsOf(from, rows);
  const values = new Uint8Array(valueOffsets[rows.length]!);
  for (let to = 0; to < rows.length; to += 1) {
    const start = from[rows[to]!]!;
    const at = valueOffsets[to]!;
    const length = valueOffsets[to + 1]! - at;
    // Short texts are copied sooner byte by byte than by a view.
    if (length > 24) values.set(bytes.subarray(start, start + length), at);
    else for (let byte = 0; byte < length; byte += 1) values[at + byte] = bytes[start + byte]!;
  }
  return { valueOffsets, values };
}

/** Where the picked lists or texts begin and end. */
function offsetsOf(from: Int32Array, rows: Int32Array): Int32Array<ArrayBuffer> {
  const offsets = new Int32Array(rows.length + 1);
  for (let to = 0; to < rows.length; to += 1) {
    const row = rows[to]!;
    offsets[to + 1] = offsets[to]! + from[row + 1]! - from[row]!;
  }
  return offsets;
}

function placesOf(
  from: Int32Array,
  rows: Int32Array,
): { readonly offsets: Int32Array<ArrayBuffer>; readonly places: Int32Array } {
  const offsets = offsetsOf(from, rows);
  const places = new Int32Array(offsets[rows.length]!);
  for (let to = 0; to < rows.length; to += 1) {
    const start = from[rows[to]!]! - offsets[to]!;
    for (let at = offsets[to]!; at < offsets[to + 1]!; at += 1) places[at] = start + at;
  }
  return { offsets, places };
}

function repeatPlaces(rows: Int32Array, size: number): Int32Array {
  return Int32Array.from(
    { length: rows.length * size },
    (_, at) => rows[Math.floor(at / size)]! * size + (at % size),
  );
}

/** Numbers, one or several words to each. */
function pickNumbers(values: ColumnValues, length: number, rows: Int32Array): ColumnValues {
  const words = length === 0 ? 1 : values.length / length;
  const Numbers = values.constructor as new (length: number) => Int32Array<ArrayBuffer>;
  const source = values as Int32Array<ArrayBuffer>;
  const picked = new Numbers(rows.length * words);
  if (words === 1) for (let to = 0; to < rows.length; to += 1) picked[to] = source[rows[to]!]!;
  else {
    for (let to = 0; to < rows.length; to += 1) {
      const from = rows[to]! * words;
      for (let word = 0; word < words; word += 1) picked[to * words + word] = source[from + word]!;
    }
  }
  return picked;
}

function isBits({ typeId }: ArrowType): boolean {
  return typeId === 6;
}

/** Elements of each list, where all have as many. */
function listSizeOf({ typeId, listSize }: ArrowType): number | undefined {
  return typeId === 16 ? listSize : undefined;
}

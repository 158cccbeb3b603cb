import { isUtf8 } from "node:buffer";
import type { ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";

/**
 * Rows whose texts are not UTF-8, in order. The service would take such bytes, and whoever reads them later would not.
 *
 * @param isText whether bytes without a meaning of their own go to a column of text
 */
export function rowsNotText(data: ArrowDataLike, type: ArrowTypeLike, isText: boolean): readonly number[] {
  const { typeId } = type;
  if (typeId === ids.utf8 || typeId === ids.largeUtf8 || (isText && typeId === ids.binary)) {
    return badTexts(data);
  }
  if (typeId === ids.dictionary) return badEntries(data, type, isText);
  const children = type.children ?? [];
  if (typeId === ids.struct) {
    const bad = children.flatMap((field, at) => rowsNotText(data.children[at]!, field.type, false));
    return [...new Set(bad)].sort((one, other) => one - other);
  }
  if (typeId === ids.list || typeId === ids.map || typeId === ids.largeList) {
    return badLists(data, rowsNotText(data.children[0]!, children[0]!.type, false));
  }
  return [];
}

function badTexts(data: ArrowDataLike): readonly number[] {
  const { length, values, valueOffsets } = data;
  const offsets = valueOffsets as Int32Array | BigInt64Array | undefined;
  const bytes = values as Uint8Array | undefined;
  if (length === 0 || offsets === undefined || bytes === undefined) return [];
  const from = Number(offsets[0]);
  const all = bytes.subarray(from, Number(offsets[length]));
  if (isUtf8(all) && beginWithCharacters(bytes, offsets, length)) return [];
  const bad: number[] = [];
  for (let row = 0; row < length; row += 1) {
    const value = bytes.subarray(Number(offsets[row]), Number(offsets[row + 1]));
    if (isSet(data, row) && !isUtf8(value)) bad.push(row);
  }
  return bad;
}

/** Texts one behind the other may be UTF-8 though a character is cut between two of them. */
function beginWithCharacters(
  bytes: Uint8Array,
  offsets: Int32Array | BigInt64Array,
  length: number,
): boolean {
  for (let row = 0; row < length; row += 1) {
    if ((bytes[Number(offsets[row])]! & 0xc0) === 0x80) return false;
  }
  return true;
}

function badEntries(data: ArrowDataLike, type: ArrowTypeLike, isText: boolean): readonly number[] {
  const parts = data.dictionary?.data ?? [];
  const bad = new Set<number>();
  let before = 0;
  for (const part of parts) {
    for (const index of rowsNotText(part, type.dictionary!, isText)) bad.add(before + index);
    before += part.length;
  }
  if (bad.size === 0) return [];
  const indices = data.values as ArrayLike<number | bigint>;
  const rows: number[] = [];
  for (let row = 0; row < data.length; row += 1) {
    if (isSet(data, row) && bad.has(Number(indices[row]))) rows.push(row);
  }
  return rows;
}

function badLists(data: ArrowDataLike, elements: readonly number[]): readonly number[] {
  if (elements.length === 0) return [];
  const offsets = data.valueOffsets as Int32Array | BigInt64Array;
  const rows: number[] = [];
  let at = 0;
  for (let row = 0; row < data.length; row += 1) {
    const end = Number(offsets[row + 1]);
    while (at < elements.length && elements[at]! < Number(offsets[row])) at += 1;
    if (at < elements.length && elements[at]! < end) rows.push(row);
  }
  return rows;
}

function isSet({ nullBitmap, offset }: ArrowDataLike, row: number): boolean {
  if (nullBitmap === undefined || nullBitmap === null || nullBitmap.length === 0) return true;
  const bit = offset + row;
  return ((nullBitmap[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

const ids = {
  dictionary: -1,
  binary: 4,
  utf8: 5,
  list: 12,
  struct: 13,
  map: 17,
  largeUtf8: 20,
  largeList: 21,
};

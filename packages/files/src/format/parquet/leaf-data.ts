import type { ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import type { IndexedValues } from "./leaf-rows.ts";
import { lengthOf } from "./page-reader.ts";
import type { DenseValues, Numbers } from "./page-values.ts";
import type { LeafColumn } from "./parquet-schema.ts";

/** Which of a column's places have a value. */
export interface Presence {
  readonly length: number;
  /** 1 where there is one; absent where all have. */
  readonly mask: Uint8Array | undefined;
}

/** A column's values in Arrow's layout, NULLs in their places. @throws Error for what Arrow cannot hold */
export function leafData(
  leaf: LeafColumn,
  dense: DenseValues | IndexedValues,
  presence: Presence,
): ArrowDataLike {
  const { length, mask } = presence;
  const base = { length, offset: 0, children: [], ...validity(presence) };
  if (dense.kind === "indices") {
    const indices = { typeId: 2, bitWidth: 32, isSigned: true };
    const { type, buffers } = dictionaryOf(leaf, dense.dictionary);
    const whole = {
      type,
      length: lengthOf(dense.dictionary),
      offset: 0,
      nullCount: 0,
      children: [],
      ...buffers,
    };
    return {
      ...base,
      type: { typeId: -1, indices, dictionary: type },
      values: spread(dense.indices, 1, length, mask),
      dictionary: { data: [whole] },
    };
  }
  const { type, buffers, stride } = convert(leaf, dense);
  const { valueOffsets, values } = buffers;
  if (valueOffsets !== undefined) {
    return { ...base, type, values, valueOffsets: spreadOffsets(valueOffsets, length, mask) };
  }
  const placed = spread(values as Words, stride, length, mask);
  return { ...base, type, values: type.typeId === 6 ? packBits(placed as Uint8Array, length) : placed };
}

/** A bitmap of what is there, as Arrow has it. */
export function validity({ length, mask }: Presence): Pick<ArrowDataLike, "nullCount" | "nullBitmap"> {
  if (mask === undefined) return { nullCount: 0 };
  let there = 0;
  for (let at = 0; at < length; at += 1) there += mask[at]!;
  return { nullCount: length - there, nullBitmap: packBits(mask, length) };
}

type Words = Numbers | Uint32Array | Int8Array | Int16Array | Uint16Array | BigUint64Array;

interface Converted {
  readonly type: ArrowTypeLike;
  readonly buffers: { readonly values: unknown; readonly valueOffsets?: Int32Array };
  /** Elements of `values` that one value takes. */
  readonly stride: number;
}

const dictionaries = new WeakMap<DenseValues, Converted>();

/** A dictionary is used by many batches, and converted once. */
function dictionaryOf(leaf: LeafColumn, dictionary: DenseValues): Converted {
  let known = dictionaries.get(dictionary);
  if (known === undefined) {
    const converted = convert(leaf, dictionary);
    const { values } = converted.buffers;
    const packed =
      converted.type.typeId === 6 ? packBits(values as Uint8Array, lengthOf(dictionary)) : values;
    known = { ...converted, buffers: { ...converted.buffers, values: packed } };
    dictionaries.set(dictionary, known);
  }
  return known;
}

function convert({ carrier, type }: LeafColumn, dense: DenseValues): Converted {
  const count = lengthOf(dense);
  if (count === 0 && dense.kind === "numbers") return nothing(type, carrier.kind);
  switch (carrier.kind) {
    case "number":
      return { type, buffers: { values: narrowed(numbersOf(dense), carrier) }, stride: 1 };
    case "float":
    case "double":
    case "boolean":
      return { type, buffers: { values: numbersOf(dense) }, stride: 1 };
    case "half": {
      const { buffer, byteOffset, byteLength } = fixedOf(dense).bytes.slice();
      return { type, buffers: { values: new Uint16Array(buffer, byteOffset, byteLength / 2) }, stride: 1 };
    }
    case "decimal":
      return { type, buffers: { values: decimalWords(dense, count, carrier.words) }, stride: carrier.words };
    case "bytes":
      return { type, buffers: bytesOf(dense), stride: 1 };
    case "uuid":
      return { type, buffers: uuidTexts(fixedOf(dense).bytes), stride: 1 };
    case "interval":
      return { type, buffers: { values: intervals(fixedOf(dense).bytes) }, stride: 4 };
    case "int96":
      return instants(fixedOf(dense).bytes, type);
  }
}

/** Buffers without a value in them; those of texts still have a beginning. */
function nothing(type: ArrowTypeLike, kind: LeafColumn["carrier"]["kind"]): Converted {
  if (kind === "bytes" || kind === "uuid") {
    return { type, buffers: { values: new Uint8Array(0), valueOffsets: new Int32Array(1) }, stride: 1 };
  }
  const { typeId, bitWidth = 128, precision } = type;
  if (typeId === 7) return { type, buffers: { values: new Uint32Array(0) }, stride: Number(bitWidth) / 32 };
  if (typeId === 11) return { type, buffers: { values: new Int32Array(0) }, stride: 4 };
  if (typeId === 10) return { type, buffers: { values: new BigInt64Array(0) }, stride: 1 };
  if (typeId === 8) return { type, buffers: { values: new Int32Array(0) }, stride: 1 };
  if (typeId === 3) {
    const values = [new Uint16Array(0), new Float32Array(0), new Float64Array(0)][Number(precision)];
    return { type, buffers: { values }, stride: 1 };
  }
  if (typeId === 2) {
    const carrier = { bits: Number(bitWidth) as 8, signed: type.isSigned !== false };
    const wide = carrier.bits === (64 as number) ? new BigInt64Array(0) : new Int32Array(0);
    return { type, buffers: { values: narrowed(wide, carrier) }, stride: 1 };
  }
  return { type, buffers: { values: new Uint8Array(0) }, stride: 1 };
}

function numbersOf(dense: DenseValues): Numbers {
  if (dense.kind === "numbers") return dense.values;
  throw new Error("values that are no numbers");
}

function fixedOf(dense: DenseValues): { readonly bytes: Uint8Array; readonly width: number } {
  if (dense.kind === "fixed") return dense;
  throw new Error("values that have not all the same length");
}

function narrowed(values: Numbers, { bits, signed }: { bits: 8 | 16 | 32 | 64; signed: boolean }): Words {
  if (bits === 64) {
    if (signed) return values;
    return new BigUint64Array(values.buffer as ArrayBuffer, values.byteOffset, values.length);
  }
  const whole = values as Int32Array;
  if (bits === 32) {
    return signed ? whole : new Uint32Array(whole.buffer as ArrayBuffer, whole.byteOffset, whole.length);
  }
  if (bits === 16) return signed ? new Int16Array(whole) : new Uint16Array(whole);
  return signed ? new Int8Array(whole) : new Uint8Array(whole);
}

/** Decimals as two's complement, least significant word first, out of numbers or of bytes, most significant first. */
function decimalWords(dense: DenseValues, count: number, words: number): Uint32Array {
  const output = new Uint32Array(count * words);
  if (dense.kind === "numbers") {
    const { values } = dense;
    for (let at = 0; at < count; at += 1) {
      const value = BigInt(values[at]!);
      const sign = value < 0n ? 0xffff_ffff : 0;
      output[at * words] = Number(value & 0xffff_ffffn);
      output[at * words + 1] = Number((value >> 32n) & 0xffff_ffffn);
      for (let word = 2; word < words; word += 1) output[at * words + word] = sign;
    }
    return output;
  }
  const out = new Uint8Array(output.buffer);
  const { bytes } = dense;
  for (let at = 0; at < count; at += 1) {
    const start = dense.kind === "fixed" ? at * dense.width : dense.offsets[at]!;
    const end = dense.kind === "fixed" ? start + dense.width : dense.offsets[at + 1]!;
    const sign = (bytes[start] ?? 0) & 0x80 && end > start ? 0xff : 0;
    const base = at * words * 4;
    out.fill(sign, base, base + words * 4);
    for (let from = end - 1, byte = 0; from >= start; from -= 1, byte += 1) {
      if (byte < words * 4) out[base + byte] = bytes[from]!;
      else if (bytes[from] !== sign) throw new Error(`a decimal that takes more than ${words * 4} bytes`);
    }
  }
  return output;
}

function bytesOf(dense: DenseValues): Converted["buffers"] {
  if (dense.kind === "bytes") return { values: dense.bytes, valueOffsets: dense.offsets };
  const { bytes, width } = fixedOf(dense);
  const count = lengthOf(dense);
  return { values: bytes, valueOffsets: Int32Array.from({ length: count + 1 }, (_, at) => at * width) };
}

function uuidTexts(bytes: Uint8Array): Converted["buffers"] {
  const count = bytes.length / 16;
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  let texts = "";
  for (let at = 0; at < hex.length; at += 32) {
    const part = (from: number, to: number): string => hex.slice(at + from, at + to);
    texts += `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20, 32)}`;
  }
  return {
    values: new TextEncoder().encode(texts),
    valueOffsets: Int32Array.from({ length: count + 1 }, (_, at) => at * 36),
  };
}

/** Months, days and milliseconds, each without a sign, as months, days and nanoseconds. */
function intervals(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / 12;
  const output = new DataView(new ArrayBuffer(count * 16));
  for (let at = 0; at < count; at += 1) {
    output.setInt32(at * 16, view.getUint32(at * 12, true), true);
    output.setInt32(at * 16 + 4, view.getUint32(at * 12 + 4, true), true);
    output.setBigInt64(at * 16 + 8, BigInt(view.getUint32(at * 12 + 8, true)) * 1_000_000n, true);
  }
  return new Int32Array(output.buffer);
}

/** Nanoseconds of a day and its Julian number; in microseconds where nanoseconds do not reach so far. */
function instants(bytes: Uint8Array, type: ArrowTypeLike): Converted {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / 12;
  const nanos = new BigInt64Array(count);
  const wide: bigint[] = [];
  let fits = true;
  for (let at = 0; at < count; at += 1) {
    const day = BigInt(view.getInt32(at * 12 + 8, true)) - julianEpoch;
    const time = day * nanosPerDay + view.getBigInt64(at * 12, true);
    wide.push(time);
    nanos[at] = time;
    if (nanos[at] !== time) fits = false;
  }
  if (fits) return { type, buffers: { values: nanos }, stride: 1 };
  if (wide.some((time) => time % 1000n !== 0n)) {
    throw new Error("times outside of 1677 to 2262 beside times in nanoseconds");
  }
  const micros = BigInt64Array.from(wide, (time) => time / 1000n);
  return { type: { ...type, unit: 2 }, buffers: { values: micros }, stride: 1 };
}

function spread(values: Words, stride: number, length: number, mask: Uint8Array | undefined): Words {
  if (mask === undefined) return values;
  const output = new (values.constructor as new (length: number) => Int32Array)(length * stride);
  const from = values as Int32Array;
  let next = 0;
  for (let at = 0; at < length; at += 1) {
    if (mask[at] === 0) continue;
    for (let word = 0; word < stride; word += 1) output[at * stride + word] = from[next * stride + word]!;
    next += 1;
  }
  return output;
}

function spreadOffsets(offsets: Int32Array, length: number, mask: Uint8Array | undefined): Int32Array {
  if (mask === undefined) return offsets;
  const output = new Int32Array(length + 1);
  let next = 0;
  output[0] = offsets[0]!;
  for (let at = 0; at < length; at += 1) {
    next += mask[at]!;
    output[at + 1] = offsets[next]!;
  }
  return output;
}

function packBits(mask: Uint8Array, length: number): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3);
  for (let at = 0; at < length; at += 1) bits[at >> 3] = bits[at >> 3]! | (mask[at]! << (at & 7));
  return bits;
}

const julianEpoch = 2_440_588n;
const nanosPerDay = 86_400_000_000_000n;

import { type ColumnType, formatDate } from "@maxcompute-tunnel/codec";
import type { ArrowType, DecimalLayout } from "./arrow-type.ts";
import type { BatchCursor, ColumnNode } from "./batch-cursor.ts";
import { decimalReader } from "./decimal-words.ts";
import { malformed } from "./malformed.ts";
import { textReader } from "./text-reader.ts";

/** Reads the value at an index, in the form that a record pack takes; NULL as null. */
export type ColumnReader = (index: number) => unknown;

const two32 = 2 ** 32;
/** High words of 64-bit numbers that a double holds exactly. */
const exactHigh = 2 ** 21;
const nanosPerSecond = 1_000_000_000;
const msPerDay = 86_400_000;

/**
 * Opens the next column of a batch and holds its buffers against what it claims; values are read later.
 *
 * @param length how many values there must be; `undefined` for elements, whose own node says
 * @returns the reader, and how many values it has
 */
export function openColumn(
  cursor: BatchCursor,
  { type, arrow }: { readonly type: ColumnType; readonly arrow: ArrowType },
  length: number | undefined,
): { readonly read: ColumnReader; readonly length: number } {
  const node = cursor.node(length);
  return { read: nullable(node.validity, openValues(cursor, node, type, arrow)), length: node.length };
}

/** How many nodes a column has in a batch, nested ones counted. */
export function nodeCountOf(arrow: ArrowType): number {
  switch (arrow.kind) {
    case "seconds-nanos":
      return 3;
    case "list":
      return 1 + nodeCountOf(arrow.element);
    case "map":
      return 2 + nodeCountOf(arrow.key) + nodeCountOf(arrow.value);
    case "struct":
      return arrow.fields.reduce((sum, field) => sum + nodeCountOf(field.type), 1);
    default:
      return 1;
  }
}

function nullable(validity: Uint8Array | undefined, read: ColumnReader): ColumnReader {
  return validity === undefined
    ? read
    : (index) => (((validity[index >> 3] ?? 0) >> (index & 7)) & 1 ? read(index) : null);
}

function openValues(cursor: BatchCursor, node: ColumnNode, type: ColumnType, arrow: ArrowType): ColumnReader {
  const count = node.length;
  switch (arrow.kind) {
    case "int":
      return openInts(cursor, count, arrow.bytes);
    case "float": {
      const values = cursor.values(count, arrow.bytes);
      const floats =
        arrow.bytes === 4
          ? new Float32Array(values.buffer, values.byteOffset, count)
          : new Float64Array(values.buffer, values.byteOffset, count);
      return (index) => floats[index];
    }
    case "bool": {
      const bits = cursor.values(Math.ceil(count / 8), 1);
      return (index) => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
    }
    case "utf8":
    case "binary": {
      const { borders, last } = cursor.offsets(count);
      const data = cursor.buffer();
      if (last > data.length) {
        throw malformed(`the offsets of a column reach byte ${last} of ${data.length}`);
      }
      if (arrow.kind === "binary") {
        return (index) => data.subarray(borders[index], borders[index + 1]);
      }
      const read = textReader(borders, data, count);
      return type.kind === "json" ? (index) => jsonText(read(index)) : read;
    }
    case "decimal":
      return openDecimals(cursor, count, type, arrow);
    case "date":
      return dateReader(words(cursor.values(count, 4), count));
    case "year-month": {
      const months = words(cursor.values(count, 4), count);
      return (index) => months[index];
    }
    case "timestamp": {
      const values = words(cursor.values(count, 8), count * 2);
      return arrow.unit === "ms"
        ? (index) => (values[index * 2 + 1] ?? 0) * two32 + ((values[index * 2] ?? 0) >>> 0)
        : (index) => secondsAndNanos(values[index * 2] ?? 0, values[index * 2 + 1] ?? 0);
    }
    case "seconds-nanos":
      return openSecondsAndNanos(cursor, count);
    case "day-time": {
      const values = words(cursor.values(count, 8), count * 2);
      return (index) => {
        const ms = (values[index * 2] ?? 0) * msPerDay + (values[index * 2 + 1] ?? 0);
        const seconds = Math.floor(ms / 1000);
        return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
      };
    }
    default:
      return openNested(cursor, count, type, arrow);
  }
}

function openNested(
  cursor: BatchCursor,
  count: number,
  type: ColumnType,
  arrow: Extract<ArrowType, { kind: "list" | "map" | "struct" }>,
): ColumnReader {
  switch (arrow.kind) {
    case "list": {
      const { borders, last } = cursor.offsets(count);
      const elements = openColumn(cursor, { type: elementOf(type), arrow: arrow.element }, undefined);
      refuseBeyond(last, elements.length);
      return (index) => valuesBetween(elements.read, borders[index] ?? 0, borders[index + 1] ?? 0);
    }
    case "map": {
      const { borders, last } = cursor.offsets(count);
      const entries = cursor.node(undefined);
      refuseBeyond(last, entries.length);
      const of = type.kind === "map" ? type : undefined;
      const key = openColumn(cursor, { type: of?.key ?? type, arrow: arrow.key }, entries.length);
      const value = openColumn(cursor, { type: of?.value ?? type, arrow: arrow.value }, entries.length);
      const entry = (index: number): unknown => [key.read(index), value.read(index)];
      return (index) => valuesBetween(entry, borders[index] ?? 0, borders[index + 1] ?? 0);
    }
    case "struct": {
      const fields = arrow.fields.map((field, at) => {
        const of = type.kind === "struct" ? type.fields[at]?.type : undefined;
        return openColumn(cursor, { type: of ?? type, arrow: field.type }, count).read;
      });
      return (index) => fields.map((read) => read(index));
    }
  }
}

function elementOf(type: ColumnType): ColumnType {
  switch (type.kind) {
    case "array":
      return type.element;
    case "vector":
      return { kind: type.element };
    default:
      return type;
  }
}

function valuesBetween(read: ColumnReader, from: number, to: number): unknown[] {
  const values = new Array<unknown>(to - from);
  for (let index = from; index < to; index++) {
    values[index - from] = read(index);
  }
  return values;
}

function refuseBeyond(last: number, length: number): void {
  if (last > length) {
    throw malformed(`the offsets of a column reach element ${last} of ${length}`);
  }
}

function openInts(cursor: BatchCursor, count: number, bytes: 1 | 2 | 4 | 8): ColumnReader {
  const values = cursor.values(count, bytes);
  const { buffer, byteOffset } = values;
  if (bytes === 8) {
    const halves = words(values, count * 2);
    const longs = new BigInt64Array(buffer, byteOffset, count);
    return (index) => {
      const high = halves[index * 2 + 1] ?? 0;
      return high >= -exactHigh && high < exactHigh
        ? high * two32 + ((halves[index * 2] ?? 0) >>> 0)
        : longs[index];
    };
  }
  const ints =
    bytes === 1
      ? new Int8Array(buffer, byteOffset, count)
      : bytes === 2
        ? new Int16Array(buffer, byteOffset, count)
        : words(values, count);
  return (index) => ints[index];
}

/** Clients differ in the width of decimals without precision: the length of the buffer tells. */
function openDecimals(
  cursor: BatchCursor,
  count: number,
  type: ColumnType,
  arrow: DecimalLayout,
): ColumnReader {
  const isBare = type.kind === "decimal" && type.precision === undefined;
  const values = cursor.values(count, isBare ? 16 : arrow.bytes);
  const bytes = isBare && values.length < count * 32 ? 16 : arrow.bytes;
  return decimalReader(values.subarray(0, count * bytes), bytes, arrow.scale);
}

function openSecondsAndNanos(cursor: BatchCursor, count: number): ColumnReader {
  const secondsNode = cursor.node(count);
  const seconds = longsOf(cursor.values(count, 8), count);
  const nanosNode = cursor.node(count);
  const nanos = words(cursor.values(count, 4), count);
  const readSeconds = nullable(secondsNode.validity, (index) => seconds[index]);
  const readNanos = nullable(nanosNode.validity, (index) => nanos[index]);
  return (index) => {
    const of = { seconds: readSeconds(index), nanos: readNanos(index) };
    if (of.seconds === null || of.nanos === null) {
      throw malformed("a value of seconds and nanoseconds has NULL for one of them");
    }
    return of;
  };
}

/** Dates repeat, so their texts are kept. */
function dateReader(days: Int32Array): ColumnReader {
  const texts = new Map<number, string>();
  return (index) => {
    const day = days[index] ?? 0;
    let text = texts.get(day);
    if (text === undefined) {
      text = formatDate(day);
      if (texts.size < 10_000) {
        texts.set(day, text);
      }
    }
    return text;
  };
}

/**
 * Splits a 64-bit number of nanoseconds. The quotient of doubles may be one off; the remainder, which 32 bits hold,
 * tells.
 */
function secondsAndNanos(low: number, high: number): { readonly seconds: number; readonly nanos: number } {
  let seconds = Math.floor((high * two32 + (low >>> 0)) / nanosPerSecond);
  let nanos = (low - Math.imul((seconds % two32) | 0, nanosPerSecond)) | 0;
  if (nanos < 0) {
    seconds--;
    nanos += nanosPerSecond;
  } else if (nanos >= nanosPerSecond) {
    seconds++;
    nanos -= nanosPerSecond;
  }
  return { seconds, nanos };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function jsonText(value: string | Uint8Array): string {
  if (typeof value === "string") {
    return value;
  }
  try {
    return utf8.decode(value);
  } catch {
    throw malformed("a JSON document is not UTF-8");
  }
}

function words(values: Uint8Array, count: number): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, count);
}

function longsOf(values: Uint8Array, count: number): BigInt64Array {
  return new BigInt64Array(values.buffer, values.byteOffset, count);
}

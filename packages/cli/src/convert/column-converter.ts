import { type ColumnSpec, type ColumnType, parseType } from "@maxcompute-tunnel/codec";
import { plainCivilSeconds } from "./civil-time.ts";
import type { ConversionOptions } from "./conversion-options.ts";
import { type JsonReader, jsonReader, readJsonText } from "./json-value.ts";
import { scalarConverter } from "./scalar.ts";

/** Turns bytes `start` to `end` of a text file into the value of one column. They are valid UTF-8. */
export type FieldConverter = (bytes: Buffer, start: number, end: number) => unknown;

/** One column of the table with its two ways in, compiled once for a whole load. */
export interface ColumnConverter {
  readonly name: string;
  /** As the service writes it, for messages. */
  readonly type: string;
  readonly kind: ColumnType["kind"];
  readonly nullable: boolean;
  /** From a field of a delimited file; never called for a field that is NULL. */
  readonly fromField: FieldConverter;
  /** From a member of a JSON object. */
  readonly fromJson: JsonReader;
}

/** Compiles the converters of a table's columns. */
export function compileColumns(
  columns: readonly ColumnSpec[],
  options: ConversionOptions,
): readonly ColumnConverter[] {
  return columns.map((column) => {
    const type = parseType(column.type);
    return {
      name: column.name,
      type: column.type,
      kind: type.kind,
      nullable: column.nullable !== false,
      fromField: fieldConverter(type, options),
      fromJson: jsonReader(type, options),
    };
  });
}

function fieldConverter(type: ColumnType, options: ConversionOptions): FieldConverter {
  // The encoder takes a string's bytes as they are: nothing is decoded only to be encoded again.
  if (type.kind === "string") return (bytes, start, end) => bytes.subarray(start, end);
  const fromText = scalarConverter(type, options);
  if (fromText === undefined) {
    const reader = jsonReader(type, options);
    return (bytes, start, end) => readJsonText(bytes.toString("utf8", start, end), reader);
  }
  const slow: FieldConverter = (bytes, start, end) => fromText(bytes.toString("utf8", start, end));
  const plain = plainConverter(type, options);
  return plain === undefined
    ? slow
    : (bytes, start, end) => plain(bytes, start, end) ?? slow(bytes, start, end);
}

/** A short way for what most fields look like; it gives `undefined` for any field that it does not know. */
function plainConverter(type: ColumnType, options: ConversionOptions): FieldConverter | undefined {
  const { timeZone } = options;
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return shortInteger;
    case "date":
      return (bytes, start, end) => {
        const seconds = end - start === 10 ? plainCivilSeconds(bytes, start, end) : undefined;
        return seconds === undefined ? undefined : new Date(seconds * 1000);
      };
    case "datetime":
      return (bytes, start, end) => {
        const seconds = plainCivilSeconds(bytes, start, end);
        return seconds === undefined ? undefined : timeZone.toUtcSeconds(seconds) * 1000;
      };
    case "decimal":
      return (bytes, start, end) =>
        isPlainNumber(bytes, start, end) ? bytes.toString("latin1", start, end) : undefined;
    case "double":
    case "float":
      return (bytes, start, end) =>
        isPlainNumber(bytes, start, end) ? Number(bytes.toString("latin1", start, end)) : undefined;
    default:
      return undefined;
  }
}

/** Whether a field is digits with an optional minus and an optional point between digits, and not very long. */
function isPlainNumber(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] === minus ? start + 1 : start;
  if (end === first || end - first > 60) return false;
  let points = 0;
  for (let at = first; at < end; at += 1) {
    const digit = bytes[at]! - zero;
    if (digit >= 0 && digit <= 9) continue;
    points += 1;
    if (bytes[at] !== point || points > 1 || at === first || at === end - 1) return false;
  }
  return true;
}

/** Reads up to 15 plain digits with an optional minus; anything else is left to the general way. */
function shortInteger(bytes: Buffer, start: number, end: number): number | undefined {
  const negative = bytes[start] === minus;
  const first = negative ? start + 1 : start;
  if (end === first || end - first > 15) return undefined;
  let value = 0;
  for (let at = first; at < end; at += 1) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return negative ? 0 - value : value;
}

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

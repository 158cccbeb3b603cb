import type { ColumnType } from "../../schema/column-type.ts";
import { parseType } from "../../schema/parse-type.ts";
import type { ColumnSpec } from "../../schema/table-schema.ts";
import { plainCivilSeconds } from "./civil-time.ts";
import { type ConversionRules, resolveConversion, type TextConversion } from "./conversion.ts";
import { refuseUnlessUtf8, textOfBytes } from "./field-text.ts";
import { type JsonReader, jsonReader, readJsonText } from "./json-value.ts";
import { scalarConverter } from "./scalar.ts";
import { ValueRefused } from "./value-refused.ts";

/**
 * Turns bytes `start` to `end` of a text into what the encoder takes for one column.
 *
 * @throws ValueRefused, JsonFault
 */
export type FieldConverter = (bytes: Uint8Array, start: number, end: number) => unknown;

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
  conversion: TextConversion = {},
): readonly ColumnConverter[] {
  const rules = resolveConversion(conversion);
  return columns.map((column) => {
    const type = parseType(column.type);
    return {
      name: column.name,
      type: column.type,
      kind: type.kind,
      nullable: column.nullable !== false,
      fromField: fieldConverter(column.name, type, rules),
      fromJson: matching(column.name, jsonReader(type, rules), rules),
    };
  });
}

/** Compiles the way of a field of delimited text into a column of a name and type. */
export function fieldConverter(column: string, type: ColumnType, rules: ConversionRules): FieldConverter {
  return matching(column, typeConverter(type, rules), rules);
}

/** Adds the pattern that a column's values have to match, where there is one. */
function matching<Arguments extends readonly unknown[]>(
  column: string,
  convert: (...given: Arguments) => unknown,
  { patterns }: ConversionRules,
): (...given: Arguments) => unknown {
  const pattern = patterns.get(column);
  if (pattern === undefined) return convert;
  const { regExp, expected } = pattern;
  return (...given) => {
    const value = convert(...given);
    const text = value instanceof Uint8Array ? textOfBytes(value, 0, value.length) : value;
    if (typeof text === "string" && !regExp.test(text)) throw new ValueRefused(expected);
    return value;
  };
}

function typeConverter(type: ColumnType, rules: ConversionRules): FieldConverter {
  // The encoder takes a string's bytes as they are: nothing is decoded only to be encoded again.
  if (!rules.trimsText && (type.kind === "string" || type.kind === "char" || type.kind === "varchar")) {
    return (bytes, start, end) => {
      refuseUnlessUtf8(bytes, start, end);
      return bytes.subarray(start, end);
    };
  }
  if (type.kind === "binary" && rules.binary === "text")
    return (bytes, start, end) => bytes.subarray(start, end);
  const fromText = scalarConverter(type, rules);
  if (fromText === undefined) {
    const reader = jsonReader(type, rules);
    return (bytes, start, end) => readJsonText(textOfBytes(bytes, start, end), reader);
  }
  const slow: FieldConverter = (bytes, start, end) => fromText(textOfBytes(bytes, start, end));
  const plain = plainConverter(type, rules);
  return plain === undefined
    ? slow
    : (bytes, start, end) => plain(bytes, start, end) ?? slow(bytes, start, end);
}

/** A short way for what most fields look like; it gives `undefined` for any field that it does not know. */
function plainConverter(type: ColumnType, rules: ConversionRules): FieldConverter | undefined {
  const { timeZone } = rules;
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return shortInteger;
    case "date":
      if (rules.hasDatePattern) return undefined;
      return (bytes, start, end) => {
        const seconds = end - start === 10 ? plainCivilSeconds(bytes, start, end) : undefined;
        return seconds === undefined ? undefined : new Date(seconds * 1000);
      };
    case "datetime":
      if (rules.hasDatetimePattern) return undefined;
      return (bytes, start, end) => {
        const seconds = plainCivilSeconds(bytes, start, end);
        return seconds === undefined ? undefined : timeZone.toUtcSeconds(seconds) * 1000;
      };
    case "decimal":
      if (rules.rounding !== "refuse") return undefined;
      return (bytes, start, end) =>
        isPlainNumber(bytes, start, end) ? textOfBytes(bytes, start, end) : undefined;
    case "double":
      return (bytes, start, end) =>
        isPlainNumber(bytes, start, end) ? Number(textOfBytes(bytes, start, end)) : undefined;
    default:
      return undefined;
  }
}

/** Whether a field is digits with an optional minus and an optional point between digits, and not very long. */
function isPlainNumber(bytes: Uint8Array, start: number, end: number): boolean {
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
function shortInteger(bytes: Uint8Array, start: number, end: number): number | undefined {
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

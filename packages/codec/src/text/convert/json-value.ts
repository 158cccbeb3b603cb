import type { ColumnType, StructField } from "../../schema/column-type.ts";
import type { ConversionRules } from "./conversion.ts";
import { JsonCursor } from "./json-cursor.ts";
import { scalarConverter } from "./scalar.ts";
import { ValueRefused } from "./value-refused.ts";

/** Reads the value that the cursor stands before, as its column's type wants it; NULL is `null`. */
export type JsonReader = (cursor: JsonCursor) => unknown;

/** Compiles the reader of a type, nested ones with readers for what they hold. */
export function jsonReader(type: ColumnType, rules: ConversionRules): JsonReader {
  const read = valueReader(type, rules);
  return (cursor) => {
    if (cursor.peek() !== "null") return read(cursor);
    cursor.readWord("null");
    return null;
  };
}

/** Reads a nested or JSON column that stands as JSON text in another format's field. */
export function readJsonText(text: string, reader: JsonReader): unknown {
  const cursor = new JsonCursor(text);
  const value = reader(cursor);
  cursor.readEnd();
  return value;
}

function valueReader(type: ColumnType, rules: ConversionRules): JsonReader {
  switch (type.kind) {
    case "json":
      return (cursor) => cursor.readSource();
    case "array":
      return arrayReader(jsonReader(type.element, rules));
    case "map":
      return mapReader(type.key, jsonReader(type.value, rules), rules);
    case "struct":
      return structReader(type.fields, rules);
    case "vector":
      return arrayReader(jsonReader({ kind: type.element }, rules));
    case "string":
    case "char":
    case "varchar":
      return (cursor) => {
        expectKind(cursor, "string", "a JSON string");
        return cursor.readString();
      };
    case "boolean":
      return booleanReader(rules);
    default:
      return scalarReader(type, rules);
  }
}

/** Numbers by their source text; strings by the same rules as a field of a CSV file. */
function scalarReader(type: ColumnType, rules: ConversionRules): JsonReader {
  const convert = scalarConverter(type, rules)!;
  const takesNumbers = numeric.has(type.kind);
  return (cursor) => {
    const kind = cursor.peek();
    const at = cursor.at;
    if (kind === "string") return located(() => convert(cursor.readString()), at);
    if (kind === "number" && takesNumbers) return located(() => convert(cursor.readNumber()), at);
    throw new ValueRefused(takesNumbers ? "a number" : `a JSON string holding a ${type.kind}`, at);
  };
}

function booleanReader(rules: ConversionRules): JsonReader {
  const convert = scalarConverter({ kind: "boolean" }, rules)!;
  return (cursor) => {
    const kind = cursor.peek();
    const at = cursor.at;
    if (kind === "true" || kind === "false") {
      cursor.readWord(kind);
      return kind === "true";
    }
    if (kind === "string") return located(() => convert(cursor.readString()), at);
    if (kind === "number") return located(() => convert(cursor.readNumber()), at);
    throw new ValueRefused("true or false", at);
  };
}

function arrayReader(element: JsonReader): JsonReader {
  return (cursor) => {
    expectKind(cursor, "array", "a JSON array");
    const values: unknown[] = [];
    cursor.readArray(() => values.push(element(cursor)));
    return values;
  };
}

/** A JSON object, whose keys are read like the text of a CSV field, or an array of `[key, value]` pairs. */
function mapReader(keyType: ColumnType, value: JsonReader, rules: ConversionRules): JsonReader {
  const keyFromText = scalarConverter(keyType, rules);
  const keyFromJson = jsonReader(keyType, rules);
  return (cursor) => {
    const entries: [unknown, unknown][] = [];
    if (cursor.peek() === "object" && keyFromText !== undefined) {
      const seen = new Set<string>();
      cursor.readObject((key, keyAt) => {
        if (seen.has(key))
          throw new ValueRefused(`each key once (${JSON.stringify(key)} is there twice)`, keyAt);
        seen.add(key);
        entries.push([located(() => keyFromText(key), keyAt), value(cursor)]);
      });
      return entries;
    }
    expectKind(cursor, "array", "a JSON object, or an array of [key, value] pairs");
    cursor.readArray(() => {
      const pair: unknown[] = [];
      const at = cursor.at;
      expectKind(cursor, "array", "a [key, value] pair");
      cursor.readArray((index) => {
        if (index > 1) throw new ValueRefused("a [key, value] pair of two", cursor.at);
        pair.push(index === 0 ? keyFromJson(cursor) : value(cursor));
      });
      if (pair.length !== 2) throw new ValueRefused("a [key, value] pair of two", at);
      entries.push([pair[0], pair[1]]);
    });
    return entries;
  };
}

/** A JSON object by field name, in any case; a field that is missing is NULL, one that is not of the struct refused. */
function structReader(fields: readonly StructField[], rules: ConversionRules): JsonReader {
  const readers = fields.map((field) => jsonReader(field.type, rules));
  const indexes = new Map<string, number>();
  fields.forEach((field, index) => void indexes.set(field.name.toLowerCase(), index));
  return (cursor) => {
    expectKind(cursor, "object", "a JSON object");
    const values: unknown[] = new Array(fields.length).fill(null);
    const seen = new Set<number>();
    cursor.readObject((key, keyAt) => {
      const index = indexes.get(key.toLowerCase());
      if (index === undefined)
        throw new ValueRefused(`a field of the struct (${JSON.stringify(key)} is none)`, keyAt);
      if (seen.has(index))
        throw new ValueRefused(`each field once (${JSON.stringify(key)} is there twice)`, keyAt);
      seen.add(index);
      values[index] = readers[index]!(cursor);
    });
    return values;
  };
}

function expectKind(cursor: JsonCursor, kind: "object" | "array" | "string", expected: string): void {
  if (cursor.peek() !== kind) throw new ValueRefused(expected, cursor.at);
}

/** Adds the place to a refusal that knows only the value's own text. */
function located<Value>(convert: () => Value, at: number): Value {
  try {
    return convert();
  } catch (error) {
    if (error instanceof ValueRefused && error.at === undefined)
      throw new ValueRefused(error.message, at, error.code);
    throw error;
  }
}

const numeric: ReadonlySet<string> = new Set([
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "decimal",
]);

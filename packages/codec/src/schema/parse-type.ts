import { CodecError } from "../errors.ts";
import type { ColumnType, SimpleKind, StructField } from "./column-type.ts";

/** Type texts longer than this are refused: no table of the service comes near. */
const longestTypeText = 1 << 20;
/** Types nested deeper than this are refused, which bounds every recursion over a type. */
const deepestType = 100;
/** 8 MiB of floats, the largest field. */
const largestDimension = 2_097_152;

const simpleKinds: ReadonlySet<string> = /*@__PURE__*/ new Set<SimpleKind>([
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "boolean",
  "string",
  "binary",
  "date",
  "datetime",
  "timestamp",
  "timestamp_ntz",
  "interval_day_time",
  "interval_year_month",
  "json",
  "geography",
]);

/**
 * Reads a type as the service writes it: in any case, with blanks between its parts, struct names plain or in
 * backticks. `decimal(10)` is read as `decimal(10,0)`.
 *
 * @throws CodecError `invalid-type`, with the `offset` in the text.
 * (protocol: MaxCompute Tunnel, type strings)
 */
export function parseType(text: string): ColumnType {
  if (typeof text !== "string") {
    throw new CodecError("invalid-type", `Expected a type as text, got ${typeof text}`);
  }
  if (text.length > longestTypeText) {
    throw new CodecError(
      "invalid-type",
      `Expected at most ${longestTypeText} characters of type, got ${text.length}`,
    );
  }
  const reader: TypeReader = { text, at: 0 };
  const type = readType(reader, 1);
  skipBlanks(reader);
  if (reader.at < text.length) throw invalid(reader, "the end of the type");
  return type;
}

interface TypeReader {
  readonly text: string;
  at: number;
}

function readType(reader: TypeReader, depth: number): ColumnType {
  if (depth > deepestType) throw invalid(reader, `at most ${deepestType} types inside each other`);
  skipBlanks(reader);
  const start = reader.at;
  const name = readWord(reader).toLowerCase();
  switch (name) {
    case "decimal":
      return readDecimal(reader);
    case "char":
      return { kind: "char", length: readLength(reader, 255) };
    case "varchar":
      return { kind: "varchar", length: readLength(reader, 65_535) };
    case "array": {
      expectMark(reader, "<");
      const element = readType(reader, depth + 1);
      expectMark(reader, ">");
      return { kind: "array", element };
    }
    case "map": {
      expectMark(reader, "<");
      const key = readType(reader, depth + 1);
      expectMark(reader, ",");
      const value = readType(reader, depth + 1);
      expectMark(reader, ">");
      return { kind: "map", key, value };
    }
    case "struct":
      return { kind: "struct", fields: readFields(reader, depth) };
    case "vector":
      return readVector(reader);
  }
  if (simpleKinds.has(name)) return { kind: name as SimpleKind };
  reader.at = start;
  throw invalid(reader, "a column type");
}

function readDecimal(reader: TypeReader): ColumnType {
  if (!takeMark(reader, "(")) return { kind: "decimal" };
  const start = reader.at;
  const precision = readNumber(reader);
  const scale = takeMark(reader, ",") ? readNumber(reader) : 0;
  expectMark(reader, ")");
  // DECIMAL without numbers is the older type, which some write out as what it holds.
  const isOlder = precision === 54 && scale === 18;
  if (!isOlder && (precision < 1 || precision > 38 || scale > precision)) {
    reader.at = start;
    throw invalid(reader, "a precision of 1 to 38 and a scale no larger than it");
  }
  return { kind: "decimal", precision, scale };
}

function readLength(reader: TypeReader, longest: number): number {
  expectMark(reader, "(");
  const start = reader.at;
  const length = readNumber(reader);
  if (length < 1 || length > longest) {
    reader.at = start;
    throw invalid(reader, `a length of 1 to ${longest}`);
  }
  expectMark(reader, ")");
  return length;
}

function readVector(reader: TypeReader): ColumnType {
  expectMark(reader, "(");
  skipBlanks(reader);
  const start = reader.at;
  const element = readWord(reader).toLowerCase();
  if (element !== "float" && element !== "double") {
    reader.at = start;
    throw invalid(reader, "float or double");
  }
  expectMark(reader, ",");
  skipBlanks(reader);
  const dimensionAt = reader.at;
  const dimension = readNumber(reader);
  if (dimension < 1 || dimension > largestDimension) {
    reader.at = dimensionAt;
    throw invalid(reader, `a dimension of 1 to ${largestDimension}`);
  }
  expectMark(reader, ")");
  return { kind: "vector", element, dimension };
}

function readFields(reader: TypeReader, depth: number): readonly StructField[] {
  expectMark(reader, "<");
  const fields: StructField[] = [];
  const seen = new Set<string>();
  do {
    skipBlanks(reader);
    const start = reader.at;
    const name = reader.text[reader.at] === "`" ? readQuotedName(reader) : readPlainName(reader);
    if (name === "" || seen.has(name.toLowerCase())) {
      reader.at = start;
      throw invalid(reader, name === "" ? "a field name" : "a field name that the struct does not have yet");
    }
    seen.add(name.toLowerCase());
    expectMark(reader, ":");
    fields.push({ name, type: readType(reader, depth + 1) });
  } while (takeMark(reader, ","));
  expectMark(reader, ">");
  return fields;
}

/** A doubled backtick inside the quotes stands for one. */
function readQuotedName(reader: TypeReader): string {
  let name = "";
  for (;;) {
    const end = reader.text.indexOf("`", reader.at + 1);
    if (end < 0) throw invalid(reader, "a closing backtick");
    name += reader.text.slice(reader.at + 1, end);
    reader.at = end + 1;
    if (reader.text[reader.at] !== "`") return name;
    name += "`";
  }
}

function readPlainName(reader: TypeReader): string {
  return readWhile(reader, /[^\s:,<>()`]*/y);
}

function readWord(reader: TypeReader): string {
  return readWhile(reader, /[A-Za-z0-9_]*/y);
}

function readNumber(reader: TypeReader): number {
  skipBlanks(reader);
  const digits = readWhile(reader, /[0-9]{0,9}/y);
  if (digits === "") throw invalid(reader, "a number");
  return Number(digits);
}

function readWhile(reader: TypeReader, pattern: RegExp): string {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0] ?? "";
  reader.at += found.length;
  return found;
}

function skipBlanks(reader: TypeReader): void {
  readWhile(reader, /\s*/y);
}

function takeMark(reader: TypeReader, mark: string): boolean {
  skipBlanks(reader);
  if (reader.text[reader.at] !== mark) return false;
  reader.at++;
  return true;
}

function expectMark(reader: TypeReader, mark: string): void {
  if (!takeMark(reader, mark)) throw invalid(reader, `"${mark}"`);
}

function invalid(reader: TypeReader, expected: string): CodecError {
  const { text, at } = reader;
  const found = at < text.length ? `"${text.slice(at, at + 20)}"` : "the end";
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new CodecError(
    "invalid-type",
    `Expected ${expected} at position ${at} of type "${shown}", got ${found}`,
    {
      offset: at,
      expected,
      value: shown,
    },
  );
}

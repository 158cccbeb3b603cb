export { CodecError, type CodecErrorCode, type CodecErrorFacts, isCodecError } from "../errors.ts";
export type {
  ArrayType,
  CharacterType,
  ColumnType,
  DecimalType,
  MapType,
  SimpleKind,
  SimpleType,
  StructField,
  StructType,
  VectorType,
} from "./column-type.ts";
export { formatType } from "./format-type.ts";
export type { DayTimeInterval, Timestamp } from "./instant.ts";
export { parseType } from "./parse-type.ts";
export type { Decoded, Encodable, Row, RowInput, RowInputOf, RowOf } from "./row.ts";
export { type ColumnSpec, defineSchema, type ParsedColumn, parseColumns } from "./table-schema.ts";

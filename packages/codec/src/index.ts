// Rows to record packs and back.

// Arrow framing, also at ./arrow, and the checksum of it all.
export { ArrowFrameReader, type ArrowFrameReaderOptions, unframeArrow } from "./arrow/frame-reader.ts";
export { type ArrowFrameOptions, ArrowFrameWriter, frameArrow } from "./arrow/frame-writer.ts";
// Errors.
export { CodecError, type CodecErrorCode, type CodecErrorFacts, isCodecError } from "./errors.ts";
export type { AppendRowsOptions } from "./kernel/append-rows.ts";
export type {
  DecodeOptions,
  PackSummary,
  RecordLimits,
  RecordPackOptions,
  ValidateOptions,
} from "./record/options.ts";
export type { SealedPack, SealOptions } from "./record/pack-body.ts";
export { decodeRecords, RecordStreamDecoder } from "./record/record-decoder.ts";
export { encodeRecords, RecordPack } from "./record/record-pack.ts";
export { RecordStreamValidator } from "./record/record-validator.ts";
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
} from "./schema/column-type.ts";
export { formatType } from "./schema/format-type.ts";
export type { DayTimeInterval, Timestamp } from "./schema/instant.ts";
export { parseType } from "./schema/parse-type.ts";
export type { Decoded, Encodable, Row, RowInput, RowInputOf, RowOf } from "./schema/row.ts";
// Schemas and the rows they describe; also at ./schema.
export { type ColumnSpec, defineSchema, type ParsedColumn, parseColumns } from "./schema/table-schema.ts";
// Dates and times as text, exact to the nanosecond.
export {
  formatDate,
  formatTimestamp,
  formatTimestampNtz,
  parseDate,
  parseTimestamp,
  parseTimestampNtz,
} from "./values/calendar.ts";
export { crc32c } from "./wire/crc32c.ts";
export { crc32cOfBoth, crcShift } from "./wire/crc32c-combine.ts";

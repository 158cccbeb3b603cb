// Delimited text to record packs.

// People: bytes in, packs out.
export { CodecError, type CodecErrorCode, isCodecError } from "../errors.ts";
export type { SealedPack } from "../record/pack-body.ts";
export {
  type ChunkState,
  type ChunkSummary,
  joinChunk,
  summarizeChunk,
  textStart,
} from "./chunk-summary.ts";
// Those who read other formats by the same rules.
export { parseCivilTime } from "./convert/civil-time.ts";
export { type ColumnConverter, compileColumns, type FieldConverter } from "./convert/column-converter.ts";
export type { BinaryText, TextConversion, TextPattern } from "./convert/conversion.ts";
export { JsonCursor, JsonFault, type JsonKind } from "./convert/json-cursor.ts";
export { type JsonReader, readJsonText } from "./convert/json-value.ts";
export { parseTimeZone, type TimeZone, utc } from "./convert/time-zone.ts";
export { ValueRefused } from "./convert/value-refused.ts";
export type { TextDialect } from "./dialect.ts";
export { type DialectBytes, resolveDialect } from "./dialect.ts";
export { readRecord, type TextRecord } from "./read-record.ts";
export { type RecordCut, RecordSplitter, type RecordSplitterOptions } from "./record-splitter.ts";
export type { LineSplit } from "./scan/line-split.ts";
export { RecordScanner, type ScanResult } from "./scan/record-scanner.ts";
export { faultTexts, type TextFault } from "./scan/text-fault.ts";
export type { TextField, TextPackOptions } from "./text-options.ts";
export { TextPack } from "./text-pack.ts";
export type { TextRowReject } from "./text-reject.ts";

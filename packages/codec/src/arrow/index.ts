export { CodecError, type CodecErrorCode, type CodecErrorFacts, isCodecError } from "../errors.ts";
export type { SealedPack } from "../record/pack-body.ts";
export type { ArrowBatchLike, ArrowDataLike, ArrowFieldLike, ArrowTypeLike } from "./arrow-data.ts";
export { ArrowPack, type ArrowPackOptions } from "./arrow-pack.ts";
export {
  arrowBatchMessage,
  arrowSchemaMessage,
  arrowStreamEnd,
  encodeArrowStream,
} from "./columns/arrow-stream.ts";
export type { ArrowField, ArrowInstants, ArrowType } from "./columns/arrow-types.ts";
export type { ColumnBatch, ColumnData, ColumnValues } from "./columns/column-data.ts";
export {
  arrowFields,
  type DecodeColumnsOptions,
  decodeColumns,
  RecordColumnsDecoder,
} from "./columns/record-columns-decoder.ts";
export { ArrowFrameReader, type ArrowFrameReaderOptions, unframeArrow } from "./frame-reader.ts";
export { type ArrowFrameOptions, ArrowFrameWriter, frameArrow } from "./frame-writer.ts";

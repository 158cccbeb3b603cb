export { CodecError, type CodecErrorCode, type CodecErrorFacts, isCodecError } from "../errors.ts";
export type { SealedPack } from "../record/pack-body.ts";
export type { ArrowBatchLike, ArrowDataLike, ArrowFieldLike, ArrowTypeLike } from "./arrow-data.ts";
export { ArrowPack, type ArrowPackOptions } from "./arrow-pack.ts";
export { ArrowFrameReader, type ArrowFrameReaderOptions, unframeArrow } from "./frame-reader.ts";
export { type ArrowFrameOptions, ArrowFrameWriter, frameArrow } from "./frame-writer.ts";

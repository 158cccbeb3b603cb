export { CodecError, type CodecErrorCode, type CodecErrorFacts, isCodecError } from "../errors.ts";
export { ArrowFrameReader, type ArrowFrameReaderOptions, unframeArrow } from "./frame-reader.ts";
export { type ArrowFrameOptions, ArrowFrameWriter, frameArrow } from "./frame-writer.ts";

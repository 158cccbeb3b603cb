export type { DecidedCompression } from "./compress/block-compressor.ts";
export type { CompressionChoice, CompressionName } from "./compress/compression-choice.ts";
export {
  type CompressionMeasurements,
  type CompressionTrial,
  type CompressionVerdict,
  chooseCompression,
} from "./compress/compression-policy.ts";
export {
  FilesError,
  type FilesErrorCode,
  type FilesErrorFacts,
  type InputPosition,
  isFilesError,
} from "./errors.ts";
export { type FileSource, type FileSourceProgress, openFileSource } from "./file-source.ts";
export { type FormatName, formatNames } from "./format/format-name.ts";
export type { FormatOrigin } from "./format/format-of.ts";
export type { ProposedColumn } from "./infer/propose-columns.ts";
export type { HeaderChoice } from "./mapping/header.ts";
export { nearestName } from "./mapping/nearest-name.ts";
export type { FileInput, FileMapping, FileSourceOptions, FindOptions, TextEncoding } from "./options.ts";
export type { FilePlan } from "./plan/file-plan.ts";
export type { FileReject, RejectLimit } from "./reject.ts";
export { sampleFiles } from "./sample-files.ts";
export type { FileSample, InputFormat } from "./survey/survey.ts";
export { type UploadFilesEvent, type UploadFilesOptions, uploadFiles, uploadSource } from "./upload-files.ts";

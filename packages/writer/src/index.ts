export type { BlockSink, PutBlockOptions, PutBlockResult, WrittenBlock } from "./block/block-sink.ts";
export { createMemoryBudget, MemoryBudget } from "./block/memory-budget.ts";
export type { SealReason } from "./block/seal-policy.ts";
export { type BufferedWriter, type BufferedWriterOptions, openBufferedWriter } from "./buffered-writer.ts";
export type { WriterClock } from "./clock.ts";
export {
  type Compressor,
  type CompressorStream,
  compressByStream,
  noCompression,
} from "./compression/compressor.ts";
export { webDeflate } from "./compression/deflate.ts";
export { isWriterError, WriterError, type WriterErrorCode, type WriterErrorOptions } from "./errors.ts";
export { aroundBlocks, type BlockPassage } from "./job/around-blocks.ts";
export type {
  BlockRequest,
  BlockSource,
  InputFingerprint,
  ProducedBlock,
  SourceRange,
  StoredRange,
} from "./job/block-source.ts";
export {
  type BlockGate,
  blockGate,
  type GatedTarget,
  type GateOptions,
  gatedTarget,
} from "./job/gated-target.ts";
export { checkJobName } from "./job/job-name.ts";
export { createMemoryJournal, createMemoryJournals } from "./job/memory-journal.ts";
export { type Reconciliation, type Refusal, reconcile, type ServerView } from "./job/reconcile.ts";
export { type RowSourceOptions, rowSource } from "./job/row-source.ts";
export { resumeUpload, runUpload } from "./job/run-upload.ts";
export type { RunUploadOptions } from "./job/run-upload-options.ts";
export { settleUpload } from "./job/settle-upload.ts";
export type { SourceChange } from "./job/source-changes.ts";
export type { UploadEvent, UploadedBlock, UploadReceipt } from "./job/upload-event.ts";
export type {
  JsonValue,
  RangeFacts,
  SealedFacts,
  SessionEnd,
  UploadFact,
  UploadFactContent,
  UploadRefusal,
} from "./job/upload-fact.ts";
export type { JournalStore, UploadJournal } from "./job/upload-journal.ts";
export { nextPhase, type UploadPhase } from "./job/upload-phase.ts";
export { type RecordedBlock, recordOf, type UploadRecord } from "./job/upload-record.ts";
export type { JobSession, UploadTarget } from "./job/upload-target.ts";
export type { SealedBlock, WriteProgress, WriteProgressEvent, WriteSummary } from "./progress.ts";
export { openRecordWriter, type RecordWriter, type RecordWriterOptions } from "./record-writer.ts";
export { type ClosableRowSink, toWritableStream } from "./web-writable.ts";
export { type RowSink, writeAll } from "./write-all.ts";

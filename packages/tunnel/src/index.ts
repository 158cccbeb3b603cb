export {
  type ColumnSpec,
  type DayTimeInterval,
  defineSchema,
  isCodecError,
  type Row,
  type RowInput,
  type RowInputOf,
  type RowOf,
  type Timestamp,
} from "@maxcompute-tunnel/codec";
export type { ColumnBatch } from "@maxcompute-tunnel/codec/arrow";
export {
  type BlockInfo,
  type CallOptions,
  type CommitOptions,
  type CommitReceipt,
  type CreateUploadSessionOptions,
  type DownloadSessionOptions,
  isSessionError,
  type PartitionSpec,
  type TunnelColumn,
  type TunnelConnection,
  type TunnelSchema,
  type UploadSessionOptions,
  type UploadStatus,
} from "@maxcompute-tunnel/session";
export { type Credentials, type CredentialsProvider, isTunnelError } from "@maxcompute-tunnel/transport";
export {
  type BufferedWriter,
  type BufferedWriterOptions,
  type Compressor,
  createMemoryBudget,
  createMemoryJournals,
  isWriterError,
  type JournalStore,
  type MemoryBudget,
  type RecordWriter,
  type RecordWriterOptions,
  type SourceChange,
  settleUpload,
  toWritableStream,
  type UploadEvent,
  type UploadJournal,
  type WriteProgress,
  type WriteProgressEvent,
  type WriteSummary,
  type WrittenBlock,
  writeAll,
} from "@maxcompute-tunnel/writer";
export type { KeyPair, TunnelConfiguration } from "./configuration.ts";
export { DownloadSession, type ReadColumnsOptions, type ReadRowsOptions } from "./download-session.ts";
export {
  isTableTunnelError,
  TableTunnelError,
  type TableTunnelErrorCode,
  type TableTunnelErrorOptions,
} from "./errors.ts";
export { TunnelRecord } from "./record.ts";
export type { RecordInput } from "./record-writers.ts";
export {
  formatTableTarget,
  parseTableTarget,
  type TableTarget,
  type TargetDefaults,
} from "./table-target.ts";
export { createTunnel, TableTunnel } from "./table-tunnel.ts";
export type { UploadOptions, UploadReceipt } from "./upload.ts";
export type { JobReceipt, JobRows, JobUploadOptions } from "./upload-job.ts";
export { UploadSession } from "./upload-session.ts";

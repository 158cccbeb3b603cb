export { blockCountLimit, maxBlockId } from "./block-id.ts";
export type { CallOptions } from "./call-options.ts";
export { type SessionClock, systemClock } from "./clock.ts";
export type { TableName, TunnelConnection } from "./connection.ts";
export {
  createDownloadSession,
  resumeDownloadSession,
} from "./download/create-download-session.ts";
export type {
  Decompressor,
  DownloadSessionOptions,
  DownloadStatus,
  ReadOptions,
  TableDownloadSession,
} from "./download/download-session.ts";
export {
  isSessionError,
  type RecordCountDifference,
  SessionError,
  type SessionErrorCode,
  type SessionErrorFacts,
} from "./errors.ts";
export {
  checkPartitionSpec,
  formatPartitionSpec,
  type PartitionLevel,
  type PartitionSpec,
  parsePartitionSpec,
} from "./partition-spec.ts";
export type { TunnelColumn, TunnelSchema } from "./table-schema.ts";
export type {
  BlockBody,
  BlockInfo,
  BlockMetrics,
  BlockUploadSession,
  CommitOptions,
  CommitReceipt,
  CreateUploadSessionOptions,
  PutBlockOptions,
  SessionSnapshot,
  StoredBlock,
  UploadSessionOptions,
} from "./upload/block-session.ts";
export { type CommitLimits, nextCommitState } from "./upload/commit.ts";
export {
  type CommitEvent,
  type CommitEvidence,
  type CommitFailure,
  type CommitProgress,
  type CommitState,
  commitStateInDoubt,
  initialCommitState,
  type PostFailure,
} from "./upload/commit-state.ts";
export { createUploadSession, resumeUploadSession } from "./upload/create-upload-session.ts";
export { parseUploadStatus, type ReportedStatus, type UploadStatus } from "./upload/upload-status.ts";
export { type SessionUploadTarget, uploadTarget } from "./upload/upload-target.ts";

import type { BlockUploadSession, CallOptions, TableName } from "@maxcompute-tunnel/session";

/** The part of an upload session that a journalled upload uses; `BlockUploadSession` satisfies it as it stands. */
export type JobSession = Pick<
  BlockUploadSession,
  "id" | "schema" | "maxFieldBytes" | "expiresAt" | "putBlock" | "refresh" | "commit"
> &
  Partial<Pick<BlockUploadSession, "opened">>;

/**
 * Where an upload goes: how a session on one table or partition is begun, and how it is found again.
 *
 * `uploadTarget` of `@maxcompute-tunnel/session` makes one.
 */
export interface UploadTarget {
  readonly table: TableName;
  /** Normalised, e.g. `pt=1,region=cn`; absent for a table without partitions. */
  readonly partition?: string;
  /** Whether the commit replaces what the table or partition holds. @default false */
  readonly overwrite?: boolean;
  create(options: CallOptions): Promise<JobSession>;
  resume(sessionId: string, options: CallOptions): Promise<JobSession>;
}

import type { CallOptions } from "../call-options.ts";
import type { TableName, TunnelConnection } from "../connection.ts";
import { formatPartitionSpec, parsePartitionSpec } from "../partition-spec.ts";
import type { BlockUploadSession, CreateUploadSessionOptions } from "./block-session.ts";
import { createUploadSession, resumeUploadSession } from "./create-upload-session.ts";

/** A table or partition as the place of an upload that may take several sessions, in one process or several. */
export interface SessionUploadTarget {
  readonly table: TableName;
  /** Normalised, e.g. `pt=1,region=cn`. */
  readonly partition?: string;
  readonly overwrite: boolean;
  create(options?: CallOptions): Promise<BlockUploadSession>;
  resume(sessionId: string, options?: CallOptions): Promise<BlockUploadSession>;
}

/**
 * Says where an upload goes, for those who begin and reopen its sessions when the time comes, such as `runUpload` of
 * `@maxcompute-tunnel/writer`. Nothing is sent.
 *
 * @throws SessionError `invalid-partition`
 */
export function uploadTarget(
  connection: TunnelConnection,
  table: TableName,
  options: Omit<CreateUploadSessionOptions, "signal"> = {},
): SessionUploadTarget {
  const { partition: given, overwrite = false, createPartition = false } = options;
  const partition =
    given === undefined
      ? undefined
      : formatPartitionSpec(typeof given === "string" ? parsePartitionSpec(given) : given);
  const place = partition === undefined ? {} : { partition };
  return {
    table,
    ...place,
    overwrite,
    create: (call) =>
      createUploadSession(connection, table, { ...call, ...place, overwrite, createPartition }),
    resume: (sessionId, call) => resumeUploadSession(connection, table, sessionId, { ...call, ...place }),
  };
}

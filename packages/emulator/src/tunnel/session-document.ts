import { isOver } from "../storage/apply-session-change.ts";
import type { DownloadRecord, Table, TableColumn, UploadRecord } from "../storage/state.ts";

/** protocol: MaxCompute Tunnel, limits: a value may have 8 MiB. */
export const maxFieldBytes: number = 8 * 1024 * 1024;

/** What session documents say besides the session. */
export interface DocumentFacts {
  readonly table: Table;
  readonly owner: string;
  readonly now: number;
  /** Tunnel quota that the request named; empty for none. */
  readonly quotaName: string;
}

/**
 * Answer to creating, asking for or committing an upload session.
 *
 * protocol: MaxCompute Tunnel, session JSON: one shape for all three, no JSON null anywhere, `column_id` a string, the
 * block list always there unless the client asked to leave it out.
 */
export function renderUploadSession(
  upload: UploadRecord,
  facts: DocumentFacts & { readonly withBlocks: boolean },
): string {
  const blocks = facts.withBlocks ? [...upload.blocks.values()].sort((a, b) => a.blockId - b.blockId) : [];
  return JSON.stringify({
    UploadID: upload.id,
    Status: upload.status === "normal" && isOver(upload, facts.now) ? "expired" : upload.status,
    Initiated: new Date(upload.createdAt).toUTCString(),
    Owner: facts.owner,
    IsOverwrite: upload.overwrite,
    MaxFieldSize: maxFieldBytes,
    QuotaName: facts.quotaName,
    Schema: schemaJson(facts.table, facts.table.columns),
    UploadedBlockList: blocks.map((block) => ({
      BlockID: block.blockId,
      CreateTime: Math.floor(block.storedAt / 1000),
      Date: new Date(block.storedAt).toUTCString(),
      FileName: `${upload.id}_${block.blockId}`,
      RecordCount: block.recordCount,
      Version: 0,
    })),
  });
}

/** Answer to creating or asking for a download session; only NORMAL and EXPIRED are known to every client. */
export function renderDownloadSession(
  download: DownloadRecord,
  facts: Omit<DocumentFacts, "table"> & { readonly table: Pick<Table, "partitionKeys"> },
): string {
  return JSON.stringify({
    DownloadID: download.id,
    Status: isOver(download, facts.now) ? "expired" : "normal",
    Initiated: new Date(download.createdAt).toUTCString(),
    Owner: facts.owner,
    RecordCount: download.recordCount,
    QuotaName: facts.quotaName,
    Schema: schemaJson(facts.table, download.columns),
    SupportReadByRawSize: false,
    RAPInstanceId: "",
  });
}

/**
 * A session's schema.
 *
 * protocol: MaxCompute Tunnel, session JSON: partition columns stand in `partitionKeys` only.
 */
export function schemaJson(table: Pick<Table, "partitionKeys">, columns: readonly TableColumn[]): object {
  return {
    IsVirtualView: false,
    columns: columns.map((column, index) => columnJson(column, index)),
    partitionKeys: table.partitionKeys.map((column, index) => columnJson(column, columns.length + index)),
  };
}

function columnJson(column: TableColumn, columnId: number): object {
  return {
    column_id: String(columnId),
    name: column.name,
    type: column.type,
    nullable: column.nullable,
    comment: column.comment,
    default_value: column.defaultValue ?? "",
  };
}

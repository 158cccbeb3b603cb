import { blockCountLimit } from "../block-id.ts";
import { type DocumentReader, readDocument } from "../document-reader.ts";
import { checkSessionId, sessionExpiry, sessionId } from "../session-facts.ts";
import { readTableSchema, type TunnelSchema } from "../table-schema.ts";
import type { BlockInfo, SessionSnapshot } from "./block-session.ts";
import { parseUploadStatus, type ReportedStatus } from "./upload-status.ts";

/** An upload session as the service describes it. Protocol: the JSON that answers create, reload and commit alike. */
export interface UploadDocument extends ReportedStatus {
  readonly id: string;
  readonly schema: TunnelSchema;
  readonly blocks: readonly BlockInfo[];
  readonly maxFieldBytes: number;
  readonly expiresAt?: Date;
  /** The quota that the service put the session in. */
  readonly quotaName?: string;
}

/** Reads a whole session. @throws SessionError `invalid-response`, naming the member. */
export function parseUploadDocument(value: unknown): UploadDocument {
  const document = readDocument(value);
  const expiresAt = sessionExpiry(document.optionalText("Initiated"));
  const quotaName = document.optionalText("QuotaName");
  return {
    id: sessionId(document, "UploadID"),
    ...parseUploadStatus(document.text("Status")),
    schema: readTableSchema(document.object("Schema")),
    blocks: readBlocks(document),
    maxFieldBytes: document.optionalCount("MaxFieldSize") || defaultMaxFieldBytes,
    ...(expiresAt && { expiresAt }),
    ...(quotaName && { quotaName }),
  };
}

/** Reads a whole session that must be the one asked for; an answer that does not name one is taken as it. */
export function parseUploadDocumentOf(expectedId: string): (value: unknown) => UploadDocument {
  return (value) => {
    const document = readDocument(value);
    checkSessionId(document, "UploadID", expectedId);
    return parseUploadDocument({ ...(value as object), UploadID: expectedId });
  };
}

/** Reads what a look at a known session needs, and nothing that could spoil it. */
export function parseUploadSnapshot(expectedId: string): (value: unknown) => SessionSnapshot {
  return (value) => {
    const document = readDocument(value);
    checkSessionId(document, "UploadID", expectedId);
    return { ...parseUploadStatus(document.text("Status")), blocks: readBlocks(document) };
  };
}

/** Reads the status of a known session. */
export function parseReportedStatus(expectedId: string): (value: unknown) => ReportedStatus {
  return (value) => {
    const document = readDocument(value);
    checkSessionId(document, "UploadID", expectedId);
    return parseUploadStatus(document.text("Status"));
  };
}

const defaultMaxFieldBytes = 8 * 1024 * 1024;

function readBlocks(document: DocumentReader): readonly BlockInfo[] {
  const blocks = new Map<number, { readonly version: number; readonly info: BlockInfo }>();
  // 20000 blocks and, of a server that lists every version of a block, as many again.
  for (const entry of document.objects("UploadedBlockList", 2 * blockCountLimit)) {
    const blockId = entry.count("BlockID");
    if (blockId > blockCountLimit) throw entry.error("BlockID", "a block id", blockId);
    const version = entry.optionalCount("Version") ?? 0;
    const recordCount = entry.optionalCount("RecordCount");
    const createdAt = dateOfSeconds(entry.optionalCount("CreateTime"));
    const earlier = blocks.get(blockId);
    if (earlier && earlier.version > version) continue;
    const info = {
      blockId,
      ...(recordCount !== undefined && { recordCount }),
      ...(createdAt && { createdAt }),
    };
    blocks.set(blockId, { version, info });
  }
  return [...blocks.values()].map((block) => block.info).sort((a, b) => a.blockId - b.blockId);
}

function dateOfSeconds(seconds: number | undefined): Date | undefined {
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

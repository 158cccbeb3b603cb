import { readDocument } from "../document-reader.ts";
import { checkSessionId, sessionExpiry, sessionId } from "../session-facts.ts";
import { readTableSchema, type TunnelSchema } from "../table-schema.ts";
import type { DownloadStatus } from "./download-session.ts";

/** What every answer about a download session says. */
export interface DownloadProgress {
  readonly id: string;
  readonly status: DownloadStatus;
  /** The status in the server's own word. */
  readonly statusText: string;
  readonly quotaName?: string;
}

/** A download session that is ready. Protocol: the JSON that answers create and reload. */
export interface DownloadDocument extends DownloadProgress {
  readonly recordCount: number;
  readonly schema: TunnelSchema;
  readonly expiresAt?: Date;
}

/** Reads an answer, whole when the session is ready; while it is being prepared, there is no schema yet. */
export function parseDownloadDocument(value: unknown): DownloadProgress | DownloadDocument {
  const document = readDocument(value);
  const progress = {
    ...parseDownloadStatus(document.text("Status")),
    ...quotaOf(document.optionalText("QuotaName")),
  };
  const id = sessionId(document, "DownloadID");
  if (progress.status !== "NORMAL") return { id, ...progress };
  const expiresAt = sessionExpiry(document.optionalText("Initiated"));
  return {
    id,
    ...progress,
    recordCount: document.count("RecordCount"),
    schema: readTableSchema(document.object("Schema")),
    ...(expiresAt && { expiresAt }),
  };
}

/** Reads an answer about the session with this id; one that does not name any is taken as it. */
export function parseDownloadDocumentOf(
  expectedId: string,
): (value: unknown) => DownloadProgress | DownloadDocument {
  return (value) => {
    checkSessionId(readDocument(value), "DownloadID", expectedId);
    return parseDownloadDocument({ ...(value as object), DownloadID: expectedId });
  };
}

/** Reads a status in any case; a word that is not known becomes `UNKNOWN` and keeps its text. */
export function parseDownloadStatus(text: string): {
  readonly status: DownloadStatus;
  readonly statusText: string;
} {
  return { status: statuses[text.trim().toUpperCase()] ?? "UNKNOWN", statusText: text };
}

const statuses: Readonly<Record<string, DownloadStatus>> = {
  UNKNOWN: "UNKNOWN",
  INITIATING: "INITIATING",
  NORMAL: "NORMAL",
  CLOSED: "CLOSED",
  CLOSES: "CLOSED",
  EXPIRED: "EXPIRED",
  FAILED: "FAILED",
};

function quotaOf(quotaName: string | undefined): { readonly quotaName?: string } {
  return quotaName ? { quotaName } : {};
}

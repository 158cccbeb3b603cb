/**
 * Where an upload session stands: the seven states of the reference, and `COMMITTING`, which some servers send
 * for `CLOSING`.
 */
export type UploadStatus =
  | "UNKNOWN"
  | "NORMAL"
  | "CLOSING"
  | "COMMITTING"
  | "CLOSED"
  | "CANCELED"
  | "EXPIRED"
  | "CRITICAL";

const statuses: readonly string[] = [
  "UNKNOWN",
  "NORMAL",
  "CLOSING",
  "COMMITTING",
  "CLOSED",
  "CANCELED",
  "EXPIRED",
  "CRITICAL",
] satisfies readonly UploadStatus[];

/** A status and the text it was read from, which differs when the server sent a word that is not known here. */
export interface ReportedStatus {
  readonly status: UploadStatus;
  readonly statusText: string;
}

/**
 * Reads a status in any case. A word that is not known becomes `UNKNOWN` and keeps its text, so that a newer
 * server's state is shown and never mistaken for another.
 */
export function parseUploadStatus(text: string): ReportedStatus {
  const upper = text.trim().toUpperCase();
  return { status: statuses.includes(upper) ? (upper as UploadStatus) : "UNKNOWN", statusText: text };
}

/** Whether the server's word is one of the known ones. */
export function isRecognisedStatus(reported: ReportedStatus): boolean {
  return reported.status !== "UNKNOWN" || reported.statusText.trim().toUpperCase() === "UNKNOWN";
}

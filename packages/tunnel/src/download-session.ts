import type { Row } from "@maxcompute-tunnel/codec";
import type { TableDownloadSession, TunnelSchema } from "@maxcompute-tunnel/session";

/** Which rows to read, and how. */
export interface ReadRowsOptions {
  /** The first row, counted from 0. @default 0 */
  readonly start?: number;
  /** How many rows. @default all from `start` on */
  readonly count?: number;
  /** Data columns by name, any case; rows have them in this order. @default all, in table order */
  readonly columns?: readonly string[];
  /** Have the service compress with deflate. @default false */
  readonly compress?: boolean;
  readonly signal?: AbortSignal;
}

/** A fixed view of a table or partition, read by ranges of rows. */
export class DownloadSession {
  /** The session below, which gives bytes. */
  readonly bytes: TableDownloadSession;

  /** For those who have a session already; others use `TableTunnel#createDownloadSession`. */
  constructor(bytes: TableDownloadSession) {
    this.bytes = bytes;
  }

  getId(): string {
    return this.bytes.id;
  }

  getSchema(): TunnelSchema {
    return this.bytes.schema;
  }

  /** Rows in the table or partition when the session began. */
  getRecordCount(): number {
    return this.bytes.recordCount;
  }

  /** Reads rows as objects by column name, in table order, without partition keys. Leaving the loop ends the request. */
  rows<R extends object = Row>(options: ReadRowsOptions = {}): AsyncIterable<R> {
    void options;
    throw new Error("not ready");
  }
}

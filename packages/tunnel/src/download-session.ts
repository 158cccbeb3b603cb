import { type ColumnSpec, RecordStreamDecoder, type Row } from "@maxcompute-tunnel/codec";
import type { TableDownloadSession, TunnelSchema } from "@maxcompute-tunnel/session";
import { isTunnelError } from "@maxcompute-tunnel/transport";
import { TableTunnelError } from "./errors.ts";

/** Which rows to read, and how. */
export interface ReadRowsOptions {
  /** The first row, counted from 0. @default 0 */
  readonly start?: number;
  /** How many rows; fewer come when the table ends before. @default all from `start` on */
  readonly count?: number;
  /** Data columns by name, any case; rows have them in this order. @default all, in table order */
  readonly columns?: readonly string[];
  /** Have the service compress with deflate. @default false */
  readonly compress?: boolean;
  /** Stops reading. @default none */
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

  /** The id that the service gave the session. */
  getId(): string {
    return this.bytes.id;
  }

  /** The table's columns and partition keys. */
  getSchema(): TunnelSchema {
    return this.bytes.schema;
  }

  /** Rows in the table or partition when the session began. */
  getRecordCount(): number {
    return this.bytes.recordCount;
  }

  /**
   * Reads rows one by one, as objects by column name and in table order, without partition keys. Leaving the loop ends
   * the request; a connection that breaks off is taken up again at the next row.
   *
   * @throws CodecError for bytes that are damaged; TunnelError, SessionError; TableTunnelError `download-failed`
   */
  async *rows<R extends object = Row>(options: ReadRowsOptions = {}): AsyncGenerator<R, void, undefined> {
    for await (const batch of this.batches<R>(options)) yield* batch;
  }

  /** Reads the same rows in the batches they arrive in, which is quicker than one by one. */
  async *batches<R extends object = Row>(
    options: ReadRowsOptions = {},
  ): AsyncGenerator<readonly R[], void, undefined> {
    const { recordCount, schema } = this.bytes;
    const { start = 0, count = Math.max(0, recordCount - start), columns, signal } = options;
    const read = {
      ...(columns === undefined ? {} : { columns }),
      ...(options.compress ? { acceptEncoding: ["deflate"] } : {}),
      ...(signal === undefined ? {} : { signal }),
    };
    const picked = pick(schema.columns, columns);
    let next = start;
    let left = Math.min(count, Math.max(0, recordCount - start));
    for (let failures = 0; left > 0; ) {
      const decoder = new RecordStreamDecoder<R>(picked);
      try {
        for await (const chunk of await this.bytes.read(next, left, read)) {
          const rows = decoder.push(chunk);
          if (rows.length === 0) continue;
          failures = 0;
          next += rows.length;
          left -= rows.length;
          if (left < 0) throw wrongCount(start, count, "more");
          yield rows;
        }
        decoder.end();
      } catch (error) {
        failures += 1;
        if (!isTunnelError(error) || !error.retryable || failures > maxReopenings) throw error;
        continue;
      }
      if (left > 0) throw wrongCount(next, left, "none");
    }
  }
}

/** How often in a row a download is taken up again without having got any further. */
const maxReopenings = 4;

function pick(columns: readonly ColumnSpec[], names: readonly string[] | undefined): readonly ColumnSpec[] {
  if (names === undefined) return columns;
  return names.map((name) => {
    const column = columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (column !== undefined) return column;
    throw new TableTunnelError(
      `Expected one of the table's columns (${columns.map((each) => each.name).join(", ")}), got ${JSON.stringify(name)}`,
      { code: "unknown-column" },
    );
  });
}

function wrongCount(start: number, count: number, came: string): TableTunnelError {
  return new TableTunnelError(`Expected ${count} rows from row ${start} on, but ${came} came`, {
    code: "download-failed",
  });
}

import { type ColumnSpec, RecordStreamDecoder, type Row } from "@maxcompute-tunnel/codec";
import {
  type ColumnBatch,
  type DecodeColumnsOptions,
  RecordColumnsDecoder,
} from "@maxcompute-tunnel/codec/arrow";
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

/** Which rows to read as columns, and how. */
export interface ReadColumnsOptions
  extends ReadRowsOptions,
    Pick<DecodeColumnsOptions, "batchRows" | "batchBytes" | "instants"> {}

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
  batches<R extends object = Row>(
    options: ReadRowsOptions = {},
  ): AsyncGenerator<readonly R[], void, undefined> {
    return this.#read<R>(options, (columns) => {
      const decoder = new RecordStreamDecoder<R>(columns);
      return { decoder, flush: () => [] };
    });
  }

  /**
   * Reads the same rows as columns in Arrow's layout, a batch at a time, which is quicker still. `arrowFields` and
   * `encodeArrowStream` of `@maxcompute-tunnel/codec/arrow` make a stream of them that any Arrow implementation reads.
   *
   * @throws CodecError also for values that Arrow cannot hold, such as instants that nanoseconds do not reach.
   */
  async *columnBatches(options: ReadColumnsOptions = {}): AsyncGenerator<ColumnBatch, void, undefined> {
    const { batchRows, batchBytes, instants } = options;
    const batches = this.#read<ColumnBatch>(options, (columns) => {
      const decoder = new RecordColumnsDecoder(columns, {
        ...(batchRows === undefined ? {} : { batchRows }),
        ...(batchBytes === undefined ? {} : { batchBytes }),
        ...(instants === undefined ? {} : { instants }),
      });
      return {
        decoder,
        flush: () => {
          const rest = decoder.flush();
          return rest === undefined ? [] : [rest];
        },
      };
    });
    for await (const some of batches) yield* some;
  }

  /** Reads a range of rows through a decoder, and through another one from where a connection broke off. */
  async *#read<T>(
    options: ReadRowsOptions,
    begin: (columns: readonly ColumnSpec[]) => Decoding<T>,
  ): AsyncGenerator<readonly T[], void, undefined> {
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
      const { decoder, flush } = begin(picked);
      const first = next;
      try {
        for await (const chunk of await this.bytes.read(next, left, read)) {
          const items = decoder.push(chunk);
          const came = first + decoder.recordCount - next;
          if (came === 0) continue;
          failures = 0;
          next += came;
          left -= came;
          if (left < 0) throw wrongCount(start, count, "more");
          if (items.length > 0) yield items;
        }
        decoder.end();
      } catch (error) {
        failures += 1;
        if (!isTunnelError(error) || !error.retryable || failures > maxReopenings) throw error;
        const whole = flush();
        if (whole.length > 0) yield whole;
        continue;
      }
      const rest = flush();
      if (rest.length > 0) yield rest;
      if (left > 0) throw wrongCount(next, left, "none");
    }
  }
}

/** What a download's bytes go through. */
interface Decoding<T> {
  readonly decoder: {
    readonly recordCount: number;
    push(chunk: Uint8Array): readonly T[];
    end(): unknown;
  };
  /** What the rows taken in so far make that was not given out yet. */
  flush(): readonly T[];
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

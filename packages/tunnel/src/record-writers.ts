import type { RowInput } from "@maxcompute-tunnel/codec";
import type { BufferedWriter, RecordWriter } from "@maxcompute-tunnel/writer";
import { TunnelRecord } from "./record.ts";

/** What the writers of an upload session take: rows as objects or arrays, or records. */
export type RecordInput = RowInput | TunnelRecord<object>;

/** A record writer that takes records besides rows. */
export function recordWriterTakingRecords<R>(writer: RecordWriter<unknown>): RecordWriter<R> {
  return {
    blockId: writer.blockId,
    get recordCount() {
      return writer.recordCount;
    },
    write: (row) => writer.write(rowOf(row)),
    writeRows: (rows) => writer.writeRows(rowsOf(rows)),
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

/** A buffered writer that takes records besides rows. */
export function bufferedWriterTakingRecords<R>(writer: BufferedWriter<unknown>): BufferedWriter<R> {
  return {
    get progress() {
      return writer.progress;
    },
    get storedBlockIds() {
      return writer.storedBlockIds;
    },
    write: (row) => writer.write(rowOf(row)),
    writeRows: (rows) => writer.writeRows(rowsOf(rows)),
    flush: () => writer.flush(),
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

/** Rows themselves where there is no record among them. */
function rowsOf(rows: readonly unknown[]): readonly unknown[] {
  return rows.some((row) => row instanceof TunnelRecord) ? rows.map(rowOf) : rows;
}

/** Rows are encoded before they are asked for again, so a record's own values will do. */
export function rowOf(row: unknown): unknown {
  return row instanceof TunnelRecord ? row.values : row;
}

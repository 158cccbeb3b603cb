import { ArrowFrameWriter, parseType } from "@maxcompute-tunnel/codec";
import { Refusal } from "../../refusal.ts";
import type { TableColumn } from "../../storage/state.ts";
import { charLength, paddedChar } from "../char-padding.ts";
import { type ArrowType, arrowTypeOf } from "./arrow-type.ts";
import { type BatchParts, columnBuilder } from "./column-builders.ts";
import type { ArrowConventions } from "./conventions.ts";
import { batchMessage, endOfStream, schemaMessage } from "./message-bytes.ts";

/** A column that is sent, and where rows have its values. */
export interface SentColumn {
  readonly name: string;
  readonly type: ArrowType;
  /** Index in the rows. */
  readonly source: number;
  /** Characters that values are padded to with blanks. */
  readonly charLength: number | undefined;
}

/** Rows as arrays of values, as they are stored, in batches. */
export type RowSource = AsyncIterable<readonly (readonly unknown[])[]>;

/** A batch ends when it has so many rows or bytes. */
const maxBatchRows = 16_384;
const maxBatchBytes = 4 * 1024 * 1024;

/** The columns in `asked` as the client expects them, out of rows that have the columns in `stored`. */
export function sentColumns(
  stored: readonly TableColumn[],
  asked: readonly TableColumn[],
  conventions: ArrowConventions,
): readonly SentColumn[] {
  const ordered =
    conventions.columnOrder === "asked" ? asked : stored.filter((column) => asked.includes(column));
  return ordered.map((column) => ({
    name: column.name,
    type: arrowTypeOf(parseType(column.type), conventions),
    source: stored.indexOf(column),
    charLength: charLength(column.type),
  }));
}

/**
 * Record batch messages of rows, each an array that belongs to the caller. No batch spans two of the `sources`.
 *
 * @throws Refusal naming row and column when Arrow cannot hold a value
 */
export async function* batchMessages(
  sources: Iterable<RowSource>,
  columns: readonly SentColumn[],
): AsyncGenerator<Uint8Array> {
  const builders = columns.map(({ type }) => columnBuilder(type));
  let pending = 0;
  let sent = 0;
  const add = (row: readonly unknown[]): void => {
    let index = 0;
    try {
      for (; index < columns.length; index++) {
        const column = columns[index];
        builders[index]?.add(column && paddedChar(row[column.source], column.charLength));
      }
    } catch (error) {
      const place = `row ${sent + pending}, column ${columns[index]?.name}`;
      throw error instanceof Refusal
        ? new Refusal(error.code, `${place}: ${error.message}`, { cause: error })
        : error;
    }
    pending++;
  };
  const finish = (): Uint8Array => {
    const parts: BatchParts = { nodes: [], buffers: [] };
    for (const builder of builders) {
      builder.finish(parts);
    }
    const rowCount = pending;
    sent += pending;
    pending = 0;
    return batchMessage(rowCount, parts);
  };
  for (const source of sources) {
    for await (const rows of source) {
      for (const row of rows) {
        add(row);
        if (pending === maxBatchRows) {
          yield finish();
        }
      }
      if (builders.reduce((sum, { byteLength }) => sum + byteLength, 0) >= maxBatchBytes) {
        yield finish();
      }
    }
    if (pending > 0) {
      yield finish();
    }
  }
}

/** Messages in the tunnel's framing, as data requests answer them. */
export async function* framedMessages(messages: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frames = new ArrowFrameWriter();
  for await (const message of messages) {
    yield Buffer.concat(frames.write(message));
  }
  yield Buffer.concat(frames.end());
}

/** Messages as a whole Arrow stream, as previews answer them: schema, batches, end. */
export async function* wholeStream(
  columns: readonly SentColumn[],
  messages: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield schemaMessage(columns);
  yield* messages;
  yield endOfStream;
}

import { isCodecError, type ParsedColumn, parseColumns } from "@maxcompute-tunnel/codec";
import { Refusal } from "../../refusal.ts";
import type { TableColumn } from "../../storage/state.ts";
import { type ArrowType, arrowTypeOf } from "./arrow-type.ts";
import { BatchCursor } from "./batch-cursor.ts";
import type { BatchMessage } from "./batch-message.ts";
import { type ColumnReader, nodeCountOf, openColumn } from "./column-readers.ts";
import type { ArrowConventions } from "./conventions.ts";

/** The rows of one batch, read a run at a time. */
export interface BatchRows {
  readonly rowCount: number;
  /** Puts rows `start` to `start + count` into the first `count` arrays of `rows`, values in column order. */
  fill(rows: readonly unknown[][], start: number, count: number): void;
}

/** Makes rows of batches. */
export type BatchOpener = (message: BatchMessage) => BatchRows;

/**
 * Works a table's Arrow layout out once, for all batches of a body.
 *
 * protocol: MaxCompute Tunnel, Arrow upload: both sides derive the schema from the table. Where clients differ the
 * number of nodes and the lengths of buffers tell what a batch has; only the scale of `decimal(p,0)` has to be known.
 */
export function createBatchOpener(
  columns: readonly TableColumn[],
  conventions: ArrowConventions,
): BatchOpener {
  const parsed = parseColumns(columns);
  const other = conventions.dayTimeInterval === "struct" ? "interval" : "struct";
  const layouts = [conventions, { ...conventions, dayTimeInterval: other } as const].map((each) => {
    const types = parsed.map(({ type }) => arrowTypeOf(type, each));
    return { types, nodeCount: types.reduce((sum, type) => sum + nodeCountOf(type), 0) };
  });
  return (message) => {
    const layout = layouts.find(({ nodeCount }) => nodeCount === message.nodes.length) ?? layouts[0];
    return openBatch(message, parsed, layout?.types ?? []);
  };
}

function openBatch(
  message: BatchMessage,
  columns: readonly ParsedColumn[],
  types: readonly ArrowType[],
): BatchRows {
  const { rowCount } = message;
  const cursor = new BatchCursor(message);
  const readers = columns.map(({ name, type }, index): { name: string; read: ColumnReader } => {
    const arrow = types[index];
    if (arrow === undefined) {
      throw new TypeError(`No Arrow type for column ${name}`);
    }
    try {
      return { name, read: openColumn(cursor, { type, arrow }, rowCount).read };
    } catch (error) {
      throw inColumn(error, `column ${name}`);
    }
  });
  cursor.end();
  return {
    rowCount,
    fill(rows, start, count) {
      let column = 0;
      for (const { name, read } of readers) {
        let index = 0;
        try {
          for (; index < count; index++) {
            const row = rows[index];
            if (row !== undefined) {
              row[column] = read(start + index);
            }
          }
        } catch (error) {
          throw inColumn(error, `row ${start + index} of its batch, column ${name}`);
        }
        column++;
      }
    },
  };
}

function inColumn(error: unknown, place: string): unknown {
  if (error instanceof Refusal) {
    return new Refusal(error.code, `${place}: ${error.message}`, { cause: error });
  }
  return isCodecError(error)
    ? new Refusal("MalformedDataStream", `${place}: ${error.message}`, { cause: error })
    : error;
}

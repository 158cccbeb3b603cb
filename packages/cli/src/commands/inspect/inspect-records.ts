import {
  type ColumnSpec,
  isCodecError,
  type PackSummary,
  RecordStreamDecoder,
} from "@maxcompute-tunnel/codec";
import type { BodyFault, BodyReport, ColumnReport } from "./body-report.ts";
import { guessColumns } from "./guess-columns.ts";

/** Reads a record stream to its end, or to where it breaks. */
export function inspectRecords(
  bytes: Uint8Array,
  schema: readonly ColumnSpec[] | undefined,
  rows: number,
): BodyReport {
  const guessed = schema === undefined ? guessColumns(bytes) : undefined;
  const columns = schema ?? guessed!;
  const nulls = new Array<number>(columns.length).fill(0);
  const firstRows: unknown[][] = [];
  let summary: PackSummary | undefined;
  let fault: BodyFault | undefined;
  const decoder = new RecordStreamDecoder<unknown[]>(columns, {
    rowShape: "array",
    // A schema states what text is; a guess does not.
    invalidUtf8: schema === undefined ? "bytes" : "error",
  });
  try {
    // In pieces, so that the rows before a fault are counted and shown.
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      for (const row of decoder.push(bytes.subarray(at, at + pieceBytes))) {
        if (firstRows.length < rows) firstRows.push(row);
        for (let index = 0; index < row.length; index += 1) if (row[index] === null) nulls[index]! += 1;
      }
    }
    summary = decoder.end();
  } catch (error) {
    if (!isCodecError(error)) throw error;
    const { code, message, offset, row, column, path, expected, value } = error;
    fault = { code, message, offset: offset ?? bytes.length, row, column, path, expected, found: value };
  }
  return {
    format: "record pack",
    records: decoder.recordCount,
    checksum: summary?.checksum,
    metrics: summary?.metrics,
    columns: columns.map((column, index): ColumnReport => {
      const { name, type } = column;
      const guess = guessed?.[index];
      return { name, type, nulls: nulls[index]!, alike: guess?.alike, isSure: guess?.isSure };
    }),
    isGuessed: guessed !== undefined,
    rows: firstRows,
    batches: undefined,
    fault,
  };
}

const pieceBytes = 4096;

import type { FilePosition } from "../errors.ts";

/**
 * Turns the bytes of one file into rows of a table. Every input format is one implementation.
 *
 * Errors are `CliError`s that name file, line and column.
 */
export interface RowReader {
  /** Takes the next bytes of the file, valid UTF-8 without a byte order mark; they must not change afterwards. */
  push(chunk: Uint8Array): void;
  /** Counts bytes that were left out before the first chunk, so that offsets are those of the file. */
  skip(bytes: number): void;
  /** Says that no bytes follow. */
  end(): void;
  /** Reads the next row; `false` means that more bytes are needed, or after `end` that none is left. */
  next(): boolean;
  /** The current row, one value for each column of the table. The array is used again for the next row. */
  readonly row: readonly unknown[];
  /** Rows read so far. */
  readonly rowCount: number;
  /** Lines passed over because they were blank. */
  readonly blankLines: number;
  /** Lines begun so far, for a place beyond the last row. */
  readonly lines: number;
  /** Where a column's value of the current row stands, or the row itself. */
  place(column?: string): FilePosition;
  /** What stood in the file for a column of the current row, as a message shows it; nothing if the column is left out. */
  shown(column: string): string | undefined;
}

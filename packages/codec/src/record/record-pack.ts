import type { RowInput, RowInputOf } from "../schema/row.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import type { RecordPackOptions } from "./options.ts";

/** The bytes of a finished pack, or the rest of them after {@link RecordPack.drain}. */
export interface SealedPack {
  /** The bytes not yet drained, in order; they belong to the caller. */
  readonly chunks: readonly Uint8Array[];
  /** Sum of the lengths of `chunks`. */
  readonly byteLength: number;
  /** Rows of the whole pack. */
  readonly recordCount: number;
  /** CRC-32C of all record checksums, as in the footer. */
  readonly checksum: number;
}

/** What {@link RecordPack.seal} adds to the footer. */
export interface SealOptions {
  /** JSON text of the metrics block that servers send with downloads to clients of tunnel version 6 and later. */
  readonly metrics?: string;
}

export class RecordPack<R = RowInput> {
  constructor(columns: readonly ColumnSpec[], options: RecordPackOptions = {}) {
    void columns;
    void options;
  }
  get recordCount(): number {
    return 0;
  }
  get byteLength(): number {
    return 0;
  }
  append(row: R): void {
    void row;
  }
  drain(): Uint8Array[] {
    return [];
  }
  seal(options: SealOptions = {}): SealedPack {
    void options;
    return { chunks: [], byteLength: 0, recordCount: 0, checksum: 0 };
  }
  clear(): void {}
}

export function encodeRecords<const S extends readonly ColumnSpec[]>(
  columns: S,
  rows: Iterable<RowInputOf<S>>,
  options: RecordPackOptions & SealOptions = {},
): Uint8Array {
  void columns;
  void rows;
  void options;
  return new Uint8Array();
}

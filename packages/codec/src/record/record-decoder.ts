import type { Row, RowOf } from "../schema/row.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import type { DecodeOptions, PackSummary } from "./options.ts";

export class RecordStreamDecoder<R = Row> {
  constructor(columns: readonly ColumnSpec[], options: DecodeOptions = {}) {
    void columns;
    void options;
  }
  get recordCount(): number {
    return 0;
  }
  push(chunk: Uint8Array): R[] {
    void chunk;
    return [];
  }
  end(): PackSummary {
    return { recordCount: 0, checksum: 0 };
  }
}

export function decodeRecords<const S extends readonly ColumnSpec[]>(
  columns: S,
  bytes: Uint8Array,
  options: DecodeOptions & { readonly rowShape: "array" },
): unknown[][];
export function decodeRecords<const S extends readonly ColumnSpec[]>(
  columns: S,
  bytes: Uint8Array,
  options?: DecodeOptions,
): RowOf<S>[];
export function decodeRecords(
  columns: readonly ColumnSpec[],
  bytes: Uint8Array,
  options: DecodeOptions = {},
): unknown[] {
  void columns;
  void bytes;
  void options;
  return [];
}

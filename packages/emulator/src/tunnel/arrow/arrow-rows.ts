import type { BlockFiles } from "../../storage/block-files.ts";
import type { TableColumn } from "../../storage/state.ts";
import { rangeRows } from "../range-rows.ts";
import type { StoredRows } from "../record-stream.ts";
import { batchMessages, framedMessages, sentColumns } from "./arrow-stream.ts";
import type { ArrowConventions } from "./conventions.ts";

/**
 * Rows `start` to `start + count` as framed Arrow record batches, none of which spans two blocks. Rows past the end
 * are left out.
 */
export function arrowRows(
  source: StoredRows,
  range: { readonly start: number; readonly count: number },
  { asked, conventions }: { readonly asked: readonly TableColumn[]; readonly conventions: ArrowConventions },
  blocks: BlockFiles,
): AsyncGenerator<Uint8Array> {
  const columns = sentColumns(source.columns, asked, conventions);
  return framedMessages(batchMessages(rangeRows(source, range, blocks), columns));
}

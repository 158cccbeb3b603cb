import type { IncomingHttpHeaders } from "node:http";
import type { BlockFiles } from "../storage/block-files.ts";
import type { OpenFile } from "../storage/file-system.ts";
import { decodeMarks, firstMark, type RowMark } from "../storage/row-marks.ts";
import type { Segment, TableColumn } from "../storage/state.ts";
import { encodeFooter, joinRuns, type RunOfRecords, runBetween } from "./pack-footer.ts";
import { planSegment } from "./plan-segment.ts";
import { createReadCosts, type ReadCosts } from "./read-costs.ts";
import { readBytesOf, readRows } from "./read-rows.ts";
import { canSendAsStored, createRowRewriter, type RowRewriter } from "./row-rewriter.ts";

/** What a range of rows is read from. */
export interface StoredRows {
  readonly segments: readonly Segment[];
  readonly columns: readonly TableColumn[];
}

const copyBytes = 256 * 1024;

/** True for clients that understand metrics in a footer: the Go client, of version 5, takes them for damage. */
export function wantsMetrics(headers: IncomingHttpHeaders): boolean {
  return Number(headers["x-odps-tunnel-version"]) >= 6;
}

/**
 * Rows `start` to `start + count` as one record stream of the columns in `asked`, piece by piece; pieces belong to
 * the caller. Rows past the end are left out.
 *
 * Where stored records can go out as they are they are not even looked at: their place and checksum are known from
 * the block's marks.
 */
export async function* recordStream(
  source: StoredRows,
  range: { readonly start: number; readonly count: number },
  { asked, metrics }: { readonly asked: readonly TableColumn[]; readonly metrics: boolean },
  blocks: BlockFiles,
): AsyncGenerator<Uint8Array> {
  const costs = createReadCosts(() => performance.now());
  const run = yield* costs.sending(records(source, range, asked, { blocks, costs }));
  yield encodeFooter(run, metrics ? costs.toJson() : undefined);
}

/** The records of a range; returns what their footer has to say. */
async function* records(
  source: StoredRows,
  range: { readonly start: number; readonly count: number },
  asked: readonly TableColumn[],
  { blocks, costs }: { readonly blocks: BlockFiles; readonly costs: ReadCosts },
): AsyncGenerator<Uint8Array, RunOfRecords> {
  const rewriter = createRowRewriter(source.columns, asked);
  const plainColumns = canSendAsStored(source.columns, asked);
  let run: RunOfRecords = { recordCount: 0, checksum: 0 };
  let before = 0;
  for (const segment of source.segments) {
    const start = Math.max(range.start - before, 0);
    const end = Math.min(range.start + range.count - before, segment.recordCount);
    before += segment.recordCount;
    if (start >= end) {
      continue;
    }
    const file = await blocks.open(segment.file);
    try {
      for (const part of planSegment(
        { start, end },
        await readMarks(file, segment),
        plainColumns && segment.plain,
      )) {
        if (part.kind === "copy") {
          const bounds = { from: part.from.offset, to: part.to.offset, pieceBytes: copyBytes };
          yield* costs.reading(readBytesOf(file, bounds));
          run = joinRuns(run, runBetween(part.from, part.to));
        } else {
          yield* rewritten(rewriter, costs.reading(readRows(file, segment, source.columns, part)));
          run = joinRuns(run, rewriter.finish());
        }
      }
    } finally {
      await file.close();
    }
  }
  return run;
}

async function* rewritten(
  rewriter: RowRewriter,
  batches: AsyncIterable<readonly (readonly unknown[])[]>,
): AsyncGenerator<Uint8Array> {
  for await (const rows of batches) {
    yield* rewriter.write(rows);
  }
}

/** The marks that stand behind the record pack in the same file, and the end of its records. */
export async function readMarks(file: OpenFile, segment: Segment): Promise<readonly RowMark[]> {
  const encoded = new Uint8Array((await file.size()) - segment.byteLength);
  await file.read(encoded, segment.byteLength);
  const { recordCount: row, recordBytes: offset, checksum } = segment;
  const marks = decodeMarks(encoded).filter((mark) => mark.row < row && mark.row > firstMark.row);
  return [...marks, { row, offset, checksum }];
}

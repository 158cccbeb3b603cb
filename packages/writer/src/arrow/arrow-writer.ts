import { type ArrowBatchLike, ArrowPack } from "@maxcompute-tunnel/codec/arrow";
import type { BlockSink } from "../block/block-sink.ts";
import { type BufferedWriter, type BufferedWriterOptions, openBlockWriter } from "../buffered-writer.ts";
import { BatchPack, type BatchRows } from "./batch-pack.ts";

/** How an {@link ArrowWriter} matches, cuts, compresses and sends. */
export interface ArrowWriterOptions extends Omit<BufferedWriterOptions, "unknownProperties"> {
  /** How a batch's columns find the table's: by name, in any case, or by position. @default "name" */
  readonly match?: "name" | "position";
  /** What a column of a batch that the table does not have does. @default "error" */
  readonly unknownColumns?: "error" | "ignore";
}

/** Takes Arrow record batches and stores them as blocks; otherwise a {@link BufferedWriter}. */
export interface ArrowWriter extends Omit<BufferedWriter, "write" | "writeRows"> {
  /**
   * Adds a batch's rows, from `from` to before `to`, and resolves when there is room for more. The batch is read
   * until then. Calls are served one after the other.
   *
   * A row that cannot be encoded rejects with `CodecError`, whose `row` is the row in the batch: those before it are
   * taken, and `write(batch, error.row + 1)` goes on behind it.
   */
  write(batch: ArrowBatchLike, from?: number, to?: number): Promise<void>;
}

/** Rows between two looks at the block's limits and the memory budget. */
const rowsAtOnce = 1024;

/**
 * Opens a writer for Arrow record batches: as `openBufferedWriter`, with batches in place of rows. What is sent are
 * record packs, which every table takes and which carry every type; the server sees no difference.
 *
 * @throws WriterError `invalid-option`
 */
export function openArrowWriter(sink: BlockSink, options: ArrowWriterOptions = {}): ArrowWriter {
  const maxRows = options.maxRows ?? Number.POSITIVE_INFINITY;
  let pack: BatchPack | undefined;
  const blocks = openBlockWriter<BatchRows>(sink, options, (chunkBytes) => {
    pack = new BatchPack(
      new ArrowPack(sink.schema.columns, {
        chunkBytes,
        maxFieldBytes: sink.maxFieldBytes,
        match: options.match ?? "name",
        unknownColumns: options.unknownColumns ?? "error",
      }),
    );
    return pack;
  });

  const writeRows = async (batch: ArrowBatchLike, from: number, to: number): Promise<void> => {
    for (let row = from; row < to; ) {
      const end = Math.min(to, row + Math.max(1, Math.min(rowsAtOnce, maxRows - (pack?.recordCount ?? 0))));
      const wait = blocks.write({ batch, from: row, to: end });
      const refusal = pack?.takeRefusal();
      if (refusal !== undefined) throw refusal;
      row = end;
      if (wait !== undefined) await wait;
    }
  };
  let last: Promise<void> = Promise.resolve();

  return {
    write(batch, from = 0, to = batch.numRows) {
      const written = last.then(() => writeRows(batch, from, to));
      last = written.catch(() => {});
      return written;
    },
    flush: async () => {
      await last;
      await blocks.flush();
    },
    close: async () => {
      await last;
      return blocks.close();
    },
    abort: (reason) => blocks.abort(reason),
    get progress() {
      return blocks.progress;
    },
    get storedBlockIds() {
      return blocks.storedBlockIds;
    },
    [Symbol.asyncDispose]: () => blocks[Symbol.asyncDispose](),
  };
}

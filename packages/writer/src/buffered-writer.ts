import { RecordPack, type RowInput } from "@maxcompute-tunnel/codec";
import { blockIdsOf } from "./block/block-ids.ts";
import type { BlockSink } from "./block/block-sink.ts";
import { createMemoryBudget, defaultBudgetBytes, MemoryBudget } from "./block/memory-budget.ts";
import type { RowPack } from "./block/row-packer.ts";
import { blockBytesFor } from "./block/seal-policy.ts";
import { BlockWriter } from "./block-writer.ts";
import { systemClock, type WriterClock } from "./clock.ts";
import type { Compressor } from "./compression/compressor.ts";
import { resolveCompressor } from "./compression/resolve-compressor.ts";
import { atLeastOne, WriterError } from "./errors.ts";
import type { WriteProgress, WriteProgressEvent, WriteSummary } from "./progress.ts";

/** How a buffered writer cuts, compresses and sends blocks. */
export interface BufferedWriterOptions {
  /** `true` compresses with deflate, as in the reference. @default false */
  readonly compress?: boolean | Compressor;
  /** Memory for encoded rows: bytes for this writer alone, or a budget shared with others. @default 192 MiB */
  readonly budget?: MemoryBudget | number;
  /** Blocks in flight at a time, besides the one being built. @default 2 */
  readonly parallel?: number;
  /** Seal a block at this many encoded bytes. @default budget ÷ (1 + parallel), at most 64 MiB */
  readonly blockBytes?: number;
  /** Seal a block at this many rows. @default no limit */
  readonly maxRows?: number;
  /** Seal a block this long after its first row. @default no limit */
  readonly maxAgeMs?: number;
  /** What to do with a property of a row that is no column. @default "error" */
  readonly unknownProperties?: "error" | "ignore";
  /** Told when a block is sealed and when it is stored. When it throws, the writer stops. @default not told */
  readonly onProgress?: (event: WriteProgressEvent) => void;
  /** Aborts the writer and its requests. @default none */
  readonly signal?: AbortSignal;
  /** Time, for tests and simulations. @default the machine's */
  readonly clock?: WriterClock;
}

/** Takes rows and stores them as blocks, choosing ids, cutting, compressing, sending and sending again by itself. */
export interface BufferedWriter<Row = RowInput> {
  /**
   * Adds one row. A row that cannot be encoded throws `CodecError` and leaves the writer as it was.
   *
   * @returns nothing, or a promise to wait for before the next row, when the memory budget is spent. Rows written
   *   without waiting are accepted, at the price of memory beyond the budget.
   */
  write(row: Row): Promise<void> | undefined;
  /**
   * Adds rows in order, as {@link write} does each, and quicker when there are hundreds. When one cannot be encoded,
   * those before it are written, and it and those behind it are not: {@link progress} says how many are.
   *
   * It pauses by itself when the memory budget is spent; leave the rows as they are until then. Nothing else gets a
   * turn before: `writeAll` gives long arrays in pieces.
   *
   * @returns nothing, or a promise to wait for before the next row.
   */
  writeRows(rows: readonly Row[]): Promise<void> | undefined;
  /** Seals the block being built and waits until everything written so far is stored. */
  flush(): Promise<void>;
  /** Flushes, ends and tells which blocks to commit. Calling it again gives the same answer. */
  close(): Promise<WriteSummary>;
  /** Breaks off what is in flight and drops the rest; blocks already stored stay. Does nothing after `close`. */
  abort(reason?: unknown): Promise<void>;
  readonly progress: WriteProgress;
  /** Ids of the blocks stored so far, ascending. */
  readonly storedBlockIds: readonly number[];
  /** Aborts unless closed. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a writer that hides blocks: give it rows, close it, commit the ids it names.
 *
 * Blocks are bytes in memory until the service has them, so that a failed request is sent again, whole, under the same
 * id. Memory for encoded rows stays within one budget: `peak ≤ budget + one chunk or row per writer`, whichever is larger,
 * where a chunk is 1/16 of a block and at most 1 MiB, or 64 KiB of a shared budget. The budget covers the block being
 * built and `parallel` blocks in flight, and chunks of stored blocks that wait to be used again, hence `blockBytes = budget ÷ (1 + parallel)`, at most 64 MiB unless asked.
 * Writers that share a budget stay inside it together; when it runs short they seal smaller blocks.
 *
 * The first block that cannot be stored stops the writer: what is in flight is aborted, and the next call throws.
 * Several buffered writers may share an upload, on one session object or on others of this process that were reopened by
 * id; they never pick the same block id, nor one the server holds.
 *
 * @throws WriterError `invalid-option`
 */
export function openBufferedWriter<Row = RowInput>(
  sink: BlockSink,
  options: BufferedWriterOptions = {},
): BufferedWriter<Row> {
  return openBlockWriter(sink, options, (chunkBytes) => {
    return new RecordPack<Row>(sink.schema.columns, {
      chunkBytes,
      maxFieldBytes: sink.maxFieldBytes,
      unknownProperties: options.unknownProperties ?? "error",
    });
  });
}

/** A buffered writer over any kind of pack. */
export function openBlockWriter<Row>(
  sink: BlockSink,
  options: Omit<BufferedWriterOptions, "unknownProperties">,
  makePack: (chunkBytes: number) => RowPack<Row>,
): BufferedWriter<Row> {
  const parallel = atLeastOne("parallel", options.parallel ?? 2);
  const budget = budgetFrom(options, parallel);
  const blockBytes = atLeastOne(
    "blockBytes",
    options.blockBytes ?? blockBytesFor(budget.limitBytes, parallel),
  );
  if (blockBytes > budget.limitBytes) {
    throw new WriterError(
      `Expected blocks that fit into the memory budget of ${budget.limitBytes} bytes, got blockBytes ${blockBytes}`,
      { code: "invalid-option" },
    );
  }
  // A writer has a chunk from its first row on, so those that share a budget have small ones.
  const mostChunk = options.budget instanceof MemoryBudget ? largestSharedChunk : largestChunk;
  const chunkBytes = Math.min(mostChunk, Math.max(smallestChunk, Math.ceil(blockBytes / 16)));
  return new BlockWriter<Row>({
    sink,
    ids: blockIdsOf(sink),
    pack: makePack(chunkBytes),
    chunkBytes,
    budget,
    parallel,
    limits: {
      maxBytes: blockBytes,
      maxRows: atLeastOne("maxRows", options.maxRows ?? Number.POSITIVE_INFINITY),
      maxAgeMs: atLeastOne("maxAgeMs", options.maxAgeMs ?? Number.POSITIVE_INFINITY),
    },
    compressor: resolveCompressor(options.compress),
    clock: options.clock ?? systemClock,
    onProgress: options.onProgress,
    signal: options.signal,
  });
}

const smallestChunk = 4 * 1024;
const largestChunk = 1024 * 1024;
const largestSharedChunk = 64 * 1024;

function budgetFrom(
  { budget, blockBytes }: Pick<BufferedWriterOptions, "budget" | "blockBytes">,
  parallel: number,
): MemoryBudget {
  if (budget instanceof MemoryBudget) return budget;
  if (budget !== undefined) return createMemoryBudget(budget);
  // Who asks for large blocks and says nothing of memory means to have room for them.
  return createMemoryBudget(Math.max(defaultBudgetBytes, (blockBytes ?? 0) * (1 + parallel)));
}

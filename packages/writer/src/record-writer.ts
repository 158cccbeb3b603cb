import { RecordPack, type RowInput } from "@maxcompute-tunnel/codec";
import { type BlockIds, blockIdsOf } from "./block/block-ids.ts";
import type { BlockSink, WrittenBlock } from "./block/block-sink.ts";
import { BlockStream } from "./block-stream.ts";
import { systemClock, type WriterClock } from "./clock.ts";
import type { Compressor } from "./compression/compressor.ts";
import { resolveCompressor } from "./compression/resolve-compressor.ts";
import { atLeastOne } from "./errors.ts";
import { blockExists, listFailed, writerAborted } from "./failures.ts";

/** How a single block is streamed. */
export interface RecordWriterOptions {
  /** `true` compresses with deflate, as in the reference. @default false */
  readonly compress?: boolean | Compressor;
  /** Write the block although the server already holds one under this id; the new one replaces it. @default false */
  readonly replace?: boolean;
  /** What to do with a property of a row that is no column. @default "error" */
  readonly unknownProperties?: "error" | "ignore";
  /** Aborts the writer and its request. @default none */
  readonly signal?: AbortSignal;
  /** Send once this many bytes wait. @default 256 KiB */
  readonly sendBytes?: number;
  /** Send whatever waits after this long; the service closes a connection after 120 s of silence. @default 30000 */
  readonly maxDelayMs?: number;
  /** The largest block; a row beyond it is refused. @default 100 GB, the service's limit */
  readonly maxBlockBytes?: number;
  /** Time, for tests and simulations. @default the machine's */
  readonly clock?: WriterClock;
}

/** Streams the rows of one block over one request. */
export interface RecordWriter<Row = RowInput> {
  readonly blockId: number;
  /** Rows accepted so far. */
  readonly recordCount: number;
  /**
   * Adds one row. A row that cannot be encoded throws `CodecError` and leaves the writer as it was.
   *
   * @returns nothing, or a promise to wait for before the next row, when the connection is slower than the caller
   */
  write(row: Row): Promise<void> | undefined;
  /**
   * Adds rows in order, as {@link write} does each, and quicker when there are hundreds. When one cannot be encoded,
   * those before it are written, and it and those behind it are not: {@link recordCount} says how many are. It pauses by
   * itself while the connection is slower; leave the rows as they are until then.
   *
   * @returns nothing, or a promise to wait for before the next row
   */
  writeRows(rows: readonly Row[]): Promise<void> | undefined;
  /** Ends the block and waits until the service has stored it. Calling it again gives the same answer. */
  close(): Promise<WrittenBlock>;
  /** Breaks the request off, so that the block is not stored. Does nothing after `close`. */
  abort(reason?: unknown): Promise<void>;
  /** Aborts unless closed. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a writer that streams one block of any size (up to 100 GB) in constant memory.
 *
 * It sends 256 KB at a time, or whatever it has after 30 s. What was sent cannot be sent again by itself: when the
 * connection dies, the writer is dead, every call says so, and the caller writes the block again under the same id.
 * Most uploads want {@link openBufferedWriter}, which does that by itself.
 *
 * @throws WriterError `block-exists` when the server already holds the block and `replace` is not set, `block-in-use`
 *   when another writer of this process is filling it, `invalid-block-id`
 */
export async function openRecordWriter<Row = RowInput>(
  sink: BlockSink,
  blockId: number,
  options: RecordWriterOptions = {},
): Promise<RecordWriter<Row>> {
  const sendBytes = atLeastOne("sendBytes", options.sendBytes ?? 256 * 1024);
  const maxDelayMs = atLeastOne("maxDelayMs", options.maxDelayMs ?? 30_000);
  const maxBlockBytes = atLeastOne("maxBlockBytes", options.maxBlockBytes ?? 100_000_000_000);
  const ids = blockIdsOf(sink);
  ids.claim(blockId);
  try {
    if (options.replace !== true) await refuseStored(ids, blockId, options.signal);
    return new BlockStream<Row>({
      sink,
      ids,
      blockId,
      pack: new RecordPack<Row>(sink.schema.columns, {
        // A little more than what is sent at a time, so that it leaves in one piece.
        chunkBytes: sendBytes + 64 * 1024,
        maxFieldBytes: sink.maxFieldBytes,
        unknownProperties: options.unknownProperties ?? "error",
      }),
      compressor: resolveCompressor(options.compress),
      sendBytes,
      maxDelayMs,
      maxBlockBytes,
      clock: options.clock ?? systemClock,
      signal: options.signal,
    });
  } catch (error) {
    ids.release(blockId);
    throw error;
  }
}

async function refuseStored(ids: BlockIds, blockId: number, signal: AbortSignal | undefined): Promise<void> {
  const stored = await ids.stored(signal).catch((cause: unknown) => {
    throw signal?.aborted ? writerAborted(signal.reason, { blockId }) : listFailed(cause);
  });
  if (stored.has(blockId)) throw blockExists(blockId);
}

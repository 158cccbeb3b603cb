import type { Compressor } from "../compression/compressor.ts";
import { isIdentity } from "../compression/resolve-compressor.ts";
import type { SealedBlock } from "../progress.ts";
import type { BlockBody } from "./block-body.ts";
import type { BlockIds } from "./block-ids.ts";
import { BlockQueue } from "./block-queue.ts";
import type { BlockSink, WrittenBlock } from "./block-sink.ts";

/** A block on its way: what is known of it, and its bytes. */
export interface DepartingBlock {
  readonly facts: SealedBlock;
  readonly body: BlockBody;
}

/** What {@link BlockDelivery} is made of. */
export interface BlockDeliveryParts {
  readonly sink: BlockSink;
  readonly ids: BlockIds;
  readonly compressor: Compressor;
  readonly parallel: number;
  /** How large the chunks are that can be used again. */
  readonly chunkBytes: number;
  /** Told once a block is on the server. */
  readonly onStored: (block: WrittenBlock) => void;
  /** Told once, about the first block that could not be stored. */
  readonly onFailure: (block: SealedBlock, cause: unknown) => void;
}

interface PutOutcome {
  readonly written: WrittenBlock;
  /** Whether the first request was the only one, and has its answer: then its bytes have all been read. */
  readonly isReadOnce: boolean;
}

/** Sums over the blocks on the server. */
export interface DeliveryTotals {
  readonly blocks: number;
  readonly storedRows: number;
  readonly storedBytes: number;
  readonly sentBytes: number;
  readonly retries: number;
}

/** Brings sealed blocks to the server, several at a time, and remembers those that arrived. */
export class BlockDelivery {
  readonly #parts: BlockDeliveryParts;
  readonly #queue: BlockQueue<DepartingBlock>;
  readonly #departing = new Set<DepartingBlock>();
  readonly #stored: WrittenBlock[] = [];
  readonly #abort = new AbortController();
  #totals: DeliveryTotals = { blocks: 0, storedRows: 0, storedBytes: 0, sentBytes: 0, retries: 0 };

  constructor(parts: BlockDeliveryParts) {
    this.#parts = parts;
    this.#queue = new BlockQueue(parts.parallel, (block) => this.#bring(block));
  }

  /** Whether a block sent now would leave at once. */
  get hasRoom(): boolean {
    return this.#queue.hasRoom;
  }

  get blocksInFlight(): number {
    return this.#departing.size;
  }

  get totals(): DeliveryTotals {
    return this.#totals;
  }

  /** Bytes that become free without anybody's help. */
  get departingBytes(): number {
    let bytes = 0;
    for (const block of this.#departing) bytes += block.body.heldBytes;
    return bytes;
  }

  /** The blocks on the server, by ascending id. */
  get stored(): readonly WrittenBlock[] {
    return [...this.#stored].sort((a, b) => a.blockId - b.blockId);
  }

  /** Sends a block. `undefined` when it leaves at once, otherwise a promise of the moment it does. */
  send(block: DepartingBlock): Promise<void> | undefined {
    this.#departing.add(block);
    return this.#queue.push(block);
  }

  /** Breaks off what is under way and forgets what has not left; no failure is reported from here on. */
  abort(reason: unknown): void {
    this.#abort.abort(reason);
    for (const block of this.#queue.dropWaiting()) this.#release(block);
  }

  /** Waits until every block sent so far has arrived or failed. */
  drained(): Promise<void> {
    return this.#queue.drained();
  }

  async #bring(block: DepartingBlock): Promise<void> {
    const { signal } = this.#abort;
    let result: PutOutcome;
    try {
      result = await this.#put(block, signal);
    } catch (cause) {
      this.#release(block);
      if (!signal.aborted) this.#parts.onFailure(block.facts, cause);
      return;
    }
    const { written, isReadOnce } = result;
    // A request that was given up may be reading still, whatever became of the one after it.
    if (isReadOnce) block.body.recycle(this.#parts.chunkBytes);
    this.#release(block);
    this.#count(written);
    this.#parts.onStored(written);
  }

  async #put(block: DepartingBlock, signal: AbortSignal): Promise<PutOutcome> {
    const { sink, compressor } = this.#parts;
    const { blockId, rows, bytes, checksum } = block.facts;
    const chunks = await block.body.finish();
    signal.throwIfAborted();
    let sentBytes = 0;
    for (const chunk of chunks) sentBytes += chunk.byteLength;
    const { attempts, requestId } = await sink.putBlock(blockId, chunks, {
      ...(isIdentity(compressor) ? {} : { contentEncoding: compressor.contentEncoding }),
      recordCount: rows,
      signal,
    });
    const written = { blockId, rows, bytes, sentBytes, checksum, attempts: attempts ?? 1, requestId };
    return { written, isReadOnce: attempts === 1 };
  }

  #count(written: WrittenBlock): void {
    this.#stored.push(written);
    const { blocks, storedRows, storedBytes, sentBytes, retries } = this.#totals;
    this.#totals = {
      blocks: blocks + 1,
      storedRows: storedRows + written.rows,
      storedBytes: storedBytes + written.bytes,
      sentBytes: sentBytes + written.sentBytes,
      retries: retries + written.attempts - 1,
    };
  }

  #release(block: DepartingBlock): void {
    this.#departing.delete(block);
    block.body.discard();
    this.#parts.ids.release(block.facts.blockId);
  }
}

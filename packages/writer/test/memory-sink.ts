import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { BlockSink, PutBlockOptions, PutBlockResult } from "../src/block/block-sink.ts";

/** One block that a {@link MemorySink} was given. */
export interface ReceivedBlock {
  readonly blockId: number;
  /** The pieces as they arrived; of a stream, one by one while it is being sent. */
  readonly pieces: Uint8Array[];
  readonly options: PutBlockOptions;
  readonly kind: "chunks" | "stream";
}

/** A session that keeps blocks in memory and answers when the test wants it to. */
export class MemorySink implements BlockSink {
  readonly schema: { readonly columns: readonly ColumnSpec[] };
  readonly maxFieldBytes = 8 * 1024 * 1024;
  readonly received: ReceivedBlock[] = [];
  readonly stored = new Set<number>();
  lists = 0;
  /** What would break off the listing that was asked for last. */
  listingSignal: AbortSignal | undefined;
  /** Blocks being received now, and the most there ever were. */
  live = 0;
  mostLive = 0;
  /** Runs before a block is stored: wait in it, or throw to refuse the block. */
  beforeStoring: (block: ReceivedBlock) => Promise<void> | void = () => {};
  beforeListing: () => Promise<void> | void = () => {};
  attempts = 1;

  declare readonly id?: string;

  constructor(columns: readonly ColumnSpec[], storedBlocks: Iterable<number> = [], id?: string) {
    if (id !== undefined) this.id = id;
    this.schema = { columns };
    for (const id of storedBlocks) this.stored.add(id);
  }

  async putBlock(
    blockId: number,
    body: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
    options: PutBlockOptions = {},
  ): Promise<PutBlockResult> {
    const isStream = Symbol.asyncIterator in body;
    const block: ReceivedBlock = { blockId, pieces: [], options, kind: isStream ? "stream" : "chunks" };
    this.received.push(block);
    this.mostLive = Math.max(this.mostLive, ++this.live);
    try {
      if (isStream) for await (const piece of body) block.pieces.push(piece);
      else block.pieces.push(...body.map((chunk) => chunk.slice()));
      const refused = new Promise<never>((_, reject) => {
        const { signal } = options;
        if (signal?.aborted) reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      refused.catch(() => {});
      await Promise.race([this.beforeStoring(block), refused]);
      this.stored.add(blockId);
      return { attempts: this.attempts, requestId: `request-${blockId}` };
    } finally {
      this.live -= 1;
    }
  }

  async listBlocks({
    signal,
  }: {
    readonly signal?: AbortSignal;
  } = {}): Promise<readonly { readonly blockId: number }[]> {
    this.lists += 1;
    this.listingSignal = signal;
    await this.beforeListing();
    return [...this.stored].map((blockId) => ({ blockId }));
  }

  block(blockId: number): ReceivedBlock {
    const block = this.received.find((candidate) => candidate.blockId === blockId);
    if (block === undefined) throw new Error(`Block ${blockId} was never received`);
    return block;
  }

  bytesOf(blockId: number): Uint8Array {
    return Buffer.concat(this.block(blockId).pieces);
  }
}

/** A gate that test code waits at until it is opened. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Lets everything that is ready to run do so. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { RecordPack } from "@maxcompute-tunnel/codec";
import type { BlockIds } from "./block/block-ids.ts";
import type { BlockSink, PutBlockResult, WrittenBlock } from "./block/block-sink.ts";
import { BodyChannel } from "./block/body-channel.ts";
import { StreamedBody } from "./block/streamed-body.ts";
import type { WriterClock } from "./clock.ts";
import type { Compressor } from "./compression/compressor.ts";
import { isIdentity } from "./compression/resolve-compressor.ts";
import type { WriterError } from "./errors.ts";
import { blockFull, streamFailed, writerAborted, writerClosed } from "./failures.ts";
import { takeRows } from "./take-rows.ts";
import { WriterLife } from "./writer-life.ts";

/** What a {@link BlockStream} is made of. */
export interface BlockStreamParts<Row> {
  readonly sink: BlockSink;
  readonly ids: BlockIds;
  readonly blockId: number;
  readonly pack: RecordPack<Row>;
  readonly compressor: Compressor;
  readonly sendBytes: number;
  readonly maxDelayMs: number;
  readonly maxBlockBytes: number;
  readonly clock: WriterClock;
  readonly signal: AbortSignal | undefined;
}

/** The record writer: one block, one request. `openRecordWriter` says what it promises. */
export class BlockStream<Row> {
  readonly blockId: number;
  readonly #parts: BlockStreamParts<Row>;
  readonly #pack: RecordPack<Row>;
  readonly #channel: BodyChannel;
  readonly #body: StreamedBody;
  readonly #request = new AbortController();
  readonly #life = new WriterLife<WrittenBlock>(() => writerClosed({ blockId: this.blockId }));
  #answer: Promise<PutBlockResult> | undefined;
  #rows = 0;
  #bytes = 0;
  #mark: number;
  #stopTimer: (() => void) | undefined;

  constructor(parts: BlockStreamParts<Row>) {
    this.#parts = parts;
    this.blockId = parts.blockId;
    this.#pack = parts.pack;
    this.#mark = parts.sendBytes;
    this.#channel = new BodyChannel(2 * parts.sendBytes);
    this.#body = new StreamedBody(this.#channel, parts.compressor, parts.sendBytes);
    parts.signal?.addEventListener("abort", this.#onSignal, { once: true });
    if (parts.signal?.aborted) this.#onSignal();
  }

  get recordCount(): number {
    return this.#rows;
  }

  write(row: Row): Promise<void> | undefined {
    this.#life.checkOpen();
    this.#checkRoom();
    this.#pack.append(row);
    this.#rows += 1;
    this.#look();
    return this.#channel.room;
  }

  writeRows(rows: readonly Row[]): Promise<void> | undefined {
    return takeRows(rows.length, {
      checkOpen: () => this.#life.checkOpen(),
      take: (from) => this.#take(rows, from),
      wait: () => this.#channel.room,
    });
  }

  /** Takes rows until there is enough to send; gives the first one that is left. */
  #take(rows: readonly Row[], from: number): number {
    const pack = this.#pack;
    this.#checkRoom();
    try {
      return pack.appendRows(rows, { from, untilBytes: Math.min(this.#mark, this.#parts.maxBlockBytes) });
    } finally {
      const taken = pack.recordCount > this.#rows;
      this.#rows = pack.recordCount;
      if (taken) this.#look();
    }
  }

  #checkRoom(): void {
    const { maxBlockBytes } = this.#parts;
    if (this.#pack.byteLengthAtMost >= maxBlockBytes && this.#pack.byteLength >= maxBlockBytes)
      throw blockFull(this.blockId, maxBlockBytes);
  }

  /** Sends what there is when it is enough. */
  #look(): void {
    if (this.#pack.byteLengthAtMost >= this.#mark && this.#pack.byteLength >= this.#mark) this.#send();
    else if (this.#stopTimer === undefined) this.#startTimer();
  }

  close(): Promise<WrittenBlock> {
    return this.#life.close(() => this.#finish());
  }

  async abort(reason?: unknown): Promise<void> {
    if (this.#life.isClosed) return;
    this.#die(writerAborted(reason, { blockId: this.blockId }));
    await this.#answer?.catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  /** Hands over what the pack holds. Without a compressor nothing waits after that. */
  #send(): void {
    this.#hand(this.#pack.drain());
    this.#mark = this.#pack.byteLength + this.#parts.sendBytes;
    this.#startRequest();
    if (isIdentity(this.#parts.compressor)) this.#clearTimer();
    else if (this.#stopTimer === undefined) this.#startTimer();
  }

  #hand(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.#bytes += chunk.byteLength;
    this.#channel.push(chunks);
  }

  #startTimer(): void {
    const { clock, maxDelayMs } = this.#parts;
    this.#stopTimer = clock.startTimer(() => {
      this.#stopTimer = undefined;
      this.#hand(this.#pack.drain());
      this.#channel.flush();
      this.#mark = this.#pack.byteLength + this.#parts.sendBytes;
      this.#startRequest();
    }, maxDelayMs);
  }

  #clearTimer(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** The connection is opened with the first bytes, so that none stands idle before there are any. */
  #startRequest(): void {
    if (this.#answer !== undefined) return;
    const { sink, compressor } = this.#parts;
    this.#answer = sink.putBlock(this.blockId, this.#body, {
      ...(isIdentity(compressor) ? {} : { contentEncoding: compressor.contentEncoding }),
      recordCount: () => this.#rows,
      signal: this.#request.signal,
    });
    this.#answer.catch((cause: unknown) => this.#die(streamFailed(this.blockId, cause)));
  }

  async #finish(): Promise<WrittenBlock> {
    this.#clearTimer();
    const { chunks, checksum } = this.#pack.seal();
    this.#hand(chunks);
    this.#channel.end();
    this.#startRequest();
    try {
      const { attempts = 1, requestId } = (await this.#answer) ?? {};
      this.#release();
      this.#life.settle();
      return {
        blockId: this.blockId,
        rows: this.#rows,
        bytes: this.#bytes,
        sentBytes: this.#body.sentBytes,
        checksum,
        attempts,
        requestId,
      };
    } catch (cause) {
      this.#die(streamFailed(this.blockId, cause));
      throw this.#life.refusal();
    }
  }

  #die(error: WriterError): void {
    if (!this.#life.fail(error)) return;
    this.#clearTimer();
    this.#request.abort(error);
    this.#channel.fail(error);
    this.#release();
  }

  #release(): void {
    this.#parts.ids.release(this.blockId);
    this.#parts.signal?.removeEventListener("abort", this.#onSignal);
  }

  readonly #onSignal = (): void =>
    this.#die(writerAborted(this.#parts.signal?.reason, { blockId: this.blockId }));
}

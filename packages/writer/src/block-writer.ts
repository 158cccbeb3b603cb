import type { BlockBody } from "./block/block-body.ts";
import { BlockDelivery } from "./block/block-delivery.ts";
import type { BlockSink } from "./block/block-sink.ts";
import type { BudgetAccount, BudgetHolder, MemoryBudget } from "./block/memory-budget.ts";
import { RowPacker, type RowPackerParts } from "./block/row-packer.ts";
import { WriteGate } from "./block/write-gate.ts";
import type { WriterError } from "./errors.ts";
import { blockFailed, listenerFailed, writerAborted, writerClosed } from "./failures.ts";
import type { SealedBlock, WriteProgress, WriteProgressEvent, WriteSummary } from "./progress.ts";
import { takeRows } from "./take-rows.ts";
import { WriterLife } from "./writer-life.ts";

/** What a {@link BlockWriter} is made of. */
export interface BlockWriterParts<Row>
  extends Omit<RowPackerParts<Row>, "account" | "gate" | "onSealed" | "onFailure"> {
  readonly sink: BlockSink;
  readonly budget: MemoryBudget;
  readonly parallel: number;
  readonly onProgress: ((event: WriteProgressEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The buffered writer: rows become blocks, blocks are delivered. `openBufferedWriter` says what it promises. */
export class BlockWriter<Row> implements BudgetHolder {
  readonly #parts: BlockWriterParts<Row>;
  readonly #account: BudgetAccount;
  readonly #packer: RowPacker<Row>;
  readonly #delivery: BlockDelivery;
  readonly #gate = new WriteGate();
  readonly #life = new WriterLife<WriteSummary>(() => writerClosed({ storedBlockIds: this.storedBlockIds }));

  constructor(parts: BlockWriterParts<Row>) {
    this.#parts = parts;
    this.#account = parts.budget.open(this);
    this.#packer = new RowPacker({
      ...parts,
      account: this.#account,
      gate: this.#gate,
      onSealed: (facts, body) => this.#send(facts, body),
      onFailure: (error) => this.#fail(error),
    });
    this.#delivery = new BlockDelivery({
      ...parts,
      onStored: (block) => this.#report({ kind: "block-stored", block, progress: this.progress }),
      onFailure: (block, cause) => this.#fail(blockFailed(block, this.storedBlockIds, cause)),
    });
    parts.signal?.addEventListener("abort", this.#onSignal, { once: true });
    if (parts.signal?.aborted) this.#onSignal();
  }

  write(row: Row): Promise<void> | undefined {
    this.#life.checkOpen();
    this.#packer.append(row);
    return this.#gate.wait;
  }

  writeRows(rows: readonly Row[]): Promise<void> | undefined {
    return takeRows(rows.length, {
      checkOpen: () => this.#life.checkOpen(),
      take: (from) => this.#packer.appendRows(rows, from),
      wait: () => this.#gate.wait,
    });
  }

  async flush(): Promise<void> {
    this.#life.checkOpen();
    await this.#deliverAll();
  }

  close(): Promise<WriteSummary> {
    return this.#life.close(() => this.#finish());
  }

  async abort(reason?: unknown): Promise<void> {
    if (this.#life.isClosed) return;
    this.#fail(writerAborted(reason, { storedBlockIds: this.storedBlockIds }));
    await this.#delivery.drained();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  get progress(): WriteProgress {
    const { rows, bytes } = this.#packer;
    return { rows, bytes, ...this.#delivery.totals, blocksInFlight: this.#delivery.blocksInFlight };
  }

  get storedBlockIds(): readonly number[] {
    return this.#delivery.stored.map((block) => block.blockId);
  }

  get sealableBytes(): number {
    return this.#delivery.hasRoom ? this.#packer.sealableBytes : 0;
  }

  get departingBytes(): number {
    return this.#delivery.departingBytes;
  }

  sealForMemory(): void {
    this.#packer.seal("memory");
  }

  #send(facts: SealedBlock, body: BlockBody): void {
    this.#gate.holdFor(this.#delivery.send({ facts, body }));
    this.#report({ kind: "block-sealed", block: facts, progress: this.progress });
  }

  async #deliverAll(): Promise<void> {
    await this.#packer.sealNamed();
    await this.#delivery.drained();
    this.#life.checkAlive();
  }

  async #finish(): Promise<WriteSummary> {
    await this.#deliverAll();
    const blocks = this.#delivery.stored;
    const { rows, bytes, sentBytes, retries } = this.progress;
    this.#release();
    this.#life.settle();
    return { blockIds: blocks.map((block) => block.blockId), rows, bytes, sentBytes, retries, blocks };
  }

  #fail(error: WriterError): void {
    if (!this.#life.fail(error)) return;
    this.#packer.discard();
    this.#delivery.abort(error);
    this.#release();
    this.#gate.fail(error);
  }

  #release(): void {
    this.#account.close();
    this.#parts.signal?.removeEventListener("abort", this.#onSignal);
  }

  readonly #onSignal = (): void =>
    this.#fail(writerAborted(this.#parts.signal?.reason, { storedBlockIds: this.storedBlockIds }));

  #report(event: WriteProgressEvent): void {
    try {
      this.#parts.onProgress?.(event);
    } catch (cause) {
      this.#fail(listenerFailed(cause, this.storedBlockIds));
    }
  }
}

import type { BlockBody } from "./block/block-body.ts";
import { BlockDelivery } from "./block/block-delivery.ts";
import type { BlockSink } from "./block/block-sink.ts";
import type { BudgetAccount, BudgetHolder, MemoryBudget } from "./block/memory-budget.ts";
import { RowPacker, type RowPackerParts } from "./block/row-packer.ts";
import { WriteGate } from "./block/write-gate.ts";
import type { WriterError } from "./errors.ts";
import { blockFailed, listenerFailed, writerAborted, writerClosed } from "./failures.ts";
import type { SealedBlock, WriteProgress, WriteProgressEvent, WriteSummary } from "./progress.ts";

/** What a {@link BlockWriter} is made of. */
export interface BlockWriterParts<Row>
  extends Omit<RowPackerParts<Row>, "account" | "gate" | "onSealed" | "onFailure"> {
  readonly sink: BlockSink;
  readonly budget: MemoryBudget;
  readonly parallel: number;
  readonly onProgress: ((event: WriteProgressEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

type State =
  | { readonly kind: "open" }
  | { readonly kind: "closing"; readonly done: Promise<WriteSummary> }
  | { readonly kind: "closed"; readonly done: Promise<WriteSummary> }
  | { readonly kind: "failed"; readonly error: WriterError };

/** The buffered writer's life, from open to closed or failed. `openBufferedWriter` says what it promises. */
export class BlockWriter<Row> implements BudgetHolder {
  readonly #parts: BlockWriterParts<Row>;
  readonly #account: BudgetAccount;
  readonly #packer: RowPacker<Row>;
  readonly #delivery: BlockDelivery;
  readonly #gate = new WriteGate();
  #state: State = { kind: "open" };

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
    if (this.#state.kind !== "open") throw this.#refusal();
    this.#packer.append(row);
    return this.#gate.wait;
  }

  async flush(): Promise<void> {
    if (this.#state.kind !== "open") throw this.#refusal();
    await this.#deliverAll();
  }

  close(): Promise<WriteSummary> {
    switch (this.#state.kind) {
      case "open": {
        const done = this.#finish();
        this.#state = { kind: "closing", done };
        return done;
      }
      case "closing":
      case "closed":
        return this.#state.done;
      case "failed":
        return Promise.reject(this.#state.error);
    }
  }

  async abort(reason?: unknown): Promise<void> {
    if (this.#state.kind === "closed") return;
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
    if (this.#state.kind === "failed") throw this.#state.error;
  }

  async #finish(): Promise<WriteSummary> {
    await this.#deliverAll();
    const blocks = this.#delivery.stored;
    const { rows, bytes, sentBytes, retries } = this.progress;
    this.#release();
    if (this.#state.kind === "closing") this.#state = { kind: "closed", done: this.#state.done };
    return { blockIds: blocks.map((block) => block.blockId), rows, bytes, sentBytes, retries, blocks };
  }

  #fail(error: WriterError): void {
    if (this.#state.kind === "failed" || this.#state.kind === "closed") return;
    this.#state = { kind: "failed", error };
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

  #refusal(): WriterError {
    if (this.#state.kind === "failed") return this.#state.error;
    return writerClosed({ storedBlockIds: this.storedBlockIds });
  }
}

import type { RecordPack } from "@maxcompute-tunnel/codec";
import type { WriterClock } from "../clock.ts";
import type { Compressor } from "../compression/compressor.ts";
import type { WriterError } from "../errors.ts";
import { blockIdsExhausted, listFailed } from "../failures.ts";
import type { SealedBlock } from "../progress.ts";
import { BlockBody } from "./block-body.ts";
import type { BlockIds } from "./block-ids.ts";
import type { BudgetAccount } from "./memory-budget.ts";
import { reachedLimit, type SealLimits, type SealReason } from "./seal-policy.ts";
import type { WriteGate } from "./write-gate.ts";

/** What encodes rows into packs. What counts as a row is up to it: a batch's rows are one. */
export type RowPack<Row> = Pick<
  RecordPack<Row>,
  "append" | "recordCount" | "byteLength" | "byteLengthAtMost" | "drain" | "seal"
> &
  Partial<Pick<RecordPack<Row>, "recycle" | "appendRows">>;

/** What a {@link RowPacker} is made of. */
export interface RowPackerParts<Row> {
  readonly ids: BlockIds;
  readonly pack: RowPack<Row>;
  /** How many bytes leave the pack at a time. */
  readonly chunkBytes: number;
  readonly account: BudgetAccount;
  readonly limits: SealLimits;
  readonly compressor: Compressor;
  readonly clock: WriterClock;
  /** Holds `write` back. */
  readonly gate: WriteGate;
  /** Takes a sealed block over. */
  readonly onSealed: (facts: SealedBlock, body: BlockBody) => void;
  readonly onFailure: (error: WriterError) => void;
}

/** The block being built. Its id is unknown only until the session's blocks have been listed for the first time. */
interface GrowingBlock {
  blockId: number | undefined;
  /** Resolves once it has its id, or nobody needs one any more. */
  readonly named: PromiseWithResolvers<void> | undefined;
  /** The listing it has its id from. */
  readonly listing: Promise<void> | undefined;
  readonly firstRow: number;
  readonly startedAt: number;
  readonly body: BlockBody;
  readonly stopAgeTimer: () => void;
}

/** Cuts a sequence of rows into sealed blocks, each under an id of its own. */
export class RowPacker<Row> {
  readonly #parts: RowPackerParts<Row>;
  readonly #pack: RowPack<Row>;
  #block: GrowingBlock | undefined;
  /** The pack's bytes are looked at again when there are this many. */
  #mark = 0;
  /** Bytes booked for what the pack has not given away yet. */
  #reservedBytes = 0;
  #reserving = false;
  /** Whether the pack has a spare chunk that it has not begun. */
  #hasSpare = false;
  #nextBlockId = 0;
  #sealedRows = 0;
  #sealedBytes = 0;

  constructor(parts: RowPackerParts<Row>) {
    this.#parts = parts;
    this.#pack = parts.pack;
  }

  /** Rows taken so far. */
  get rows(): number {
    return this.#sealedRows + (this.#block === undefined ? 0 : this.#pack.recordCount);
  }

  /** Encoded bytes of the rows taken so far. */
  get bytes(): number {
    return this.#sealedBytes + (this.#block === undefined ? 0 : this.#pack.byteLength);
  }

  /** Bytes that sealing now would hand over; 0 when there is no block that could be sealed. */
  get sealableBytes(): number {
    const block = this.#block;
    if (block?.blockId === undefined) return 0;
    return this.#pack.byteLength - block.body.encodedBytes + block.body.heldBytes;
  }

  /** Adds a row. Throws, and takes nothing, when the row cannot be encoded or no block id is left for it. */
  append(row: Row): void {
    if (this.#block === undefined) this.#begin(row);
    else this.#pack.append(row);
    this.#look();
  }

  /**
   * Adds rows up to the next look at the block's bytes; gives the first one that is left. Throws for a row that cannot be
   * encoded, as {@link append} does; those before it are taken.
   */
  appendRows(rows: readonly Row[], from: number): number {
    const pack = this.#pack;
    if (this.#block === undefined || pack.appendRows === undefined) {
      this.append(rows[from]!);
      return from + 1;
    }
    const { maxRows } = this.#parts.limits;
    const before = pack.recordCount;
    try {
      return pack.appendRows(rows, { from, untilBytes: this.#mark, untilRows: maxRows });
    } finally {
      if (pack.recordCount > before) this.#look();
    }
  }

  /** The bound is cheap and never too small; what it lets through is asked again, exactly. */
  #look(): void {
    if (this.#pack.byteLengthAtMost >= this.#mark || this.#pack.recordCount >= this.#parts.limits.maxRows) {
      this.#advance();
    }
  }

  /** Hands the block over as it is, if there is one. */
  seal(reason: SealReason): void {
    const block = this.#block;
    if (block?.blockId === undefined) return;
    this.#block = undefined;
    block.stopAgeTimer();
    const { chunks, recordCount: rows, checksum } = this.#pack.seal();
    this.#noteBegun(chunks);
    block.body.add(chunks, this.#takeReservation());
    const bytes = block.body.encodedBytes;
    const facts = { blockId: block.blockId, firstRow: block.firstRow, rows, bytes, checksum, reason };
    this.#sealedRows += rows;
    this.#sealedBytes += bytes;
    this.#parts.onSealed(facts, block.body);
    // Its last row may have gone beyond the budget: the next one waits until that is spent no more.
    const { account, gate } = this.#parts;
    gate.holdFor(account.reserve(0));
  }

  /** Waits until the block has its id, then hands it over. */
  async sealNamed(): Promise<void> {
    await this.#block?.named?.promise;
    this.seal("flush");
  }

  /** Forgets the block being built; its id is free again. */
  discard(): void {
    const block = this.#block;
    if (block === undefined) return;
    this.#block = undefined;
    block.stopAgeTimer();
    block.body.discard();
    block.named?.resolve();
    if (block.blockId === undefined) {
      if (block.listing !== undefined) this.#parts.ids.forgo(block.listing);
      return;
    }
    this.#parts.ids.release(block.blockId);
    this.#parts.ids.giveBack(block.blockId);
  }

  /** Begins a block with its first row. The id comes first: a row without one is never accepted. */
  #begin(row: Row): void {
    const { account, ids, limits, compressor, clock, gate } = this.#parts;
    const listing = ids.learn();
    const blockId = listing === undefined ? this.#takeId() : undefined;
    let body: BlockBody | undefined;
    try {
      body = new BlockBody(compressor, account);
      this.#pack.append(row);
    } catch (error) {
      body?.discard();
      if (listing !== undefined) ids.forgo(listing);
      if (blockId !== undefined) this.#giveBack(blockId);
      throw error;
    }
    const timed = limits.maxAgeMs !== Number.POSITIVE_INFINITY;
    const block: GrowingBlock = {
      blockId,
      named: listing === undefined ? undefined : Promise.withResolvers<void>(),
      listing,
      firstRow: this.#sealedRows,
      startedAt: clock.now(),
      body,
      stopAgeTimer: timed ? clock.startTimer(() => this.#advance(), limits.maxAgeMs) : () => {},
    };
    if (blockId !== undefined) ids.hold(blockId);
    this.#block = block;
    // A first row that fills the block by itself leaves no room for a second one.
    this.#mark = Math.min(this.#nextMark(), limits.maxBytes);
    if (listing !== undefined) {
      gate.holdFor(block.named?.promise);
      this.#name(block, listing).finally(() => block.named?.resolve());
    }
    this.#reserve();
  }

  #giveBack(blockId: number): void {
    this.#parts.ids.giveBack(blockId);
    this.#nextBlockId = blockId;
  }

  #takeId(): number {
    const blockId = this.#parts.ids.take(this.#nextBlockId);
    if (blockId === undefined) throw blockIdsExhausted();
    this.#nextBlockId = blockId + 1;
    return blockId;
  }

  /** Gives the first block its id once the server's blocks are known. Never rejects. */
  async #name(block: GrowingBlock, listing: Promise<void>): Promise<void> {
    const { ids, onFailure } = this.#parts;
    try {
      await listing;
    } catch (cause) {
      onFailure(listFailed(cause));
      return;
    }
    if (this.#block !== block) return;
    try {
      block.blockId = this.#takeId();
    } catch (error) {
      onFailure(error as WriterError);
      return;
    }
    ids.hold(block.blockId);
    this.#advance();
  }

  /** Moves bytes from the pack to the block, and seals the block when it has reached a limit. */
  #advance(): void {
    const block = this.#block;
    if (block === undefined) return;
    if (this.#pack.byteLength >= this.#mark) {
      this.#mark = this.#nextMark();
      const chunks = this.#pack.drain();
      this.#noteBegun(chunks);
      block.body.add(chunks, this.#takeReservation());
      // Giving memory back may have let another writer ask for ours.
      if (this.#block !== block) return;
    }
    const { limits, clock } = this.#parts;
    const reason = reachedLimit(
      { bytes: this.#pack.byteLength, rows: this.#pack.recordCount, ageMs: clock.now() - block.startedAt },
      limits,
    );
    if (reason !== undefined && block.blockId !== undefined) this.seal(reason);
    else if (this.#reservedBytes === 0) this.#reserve();
  }

  #nextMark(): number {
    const { byteLength } = this.#pack;
    const { maxBytes } = this.#parts.limits;
    // A little before the chunk is full, so that the row that fills it does not open another one.
    const next = byteLength + Math.ceil((this.#parts.chunkBytes * 63) / 64);
    return byteLength < maxBytes ? Math.min(next, maxBytes) : next;
  }

  /** Books the next chunk of the pack before there are bytes in it, holding `write` back until that fits. */
  #reserve(): void {
    if (this.#reserving) return;
    const { account, chunkBytes, limits, gate } = this.#parts;
    // A block that is smaller than a chunk never fills one.
    const ahead = Math.min(chunkBytes, limits.maxBytes);
    const wait = account.reserve(ahead);
    if (wait === undefined) {
      this.#useReservation(ahead);
      return;
    }
    this.#reserving = true;
    const granted = wait.then(() => {
      this.#reserving = false;
      if (this.#block === undefined || this.#reservedBytes > 0) account.take(-ahead);
      else this.#useReservation(ahead);
    });
    gate.holdFor(granted);
  }

  /** Memory is booked for the next chunk: of what earlier blocks left, if there is any. */
  #useReservation(bytes: number): void {
    this.#reservedBytes = bytes;
    const { account, chunkBytes } = this.#parts;
    if (this.#hasSpare) return;
    const spare = account.takeSpare(chunkBytes);
    // A pack that cannot use it takes new memory in its place.
    if (spare === undefined || this.#pack.recycle === undefined) return;
    this.#pack.recycle([spare]);
    this.#hasSpare = true;
  }

  /** A pack takes its spare chunk before any other. */
  #noteBegun(chunks: readonly Uint8Array[]): void {
    const { chunkBytes } = this.#parts;
    if (chunks.some(({ buffer }) => buffer.byteLength === chunkBytes)) this.#hasSpare = false;
  }

  #takeReservation(): number {
    const reserved = this.#reservedBytes;
    this.#reservedBytes = 0;
    return reserved;
  }
}

import { WriterError } from "../errors.ts";
import { ChunkPool } from "./chunk-pool.ts";

/** Something that holds memory of a budget and can be asked to give it back: a buffered writer. */
export interface BudgetHolder {
  /** Bytes that sealing would put on their way to the server now; 0 where sealing would not help. */
  readonly sealableBytes: number;
  /** Bytes that are on their way and will be given back without anybody's help. */
  readonly departingBytes: number;
  /** Seals the block being built, although it has reached no limit. */
  sealForMemory(): void;
}

/** One writer's account with a {@link MemoryBudget}. */
export interface BudgetAccount {
  /** Bytes held on this account. */
  readonly heldBytes: number;
  /** Books bytes that exist already, whether they fit or not. Negative numbers give bytes back. */
  take(bytes: number): void;
  /** Books bytes as soon as they fit: `undefined` when they do at once, otherwise a promise of that moment. */
  reserve(bytes: number): Promise<void> | undefined;
  /** Leaves memory to whoever writes next, just before its bytes are given back. */
  recycle(buffers: Iterable<ArrayBuffer>): void;
  /**
   * Memory of exactly this size that was left, for bytes that are booked. Where there is none, and new memory will be
   * taken, as much of what was left goes as the budget has no room for.
   */
  takeSpare(bytes: number): Uint8Array<ArrayBuffer> | undefined;
  /** Gives everything back and forgets the reservations that still wait; they resolve. */
  close(): void;
}

/**
 * The memory that buffered writers may use for encoded rows, shared by all writers that are given the same one.
 *
 * It covers blocks being built, compressed and sent. Writers wait in `write` once it is spent; when nothing is on its
 * way to the server that would free memory, the writer with the largest unfinished block has to send it early.
 *
 * Chunks of stored blocks are used again, by any of the writers; what waits for that and what is used are together no
 * more than the budget. Once no writer is open, nothing waits.
 */
export class MemoryBudget {
  readonly limitBytes: number;
  #usedBytes = 0;
  readonly #holders = new Set<BudgetHolder>();
  readonly #spares = new ChunkPool();
  readonly #waiting: Reservation[] = [];
  #settling = false;

  constructor(limitBytes: number) {
    if (!(limitBytes > 0)) {
      throw new WriterError(`Expected a memory budget of more than 0 bytes, got ${limitBytes}`, {
        code: "invalid-option",
      });
    }
    this.limitBytes = limitBytes;
  }

  /** Bytes held by all writers now. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes of stored blocks that wait to be used again; with what is used and written to, within the budget. */
  get spareBytes(): number {
    return this.#spares.byteLength;
  }

  /** Opens an account: for writers, not for those who use them. */
  open(holder: BudgetHolder): BudgetAccount {
    const budget = this;
    let held = 0;
    let closed = false;
    this.#holders.add(holder);
    const book = (bytes: number): void => {
      held += bytes;
      budget.#usedBytes += bytes;
    };
    return {
      get heldBytes() {
        return held;
      },
      take(bytes) {
        // After closing, everything has been given back already.
        if (closed) return;
        book(bytes);
        if (bytes < 0) budget.#settle();
      },
      reserve(bytes) {
        if (budget.#waiting.length === 0 && budget.#fits(bytes)) {
          book(bytes);
          return undefined;
        }
        return new Promise<void>((resolve) => {
          const grant = (): void => {
            book(bytes);
            resolve();
          };
          budget.#waiting.push({ holder, bytes, grant, drop: resolve });
          budget.#settle();
        });
      },
      recycle(buffers) {
        if (!closed) budget.#spares.give(buffers);
      },
      takeSpare(size) {
        const spare = budget.#spares.take(size);
        if (spare === undefined) budget.#spares.trim(Math.max(0, budget.limitBytes - budget.#usedBytes));
        return spare;
      },
      close() {
        if (closed) return;
        closed = true;
        budget.#holders.delete(holder);
        if (budget.#holders.size === 0) budget.#spares.trim(0);
        for (let i = budget.#waiting.length - 1; i >= 0; i--) {
          const reservation = budget.#waiting[i];
          if (reservation?.holder !== holder) continue;
          budget.#waiting.splice(i, 1);
          reservation.drop();
        }
        book(-held);
        budget.#settle();
      },
    };
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.limitBytes;
  }

  /** Grants what fits; where nothing will free memory by itself, has blocks sealed, and as a last resort grants. */
  #settle(): void {
    // Sealing books bytes, which comes back here; the loop below sees what changed anyway.
    if (this.#settling) return;
    this.#settling = true;
    try {
      for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
        if (!this.#fits(first.bytes)) {
          const departing = this.#sealUntilEnoughDeparts(first.bytes);
          if (this.#waiting[0] !== first) continue;
          if (!this.#fits(first.bytes) && departing > 0) return;
        }
        this.#waiting.shift();
        first.grant();
      }
    } finally {
      this.#settling = false;
    }
  }

  #sealUntilEnoughDeparts(wanted: number): number {
    for (;;) {
      let departing = 0;
      let largest: BudgetHolder | undefined;
      for (const holder of this.#holders) {
        departing += holder.departingBytes;
        if (holder.sealableBytes > (largest?.sealableBytes ?? 0)) largest = holder;
      }
      if (this.#usedBytes - departing + wanted <= this.limitBytes || largest === undefined) return departing;
      const before = largest.sealableBytes;
      largest.sealForMemory();
      if (largest.sealableBytes >= before) return departing;
    }
  }
}

interface Reservation {
  readonly holder: BudgetHolder;
  readonly bytes: number;
  grant(): void;
  drop(): void;
}

/** The budget of a writer that is not told otherwise: 192 MiB. */
export const defaultBudgetBytes: number = 192 * 1024 * 1024;

/** Makes a {@link MemoryBudget}; give the same one to several writers and they stay inside it together. */
export function createMemoryBudget(bytes: number = defaultBudgetBytes): MemoryBudget {
  return new MemoryBudget(bytes);
}

import { WriterError } from "../errors.ts";
import type { BlockSink } from "./block-sink.ts";

/** The highest block id that writers pick by themselves: the service keeps 20000 blocks a session, ids 0 to 19999. */
export const lastBlockId = 19999;

/** The highest block id that a caller may name; the reference allows 20000, the service refuses it. */
export const lastNamedBlockId = 20000;

/**
 * Who fills which block of one session object: the server's blocks, those of live writers, and those already sent.
 *
 * Every writer on a session object asks the same book, so that no two ever share an id.
 */
export class BlockIds {
  readonly #sink: BlockSink;
  readonly #taken = new Set<number>();
  readonly #live = new Set<number>();
  #state: "unknown" | "known" = "unknown";
  #learning: Promise<void> | undefined;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /**
   * `undefined` once the server's blocks are known, otherwise a promise of that; a failed look is tried again.
   * Nobody's signal aborts it, since all writers of the session wait for the same one.
   */
  learn(): Promise<void> | undefined {
    if (this.#state === "known") return undefined;
    this.#learning ??= this.stored().then(
      () => {
        this.#state = "known";
      },
      (error: unknown) => {
        this.#learning = undefined;
        throw error;
      },
    );
    // Nobody may be left to hear of a failure: the row that began it all can be refused meanwhile.
    this.#learning.catch(() => {});
    return this.#learning;
  }

  /** Asks the server which blocks it holds, and keeps automatic ids clear of them. */
  async stored(signal?: AbortSignal): Promise<ReadonlySet<number>> {
    const blocks = await this.#sink.listBlocks(signal === undefined ? {} : { signal });
    const ids = new Set(blocks.map((block) => block.blockId));
    for (const id of ids) this.#taken.add(id);
    return ids;
  }

  /** Takes the next free id from `first` on, or none when there is none up to {@link lastBlockId}. */
  take(first = 0): number | undefined {
    for (let id = first; id <= lastBlockId; id++) {
      if (this.#taken.has(id)) continue;
      this.#taken.add(id);
      return id;
    }
    return undefined;
  }

  /** Gives back an id that was taken and under which nothing was sent. */
  giveBack(id: number): void {
    this.#taken.delete(id);
  }

  /** Claims an id that a caller named, for a writer that is about to live. */
  claim(id: number): void {
    if (!Number.isInteger(id) || id < 0 || id > lastNamedBlockId) {
      throw new WriterError(`Expected a block id from 0 to ${lastNamedBlockId}, got ${id}`, {
        code: "invalid-block-id",
      });
    }
    if (this.#live.has(id)) {
      throw new WriterError(
        `Block ${id} is being written by another writer of this session; close or abort that one first`,
        { code: "block-in-use", blockId: id },
      );
    }
    this.#live.add(id);
    this.#taken.add(id);
  }

  /** Marks an id as being filled by a buffered writer, so that nobody opens a record writer on it. */
  hold(id: number): void {
    this.#live.add(id);
  }

  /** The writer of this id is gone. The id stays taken: something may be stored under it. */
  release(id: number): void {
    this.#live.delete(id);
  }
}

const books = new WeakMap<BlockSink, BlockIds>();

/** The one book of ids that belongs to a session object. */
export function blockIdsOf(sink: BlockSink): BlockIds {
  const known = books.get(sink);
  if (known !== undefined) return known;
  const created = new BlockIds(sink);
  books.set(sink, created);
  return created;
}

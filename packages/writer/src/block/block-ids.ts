import { WriterError } from "../errors.ts";
import type { BlockSink } from "./block-sink.ts";

/** The highest block id that writers pick by themselves: the service keeps 20000 blocks a session, ids 0 to 19999. */
export const lastBlockId = 19999;

/** The highest block id that a caller may name; the reference allows 20000, the service refuses it. */
export const lastNamedBlockId = 20000;

/** What is known in this process of one upload's ids, whichever session object it was learned through. */
export interface IdMarks {
  /** Ids that no writer may pick any more: stored, sent or named. */
  readonly taken: Set<number>;
  /** Ids that a writer is filling now. */
  readonly live: Set<number>;
}

/**
 * Who fills which block of one upload: the server's blocks, those of live writers, and those already sent.
 *
 * Every writer on a session object asks the same book, and the books of session objects for the same upload share their
 * marks, so that no two writers of a process ever share an id. Each object still looks for itself at what the server
 * holds, since other processes may have written meanwhile.
 */
export class BlockIds {
  readonly #sink: BlockSink;
  readonly #marks: IdMarks;
  #state: "unknown" | "known" = "unknown";
  #learning: Promise<void> | undefined;
  /** How many wait for the look under way, and what ends it when nobody does any more. */
  #waiting = 0;
  #look = new AbortController();

  constructor(sink: BlockSink, marks: IdMarks) {
    this.#sink = sink;
    this.#marks = marks;
  }

  /**
   * `undefined` once the server's blocks are known, otherwise a promise of that; a failed look is tried again.
   * All writers of the session wait for the same look. Whoever gives up before it has ended calls {@link forgo}.
   */
  learn(): Promise<void> | undefined {
    if (this.#state === "known") return undefined;
    this.#waiting += 1;
    if (this.#learning === undefined) this.#learning = this.#lookOnce();
    // Nobody may be left to hear of a failure: the row that began it all can be refused meanwhile.
    this.#learning.catch(() => {});
    return this.#learning;
  }

  /** Says that one caller of {@link learn} waits for its promise no more; the last one to say so ends the look. */
  forgo(learning: Promise<void>): void {
    if (this.#learning !== learning) return;
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#look.abort();
    this.#learning = undefined;
  }

  async #lookOnce(): Promise<void> {
    const look = new AbortController();
    this.#look = look;
    try {
      await this.stored(look.signal);
      if (this.#look === look) this.#state = "known";
    } catch (error) {
      if (this.#look === look) this.#learning = undefined;
      throw error;
    } finally {
      if (this.#look === look) this.#waiting = 0;
    }
  }

  /** Asks the server which blocks it holds, and keeps automatic ids clear of them. */
  async stored(signal?: AbortSignal): Promise<ReadonlySet<number>> {
    const blocks = await this.#sink.listBlocks(signal === undefined ? {} : { signal });
    const ids = new Set(blocks.map((block) => block.blockId));
    for (const id of ids) this.#marks.taken.add(id);
    return ids;
  }

  /** Takes the next free id from `first` on, or none when there is none up to {@link lastBlockId}. */
  take(first = 0): number | undefined {
    for (let id = first; id <= lastBlockId; id++) {
      if (this.#marks.taken.has(id)) continue;
      this.#marks.taken.add(id);
      return id;
    }
    return undefined;
  }

  /** Gives back an id that was taken and under which nothing was sent. */
  giveBack(id: number): void {
    this.#marks.taken.delete(id);
  }

  /** Claims an id that a caller named, for a writer that is about to live. */
  claim(id: number): void {
    if (!Number.isInteger(id) || id < 0 || id > lastNamedBlockId) {
      throw new WriterError(`Expected a block id from 0 to ${lastNamedBlockId}, got ${id}`, {
        code: "invalid-block-id",
      });
    }
    if (this.#marks.live.has(id)) {
      throw new WriterError(
        `Block ${id} is being written by another writer of this session; close or abort that one first`,
        { code: "block-in-use", blockId: id },
      );
    }
    this.#marks.live.add(id);
    this.#marks.taken.add(id);
  }

  /** Marks an id as being filled by a buffered writer, so that nobody opens a record writer on it. */
  hold(id: number): void {
    this.#marks.live.add(id);
  }

  /** The writer of this id is gone. The id stays taken: something may be stored under it. */
  release(id: number): void {
    this.#marks.live.delete(id);
  }
}

const books = new WeakMap<BlockSink, BlockIds>();

/** The one book of ids that belongs to a session object. */
export function blockIdsOf(sink: BlockSink): BlockIds {
  const known = books.get(sink);
  if (known !== undefined) return known;
  const created = new BlockIds(sink, marksOf(sink.id));
  books.set(sink, created);
  return created;
}

/** Marks by upload id, for as long as a session object or a writer of that upload lives. */
const marksById = new Map<string, WeakRef<IdMarks>>();
const forgotten = new FinalizationRegistry<string>((uploadId) => {
  if (marksById.get(uploadId)?.deref() === undefined) marksById.delete(uploadId);
});

function marksOf(uploadId: string | undefined): IdMarks {
  const known = uploadId === undefined ? undefined : marksById.get(uploadId)?.deref();
  if (known !== undefined) return known;
  const created: IdMarks = { taken: new Set(), live: new Set() };
  if (uploadId !== undefined) {
    marksById.set(uploadId, new WeakRef(created));
    forgotten.register(created, uploadId);
  }
  return created;
}

import type { UploadFact } from "./upload-fact.ts";

/**
 * Where the facts of one upload are kept, in order. Whoever has a journal open is the only one to have it.
 *
 * `createMemoryJournal` keeps them for as long as the process lives, `openFileJournal` of `./node` on disk.
 */
export interface UploadJournal {
  /**
   * Adds one fact after those before it. With `sync` it resolves once this fact and all before it would survive the
   * loss of power; without, they survive the end of the process once it resolves.
   *
   * After a failure nothing more is taken: what comes after a gap cannot be trusted.
   *
   * @throws WriterError `journal-failed`, `journal-locked` when the lock was taken away
   */
  append(fact: UploadFact, options?: { readonly sync?: boolean }): Promise<void>;
  /** All facts, in order. */
  facts(): Promise<readonly UploadFact[]>;
  /** Writes down what was appended and lets go of the lock. */
  close(): Promise<void>;
}

/** Journals by the names of their jobs, such as a directory of files. */
export interface JournalStore {
  /**
   * Opens the journal of a job, which is empty the first time.
   *
   * @throws WriterError `journal-locked` when somebody has it open, `invalid-job`, `journal-damaged`, `journal-failed`
   */
  open(job: string): Promise<UploadJournal>;
}

import { WriterError } from "../errors.ts";
import type { UploadFact } from "./upload-fact.ts";
import type { JournalStore, UploadJournal } from "./upload-journal.ts";

/** A journal that lives as long as the process: for uploads that need not survive it, and for tests. */
export function createMemoryJournal(facts: readonly UploadFact[] = []): UploadJournal {
  const kept = [...facts];
  return {
    async append(fact) {
      kept.push(fact);
    },
    facts: async () => [...kept],
    close: async () => {},
  };
}

/** Journals by job for as long as the process lives; a job whose journal is open cannot be opened again. */
export function createMemoryJournals(): JournalStore {
  const journals = new Map<string, UploadFact[]>();
  const open = new Set<string>();
  return {
    async open(job) {
      if (open.has(job)) throw journalLocked(`job ${JSON.stringify(job)}`, "another upload of this process");
      open.add(job);
      const facts = journals.get(job) ?? [];
      journals.set(job, facts);
      return {
        append: async (fact) => {
          facts.push(fact);
        },
        facts: async () => [...facts],
        close: async () => {
          open.delete(job);
        },
      };
    },
  };
}

/** The error of the second one who wants to run an upload. */
export function journalLocked(what: string, holder: string): WriterError {
  return new WriterError(`The journal of ${what} is in use by ${holder}; wait for it, or end it`, {
    code: "journal-locked",
  });
}

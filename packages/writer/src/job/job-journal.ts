import { WriterError } from "../errors.ts";
import { messageOf } from "../failures.ts";
import { jobDiffers } from "./job-failures.ts";
import { checkJobName } from "./job-name.ts";
import { createMemoryJournal } from "./memory-journal.ts";
import type { RunUploadOptions } from "./run-upload-options.ts";
import type { UploadFact, UploadFactContent } from "./upload-fact.ts";
import type { UploadJournal } from "./upload-journal.ts";
import { recordOf, type UploadLedger } from "./upload-record.ts";
import type { UploadTarget } from "./upload-target.ts";

/** A journal while one run has it: what it tells so far, and the way to add to it. */
export interface JobJournal {
  readonly record: UploadLedger;
  /** Writes a fact down; the record has it once that is done. */
  note(fact: UploadFactContent, options?: { readonly sync?: boolean }): Promise<void>;
  /** Ends the run's hold on the journal; closes it when it was opened for the run. */
  release(): Promise<void>;
}

/** Journals that a run of this process has. */
const running: WeakSet<UploadJournal> = /*@__PURE__*/ new WeakSet();

/**
 * Opens the journal of a run and reads it.
 *
 * @throws WriterError `journal-locked`, `journal-damaged`, `journal-failed`, `invalid-job`, `invalid-option`
 */
export async function openJobJournal(options: RunUploadOptions): Promise<JobJournal> {
  const { journal = createMemoryJournal(), now = Date.now } = options;
  const isStore = "open" in journal;
  if (isStore && options.job === undefined) {
    throw new WriterError("Expected the name of a job, whose journal the store is to open, got none", {
      code: "invalid-option",
    });
  }
  const own = isStore ? await journal.open(checkJobName(options.job ?? "")) : journal;
  if (running.has(own)) {
    throw new WriterError("Another run of this process is using this journal", { code: "journal-locked" });
  }
  running.add(own);
  const release = async (): Promise<void> => {
    running.delete(own);
    if (isStore) await own.close();
  };
  try {
    const record = recordOf(await own.facts());
    return {
      record,
      async note(content, call) {
        const fact = { ...content, at: now() } as UploadFact;
        try {
          await own.append(fact, call);
        } catch (cause) {
          throw cause instanceof WriterError ? cause : journalFailed(cause);
        }
        record.add(fact);
      },
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Makes sure that a journal is about what is asked for.
 *
 * @throws WriterError `job-differs`
 */
export function checkJob(
  { begun }: Pick<UploadLedger, "begun">,
  target: UploadTarget,
  job: string | undefined,
): void {
  if (begun === undefined) return;
  if (job !== undefined && begun.job !== job) {
    throw jobDiffers("job", JSON.stringify(begun.job ?? ""), JSON.stringify(job));
  }
  const recorded = describePlace(begun.table, begun.partition);
  const asked = describePlace(target.table, target.partition);
  if (recorded !== asked) throw jobDiffers("an upload into", recorded, asked);
  const { overwrite = false } = target;
  if (begun.overwrite !== overwrite) {
    const mode = (replaces: boolean): string => (replaces ? "replaces" : "keeps");
    throw jobDiffers(
      "an upload that",
      `${mode(begun.overwrite)} the rows of ${recorded}`,
      `one that ${mode(overwrite)} them`,
    );
  }
}

function describePlace(table: UploadTarget["table"], partition: string | undefined): string {
  const name = [table.project, table.schema, table.table].filter((part) => part !== undefined).join(".");
  // Names of projects and tables have no case.
  return (partition === undefined ? name : `${name}/${partition}`).replace(/^[^/]*/u, (names) =>
    names.toLowerCase(),
  );
}

function journalFailed(cause: unknown): WriterError {
  return new WriterError(`The journal could not be written: ${messageOf(cause)}. The upload has stopped`, {
    code: "journal-failed",
    cause,
  });
}

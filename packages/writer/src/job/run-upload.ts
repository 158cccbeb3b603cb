import { createMemoryBudget, MemoryBudget } from "../block/memory-budget.ts";
import { resolveCompressor } from "../compression/resolve-compressor.ts";
import { atLeastOne, WriterError } from "../errors.ts";
import { listenerFailed } from "../failures.ts";
import type { BlockSource } from "./block-source.ts";
import { checkJob, openJobJournal } from "./job-journal.ts";
import { checkJobName } from "./job-name.ts";
import type { RunUploadOptions } from "./run-upload-options.ts";
import type { UploadEvent, UploadReceipt } from "./upload-event.ts";
import type { UploadJournal } from "./upload-journal.ts";
import { UploadRun } from "./upload-run.ts";
import type { UploadTarget } from "./upload-target.ts";

/**
 * Uploads a source and commits it, remembering each step in a journal, so that it can go on after anything: blocks that
 * journal and server agree on are kept, the rest is sent, and a commit in doubt is settled by the session's status
 * before anything else. Run again after success it does nothing, and says so.
 *
 * A session that expired before it was committed is replaced by another one, and everything is sent again.
 *
 * @throws WriterError `journal-locked`, `job-differs`, `source-changed`, `block-failed`, `commit-failed`, `aborted`: nothing
 *   was committed, and another run goes on from there. `outcome-unknown`: another run settles it.
 *   `session-committed-elsewhere`, `session-lost`: somebody has to look at the table.
 */
export async function runUpload(
  target: UploadTarget,
  source: BlockSource,
  options: RunUploadOptions = {},
): Promise<UploadReceipt> {
  const { parallel = 4, budget, onEvent, signal } = options;
  const job = options.job === undefined ? undefined : checkJobName(options.job);
  const compressor = resolveCompressor(options.compressor);
  const settings = {
    target,
    source,
    job,
    parallel: atLeastOne("parallel", parallel),
    budget: budget instanceof MemoryBudget ? budget : createMemoryBudget(budget),
    compressor,
    compareStored: options.compare !== "fingerprint",
    changedSource: options.changedSource ?? "refuse",
    settleMs: options.settleMs,
    details: options.details,
    signal,
    now: options.now ?? Date.now,
    emit(event: UploadEvent) {
      try {
        onEvent?.(event);
      } catch (cause) {
        throw listenerFailed(cause, []);
      }
    },
  };
  try {
    const journal = await openJobJournal(options);
    try {
      checkJob(journal.record, target, job);
      return await new UploadRun(settings, journal).run();
    } finally {
      await journal.release();
    }
  } finally {
    await source.close?.();
  }
}

/**
 * Goes on with the upload that a journal tells of, as {@link runUpload} does.
 *
 * @throws WriterError `nothing-to-resume` when the journal tells of none
 */
export async function resumeUpload(
  target: UploadTarget,
  journal: UploadJournal,
  source: BlockSource,
  options: Omit<RunUploadOptions, "journal"> = {},
): Promise<UploadReceipt> {
  if ((await journal.facts()).length > 0) return runUpload(target, source, { ...options, journal });
  await source.close?.();
  throw new WriterError("The journal tells of no upload that could be resumed", {
    code: "nothing-to-resume",
  });
}

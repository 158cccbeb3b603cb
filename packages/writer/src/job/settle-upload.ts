import { WriterError } from "../errors.ts";
import type { UploadFact } from "./upload-fact.ts";
import type { UploadJournal } from "./upload-journal.ts";
import { recordOf } from "./upload-record.ts";

/**
 * Tells a journal what became of a commit that no server can tell about any more, after somebody has looked at the
 * table. `committed` ends the upload; `not-committed` lets the next run begin another session.
 *
 * @throws WriterError `nothing-to-resume` when no commit is in doubt
 */
export async function settleUpload(
  journal: UploadJournal,
  outcome: "committed" | "not-committed",
  now: () => number = Date.now,
): Promise<void> {
  const { phase } = recordOf(await journal.facts());
  if (phase.kind !== "committing" && phase.kind !== "in-doubt") {
    throw new WriterError(`Expected an upload whose commit is in doubt, got one that is ${phase.kind}`, {
      code: "nothing-to-resume",
    });
  }
  const at = now();
  const facts: readonly UploadFact[] =
    outcome === "committed"
      ? [{ at, kind: "committed", confirmedBy: "caller" }]
      : [
          { at, kind: "not-committed", reason: "the caller looked at the table" },
          { at, kind: "session-ended", reason: "expired" },
        ];
  for (const fact of facts) await journal.append(fact, { sync: true });
}

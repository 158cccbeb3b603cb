import type { CommitReceipt, CommitState } from "@maxcompute-tunnel/session";
import { WriterError } from "../errors.ts";
import { messageOf, writerAborted } from "../failures.ts";
import { formatBlockIds } from "./block-id-runs.ts";
import type { JobJournal } from "./job-journal.ts";
import { sessionErrorCode } from "./session-error.ts";
import type { UploadEvent } from "./upload-event.ts";
import type { UploadFactContent } from "./upload-fact.ts";
import { blockIdsOf, totalsOf } from "./upload-record.ts";
import type { JobSession } from "./upload-target.ts";

/** What a commit is made with. */
export interface CommitParts {
  readonly journal: JobJournal;
  readonly session: JobSession;
  /** An earlier commit of the session may have happened. */
  readonly inDoubt: boolean;
  readonly settleMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: UploadEvent) => void;
}

/** How a commit that did not fail for good ended. */
export type CommitEnd =
  | { readonly kind: "committed"; readonly receipt: CommitReceipt; readonly noteFailure: unknown }
  /** Nothing was committed, and another look at the session can tell what to do. */
  | { readonly kind: "look-again"; readonly error: WriterError };

/**
 * Commits the blocks on record, writing down the intent before the first request leaves and the outcome after.
 *
 * When an earlier commit is in doubt, the session's status settles that first.
 *
 * @throws WriterError `outcome-unknown`, `commit-failed`, `journal-failed`
 */
export async function commitUpload(parts: CommitParts): Promise<CommitEnd> {
  const { journal, session, inDoubt, settleMs, signal, emit } = parts;
  const { record } = journal;
  const blockIds = blockIdsOf(record);
  const { rows } = totalsOf(record.blocks.values());
  const intend = (): Promise<void> =>
    journal.note({ kind: "commit-intended", blockIds: formatBlockIds(blockIds), rows }, { sync: true });
  let isPosted = inDoubt;
  emit({ kind: "committing", sessionId: session.id, blocks: blockIds.length, rows, inDoubt });
  // Nobody who listens may stop a commit between its request and its outcome.
  const tell = (event: UploadEvent): void => {
    try {
      emit(event);
    } catch (error) {
      if (!isPosted) throw error;
    }
  };
  let receipt: CommitReceipt;
  try {
    receipt = await session.commit(blockIds, {
      expectedRecordCounts: new Map([...record.blocks.values()].map((block) => [block.blockId, block.rows])),
      postsInDoubt: inDoubt ? 1 : 0,
      ...(settleMs === undefined ? {} : { settleMs }),
      ...(signal === undefined ? {} : { signal }),
      async onState(state) {
        if (state.kind === "waiting") tell(waiting(state));
        if (state.kind !== "posting" || state.progress.posts > 1) return;
        await intend();
        isPosted = true;
      },
    });
  } catch (error) {
    return afterFailure(parts, error);
  }
  let noteFailure: unknown;
  try {
    // Only another commit of the same blocks, by somebody else, can have made this one unnecessary.
    if (record.phase.kind === "open") await intend();
    const { confirmedBy, requestId } = receipt;
    await journal.note(
      { kind: "committed", confirmedBy, ...(requestId === undefined ? {} : { requestId }) },
      { sync: true },
    );
  } catch (error) {
    noteFailure = error;
  }
  return { kind: "committed", receipt, noteFailure };
}

function waiting({ delayMs, settlesInMs }: CommitState & { readonly kind: "waiting" }): UploadEvent {
  return { kind: "commit-waiting", delayMs, ...(settlesInMs === undefined ? {} : { settlesInMs }) };
}

async function afterFailure({ journal, session, signal }: CommitParts, error: unknown): Promise<CommitEnd> {
  if (error instanceof WriterError) throw error;
  const code = sessionErrorCode(error);
  const sessionId = session.id;
  const isIntended = journal.record.phase.kind === "committing" || journal.record.phase.kind === "in-doubt";
  // Of a session beyond repair the service itself says that the table has to be looked at.
  if (code === "outcome-unknown" || (code === "session-critical" && isIntended)) {
    if (isIntended) await noteIfPossible(journal, { kind: "outcome-unknown", reason: messageOf(error) });
    throw new WriterError(
      `Whether the upload was committed is not known: ${messageOf(error)}. Resume it to find out; do not send the rows another way before that`,
      { code: "outcome-unknown", sessionId, cause: error },
    );
  }
  if (isIntended) await noteIfPossible(journal, { kind: "not-committed", reason: messageOf(error) });
  if (signal?.aborted) throw writerAborted(signal.reason, { sessionId });
  const failed = new WriterError(
    `The upload was not committed: ${messageOf(error)}. Its blocks are stored; resume it`,
    {
      code: "commit-failed",
      sessionId,
      cause: error,
    },
  );
  if (mendable.has(code)) return { kind: "look-again", error: failed };
  throw failed;
}

/** Without this fact the intent stands alone, and the next run asks the server: nothing is lost but time. */
async function noteIfPossible(journal: JobJournal, fact: UploadFactContent): Promise<void> {
  await journal.note(fact, { sync: true }).catch(() => {});
}

/** Failures after which the blocks can be put right, or sent in another session. */
const mendable: ReadonlySet<string | undefined> = new Set([
  "block-list-differs",
  "record-count-differs",
  "no-such-session",
  "session-expired",
  "session-canceled",
]);

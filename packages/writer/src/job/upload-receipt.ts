import type { UploadReceipt } from "./upload-event.ts";
import { type CommittedFact, sessionOf } from "./upload-phase.ts";
import { blockIdsOf, totalsOf, type UploadRecord } from "./upload-record.ts";

/** What is known of a commit that has happened. */
export type Settled = Pick<CommittedFact, "confirmedBy"> & { readonly requestId?: string };

/** What a run knows besides its record. */
export interface RunFacts
  extends Pick<UploadReceipt, "outcome" | "sentBytes" | "retries" | "keptBlocks" | "sourceChanges"> {
  /** What this run learnt of the commit; where it did nothing, the record tells. */
  readonly told: Settled | undefined;
}

/** What the caller of an upload that is committed gets to know of it. */
export function uploadReceipt(record: UploadRecord, { told, ...run }: RunFacts): UploadReceipt {
  const { phase, blocks } = record;
  const { job } = record.begun ?? {};
  const committed = told ?? (phase.kind === "committed" ? phase.outcome : undefined);
  const requestIds = [...[...blocks.values()].map((block) => block.stored?.requestId), committed?.requestId];
  return {
    ...run,
    ...(job === undefined ? {} : { job }),
    sessionId: sessionOf(phase).session.sessionId,
    ...totalsOf(blocks.values(), record.emptyRanges),
    blockIds: blockIdsOf(record),
    requestIds: requestIds.filter((id) => id !== undefined),
    confirmedBy: committed?.confirmedBy ?? "status",
  };
}

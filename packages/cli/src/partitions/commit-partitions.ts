import type { PartitionUpload } from "./partition-upload.ts";

/** Who is told before partitions are committed, and who can prevent it. */
export interface CommitWatch {
  /** Nothing is committed once it is aborted. */
  readonly signal: AbortSignal;
  /** Called when the server has everything, before the first commit. */
  readonly onCommitting: () => void;
}

/**
 * Ends all uploads, waits until the server has everything, and has the partitions committed, some at a time. Where one fails before
 * the commits, none is committed.
 *
 * @throws the failure of an upload; among several, one whose outcome nobody knows
 */
export async function commitPartitions(
  uploads: readonly PartitionUpload[],
  { signal, onCommitting }: CommitWatch,
): Promise<void> {
  const everythingSent = Promise.withResolvers<void>();
  everythingSent.promise.catch(() => undefined);
  const sent: Promise<unknown>[] = [];
  for (const [at, upload] of uploads.entries()) {
    const before = uploads[at - commitsAtATime];
    upload.end(everythingSent.promise.then(() => before?.over));
    sent.push(upload.sent);
  }
  await Promise.all(sent);
  signal.throwIfAborted();
  // The signal may not have heard of it yet: nothing is committed before this was looked at.
  const failed = uploads.find(({ failure }) => failure !== undefined)?.failure;
  if (failed !== undefined) throw failed.error;
  onCommitting();
  everythingSent.resolve();
  await Promise.all(uploads.map(({ over }) => over));
  const failures = uploads.flatMap(({ failure, standing }) =>
    failure === undefined ? [] : [{ ...failure, standing }],
  );
  const worst = failures.find(({ standing }) => standing === "unknown") ?? failures[0];
  if (worst !== undefined) throw worst.error;
}

/** How many partitions are committed at a time. */
const commitsAtATime = 4;

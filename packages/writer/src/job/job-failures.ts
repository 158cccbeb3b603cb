import { WriterError } from "../errors.ts";
import { messageOf } from "../failures.ts";
import type { SourceRange } from "./block-source.ts";
import type { Refusal } from "./reconcile.ts";
import { describeChanges, type RememberedSource, type SourceChange } from "./source-changes.ts";

/** A source that is not what it was when the stored blocks were made from it. */
export function sourceChanged(source: RememberedSource, changes: readonly SourceChange[]): WriterError {
  return new WriterError(
    `The source has changed since this upload began: ${describeChanges(changes, source)}. Nothing was committed; ` +
      "bring the source back as it was to go on, or start over with what it is now",
    { code: "source-changed", changes },
  );
}

/** A range that was read again and is not what it was. `what` says what differs, such as its checksum. */
export function rangeChanged(source: RememberedSource, range: SourceRange, what: string): WriterError {
  const { input, start, end, unit } = range;
  const name = source.fingerprint[input]?.name ?? `input ${input}`;
  return new WriterError(
    `The source has changed since this upload began: ${what} of ${name}, ${unit} ${start} to ${end}, is not what it was. Nothing was committed; ` +
      "bring the source back as it was to go on, or start over with what it is now",
    {
      code: "source-changed",
      changes: [{ what: "content", input, before: `${unit} ${start} to ${end}`, now: `another ${what}` }],
    },
  );
}

/** A source that does not do what {@link BlockSource} says. */
export function invalidSource(what: string): WriterError {
  return new WriterError(`The source of blocks does not keep to its contract: ${what}`, {
    code: "invalid-source",
  });
}

/** A journal of another upload than the one asked for. */
export function jobDiffers(what: string, recorded: string, asked: string): WriterError {
  return new WriterError(
    `The journal is about ${what} ${recorded}, not ${asked}; name this upload differently`,
    { code: "job-differs" },
  );
}

/** An upload that cannot go on by itself. */
export function refused(why: Refusal, sessionId: string): WriterError {
  const [code, message] = refusals[why];
  return new WriterError(`Upload session ${sessionId} ${message}`, { code, sessionId });
}

/** A run that ended before it could ask what came of the commit of an earlier one. */
export function stillInDoubt(cause: unknown, sessionId: string): WriterError {
  return new WriterError(
    `Whether the upload was committed is not known: an earlier run posted the commit, and this one could not ask: ${messageOf(cause)}. Resume it to find out; do not send the rows another way before that`,
    { code: "outcome-unknown", sessionId, cause },
  );
}

const refusals: Readonly<Record<Refusal, readonly [WriterError["code"], string]>> = {
  "committed-elsewhere": [
    "session-committed-elsewhere",
    "was committed, but not by this upload, which had not finished it. The table may hold a part of the rows: look at it, then remove the journal to start over",
  ],
  vanished: [
    "session-lost",
    "is gone before its 24 hours were over, and this upload did not commit it. Look at the table, then remove the journal to start over",
  ],
  critical: [
    "session-lost",
    "has an unrecoverable error, says the service. Look at the table, then remove the journal to start over",
  ],
  "outcome-unknown": [
    "outcome-unknown",
    "is gone, and its commit had been sent without an answer: it was committed, or it expired. Look at the table, then tell the journal which (settleUpload)",
  ],
};

/** A source that needs more blocks than a session takes. */
export function sessionFull(lastBlockId: number): WriterError {
  return new WriterError(
    `The source needs more than the ${lastBlockId + 1} blocks that a session takes. Nothing was committed; remove the journal, or name another job, to start over with larger blocks`,
    { code: "block-ids-exhausted" },
  );
}

/** The first block that could not be stored. */
export function blockNotStored(
  { blockId, rows }: { readonly blockId: number; readonly rows: number },
  cause: unknown,
): WriterError {
  return new WriterError(
    `Block ${blockId} (${rows === 1 ? "1 row" : `${rows} rows`}) could not be stored: ${messageOf(cause)}. Nothing was committed; resume the upload to go on`,
    { code: "block-failed", blockId, cause },
  );
}

import type { MemoryBudget } from "../block/memory-budget.ts";
import type { Compressor } from "../compression/compressor.ts";
import { isIdentity } from "../compression/resolve-compressor.ts";
import { WriterError } from "../errors.ts";
import { messageOf, writerAborted } from "../failures.ts";
import type { BlockSource } from "./block-source.ts";
import { commitUpload } from "./commit-upload.ts";
import { type DeliveredTotals, deliverBlocks } from "./deliver-blocks.ts";
import { refused, sourceChanged, stillInDoubt } from "./job-failures.ts";
import type { JobJournal } from "./job-journal.ts";
import { type Reconciliation, type Refusal, reconcile } from "./reconcile.ts";
import { RunSession } from "./run-session.ts";
import { isEndOfSession } from "./session-error.ts";
import { type SourceChange, sourceChanges } from "./source-changes.ts";
import type { UploadEvent, UploadReceipt } from "./upload-event.ts";
import type { JsonValue, SessionEnd } from "./upload-fact.ts";
import { type SessionFact, sessionOf } from "./upload-phase.ts";
import { type Settled, uploadReceipt } from "./upload-receipt.ts";
import { totalsOf } from "./upload-record.ts";
import type { UploadTarget } from "./upload-target.ts";

/** {@link RunUploadOptions} with their defaults. */
export interface UploadRunSettings {
  readonly target: UploadTarget;
  readonly source: BlockSource;
  readonly job: string | undefined;
  readonly parallel: number;
  readonly budget: MemoryBudget;
  readonly compressor: Compressor;
  readonly compareStored: boolean;
  readonly changedSource: "refuse" | "start-over";
  readonly settleMs: number | undefined;
  readonly details: JsonValue | undefined;
  readonly signal: AbortSignal | undefined;
  readonly now: () => number;
  readonly emit: (event: UploadEvent) => void;
}

/** How often a run looks at a session again, or begins another, before it gives up. */
const maxRounds = 5;

/** One run of an upload: round after round it looks at journal and server, and does what they call for. */
export class UploadRun {
  readonly #settings: UploadRunSettings;
  readonly #journal: JobJournal;
  readonly #totals: DeliveredTotals = { sentBytes: 0, retries: 0 };
  #keptBlocks = 0;
  /** The session of the record. */
  readonly #session: RunSession;
  /** The session was begun just now: there is nothing to look at. */
  #isFresh = false;
  #toldCompression = false;

  constructor(settings: UploadRunSettings, journal: JobJournal) {
    this.#settings = settings;
    this.#session = new RunSession(settings);
    this.#journal = journal;
  }

  async run(): Promise<UploadReceipt> {
    const { emit, job, target, details } = this.#settings;
    const { record } = this.#journal;
    if (record.phase.kind === "committed") {
      const { session, outcome } = record.phase;
      const { rows } = totalsOf(record.blocks.values());
      emit({ kind: "already-done", sessionId: session.sessionId, rows, committedAt: new Date(outcome.at) });
      return this.#receipt("already-committed");
    }
    if (record.begun === undefined) {
      const { table, partition, overwrite = false } = target;
      await this.#journal.note({
        kind: "begun",
        table,
        overwrite,
        ...(job === undefined ? {} : { job }),
        ...(partition === undefined ? {} : { partition }),
        ...(details === undefined ? {} : { details }),
      });
    }
    let last: unknown;
    for (let round = 0; round < maxRounds; round++) {
      const end = await this.#round();
      if (end.kind === "done") return end.receipt;
      last = end.error;
    }
    throw last;
  }

  async #round(): Promise<RoundEnd> {
    const { record } = this.#journal;
    const decision = await this.#nextStep().catch((error: unknown) => {
      const { phase } = record;
      // Whatever kept this run from asking the server, an earlier one may have committed.
      const isOpen = phase.kind === "committing" || phase.kind === "in-doubt";
      throw isOpen ? stillInDoubt(error, phase.session.sessionId) : error;
    });
    switch (decision.kind) {
      case "refuse":
        return this.#refuse(decision.why);
      case "start-over":
        return this.#startOver(decision.reason);
      case "committed":
        return this.#settled(decision.confirmedBy);
      case "settle":
        return this.#commit({ inDoubt: true });
      case "continue":
        return this.#send(decision);
    }
  }

  async #begin(): Promise<void> {
    const fact = await this.#session.begin();
    // Lost with a power failure, it costs a session that nobody will ever hear of again.
    await this.#journal.note(fact);
    this.#isFresh = true;
    const { id: sessionId, expiresAt } = this.#session.opened;
    this.#settings.emit({ kind: "opened", sessionId, ...(expiresAt === undefined ? {} : { expiresAt }) });
  }

  /** What the server's view of the session says is to be done. */
  async #nextStep(): Promise<Reconciliation> {
    const { signal } = this.#settings;
    if (signal?.aborted) throw writerAborted(signal.reason, {});
    const { record } = this.#journal;
    if (record.phase.kind === "new") await this.#begin();
    const { session } = sessionOf(record.phase);
    const decision = this.#isFresh ? nothingSent : await this.#decide(session);
    this.#isFresh = false;
    return decision;
  }

  async #decide(fact: SessionFact): Promise<Reconciliation> {
    const { record } = this.#journal;
    return reconcile(record, await this.#session.look(fact, record.updatedAt));
  }

  /** Throws why the upload cannot go on, once the journal knows; that it cannot be told must not hide why. */
  async #refuse(why: Refusal): Promise<never> {
    const { phase } = this.#journal.record;
    if (why !== "outcome-unknown" && phase.kind === "open" && phase.refusal?.reason !== why)
      await this.#journal.note({ kind: "refused", reason: why }, { sync: true }).catch(() => {});
    throw refused(why, sessionOf(phase).session.sessionId);
  }

  async #startOver(reason: SessionEnd): Promise<RoundEnd> {
    const { session } = sessionOf(this.#journal.record.phase);
    await this.#journal.note({ kind: "session-ended", reason });
    this.#session.forget();
    this.#settings.emit({ kind: "started-over", endedSessionId: session.sessionId, reason });
    return {
      kind: "again",
      error: new WriterError(
        `Session after session of this upload ended before it was committed; the last one was ${session.sessionId} (${reason}). Nothing was committed`,
        { code: "session-lost", sessionId: session.sessionId },
      ),
    };
  }

  /** A commit that was in doubt has happened: no failure to write that down can change it. */
  async #settled(confirmedBy: "status" | "absence"): Promise<RoundEnd> {
    let noteFailure: unknown;
    try {
      await this.#journal.note({ kind: "committed", confirmedBy }, { sync: true });
    } catch (error) {
      noteFailure = error;
    }
    return this.#done({ confirmedBy }, noteFailure);
  }

  async #send(decision: Reconciliation & { kind: "continue" }): Promise<RoundEnd> {
    const { source, emit, changedSource, compressor } = this.#settings;
    const { record } = this.#journal;
    const { kept, again, nextBlockId } = decision;
    const session = this.#session.opened;
    const changes = this.#changes();
    if (changes.length > 0 && kept.length + again.length > 0) {
      if (changedSource === "start-over") return this.#startOver("source-changed");
      throw sourceChanged(record.source ?? source, changes);
    }
    if (record.source === undefined || changes.length > 0) {
      const { fingerprint, settings } = source;
      await this.#journal.note({
        kind: "source",
        fingerprint,
        ...(settings === undefined ? {} : { settings }),
      });
    }
    if (kept.length + again.length > 0) {
      const { rows, bytes, rejected } = totalsOf(kept, record.emptyRanges);
      emit({
        kind: "resumed",
        sessionId: session.id,
        keptBlocks: kept.length,
        keptRows: rows,
        keptBytes: bytes,
        keptRejected: rejected,
        againBlocks: again.length,
      });
    }
    this.#keptBlocks = kept.length;
    if (!this.#toldCompression && !isIdentity(compressor)) {
      this.#toldCompression = true;
      emit({ kind: "compression-chosen", contentEncoding: compressor.contentEncoding });
    }
    try {
      await deliverBlocks({
        ...this.#settings,
        session,
        kept,
        again,
        emptyRanges: record.emptyRanges,
        nextBlockId,
        note: (fact, options) => this.#journal.note(fact, options),
        totals: this.#totals,
      });
    } catch (error) {
      if (!isEndOfSession(error)) throw error;
      return {
        kind: "again",
        error: new WriterError(`The session takes no more blocks: ${messageOf(error)}`, {
          code: "session-lost",
          sessionId: session.id,
          cause: error,
        }),
      };
    }
    return this.#commit({ inDoubt: false });
  }

  async #commit({ inDoubt }: { readonly inDoubt: boolean }): Promise<RoundEnd> {
    const { emit, signal, settleMs } = this.#settings;
    const session = this.#session.opened;
    const end = await commitUpload({ journal: this.#journal, session, inDoubt, signal, settleMs, emit });
    if (end.kind === "look-again") return { kind: "again", error: end.error };
    return this.#done(end.receipt, end.noteFailure);
  }

  #done(told: Settled, noteFailure: unknown): RoundEnd {
    const { phase, blocks } = this.#journal.record;
    if (noteFailure !== undefined) this.#tellAfterwards({ kind: "journal-failed", error: noteFailure });
    const { rows } = totalsOf(blocks.values());
    this.#tellAfterwards({ kind: "committed", sessionId: sessionOf(phase).session.sessionId, rows });
    return { kind: "done", receipt: this.#receipt("committed", told) };
  }

  /** The upload is committed: who listens cannot change that. */
  #tellAfterwards(event: UploadEvent): void {
    try {
      this.#settings.emit(event);
    } catch {}
  }

  #changes(): readonly SourceChange[] {
    const { source } = this.#journal.record;
    return source === undefined ? [] : sourceChanges(source, this.#settings.source);
  }

  #receipt(outcome: UploadReceipt["outcome"], told?: Settled): UploadReceipt {
    const { record } = this.#journal;
    const keptBlocks = outcome === "committed" ? this.#keptBlocks : record.blocks.size;
    const sourceChanges = this.#changes();
    return uploadReceipt(record, { outcome, told, ...this.#totals, keptBlocks, sourceChanges });
  }
}

type RoundEnd =
  | { readonly kind: "done"; readonly receipt: UploadReceipt }
  /** Another look at the session is called for; `error` if there is no round left for it. */
  | { readonly kind: "again"; readonly error: WriterError };

const nothingSent: Reconciliation = { kind: "continue", kept: [], again: [], nextBlockId: 0 };

import { writerAborted } from "../failures.ts";
import type { ServerView } from "./reconcile.ts";
import { sessionErrorCode } from "./session-error.ts";
import type { UploadFactContent } from "./upload-fact.ts";
import type { SessionFact } from "./upload-phase.ts";
import type { JobSession, UploadTarget } from "./upload-target.ts";

/** What sessions are opened with, and judged by. */
export interface RunSessionParts {
  readonly target: UploadTarget;
  readonly signal: AbortSignal | undefined;
  readonly now: () => number;
}

/** The session that a run works with: begun by it, or opened again by the id that the journal tells. */
export class RunSession {
  readonly #parts: RunSessionParts;
  #session: JobSession | undefined;

  constructor(parts: RunSessionParts) {
    this.#parts = parts;
  }

  /** The session, which must have been begun or looked at. */
  get opened(): JobSession {
    if (this.#session === undefined) throw new TypeError("Expected an open session");
    return this.#session;
  }

  /** Begins a session, and gives what the journal is to know of it. */
  async begin(): Promise<UploadFactContent & { readonly kind: "session" }> {
    const { target, signal } = this.#parts;
    try {
      this.#session = await target.create(signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.aborted ? writerAborted(signal.reason, {}) : error;
    }
    const { id: sessionId, expiresAt, schema } = this.#session;
    return {
      kind: "session",
      sessionId,
      columns: describeColumns(schema.columns),
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.getTime() }),
    };
  }

  /** What the server says of the session that the journal tells of; `updatedAt` is when that was written to last. */
  async look({ sessionId, expiresAt }: SessionFact, updatedAt: number | undefined): Promise<ServerView> {
    const { target, signal } = this.#parts;
    const call = signal === undefined ? {} : { signal };
    try {
      const known = this.#session;
      const session = known ?? (await target.resume(sessionId, call));
      this.#session = session;
      // What a session says when it is opened need not be asked for again.
      const opened = known === undefined ? session.opened : undefined;
      const { status, blocks } = opened ?? (await session.refresh(call));
      return { kind: "present", status, blocks, columns: describeColumns(session.schema.columns) };
    } catch (error) {
      if (signal?.aborted) throw writerAborted(signal.reason, { sessionId });
      if (sessionErrorCode(error) !== "no-such-session") throw error;
      return { kind: "gone", mayHaveExpired: this.#mayHaveExpired(expiresAt, updatedAt) };
    }
  }

  /** The session has ended; another one is to be begun. */
  forget(): void {
    this.#session = undefined;
  }

  /** A clock that is behind what the journal has seen cannot tell how old a session is. */
  #mayHaveExpired(expiresAt: number | undefined, updatedAt: number | undefined): boolean {
    const now = this.#parts.now();
    return (
      expiresAt === undefined ||
      now > expiresAt - clockToleranceMs ||
      now < (updatedAt ?? now) - clockToleranceMs
    );
  }
}

/** How far our clock and the server's may be apart: what signing tolerates. */
const clockToleranceMs = 15 * 60_000;

/** Columns as a text that differs when what is encoded for them would. */
function describeColumns(
  columns: readonly { readonly name: string; readonly type: string; readonly nullable?: boolean }[],
): string {
  return JSON.stringify(columns.map(({ name, type, nullable }) => [name, type, nullable !== false]));
}

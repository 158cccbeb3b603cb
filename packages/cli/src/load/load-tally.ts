import type { UploadFilesEvent } from "@maxcompute-tunnel/files";
import type { LoadPhase, LoadProgress } from "../report/load-progress.ts";

/** Counts what a load does, from what its parts tell. */
export class LoadTally {
  /** The session of this run, once there is one. */
  sessionId: string | undefined;
  /** When that session ends, where the server says. */
  expiresAt: Date | undefined;
  phase: LoadPhase = "starting";
  readBytes = 0;
  rejected = 0;
  /** The compression that blocks are sent with, and why, once `auto` has decided. */
  decided: Extract<UploadFilesEvent, { readonly kind: "compression-decided" }> | undefined;
  readonly storedBlockIds: number[] = [];
  /** Rows of each input, by its index. */
  readonly inputRows: Map<number, number> = new Map();
  keptBlocks = 0;
  #rows = 0;
  #sentBytes = 0;
  #sealed = 0;
  #retries = 0;
  readonly #totalBytes: number | undefined;
  readonly #now: () => number;
  /** When a commit that got no answer is sent again. */
  #settlesAt: number | undefined;

  /** @param totalBytes of all inputs, unless one is a pipe */
  constructor(totalBytes: number | undefined, now: () => number) {
    this.#totalBytes = totalBytes;
    this.#now = now;
  }

  read(bytes: number): void {
    this.readBytes += bytes;
  }

  hear(event: UploadFilesEvent): void {
    switch (event.kind) {
      case "opened":
        this.phase = "loading";
        this.sessionId = event.sessionId;
        this.expiresAt = event.expiresAt;
        break;
      case "resumed":
        this.phase = "loading";
        this.sessionId = event.sessionId;
        this.keptBlocks = event.keptBlocks;
        this.#rows = event.keptRows;
        break;
      case "started-over":
        this.#startOver();
        break;
      case "block-sealed": {
        const { rows, range } = event.block;
        this.#sealed += 1;
        this.#rows += rows;
        this.inputRows.set(range.input, (this.inputRows.get(range.input) ?? 0) + rows);
        break;
      }
      case "compression-decided":
        this.decided = event;
        break;
      case "block-stored":
        this.storedBlockIds.push(event.block.blockId);
        this.#sentBytes += event.block.sentBytes;
        break;
      case "retried":
        this.#retries += 1;
        break;
      case "committing":
        this.phase = "committing";
        this.sessionId = event.sessionId;
        break;
      case "commit-waiting":
        this.#settlesAt = event.settlesInMs === undefined ? undefined : this.#now() + event.settlesInMs;
        break;
      case "committed":
      case "already-done":
        this.phase = "committed";
        this.sessionId = event.sessionId;
        break;
      default:
    }
  }

  get progress(): LoadProgress {
    const totalBytes = this.#totalBytes;
    const isRead = totalBytes !== undefined && totalBytes > 0 && this.readBytes >= totalBytes;
    const settlesAt = this.phase === "committing" ? this.#settlesAt : undefined;
    return {
      phase: this.phase === "loading" && isRead ? "finishing" : this.phase,
      ...(settlesAt === undefined ? {} : { settlesInMs: Math.max(0, settlesAt - this.#now()) }),
      rows: this.#rows,
      readBytes: this.readBytes,
      totalBytes,
      sentBytes: this.#sentBytes,
      blocks: this.keptBlocks + this.storedBlockIds.length,
      blocksInFlight: this.#sealed - this.storedBlockIds.length,
      retries: this.#retries,
      rejected: this.rejected,
    };
  }

  /** Another session takes the place of one that ended: everything is read and sent anew. */
  #startOver(): void {
    this.phase = "starting";
    this.readBytes = 0;
    this.rejected = 0;
    this.storedBlockIds.length = 0;
    this.inputRows.clear();
    this.keptBlocks = 0;
    this.#rows = 0;
    this.#sealed = 0;
  }
}

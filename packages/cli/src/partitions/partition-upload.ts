import {
  isWriterError,
  type RunUploadOptions,
  runUpload,
  type UploadEvent,
  type UploadReceipt,
  type UploadTarget,
} from "@maxcompute-tunnel/writer";
import { type LaneSettings, PartitionLane } from "./partition-lane.ts";

/** How far the upload of a partition has come. */
export type PartitionStanding =
  /** Nothing is committed. */
  | "loading"
  /** The commit is on its way. */
  | "committing"
  /** The rows are in. */
  | "committed"
  /** The commit was sent, and nobody knows what came of it. */
  | "unknown"
  /** It was not committed, for certain. */
  | "failed";

/** What an upload of one partition stands on. */
export interface PartitionUploadParts extends LaneSettings {
  readonly target: UploadTarget;
  readonly options: RunUploadOptions;
  /** Told of everything that happens. */
  readonly onEvent: (event: UploadEvent) => void;
}

/** The upload of one partition: its lane, the run that empties it, and what has become of it. */
export class PartitionUpload {
  readonly lane: PartitionLane;
  /** Ends with the upload; it never rejects. */
  readonly over: Promise<void>;
  standing: PartitionStanding = "loading";
  sessionId: string | undefined;
  receipt: UploadReceipt | undefined;
  failure: { readonly error: unknown } | undefined;
  sentBytes = 0;
  storedBlocks = 0;
  keptBlocks = 0;
  retries = 0;
  readonly #sent = Promise.withResolvers<void>();
  readonly #onEvent: (event: UploadEvent) => void;

  constructor(partition: string, parts: PartitionUploadParts) {
    this.lane = new PartitionLane(partition, parts);
    this.#onEvent = parts.onEvent;
    const options = { ...parts.options, onEvent: (event: UploadEvent) => this.#hear(event) };
    this.over = runUpload(parts.target, this.lane.source, options)
      .then(
        (receipt) => {
          this.receipt = receipt;
          this.sessionId = receipt.sessionId;
          this.standing = "committed";
        },
        (error: unknown) => {
          this.failure = { error };
          const isUnknown = isWriterError(error) && error.code === "outcome-unknown";
          this.standing = isUnknown ? "unknown" : "failed";
        },
      )
      .finally(() => {
        this.lane.close();
        this.#sent.resolve();
      });
  }

  get partition(): string {
    return this.lane.partition;
  }

  /** Settles once the upload takes rows, or is over. */
  async ready(): Promise<void> {
    await Promise.race([this.lane.begun, this.over]);
  }

  /** Settles once the server has every block of what was put in, or the upload is over. */
  get sent(): Promise<void> {
    return this.#sent.promise;
  }

  /** There are no more rows; the commit follows when `mayCommit` has settled. */
  end(mayCommit: Promise<void>): void {
    this.lane.end(mayCommit);
    this.#lookWhetherSent();
  }

  #hear(event: UploadEvent): void {
    switch (event.kind) {
      case "opened":
      case "already-done":
        this.sessionId = event.sessionId;
        break;
      case "resumed":
        this.sessionId = event.sessionId;
        this.keptBlocks = event.keptBlocks;
        break;
      case "block-stored":
        this.storedBlocks += 1;
        this.sentBytes += event.block.sentBytes;
        this.#lookWhetherSent();
        break;
      case "retried":
        this.retries += 1;
        break;
      case "committing":
        this.standing = "committing";
        this.sessionId = event.sessionId;
        break;
      default:
    }
    this.#onEvent(event);
  }

  #lookWhetherSent(): void {
    if (this.lane.isEmpty && this.storedBlocks === this.lane.taken) this.#sent.resolve();
  }
}

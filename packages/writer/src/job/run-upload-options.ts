import type { MemoryBudget } from "../block/memory-budget.ts";
import type { Compressor } from "../compression/compressor.ts";
import type { UploadEvent } from "./upload-event.ts";
import type { JsonValue } from "./upload-fact.ts";
import type { JournalStore, UploadJournal } from "./upload-journal.ts";

/** How a journalled upload is run. */
export interface RunUploadOptions {
  /**
   * Names the upload, so that it is done once: after success another run does nothing, after a failure it goes on.
   * @default without a name, whatever the journal holds
   */
  readonly job?: string;
  /** Where its facts are kept; of a store, the journal of `job` is opened and closed. @default in memory */
  readonly journal?: UploadJournal | JournalStore;
  /** Blocks in flight at a time, besides the one that the source is making. @default 4 */
  readonly parallel?: number;
  /** Memory for blocks: bytes for this upload alone, or a budget shared with others. @default 192 MiB */
  readonly budget?: MemoryBudget | number;
  /** Compresses blocks that their source has not compressed; `true` is deflate. @default not compressed */
  readonly compressor?: Compressor | boolean;
  /**
   * What a resumed upload compares of what was stored: `content` reads it again and compares checksums, `fingerprint`
   * trusts that inputs of the same name, size and time are the same. @default "content"
   */
  readonly compare?: "content" | "fingerprint";
  /** What to do when the source is not what it was and nothing is committed. @default "refuse" */
  readonly changedSource?: "refuse" | "start-over";
  /**
   * How long to go on looking, after a commit that got no answer, before it is posted again; in milliseconds.
   * @default 30 000
   */
  readonly settleMs?: number;
  /** Written into the journal when the upload begins, for the caller to find again. Never put a secret here. */
  readonly details?: JsonValue;
  /** Aborts what is in flight; the journal stays, and the upload can be resumed. @default none */
  readonly signal?: AbortSignal;
  /** Told what happens. When it throws before the commit, the upload stops. @default not told */
  readonly onEvent?: (event: UploadEvent) => void;
  /** Milliseconds since 1970, as `Date.now`. @default the machine's */
  readonly now?: () => number;
}

import type { DecidedCompression } from "../compress/block-compressor.ts";
import type { EncodedBlock, EncodeTask } from "../format/format.ts";

/** Does tasks, on this thread or on others. */
export interface BlockRunner {
  /** Tasks that can be under way at a time. */
  readonly slots: number;
  /** Begins a task, or keeps it until a slot is free; an urgent one comes before others that wait. */
  start(task: EncodeTask, urgency?: "urgent"): RunningTask;
  /** Compresses blocks begun from now on. */
  useCompression(decided: DecidedCompression): Promise<void>;
  /** Ends everything at once; what is under way fails. */
  close(): Promise<void>;
}

/** A task under way. It makes nothing unless it is asked to. */
export interface RunningTask {
  /** The next block, or `undefined` after the last one. Calls must not overlap. */
  next(): Promise<EncodedBlock | undefined>;
  /** Says that nothing more of it is wanted. */
  cancel(): void;
}

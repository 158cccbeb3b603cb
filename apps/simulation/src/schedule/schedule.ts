import type { Fault } from "./fault.ts";

/** Everything that decides a run: plain data, so that it can be printed, shrunk and run again. */
export interface Schedule {
  readonly seed: number;
  /** What uploads: the buffered writer and one commit, or a journalled job that is run until it says how it ended. */
  readonly client: "writer" | "job";
  readonly rows: number;
  /** Longest text of a row, in bytes. */
  readonly rowBytes: number;
  readonly blockRows: number;
  readonly blockBytes: number;
  readonly parallel: number;
  readonly compression: "none" | "snappy";
  readonly signing: "v1" | "v4";
  readonly profile: "strict" | "lenient";
  readonly secondCommit: "closed" | "conflict" | "not-found";
  /** A message takes between these times. */
  readonly latencyMs: readonly [number, number];
  /** Whether the server dies, and loses what it had not synced, before the table is looked at. */
  readonly crashAtEnd: boolean;
  readonly faults: readonly Fault[];
}

import type { FileSystem } from "@maxcompute-tunnel/emulator";
import type { BlockUploadSession } from "@maxcompute-tunnel/session";
import type { Sleep, Transport } from "@maxcompute-tunnel/transport";
import type { UploadJournal } from "@maxcompute-tunnel/writer";

/**
 * Places where something can be put between the parts of a run, from outside. They are the ports that the packages
 * have anyway; a planted defect is nothing but such a wrapper.
 */
export interface Ports {
  readonly fetch?: (inner: typeof fetch) => typeof fetch;
  readonly sleep?: (inner: Sleep) => Sleep;
  readonly transport?: (inner: Transport) => Transport;
  readonly session?: (inner: BlockUploadSession) => BlockUploadSession;
  readonly journal?: (inner: UploadJournal) => UploadJournal;
  /** The server's disk. */
  readonly disk?: (inner: FileSystem) => FileSystem;
  /** What the caller does with what `write` gives back. @default "awaited" */
  readonly backpressure?: "awaited" | "ignored";
}

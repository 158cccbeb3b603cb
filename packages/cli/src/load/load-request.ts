import type { FileInput } from "@maxcompute-tunnel/files";
import type { Resumption } from "./resumption.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** What is to be loaded. */
export interface LoadRequest {
  /** The command that asks for it. */
  readonly command: string;
  readonly inputs: readonly (string | FileInput)[];
  /** The table as it was named. */
  readonly table: string;
  readonly flags: UploadFlags;
  /** The command line to resume it by, without `mctunnel`. */
  readonly argv: readonly string[];
  /** The load that is gone on with. */
  readonly resumption: Resumption | undefined;
}

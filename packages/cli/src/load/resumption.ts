import type { LoadPlace } from "../state/upload-details.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** A load that is gone on with: its own command line is run again, with this beside it. */
export interface Resumption {
  /** Id of its journal. */
  readonly id: string;
  /** Where it went. */
  readonly place: LoadPlace | undefined;
  /** Flags of `mctunnel resume`, which win over those of the load. */
  readonly flags: Partial<UploadFlags>;
}

import type { ReadFlags } from "../../load/read-flags.ts";
import type { SendFlags } from "../../load/send-flags.ts";
import type { TargetFlags } from "../../load/upload-flags.ts";
import type { CommonFlags } from "../settings-flags.ts";

/** The flags of `mctunnel check`. */
export interface CheckFlags
  extends ReadFlags,
    Pick<SendFlags, "parallel" | "blockSize" | "memory" | "bandwidth" | "progress">,
    Pick<TargetFlags, "partitionBy" | "maxPartitions">,
    CommonFlags {}

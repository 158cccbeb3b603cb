import type { CompressionChoice } from "@maxcompute-tunnel/files";
import type { CommandContext, TypedFlagParameter } from "@stricli/core";
import { flag, text } from "../commands/settings-flags.ts";
import { byteSize, wholeNumber } from "../commands/value-parsers.ts";
import { byteRate, compression, compressionNames } from "./flag-texts.ts";

/** How the progress of a load is shown. */
export type ProgressChoice = "auto" | "json" | "none";

/** Flags that say how blocks are made and sent, and what is remembered of it. */
export interface SendFlags {
  readonly parallel?: number;
  readonly blockSize?: number;
  readonly memory?: number;
  readonly bandwidth?: number;
  readonly blockQuota?: number;
  readonly compress?: CompressionChoice;
  readonly progress?: ProgressChoice;
  readonly stateDir?: string;
  readonly noJournal?: boolean;
}

/** How those flags are read and explained. */
export const sendFlags: {
  readonly [Name in keyof SendFlags]-?: TypedFlagParameter<SendFlags[Name], CommandContext>;
} = {
  parallel: {
    kind: "parsed",
    parse: wholeNumber(1, 64),
    placeholder: "N",
    brief:
      "Threads that read and blocks in flight; 1 starts no thread (as many as pay, at most 4, if not said)",
    optional: true,
  },
  blockSize: {
    kind: "parsed",
    parse: byteSize(1024),
    placeholder: "SIZE",
    brief: "Encoded bytes in a block, such as 64MiB (at most 16MiB, or more where there would be too many)",
    optional: true,
  },
  memory: {
    kind: "parsed",
    parse: byteSize(4 * 1024 * 1024),
    placeholder: "SIZE",
    brief: "Memory for blocks, made and not yet stored (72MiB if not said)",
    optional: true,
  },
  bandwidth: {
    kind: "parsed",
    parse: byteRate,
    placeholder: "RATE",
    brief: "Send no more than this in a second, such as 20MB/s",
    optional: true,
  },
  blockQuota: {
    kind: "parsed",
    parse: wholeNumber(0, 1_000_000),
    placeholder: "N",
    brief:
      "Blocks that the service takes for the table in five minutes; more wait (500 if not said; 0 to send at once)",
    optional: true,
  },
  compress: {
    kind: "parsed",
    parse: compression,
    placeholder: compressionNames.join("|"),
    brief: "Compress blocks, with a level as in zstd:3 (auto if not said; --compress alone is deflate)",
    optional: true,
  },
  progress: {
    kind: "enum",
    values: ["auto", "json", "none"],
    brief: "Show progress for people, as JSON lines on stderr, or not at all",
    optional: true,
  },
  stateDir: text(
    "DIR",
    "Where loads are kept track of (~/.local/state/mctunnel if not said) [MCTUNNEL_STATE_DIR]",
  ),
  noJournal: flag("Keep no track of this load; it cannot be resumed then"),
};

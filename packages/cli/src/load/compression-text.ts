import type { LoadReport } from "../report/load-receipt.ts";
import type { LoadTally } from "./load-tally.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** What blocks are compressed with where it was said, such as `zstd` or `deflate:9`; nothing where it is found out. */
export function saidCompression(choice: UploadFlags["compress"] = "auto"): string | undefined {
  if (typeof choice !== "string") return `${choice.name}:${choice.level}`;
  return choice === "auto" ? undefined : choice;
}

/** What blocks were compressed with, and what `auto` has found out. */
export function compressionOf(
  choice: UploadFlags["compress"],
  { decided }: Pick<LoadTally, "decided">,
): Pick<LoadReport, "compression" | "compressionReason"> {
  const said = saidCompression(choice);
  if (said !== undefined) return { compression: said, compressionReason: undefined };
  if (decided === undefined || decided.name === "none") {
    return { compression: "none", compressionReason: undefined };
  }
  const speed = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB/s`;
  return {
    compression: decided.name,
    compressionReason: `${decided.name} was chosen: the link takes ${speed(decided.plainBytesPerSecond)} as it is, and ${speed(decided.expectedBytesPerSecond)} so`,
  };
}

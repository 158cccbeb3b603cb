import { createHash } from "node:crypto";
import type { JournalDirectory, JournalSummary } from "@maxcompute-tunnel/writer/node";
import { readUploadDetails } from "../state/upload-details.ts";

/**
 * The job under which one partition of a load is journalled. Partitions that look alike have names of their own, and
 * none is too long.
 */
export function laneJob(load: string, partition: string): string {
  const name = `${load}/${partition}`;
  if (name.length <= longestName && /^[\x20-\x7e]+$/.test(name)) return name;
  const digest = createHash("sha256").update(partition).digest("hex").slice(0, 32);
  return `${[...load].slice(0, 120).join("")}/#${digest}`;
}

/** What is known of a load's partitions from earlier runs. */
export async function knownLanes(
  directory: JournalDirectory,
  load: string,
): Promise<readonly JournalSummary[]> {
  return (await directory.list()).filter(({ details }) => readUploadDetails(details)?.group === load);
}

/** What a job may be called, and room for a digest. */
const longestName = 200;

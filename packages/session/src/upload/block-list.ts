import type { RecordCountDifference } from "../errors.ts";
import type { BlockInfo } from "./block-session.ts";

/** How the blocks on the server differ from those that are to be committed; empty lists when they do not. */
export interface BlockListDifference {
  readonly missing: readonly number[];
  readonly unexpected: readonly number[];
  readonly recordCounts: readonly RecordCountDifference[];
}

/** Compares two block lists both ways, and the row counts where both sides know them. */
export function compareBlockLists(
  expectedIds: ReadonlySet<number>,
  expectedCounts: ReadonlyMap<number, number>,
  stored: readonly BlockInfo[],
): BlockListDifference {
  const storedIds = new Set(stored.map((block) => block.blockId));
  return {
    missing: [...expectedIds].filter((id) => !storedIds.has(id)).sort(ascending),
    unexpected: [...storedIds].filter((id) => !expectedIds.has(id)).sort(ascending),
    recordCounts: stored.flatMap(({ blockId, recordCount }) => {
      const expected = expectedCounts.get(blockId);
      const differs = expected !== undefined && recordCount !== undefined && expected !== recordCount;
      return differs ? [{ blockId, expected, stored: recordCount }] : [];
    }),
  };
}

/** Whether there is any difference at all. */
export function differs(difference: BlockListDifference): boolean {
  return difference.missing.length + difference.unexpected.length + difference.recordCounts.length > 0;
}

/** Says a difference in words, naming a bounded number of blocks. */
export function describeDifference(difference: BlockListDifference): string {
  const { missing, unexpected, recordCounts } = difference;
  const parts: string[] = [];
  if (missing.length > 0) parts.push(`the server lacks ${describeBlockIds(missing)}`);
  if (unexpected.length > 0)
    parts.push(`it holds ${describeBlockIds(unexpected)} that the list does not name`);
  if (recordCounts.length > 0) {
    const shown = recordCounts
      .slice(0, shownEntries)
      .map(
        (count) => `block ${count.blockId} holds ${count.stored} rows where ${count.expected} were written`,
      );
    parts.push(shown.join(", ") + more(recordCounts.length - shown.length));
  }
  return parts.join("; ");
}

/** Names block ids briefly: "blocks 0-4, 7 and 9", with a count when there are many. */
export function describeBlockIds(ids: readonly number[]): string {
  const runs: string[] = [];
  let shownIds = 0;
  for (let i = 0; i < ids.length && runs.length < shownEntries; ) {
    let end = i;
    while (end + 1 < ids.length && ids[end + 1] === (ids[end] ?? 0) + 1) end += 1;
    runs.push(end === i ? `${ids[i]}` : `${ids[i]}-${ids[end]}`);
    shownIds += end - i + 1;
    i = end + 1;
  }
  return `${ids.length === 1 ? "block" : "blocks"} ${runs.join(", ")}${more(ids.length - shownIds)}`;
}

const shownEntries = 10;

function more(count: number): string {
  return count > 0 ? ` and ${count} more` : "";
}

function ascending(a: number, b: number): number {
  return a - b;
}

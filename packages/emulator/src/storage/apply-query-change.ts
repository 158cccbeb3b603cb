import { newPartition, tableById } from "./apply-catalog-change.ts";
import type { QueryChange } from "./change.ts";
import { releaseFiles, retainFiles } from "./file-owners.ts";
import { sessionMemoryMs } from "./lifetimes.ts";
import { type InstanceRecord, partitionKey, type Segment, type State } from "./state.ts";

/** Applies a change that a SQL job makes; see `applyChange`. */
export function applyQueryChange(state: State, change: QueryChange, released: string[]): void {
  switch (change.kind) {
    case "write-rows":
      writeRows(state, change, released);
      return;
    case "record-instance": {
      const { instance } = change;
      const before = state.instances.get(instance.id);
      retainFiles(state, resultSegments(instance));
      releaseFiles(state, before === undefined ? [] : resultSegments(before), released);
      state.instances.set(instance.id, instance);
      return;
    }
    case "create-result-download": {
      const { id, instanceId, at, rows, maxRows } = change;
      const recordCount = rows.segments.reduce((sum, segment) => sum + segment.recordCount, 0);
      retainFiles(state, rows.segments);
      state.downloads.set(id, {
        id,
        tableId: instanceId,
        partition: [],
        createdAt: at,
        status: "normal",
        version: 0,
        columns: rows.columns,
        segments: rows.segments,
        recordCount: Math.min(recordCount, maxRows),
      });
    }
  }
}

/** The files of a job's results. */
export function resultSegments(instance: InstanceRecord): readonly Segment[] {
  return instance.tasks.flatMap(({ outcome }) => (outcome.kind === "rows" ? outcome.rows.segments : []));
}

/** True once a job ended, or was given up, so long ago that nobody asks for it. */
export function isForgotten({ startedAt, endedAt }: InstanceRecord, now: number): boolean {
  return now >= (endedAt ?? startedAt) + sessionMemoryMs;
}

function writeRows(
  state: State,
  change: Extract<QueryChange, { kind: "write-rows" }>,
  released: string[],
): void {
  const table = tableById(state, change.tableId);
  for (const { values, segments } of change.partitions) {
    const key = partitionKey(values);
    const partition = table.partitions.get(key) ?? newPartition(values, change.at);
    table.partitions.set(key, partition);
    retainFiles(state, segments);
    if (change.overwrite) {
      releaseFiles(state, partition.segments, released);
    }
    partition.segments = change.overwrite ? segments : [...partition.segments, ...segments];
    partition.version += 1;
    partition.lastModifiedAt = change.at;
  }
  table.lastModifiedAt = change.at;
}

import { Refusal } from "../refusal.ts";
import { tableById } from "./apply-catalog-change.ts";
import { isOver } from "./apply-session-change.ts";
import type { StreamChange } from "./change.ts";
import { releaseFiles, retainFiles } from "./file-owners.ts";
import { findPartition, type State, type StreamRecord, type Table } from "./state.ts";

/** Applies a change of a stream upload session; see `applyChange`. */
export function applyStreamChange(state: State, change: StreamChange, released: string[]): void {
  switch (change.kind) {
    case "create-stream": {
      const { tableId, partition, id } = change.stream;
      findPartition(tableById(state, tableId), partition);
      state.streams.set(id, { ...change.stream });
      return;
    }
    case "append-rows": {
      const { streamId, segment, latestSchema, at } = change;
      const stream = findOpenStream(state, streamId, at);
      const table = tableById(state, stream.tableId);
      if (latestSchema !== undefined && latestSchema !== table.schemaVersion) {
        throw schemaModified(table, latestSchema);
      }
      const partition = findPartition(table, stream.partition);
      retainFiles(state, [segment]);
      if (segment.recordCount === 0) {
        releaseFiles(state, [segment], released);
        return;
      }
      partition.segments = [...partition.segments, segment];
      partition.version += 1;
      partition.lastModifiedAt = at;
      table.lastModifiedAt = at;
      return;
    }
    case "abort-stream": {
      const stream = state.streams.get(change.streamId);
      if (stream === undefined) {
        throw noSuchStream(change.streamId);
      }
      stream.status = "aborted";
    }
  }
}

/** @throws Refusal `StreamSessionNotFound` also when the session was aborted or is past its 24 hours */
export function findOpenStream(state: State, id: string, now: number): StreamRecord {
  const stream = state.streams.get(id);
  if (stream === undefined || stream.status !== "normal" || isOver(stream, now)) {
    throw noSuchStream(id);
  }
  return stream;
}

/** What a client is told that wants to write the latest columns only, and does not know them. */
export function schemaModified(table: Table, known: number): Refusal {
  return new Refusal(
    "SchemaModified",
    `The table ${table.name} has schema version ${table.schemaVersion} by now, the request was made for ${known}.`,
    { headers: { "odps-tunnel-latest-schema-version": String(table.schemaVersion) } },
  );
}

function noSuchStream(id: string): Refusal {
  return new Refusal("StreamSessionNotFound", `The specified stream session does not exist: ${id}`);
}

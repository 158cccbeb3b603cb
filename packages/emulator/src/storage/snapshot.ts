import { createTable, tableById } from "./apply-catalog-change.ts";
import type { Change, RestoreChange } from "./change.ts";
import { retainFiles } from "./file-owners.ts";
import { defaultSchemaName, findPartition, partitionKey, type State } from "./state.ts";

/** How many segments or blocks go into one change, so that no journal line grows without bound. */
const listLength = 1000;

/** The changes that build `state` from nothing, for a compacted journal. */
export function* snapshotChanges(state: State): Generator<Change> {
  for (const project of state.projects.values()) {
    const { name, owner, comment, createdAt } = project;
    yield { kind: "create-project", at: createdAt, project: name, owner, comment };
    for (const schema of project.schemas.values()) {
      if (schema.name !== defaultSchemaName) {
        const { name: schemaName, comment: schemaComment, createdAt: at } = schema;
        yield { kind: "create-schema", at, project: name, schema: schemaName, comment: schemaComment };
      }
    }
  }
  for (const table of state.tables.values()) {
    const { partitions, name, lifecycleDays, ...rest } = table;
    const { schemaVersion, columnCounts, createdAt, lastDdlAt, lastModifiedAt, ...settled } = rest;
    const days = lifecycleDays === undefined ? {} : { lifecycleDays };
    yield {
      kind: "restore-table",
      table: { ...settled, ...days, table: name },
      schemaVersion,
      columnCounts,
      createdAt,
      lastDdlAt,
      lastModifiedAt,
    };
    for (const { segments, ...partition } of partitions.values()) {
      yield { kind: "restore-partition", tableId: table.id, partition };
      for (const some of inLists(segments)) {
        yield { kind: "restore-segments", tableId: table.id, partition: partition.values, segments: some };
      }
    }
  }
  for (const { blocks, ...upload } of state.uploads.values()) {
    yield { kind: "restore-upload", upload };
    for (const some of inLists([...blocks.values()])) {
      yield { kind: "restore-blocks", uploadId: upload.id, blocks: some };
    }
  }
  for (const download of state.downloads.values()) {
    yield { kind: "restore-download", download };
  }
  for (const stream of state.streams.values()) {
    yield { kind: "create-stream", stream };
  }
  for (const { packs, ...upsert } of state.upserts.values()) {
    yield { kind: "restore-upsert", upsert };
    for (const some of inLists(packs)) {
      yield { kind: "restore-upsert-packs", upsertId: upsert.id, packs: some };
    }
  }
  for (const instance of state.instances.values()) {
    yield { kind: "record-instance", instance };
  }
}

/** Applies one piece of a snapshot. */
export function restore(state: State, change: RestoreChange): void {
  switch (change.kind) {
    case "restore-table":
      createTable(state, change.table, change);
      return;
    case "restore-partition": {
      const { partitions } = tableById(state, change.tableId);
      partitions.set(partitionKey(change.partition.values), { ...change.partition, segments: [] });
      return;
    }
    case "restore-segments": {
      const partition = findPartition(tableById(state, change.tableId), change.partition);
      partition.segments = [...partition.segments, ...change.segments];
      retainFiles(state, change.segments);
      return;
    }
    case "restore-upload":
      state.uploads.set(change.upload.id, { ...change.upload, blocks: new Map() });
      return;
    case "restore-blocks": {
      const upload = state.uploads.get(change.uploadId);
      for (const block of change.blocks) {
        upload?.blocks.set(block.blockId, block);
      }
      if (upload?.status === "normal") {
        retainFiles(state, change.blocks);
      }
      return;
    }
    case "restore-download":
      state.downloads.set(change.download.id, { ...change.download });
      retainFiles(state, change.download.segments);
      return;
    case "restore-upsert":
      state.upserts.set(change.upsert.id, { ...change.upsert, packs: [] });
      return;
    case "restore-upsert-packs":
      state.upserts.get(change.upsertId)?.packs.push(...change.packs);
      retainFiles(state, change.packs);
  }
}

function* inLists<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += listLength) {
    yield items.slice(from, from + listLength);
  }
}

import { Refusal } from "../refusal.ts";
import { tableById } from "./apply-catalog-change.ts";
import { isForgotten, resultSegments } from "./apply-query-change.ts";
import { isDue, sweepUpserts } from "./apply-upsert-change.ts";
import type { SessionChange } from "./change.ts";
import { releaseFiles, retainFiles } from "./file-owners.ts";
import { sessionLifetimeMs, sessionMemoryMs } from "./lifetimes.ts";
import { findPartition, type Segment, type State, type UploadRecord } from "./state.ts";

/** Applies a change of upload and download sessions; see `applyChange`. */
export function applySessionChange(state: State, change: SessionChange, released: string[]): void {
  switch (change.kind) {
    case "create-upload": {
      const { id, tableId, partition, overwrite, at } = change;
      findPartition(tableById(state, tableId), partition);
      state.uploads.set(id, {
        id,
        tableId,
        partition,
        overwrite,
        createdAt: at,
        status: "normal",
        blocks: new Map(),
      });
      return;
    }
    case "store-block": {
      const { block, uploadId } = change;
      const upload = state.uploads.get(uploadId);
      if (upload === undefined || upload.status !== "normal" || isOver(upload, block.storedAt)) {
        // The file has no owner yet, so it goes with the refusal.
        throw upload === undefined ? noSuchUpload(uploadId) : wrongStatus(upload, block.storedAt);
      }
      const replaced = upload.blocks.get(block.blockId);
      retainFiles(state, [block]);
      releaseFiles(state, replaced === undefined ? [] : [replaced], released);
      upload.blocks.set(block.blockId, block);
      return;
    }
    case "commit-upload":
      commit(state, change, released);
      return;
    case "end-upload": {
      const upload = state.uploads.get(change.uploadId);
      if (upload?.status === "normal" && !isOver(upload, change.at)) {
        endUpload(state, upload, change.status, released);
      }
      return;
    }
    case "create-download": {
      const { id, tableId, partition: values, at } = change;
      const table = tableById(state, tableId);
      const { segments, version } = findPartition(table, values);
      retainFiles(state, segments);
      state.downloads.set(id, {
        id,
        tableId,
        partition: values,
        createdAt: at,
        status: "normal",
        version,
        columns: table.columns,
        segments,
        recordCount: segments.reduce((sum, { recordCount }) => sum + recordCount, 0),
      });
      return;
    }
    case "sweep":
      sweep(state, change.at, released);
  }
}

/** True when a sweep at `now` would change anything. */
export function needsSweep(state: State, now: number): boolean {
  const due = (session: { readonly status: string; readonly createdAt: number }): boolean =>
    now >= session.createdAt + (session.status === "normal" ? sessionLifetimeMs : sessionMemoryMs);
  return (
    [...state.uploads.values()].some(due) ||
    [...state.downloads.values()].some(due) ||
    [...state.streams.values()].some((stream) => isOver(stream, now)) ||
    [...state.upserts.values()].some((upsert) => isDue(upsert, now)) ||
    [...state.instances.values()].some((instance) => isForgotten(instance, now))
  );
}

/** True once a session's 24 hours have passed, swept or not. */
export function isOver(session: { readonly createdAt: number }, now: number): boolean {
  return now >= session.createdAt + sessionLifetimeMs;
}

export function noSuchUpload(id: string): Refusal {
  return new Refusal("NoSuchUpload", `The specified upload id does not exist: ${id}`);
}

/** Why a session that is not open takes neither blocks nor a commit. */
export function wrongStatus(upload: Pick<UploadRecord, "id" | "status" | "createdAt">, now: number): Refusal {
  const status = upload.status === "normal" && isOver(upload, now) ? "expired" : upload.status;
  return new Refusal(
    "StatusConflict",
    `The operation is not allowed in the session's status: upload ${upload.id} is ${status}`,
  );
}

function commit(
  state: State,
  change: Extract<SessionChange, { kind: "commit-upload" }>,
  released: string[],
): void {
  const upload = state.uploads.get(change.uploadId);
  if (upload === undefined) {
    throw noSuchUpload(change.uploadId);
  }
  const isAgain = change.again === true && upload.status === "closed";
  if (!isAgain && (upload.status !== "normal" || isOver(upload, change.at))) {
    throw wrongStatus(upload, change.at);
  }
  const table = tableById(state, upload.tableId);
  const partition = findPartition(table, upload.partition);
  let added = [...upload.blocks.values()]
    .sort((a, b) => a.blockId - b.blockId)
    .map(({ blockId: _, storedAt: __, ...segment }): Segment => segment);
  if (isAgain) {
    // The files belong to the table since the first time; those that it gave up are gone.
    added = added.filter(({ file }) => state.files.has(file));
    retainFiles(state, added);
  }
  if (upload.overwrite) {
    releaseFiles(state, partition.segments, released);
  }
  // The files change owner, so their counts stay; files without a row are of no use to the table.
  const kept = added.filter(({ recordCount }) => recordCount > 0);
  releaseFiles(
    state,
    added.filter(({ recordCount }) => recordCount === 0),
    released,
  );
  partition.segments = upload.overwrite ? kept : [...partition.segments, ...kept];
  partition.version += 1;
  partition.lastModifiedAt = change.at;
  table.lastModifiedAt = change.at;
  upload.status = "closed";
}

function endUpload(
  state: State,
  upload: UploadRecord,
  status: Exclude<UploadRecord["status"], "normal" | "closed">,
  released: string[],
): void {
  upload.status = status;
  releaseFiles(state, upload.blocks.values(), released);
  upload.blocks.clear();
}

function sweep(state: State, now: number, released: string[]): void {
  for (const upload of state.uploads.values()) {
    if (upload.status === "normal" && isOver(upload, now)) {
      endUpload(state, upload, "expired", released);
    }
    if (upload.status !== "normal" && now >= upload.createdAt + sessionMemoryMs) {
      state.uploads.delete(upload.id);
    }
  }
  for (const download of state.downloads.values()) {
    if (download.status === "normal" && isOver(download, now)) {
      download.status = "expired";
      releaseFiles(state, download.segments, released);
      download.segments = [];
    }
    if (now >= download.createdAt + sessionMemoryMs) {
      state.downloads.delete(download.id);
    }
  }
  for (const stream of state.streams.values()) {
    if (isOver(stream, now)) {
      state.streams.delete(stream.id);
    }
  }
  sweepUpserts(state, now, released);
  for (const instance of state.instances.values()) {
    if (isForgotten(instance, now)) {
      releaseFiles(state, resultSegments(instance), released);
      state.instances.delete(instance.id);
    }
  }
}

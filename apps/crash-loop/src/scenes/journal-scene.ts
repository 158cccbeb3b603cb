import { join } from "node:path";
import { uploadFiles } from "@maxcompute-tunnel/files";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import { isWriterError } from "@maxcompute-tunnel/writer";
import {
  type JournalFile,
  type JournalFileSystem,
  journalDirectory,
  nodeFileSystem,
} from "@maxcompute-tunnel/writer/node";
import type { Lane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";
import { compareTable, createSourceTable } from "../world/table.ts";

/** What a disk that breaks does to the journals of uploads. */
export interface BrokenJournals {
  /** How many operations of the disk were made to fail, each in an upload of its own. */
  readonly operations: number;
  /** What these uploads came to. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/**
 * Uploads the source again and again; each time the disk under the journal breaks at another operation: it fails with
 * EIO or ENOSPC, a write half done, once or from there on. Then the upload goes on with a disk that is whole.
 */
export async function breakJournals(lane: Lane, source: SourceFile): Promise<BrokenJournals> {
  const outcomes = new Map<string, number>();
  const count = async (breakAt: number, isLasting: boolean): Promise<number> => {
    const table = `j${breakAt}${isLasting ? "_lasting" : ""}`;
    await createSourceTable(lane.emulator, table);
    const disk = breakingDisk(breakAt, isLasting);
    const outcome = await upload(lane, source, table, disk.fileSystem);
    const { kind } = await compareTable(lane.emulator, table, source);
    const promised = { committed: ["exact"], unknown: ["empty", "exact"] }[outcome] ?? ["empty"];
    if (!promised.includes(kind)) {
      throw new Error(`operation ${breakAt} of the disk failed: ${outcome}, and the table is ${kind}`);
    }
    const later = await upload(lane, source, table, nodeFileSystem);
    const end = await compareTable(lane.emulator, table, source);
    if (end.kind !== "exact")
      throw new Error(`operation ${breakAt}: ${later}, and the table is ${JSON.stringify(end)}`);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    return disk.operations;
  };
  const operations = await count(Number.POSITIVE_INFINITY, false);
  outcomes.clear();
  for (let at = 0; at < operations; at += 1) {
    await count(at, false);
    await count(at, true);
  }
  return { operations, outcomes };
}

async function upload(
  lane: Lane,
  source: SourceFile,
  table: string,
  fileSystem: JournalFileSystem,
): Promise<string> {
  const { endpoint, project, accessKeyId, accessKeySecret } = lane.emulator;
  const transport = createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } });
  try {
    const journal = journalDirectory(join(lane.directory, "broken", table), { fileSystem });
    await uploadFiles(uploadTarget({ transport, endpoint }, { project, table }), [source.path], {
      ...{ job: table, journal, blockBytes: 48 * 1024, workers: 1, parallel: 2, settleMs: 100 },
    });
    return "committed";
  } catch (error) {
    if (!isWriterError(error)) throw error;
    return error.code === "outcome-unknown" ? "unknown" : error.code;
  }
}

/** The machine's files, of which one operation fails, or all from there on. */
function breakingDisk(
  breakAt: number,
  isLasting: boolean,
): { readonly fileSystem: JournalFileSystem; readonly operations: number } {
  let operations = 0;
  const isBroken = (): boolean => {
    const at = operations++;
    return at === breakAt || (isLasting && at > breakAt);
  };
  const fault = (): Error => {
    const code = breakAt % 2 === 0 ? "EIO" : "ENOSPC";
    return Object.assign(new Error(`${code}: the disk is broken`), { code });
  };
  const orFail = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isBroken()) throw fault();
    return await work();
  };
  const wrapped = (file: JournalFile): JournalFile => ({
    size: () => orFail(() => file.size()),
    read: (target, position) => orFail(() => file.read(target, position)),
    async write(bytes, position) {
      if (!isBroken()) return await file.write(bytes, position);
      await file.write(bytes.subarray(0, bytes.length >> 1), position);
      throw fault();
    },
    truncate: (length) => orFail(() => file.truncate(length)),
    sync: () => orFail(() => file.sync()),
    async close() {
      const broken = isBroken();
      await file.close();
      if (broken) throw fault();
    },
  });
  return {
    fileSystem: {
      open: (path, mode) => orFail(async () => wrapped(await nodeFileSystem.open(path, mode))),
      rename: (from, to) => orFail(() => nodeFileSystem.rename(from, to)),
      remove: (path) => orFail(() => nodeFileSystem.remove(path)),
      list: (directory) => orFail(() => nodeFileSystem.list(directory)),
      makeDirectory: (path) => orFail(() => nodeFileSystem.makeDirectory(path)),
      syncDirectory: (path) => orFail(() => nodeFileSystem.syncDirectory(path)),
    },
    get operations() {
      return operations;
    },
  };
}

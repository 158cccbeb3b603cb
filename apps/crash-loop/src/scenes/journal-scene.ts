import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
import type { ClientEnd, ClientKind, ClientWorld } from "../world/client.ts";
import { startClient, type UploadOrder } from "../world/client.ts";
import { type DiskTrouble, diskFaults, TroubledDisk } from "../world/disk-trouble.ts";
import type { Lane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";
import type { TroubledFiles } from "../world/troubled-files.ts";

/** An upload under trouble: what it said in the end, in a word, and what it asked of the disk under its journal. */
interface TroubledRun {
  readonly said: string;
  readonly operations: readonly string[];
}

/** Uploads a source by name over a disk that is in trouble, or is not. */
type UploadOver = (order: UploadOrder, trouble: DiskTrouble | undefined) => Promise<TroubledRun>;

/**
 * Uploads the source again and again; each time the disk under the journal fails at another operation, until each has
 * failed: the library's with every fault, once and for good, the command's with one of them in turn. Then the upload goes
 * on with a disk that is whole.
 *
 * @returns how many operations of each kind failed, and what the uploads came to
 */
export async function troubleJournals(lane: Lane, source: SourceFile, client: ClientKind): Promise<string> {
  const upload = client === "library" ? byLibrary : byCommand;
  const outcomes = new Map<string, number>();
  const kinds = new Map<string, number>();
  let tables = 0;
  const play = async (trouble: DiskTrouble | undefined, before?: DiskTrouble): Promise<readonly string[]> => {
    tables += 1;
    const table = `j${tables}_${client}`;
    const order = { ...(await lane.order(table, source)), job: table, blockBytes: 48 * 1024, parallel: 1 };
    if (before !== undefined) await upload(order, before);
    const { said, operations } = await upload(order, trouble);
    const where =
      trouble === undefined ? "" : `${trouble.fault} at ${operations[trouble.at]} (${trouble.at}): `;
    const { kind } = await compareTable(lane.emulator, table, source);
    const promised = { committed: ["exact"], unknown: ["empty", "exact"], "journal failed": ["empty"] }[said];
    if (promised?.includes(kind) !== true) throw new Error(`${where}${said}, and the table is ${kind}`);
    const { said: later } = await upload(order, undefined);
    const end = await compareTable(lane.emulator, table, source);
    if (later !== "committed" || end.kind !== "exact")
      throw new Error(`${where}${said}; then ${later}, and the table is ${JSON.stringify(end)}`);
    if (trouble === undefined) return operations;
    outcomes.set(said, (outcomes.get(said) ?? 0) + 1);
    const failed = operations[trouble.at] ?? "none";
    kinds.set(failed, (kinds.get(failed) ?? 0) + 1);
    return operations;
  };
  const choose = client === "library" ? every : inTurn;
  const first = await play(undefined);
  for (const at of first.keys()) for (const trouble of choose(at)) await play(trouble);
  // A line that is torn in the middle has to be dealt with, too, and that may fail as well.
  const tear: DiskTrouble = { at: nthLast(first, "write", 4), fault: "EIO", isLasting: false };
  const second = await play(undefined, tear);
  for (const at of second.keys()) for (const trouble of inTurn(at)) await play(trouble, tear);
  return `${first.length} operations, and ${second.length} when it goes on (${counted(kinds)} failed): ${counted(outcomes)}; then success`;
}

/** Index of the last operation of a kind but so many. */
function nthLast(operations: readonly string[], kind: string, back: number): number {
  return operations.flatMap((operation, index) => (operation === kind ? [index] : [])).at(-back)!;
}

function every(at: number): readonly DiskTrouble[] {
  return diskFaults.flatMap((fault) => [false, true].map((isLasting) => ({ at, fault, isLasting })));
}

function inTurn(at: number): readonly DiskTrouble[] {
  return [{ at, fault: diskFaults[at % diskFaults.length]!, isLasting: at % 2 === 0 }];
}

function counted(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([what, count]) => `${what} ${count}`).join(", ");
}

const byLibrary: UploadOver = async (order, trouble) => {
  const { endpoint, project, accessKeyId, accessKeySecret, table, files, stateDir } = order;
  const transport = createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } });
  const disk = new TroubledDisk(trouble);
  const journal = journalDirectory(stateDir, { fileSystem: troubledFileSystem(disk) });
  const { operations } = disk;
  const { blockBytes, parallel } = order;
  try {
    await uploadFiles(uploadTarget({ transport, endpoint }, { project, table }), files, {
      ...{ job: table, journal, blockBytes, parallel, workers: 1, settleMs: 100 },
    });
    return { said: "committed", operations };
  } catch (error) {
    if (!isWriterError(error)) throw error;
    const names: Readonly<Record<string, string>> = {
      "journal-failed": "journal failed",
      "outcome-unknown": "unknown",
    };
    return { said: names[error.code] ?? `${error.code}: ${error.message}`, operations };
  }
};

const byCommand: UploadOver = async (order, trouble) => {
  const preload = [fileURLToPath(new URL("../world/troubled-files.js", import.meta.url))];
  const tell = join(order.stateDir, "..", `${order.table}-operations.json`);
  const files: TroubledFiles = { below: order.stateDir, tell, ...(trouble === undefined ? {} : { trouble }) };
  const world: ClientWorld = { preload, env: { TROUBLED_FILES: JSON.stringify(files) } };
  const end = await startClient("mctunnel", order, "upload", world).ended;
  const operations = JSON.parse(await readFile(tell, "utf8")) as string[];
  return { said: whatCommandSaid(end), operations };
};

/** Exit codes are promises: 12 is a journal that failed, 6 an outcome that is not known. */
function whatCommandSaid({ exitCode, stderr, stdout }: ClientEnd): string {
  if (exitCode === 0) return "committed";
  if (exitCode === 6) return "unknown";
  const isTold =
    stdout.includes('"code":"journal-failed"') &&
    /Nothing was committed|No rows were sent|This run has sent nothing/.test(stderr);
  return exitCode === 12 && isTold ? "journal failed" : `exit ${exitCode}: ${stderr}`;
}

/** The machine's files, below a disk that is in trouble. */
function troubledFileSystem(disk: TroubledDisk): JournalFileSystem {
  const wrapped = (file: JournalFile): JournalFile => ({
    size: () => disk.orFail("size", () => file.size()),
    read: (target, position) => disk.orFail("read", () => file.read(target, position)),
    async write(bytes, position) {
      const error = disk.note("write");
      if (error === undefined) return await file.write(bytes, position);
      await file.write(bytes.subarray(0, bytes.length >> 1), position);
      throw error;
    },
    truncate: (length) => disk.orFail("truncate", () => file.truncate(length)),
    sync: () => disk.orFail("sync", () => file.sync()),
    async close() {
      const error = disk.note("close");
      await file.close();
      if (error !== undefined) throw error;
    },
  });
  const { open, rename, remove, list, makeDirectory, syncDirectory } = nodeFileSystem;
  return {
    open: (path, mode) => disk.orFail("open", async () => wrapped(await open(path, mode))),
    rename: (from, to) => disk.orFail("rename", () => rename(from, to)),
    remove: (path) => disk.orFail("remove", () => remove(path)),
    list: (directory) => disk.orFail("list", () => list(directory)),
    makeDirectory: (path) => disk.orFail("make directory", () => makeDirectory(path)),
    syncDirectory: (path) => disk.orFail("sync directory", () => syncDirectory(path)),
  };
}

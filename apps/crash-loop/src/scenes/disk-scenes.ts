import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientEnd } from "../world/client.ts";
import { openLane } from "../world/lane.ts";
import { outcomeOf, type Scene, type Stage, setStage } from "./stage.ts";

/** Whether this process may mount a small file system of its own, for as long as it lives. */
export const canMount: boolean = process.env["DISASTERS_MAY_MOUNT"] === "yes";

/** Runs a program where it may mount; undefined where that takes rights that this user does not have. */
export function mountingPrefix(): readonly string[] | undefined {
  const tried = spawnSync("unshare", ["--user", "--map-root-user", "--mount", "true"]);
  return tried.status === 0 ? ["unshare", "--user", "--map-root-user", "--mount"] : undefined;
}

/** Disks that are full. */
export const diskScenes: readonly Scene[] = [
  {
    name: "files may not grow beyond 8 KiB (RLIMIT_FSIZE): the journal's neither",
    async play(stage) {
      // 512 bytes a block in most shells, 1024 in some.
      const end = await stage.settled(stage.start({ first: "ulimit -f 8" }));
      expectJournalFailed(end, stage);
      await stage.finish();
      return `${outcomeOf(end)}; then success`;
    },
  },
  ...(canMount ? [fullJournal(), fullServer()] : []),
];

interface SmallDisk extends Disposable {
  /** Makes room again. */
  free(): void;
}

/** A small file system that is nearly full, until it is disposed of. */
function mountSmall(path: string, bytes: number, freeBytes: number): SmallDisk {
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path]);
  if (status !== 0) throw new Error(`Expected a file system to be mounted, got ${stderr}`);
  const filler = join(path, "filler");
  const { bavail, bsize } = statfsSync(path);
  writeFileSync(filler, new Uint8Array(Math.max(0, bavail * bsize - freeBytes)));
  return {
    free: () => rmSync(filler),
    [Symbol.dispose]: () => void spawnSync("umount", ["--lazy", path]),
  };
}

function fullJournal(): Scene {
  return {
    name: "the disk of the journal is full (ENOSPC on a tmpfs of 256 KiB), then it is not",
    async play({ lane, source, client, order }) {
      const stateDir = join(lane.directory, `full-${order.table}`);
      using disk = mountSmall(stateDir, 256 * 1024, 8 * 1024);
      const stage = await setStage(lane, source, client, `${order.table}_full`, { stateDir });
      const end = await stage.settled(stage.start());
      expectJournalFailed(end, stage);
      disk.free();
      await stage.finish();
      return `${outcomeOf(end)}; then success`;
    },
  };
}

/** A journal that cannot be written ends the upload, says so, and is no fault of an input. */
function expectJournalFailed(end: ClientEnd, { client }: Stage): void {
  const isTold = client === "library" || (end.exitCode === 12 && end.stderr.includes("mctunnel resume"));
  if (end.exitCode !== 0 && isTold && end.stderr.includes("journal")) return;
  throw new Error(`Expected the journal's failure to be told, got ${outcomeOf(end)}`);
}

function fullServer(): Scene {
  return {
    name: "the disk of the server is full (ENOSPC on a tmpfs of 16 MiB), then it is not",
    async play({ lane, source, client, order }) {
      const directory = join(lane.directory, `server-${order.table}`);
      using disk = mountSmall(directory, 16 * 1024 * 1024, 400 * 1024);
      await using full = await openLane(() => false, { dataDirectory: directory });
      // What patience is for is not what this is about.
      const stage = await setStage(full, source, client, `${order.table}_server`, { retries: 2 });
      const end = await stage.settled(stage.start());
      if (end.exitCode === 0) throw new Error("it succeeded on a full disk");
      disk.free();
      await stage.finish();
      return `${outcomeOf(end)}; then success`;
    },
  };
}

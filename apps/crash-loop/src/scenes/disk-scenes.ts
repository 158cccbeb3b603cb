import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLane } from "../world/lane.ts";
import { outcomeOf, type Scene, setStage } from "./stage.ts";

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
    name: "files may not grow beyond 8 KiB: the journal's neither",
    async play(stage) {
      // 512 bytes a block in most shells, 1024 in some.
      const end = await stage.settled(stage.start({ first: "ulimit -f 8" }));
      if (end.exitCode === 0) throw new Error("it succeeded, and cannot have kept its journal");
      await stage.finish();
      return `${outcomeOf(end)}; then success`;
    },
  },
  ...(canMount ? [fullJournal(), fullServer()] : []),
];

/** A small file system that is nearly full. */
function mountSmall(path: string, bytes: number, freeBytes: number): { free(): void } {
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path]);
  if (status !== 0) throw new Error(`Expected a file system to be mounted, got ${stderr}`);
  const filler = join(path, "filler");
  const { bavail, bsize } = statfsSync(path);
  writeFileSync(filler, new Uint8Array(Math.max(0, bavail * bsize - freeBytes)));
  return { free: () => rmSync(filler) };
}

function fullJournal(): Scene {
  return {
    name: "the disk of the journal is full (ENOSPC), then it is not",
    async play({ lane, source, client, order }) {
      const stateDir = join(lane.directory, `full-${order.table}`);
      const disk = mountSmall(stateDir, 256 * 1024, 8 * 1024);
      const stage = await setStage(lane, source, client, `${order.table}_full`, { stateDir });
      const end = await stage.settled(stage.start());
      if (end.exitCode === 0) throw new Error("it succeeded on a full disk");
      disk.free();
      await stage.finish();
      return `${outcomeOf(end)}; then success`;
    },
  };
}

function fullServer(): Scene {
  return {
    name: "the disk of the server is full (ENOSPC), then it is not",
    async play({ lane, source, order }) {
      const directory = join(lane.directory, `server-${order.table}`);
      const disk = mountSmall(directory, 16 * 1024 * 1024, 400 * 1024);
      await using full = await openLane(() => true, { dataDirectory: directory });
      // The patience of mctunnel would outlast the scene.
      const stage = await setStage(full, source, "library", `${order.table}_server`);
      const end = await stage.settled(stage.start());
      if (end.exitCode === 0) throw new Error("it succeeded on a full disk");
      disk.free();
      await stage.finish();
      return `${outcomeOf(end)}; then success`;
    },
  };
}

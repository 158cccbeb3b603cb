import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workspaceRoot } from "./tool.ts";

const lockFile = join(workspaceRoot, "node_modules", ".cache", "maxcompute-tunnel", "build.lock");

/**
 * Runs one build at a time, so that `emulator` and `mctunnel` can be started together in a fresh clone.
 * A lock whose owner is gone is taken over.
 */
export async function withBuildLock<T>(build: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  while (!tryLock()) {
    if (!ownerLives()) rmSync(lockFile, { force: true });
    else await sleep(50);
  }
  try {
    return await build();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock(): boolean {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function ownerLives(): boolean {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    // An empty file belongs to an owner that is about to write its number.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

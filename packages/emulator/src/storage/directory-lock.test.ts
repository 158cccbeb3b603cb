import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lockDirectory, startIn } from "./directory-lock.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lock-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** A lock of this process id at another time: what a killed emulator leaves when its id is given away again. */
const stale = JSON.stringify({ pid: process.pid, startedAt: "1" });

describe("a data directory", () => {
  it("is held by one, until it is let go", async () => {
    const unlock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject({
      code: "data-directory-busy",
      message: `Data directory ${directory} is in use by the emulator with process id ${process.pid}`,
    });
    await unlock();
    expect(await readdir(directory)).toEqual([]);
    await (await lockDirectory(directory))();
  });

  it.each([
    ["a killed emulator", stale],
    ["a machine that went down while it was written", ""],
  ])("with the lock of %s is free", async (_, left) => {
    await writeFile(join(directory, "lock.0123"), left);
    const unlock = await lockDirectory(directory);
    expect(await readdir(directory)).toHaveLength(1);
    await unlock();
    expect(await readdir(directory)).toEqual([]);
  });

  it.runIf(process.platform === "linux")(
    "is free when its holder was killed but not yet waited for",
    async () => {
      // A shell that turns into `sleep` never waits for the child it had before.
      const parent = spawn("sh", ["-c", "sleep 30 & echo $!; exec sleep 30"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const pid = Number(
          await new Promise((resolve) => parent.stdout.once("data", (text) => resolve(String(text)))),
        );
        const stat = () => readFile(`/proc/${pid}/stat`, "utf8");
        await writeFile(
          join(directory, "lock.0123"),
          JSON.stringify({ pid, startedAt: startIn(await stat()) }),
        );
        await expect(lockDirectory(directory)).rejects.toMatchObject({ code: "data-directory-busy" });
        process.kill(pid, "SIGKILL");
        await vi.waitFor(async () => expect(startIn(await stat())).toBe("ended"));
        await (await lockDirectory(directory))();
      } finally {
        parent.kill();
      }
    },
  );

  it("is never held by two, however many try at once", async () => {
    let held = 0;
    for (let round = 0; round < 10; round += 1) {
      await writeFile(join(directory, "lock.0123"), stale);
      const attempts = await Promise.allSettled(Array.from({ length: 6 }, () => lockDirectory(directory)));
      const won = attempts.filter((attempt) => attempt.status === "fulfilled");
      expect(won.length).toBeLessThanOrEqual(1);
      held += won.length;
      await won[0]?.value();
      expect(await readdir(directory)).toEqual([]);
    }
    expect(held).toBeGreaterThan(0);
  });
});

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDirectory } from "./directory-lock.ts";

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

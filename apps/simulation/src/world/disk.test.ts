import { describe, expect, it } from "vitest";
import { Life } from "../time/life.ts";
import { Random } from "../time/random.ts";
import { Scheduler } from "../time/scheduler.ts";
import { Trace } from "../time/trace.ts";
import { Disk } from "./disk.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Runs work on a disk until it is done, then gives the disk and what it is mounted with afterwards. */
async function on<T>(disk: Disk, work: (mounted: ReturnType<Disk["mount"]>) => Promise<T>): Promise<T> {
  const scheduler = new Scheduler(new Trace({ keepLines: false }), 0);
  let result: { readonly value: T } | undefined;
  let failure: { readonly error: unknown } | undefined;
  work(disk.mount(new Life(scheduler, "process"))).then(
    (value) => {
      result = { value };
    },
    (error: unknown) => {
      failure = { error };
    },
  );
  await scheduler.run(() => result !== undefined || failure !== undefined);
  if (result === undefined) {
    throw failure?.error ?? new Error("Expected the work to end");
  }
  return result.value;
}

async function content(disk: Disk, path: string): Promise<string> {
  return on(disk, async (mounted) => {
    const file = await mounted.open(path, "read");
    const target = new Uint8Array(await file.size());
    await file.read(target, 0);
    return new TextDecoder().decode(target);
  });
}

async function written(disk: Disk): Promise<void> {
  await on(disk, async (mounted) => {
    await mounted.makeDirectory("/d");
    const file = await mounted.open("/d/a", "create");
    await file.write(bytes("synced"), 0);
    await file.sync();
    await mounted.syncDirectory("/d");
    await file.write(bytes(" and more"), 6);
    const other = await mounted.open("/d/b", "create");
    await other.write(bytes("never synced"), 0);
  });
}

describe("a disk after a crash", () => {
  it("has what was synced and nothing more when nothing else is kept", async () => {
    const disk = new Disk(new Random(1));
    await written(disk);
    disk.crash(0);
    expect(await content(disk, "/d/a")).toBe("synced");
    await expect(content(disk, "/d/b")).rejects.toThrow("ENOENT: /d/b");
  });

  it("may have a part of the rest, from its beginning", async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const disk = new Disk(new Random(seed));
      await written(disk);
      disk.crash(1);
      seen.add(await content(disk, "/d/a"));
    }
    expect(seen.size).toBeGreaterThan(5);
    for (const text of seen) {
      expect("synced and more".startsWith(text) && text.startsWith("synced")).toBe(true);
    }
  });
});

it("fails at the write it is told to, half done", async () => {
  const disk = new Disk(new Random(1), [{ nth: 2, code: "ENOSPC" }]);
  await on(disk, async (mounted) => {
    const file = await mounted.open("/a", "create");
    await file.write(bytes("whole "), 0);
    await expect(file.write(bytes("cut off"), 6)).rejects.toThrow("ENOSPC: /a");
    expect(await file.size()).toBe(9);
  });
  expect(disk.failed).toBe(1);
});

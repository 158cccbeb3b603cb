import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { faultyFileSystem } from "../../test/support/faulty-file-system.ts";
import { Refusal } from "../refusal.ts";
import { nodeFileSystem } from "./file-system.ts";
import { type Journal, openJournal } from "./journal.ts";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "journal-test-"));
  path = join(directory, "journal.jsonl");
});
afterEach(() => rm(directory, { recursive: true }));

async function open(options: { fileSystem?: typeof nodeFileSystem; compactAtBytes?: number } = {}): Promise<{
  journal: Journal<string, number>;
  entries: string[];
}> {
  const entries: string[] = [];
  const journal = await openJournal<string, number>({
    fileSystem: nodeFileSystem,
    path,
    apply: (entry) => entries.push(entry),
    snapshot: () => [`snapshot of ${entries.length}`],
    ...options,
  });
  return { journal, entries };
}

describe("a journal", () => {
  it("is a header and one checked line for each write", async () => {
    const { journal } = await open();
    await journal.append("a");
    await journal.append("b");
    await journal.close();
    expect(await readFile(path, "utf8")).toBe(
      '4cdbaa3e {"journal":"mctunnel-emulator","format":1}\n' + '78a7a40c ["a"]\n' + '7ae11a55 ["b"]\n',
    );
  });

  it("gives back what was appended, in order", async () => {
    const first = await open();
    expect(await Promise.all(["a", "b", "c"].map((entry) => first.journal.append(entry)))).toEqual([1, 2, 3]);
    await first.journal.close();
    const second = await open();
    expect(second.entries).toEqual(["a", "b", "c"]);
    await second.journal.close();
  });

  it("puts entries that come together into one synced write", async () => {
    const fileSystem = faultyFileSystem();
    const { journal } = await open({ fileSystem });
    const before = fileSystem.syncs;
    await Promise.all(Array.from({ length: 100 }, (_, index) => journal.append(`entry ${index}`)));
    // The first goes alone, the other 99 wait for it and share the next.
    expect(fileSystem.syncs - before).toBe(2);
    await journal.close();
  });

  it("drops a last line that was cut off anywhere, and goes on behind the whole ones", async () => {
    const first = await open();
    await first.journal.append("kept");
    const whole = first.journal.byteLength;
    await first.journal.append("torn");
    const end = first.journal.byteLength;
    await first.journal.close();
    const bytes = await readFile(path);
    for (let length = whole; length < end; length += 1) {
      await writeFile(path, bytes);
      await truncate(path, length);
      const { journal, entries } = await open();
      expect(entries).toEqual(["kept"]);
      await journal.append("after");
      await journal.close();
      const again = await open();
      expect(again.entries).toEqual(["kept", "after"]);
      await again.journal.close();
    }
  });

  it("drops a damaged last line that has its newline", async () => {
    const first = await open();
    await first.journal.append("kept");
    await first.journal.close();
    await appendFile(path, '00000000 ["damaged"]\n');
    const { journal, entries } = await open();
    expect(entries).toEqual(["kept"]);
    await journal.close();
  });

  it("does not open when a line before the last is damaged", async () => {
    const first = await open();
    await first.journal.append("a");
    await first.journal.append("b");
    await first.journal.close();
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('["a"]', '["x"]'));
    await expect(open()).rejects.toMatchObject({
      name: "EmulatorError",
      code: "journal-corrupt",
      message: `Journal ${path}: line 2 is damaged, and others follow it`,
    });
  });

  it("does not open a file that is something else", async () => {
    for (const text of ['ce4a0a77 {"some":"file"}\n', "a letter\n", "a letter"]) {
      await writeFile(path, text);
      await expect(open()).rejects.toMatchObject({
        code: "journal-corrupt",
        message: `Journal ${path}: line 1 is not the header of a journal this version can read`,
      });
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });

  it("starts again where its header was cut off", async () => {
    await writeFile(path, '4cdbaa3e {"journal":"mctun');
    const { journal } = await open();
    await journal.append("a");
    await journal.close();
    const again = await open();
    expect(again.entries).toEqual(["a"]);
    await again.journal.close();
  });

  it("applies nothing when the disk is full, keeps what was there, and goes on when there is room", async () => {
    const fileSystem = faultyFileSystem();
    const { journal, entries } = await open({ fileSystem });
    await journal.append("before");
    fileSystem.full = true;
    await expect(journal.append("lost")).rejects.toMatchObject({ code: "ENOSPC" });
    fileSystem.full = false;
    await journal.append("after");
    expect(entries).toEqual(["before", "after"]);
    await journal.close();
    const again = await open();
    expect(again.entries).toEqual(["before", "after"]);
    await again.journal.close();
  });

  it("takes nothing more once a half-written line could not be cut off", async () => {
    const fileSystem = faultyFileSystem();
    const { journal } = await open({ fileSystem });
    fileSystem.full = true;
    fileSystem.stuck = true;
    await expect(journal.append("lost")).rejects.toMatchObject({ code: "ENOSPC" });
    fileSystem.full = false;
    fileSystem.stuck = false;
    await expect(journal.append("later")).rejects.toThrow("restart the emulator");
    await journal.close();
    const again = await open();
    expect(again.entries).toEqual([]);
    await again.journal.close();
  });

  it("passes a refusal on, and refuses again when it is read back", async () => {
    const apply = (entry: string): void => {
      if (entry === "refused") {
        throw new Refusal("StatusConflict", "no");
      }
    };
    const options = { fileSystem: nodeFileSystem, path, apply, snapshot: () => [] };
    const journal = await openJournal(options);
    await expect(journal.append("refused")).rejects.toThrow("no");
    await journal.append("fine");
    await journal.close();
    const again = await openJournal(options);
    await again.close();
  });

  it("is written anew from a snapshot when it has grown, and reads back as that", async () => {
    const { journal, entries } = await open({ compactAtBytes: 200 });
    while (journal.byteLength < 180) {
      await journal.append("x");
    }
    const count = entries.length;
    await journal.append("a longer entry that brings it over the limit");
    await journal.append("behind the snapshot");
    await journal.close();
    const again = await open();
    expect(again.entries).toEqual([`snapshot of ${count + 1}`, "behind the snapshot"]);
    await again.journal.close();
  });

  it("goes on with the old file when writing anew fails", async () => {
    const fileSystem = faultyFileSystem();
    const failures: unknown[] = [];
    const journal = await openJournal<string, void>({
      fileSystem: { ...fileSystem, rename: () => Promise.reject(new Error("no rename")) },
      path,
      apply: () => undefined,
      snapshot: () => ["snapshot"],
      compactAtBytes: 100,
      onCompactionFailed: (error) => failures.push(error),
    });
    const entries = ["a".repeat(60), "b"];
    for (const entry of entries) {
      await journal.append(entry);
    }
    await journal.close();
    expect(failures).toEqual([new Error("no rename")]);
    const again = await open();
    expect(again.entries).toEqual(entries);
    await again.journal.close();
  });

  it("goes on in the new file when only closing the old one fails", async () => {
    let closings = 0;
    const fileSystem = {
      ...nodeFileSystem,
      open: async (name: string, mode: "read" | "append" | "create") => {
        const file = await nodeFileSystem.open(name, mode);
        return {
          ...file,
          close: async () => {
            await file.close();
            closings += 1;
            if (closings === 1) {
              throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
            }
          },
        };
      },
    };
    const { journal } = await open({ fileSystem, compactAtBytes: 100 });
    await journal.append("a".repeat(60));
    await journal.append("behind");
    expect(closings).toBe(1);
    await journal.close();
    const again = await open();
    expect(again.entries).toEqual(["snapshot of 1", "behind"]);
    await again.journal.close();
  });

  it("acknowledges nothing in a new file whose name is not durable, until it is", async () => {
    let broken = false;
    const fileSystem = {
      ...nodeFileSystem,
      syncDirectory: (name: string) =>
        broken ? Promise.reject(new Error("EIO: i/o error")) : nodeFileSystem.syncDirectory(name),
    };
    const { journal, entries } = await open({ fileSystem, compactAtBytes: 100 });
    broken = true;
    await journal.append("a".repeat(60));
    await expect(journal.append("not yet")).rejects.toThrow("EIO");
    broken = false;
    await journal.append("now");
    expect(entries).toEqual(["a".repeat(60), "now"]);
    await journal.close();
    const again = await open();
    expect(again.entries).toEqual(["snapshot of 1", "now"]);
    await again.journal.close();
  });

  it("removes what a crash left of writing it anew", async () => {
    await writeFile(`${path}.next`, "half");
    const { journal } = await open();
    await journal.close();
    expect(await readdir(directory)).toEqual(["journal.jsonl"]);
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeFileSystem, openFileJournal } from "./index.ts";

it("makes the name of a file durable that a process began which died before it could", async () => {
  const folder = await mkdtemp(join(tmpdir(), "journal-name-"));
  try {
    const path = join(folder, "a.journal");
    const begun = await openFileJournal(path);
    await begun.append({ at: 1, kind: "not-committed", reason: "first" });
    await begun.close();
    const synced: string[] = [];
    const journal = await openFileJournal(path, {
      fileSystem: {
        ...nodeFileSystem,
        syncDirectory: async (directory) => void synced.push(directory),
      },
    });
    await journal.append({ at: 2, kind: "not-committed", reason: "second" }, { sync: true });
    await journal.append({ at: 3, kind: "not-committed", reason: "third" }, { sync: true });
    await journal.close();
    expect(synced).toEqual([folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

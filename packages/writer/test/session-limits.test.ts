import { describe, expect, it } from "vitest";
import {
  createMemoryJournal,
  type JobSession,
  resumeUpload,
  rowSource,
  runUpload,
  type UploadTarget,
} from "../src/index.ts";
import { counting, rows } from "./support/table.ts";

/** Sessions that keep the ids of their blocks in memory, and of each what was committed. */
class ImaginedTable implements UploadTarget {
  readonly table = { project: "p", table: "t" };
  readonly sessions: JobSession[] = [];
  readonly blockIds = new Set<number>();
  committed: readonly number[] | undefined;

  async create(): Promise<JobSession> {
    this.blockIds.clear();
    const id = `s${this.sessions.length}`;
    const columns = ["id", "note"].map((name, index) => ({
      ...{ name, type: index === 0 ? "bigint" : "string", nullable: true, columnId: `${index}`, comment: "" },
    }));
    const session: JobSession = {
      ...{ id, maxFieldBytes: 8 * 1024 * 1024, schema: { columns, partitionKeys: [] } },
      putBlock: async (blockId) => {
        this.blockIds.add(blockId);
        return { blockId, byteLength: 0, attempts: 1 };
      },
      refresh: async () => ({
        ...{ status: "NORMAL", statusText: "normal" },
        blocks: [...this.blockIds].map((blockId) => ({ blockId, recordCount: 1 })),
      }),
      commit: async (blockIds = []) => {
        this.committed = [...blockIds];
        return { sessionId: id, blockIds: this.committed, confirmedBy: "answer", posts: 1 };
      },
    };
    this.sessions.push(session);
    return session;
  }

  async resume(): Promise<JobSession> {
    return this.sessions.at(-1) ?? this.create();
  }
}

const oneToABlock = (count: number) => rowSource(() => rows(count), { maxRows: 1 });

describe("a journalled upload", () => {
  it("of 20000 blocks exactly is committed", { timeout: 120_000 }, async () => {
    const table = new ImaginedTable();
    const receipt = await runUpload(table, oneToABlock(20_000));
    expect(receipt).toMatchObject({ outcome: "committed", rows: 20_000 });
    expect(table.committed).toEqual(counting(20_000));
  });

  it("of one more is refused and commits nothing, and goes through with larger blocks", {
    timeout: 120_000,
  }, async () => {
    const table = new ImaginedTable();
    const journal = createMemoryJournal();
    const refused = {
      code: "block-ids-exhausted",
      message:
        "The source needs more than the 20000 blocks that a session takes. Nothing was committed; remove the journal, or name another job, to start over with larger blocks",
    };
    await expect(runUpload(table, oneToABlock(20_001), { journal })).rejects.toMatchObject(refused);
    expect(Math.max(...table.blockIds)).toBe(19_999);
    // Again by the same plan it is refused again, with all that was stored still known.
    await expect(resumeUpload(table, journal, oneToABlock(20_001))).rejects.toMatchObject(refused);
    expect(table.committed).toBeUndefined();

    const larger = rowSource(() => rows(20_001), { maxRows: 2 });
    const receipt = await runUpload(table, larger, { journal: createMemoryJournal() });
    expect(receipt).toMatchObject({ outcome: "committed", rows: 20_001 });
    expect(table.committed).toEqual(counting(10_001));
  });

  it("without rows is committed without blocks", async () => {
    const table = new ImaginedTable();
    expect(await runUpload(table, oneToABlock(0))).toMatchObject({ outcome: "committed", rows: 0 });
    expect(table.committed).toEqual([]);
  });
});

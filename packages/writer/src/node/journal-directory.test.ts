import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isWriterError } from "../errors.ts";
import type { UploadFact } from "../job/upload-fact.ts";
import type { UploadJournal } from "../job/upload-journal.ts";
import { nodeFileSystem } from "./file-system.ts";
import { jobFileName, journalDirectory } from "./journal-directory.ts";

let parent: string;
let path: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "journals-"));
  path = join(parent, "deep", "journals");
});
afterEach(() => rm(parent, { recursive: true }));

const day = 86_400_000;
const start = Date.UTC(2026, 10, 22);

async function write(
  journal: UploadJournal,
  at: number,
  ...kinds: readonly UploadFact["kind"][]
): Promise<void> {
  for (const kind of kinds) {
    const fact = { ...samples[kind], at } as UploadFact;
    await journal.append(fact, { sync: kind === "commit-intended" });
  }
}

const samples: { readonly [Kind in UploadFact["kind"]]?: object } = {
  begun: {
    kind: "begun",
    job: "orders",
    table: { project: "p", table: "t" },
    partition: "pt=1",
    overwrite: true,
    details: { input: "a.csv" },
  },
  session: { kind: "session", sessionId: "s1", columns: "[]", expiresAt: start + day },
  "block-sealed": {
    kind: "block-sealed",
    blockId: 0,
    range: { input: 0, start: 0, end: 12, unit: "rows" },
    rows: 10,
    bytes: 500,
    checksum: 1,
    sourceChecksum: 1,
    rejected: 2,
  },
  "block-stored": { kind: "block-stored", blockId: 0, sentBytes: 9, attempts: 1 },
  "commit-intended": { kind: "commit-intended", blockIds: "0", rows: 10 },
  committed: { kind: "committed", confirmedBy: "answer" },
};

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isWriterError(error) ? error.code : `${error}`;
}

describe("a directory of journals", () => {
  it("is its owner's alone, and so are the files in it", async () => {
    const journal = await journalDirectory(path).open("orders");
    await write(journal, start, "begun");
    const mode = async (of: string) => ((await stat(of)).mode & 0o777).toString(8);
    expect(await mode(path)).toBe("700");
    for (const name of await readdir(path)) expect(await mode(join(path, name)), name).toBe("600");
    await journal.close();
  });

  it("keeps a journal from process to process", async () => {
    const first = await journalDirectory(path).open("orders");
    await write(first, start, "begun", "session");
    await first.close();
    const second = await journalDirectory(path).open("orders");
    expect((await second.facts()).map((fact) => fact.kind)).toEqual(["begun", "session"]);
    await write(second, start, "block-sealed");
    await second.close();
    expect(await readdir(path)).toEqual([`${jobFileName("orders")}.journal`]);
  });

  it("says in short what each upload has come to, and finds it by what is known of it", async () => {
    const directory = journalDirectory(path);
    expect(await directory.list()).toEqual([]);
    const journal = await directory.open("orders");
    await write(journal, start, "begun", "session", "block-sealed", "block-stored");
    const summary = {
      id: jobFileName("orders"),
      job: "orders",
      table: "p.t",
      partition: "pt=1",
      overwrite: true,
      details: { input: "a.csv" },
      phase: "open",
      sessionId: "s1",
      expiresAt: new Date(start + day),
      blocksSealed: 1,
      blocksStored: 1,
      rows: 10,
      bytes: 500,
      rejected: 2,
      startedAt: new Date(start),
      updatedAt: new Date(start),
    };
    expect(await directory.list()).toMatchObject([{ ...summary, holder: { pid: process.pid } }]);
    await write(journal, start + 1, "commit-intended", "committed");
    await journal.close();
    const done = { ...summary, phase: "committed", updatedAt: new Date(start + 1) };
    for (const filter of [{ job: "orders" }, { sessionId: "s1" }, { table: "P.T" }, { id: done.id }, {}]) {
      const [found, ...others] = await directory.list(filter);
      expect(found).toMatchObject(done);
      expect(found).not.toHaveProperty("holder");
      expect(others).toEqual([]);
    }
    for (const filter of [{ job: "x" }, { sessionId: "s2" }, { table: "p.u" }, { id: "../x" }]) {
      expect(await directory.list(filter)).toEqual([]);
    }
    expect((await directory.read(done.id)).at(-1)?.kind).toBe("committed");
    expect(await codeOf(directory.read("../../etc/passwd"))).toBe("nothing-to-resume");
  });

  it("looks at the directory once, however many journals there are", async () => {
    let looks = 0;
    const fileSystem = {
      ...nodeFileSystem,
      list: (directory: string) => {
        looks += 1;
        return nodeFileSystem.list(directory);
      },
    };
    for (const job of ["a", "b", "c"]) {
      const journal = await journalDirectory(path).open(job);
      await write(journal, start, "begun");
      if (job !== "b") await journal.close();
    }
    const found = await journalDirectory(path, { fileSystem }).list();
    expect(found.filter(({ holder }) => holder?.pid === process.pid)).toHaveLength(1);
    expect([found.length, looks]).toEqual([3, 1]);
  });

  it("lists a damaged journal with its damage", async () => {
    const directory = journalDirectory(path);
    const journal = await directory.open("orders");
    await write(journal, start, "begun", "session", "block-sealed");
    await journal.close();
    const file = join(path, `${jobFileName("orders")}.journal`);
    await writeFile(file, (await readFile(file, "utf8")).replace('"s1"', '"s2"'));
    const [found] = await directory.list();
    expect(found?.damage).toMatchObject({ code: "journal-damaged", line: 3 });
    expect(await codeOf(directory.open("orders"))).toBe("journal-damaged");
    expect(await directory.purge(0)).toEqual([]);
  });

  it("begins journals without a job, each under an id of its own", async () => {
    const directory = journalDirectory(path, { now: () => start });
    const one = await directory.begin();
    const two = await directory.begin();
    expect(one.id).toMatch(/^upload-20261122t000000z-[0-9a-f]{8}$/u);
    expect(two.id).not.toBe(one.id);
    await write(one.journal, start, "begun");
    await one.journal.close();
    await two.journal.close();
    const again = await directory.openById(one.id);
    expect(await again.facts()).toHaveLength(1);
    await again.close();
    expect(await codeOf(directory.openById("upload-x"))).toBe("nothing-to-resume");
  });

  it("purges what is old, and neither what runs nor what is in doubt", async () => {
    const directory = journalDirectory(path, { now: () => start + 10 * day });
    const make = async (job: string, at: number, ...kinds: readonly UploadFact["kind"][]) => {
      const journal = await directory.open(job);
      await write(journal, at, "begun", ...kinds);
      return journal;
    };
    for (const [job, at, kinds] of [
      ["old", start, ["session"]],
      ["done", start, ["session", "block-sealed", "commit-intended", "committed"]],
      ["in doubt", start, ["session", "block-sealed", "commit-intended"]],
      ["young", start + 5 * day, []],
    ] as const) {
      await (await make(job, at, ...kinds)).close();
    }
    const running = await make("running", start);
    const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).sort();
    const expected = ["old", "done"].map(jobFileName).sort();
    expect(ids(await directory.purgeable(7 * day))).toEqual(expected);
    expect(await directory.list()).toHaveLength(5);
    expect(ids(await directory.purge(7 * day))).toEqual(expected);
    expect(await directory.list()).toHaveLength(3);
    expect(await codeOf(directory.remove(jobFileName("running")))).toBe("journal-locked");
    await running.close();
    await directory.remove(jobFileName("in doubt"));
    expect(await directory.list()).toHaveLength(2);
  });

  it("that cannot be written says so", async () => {
    if (process.getuid?.() === 0) return;
    await chmod(parent, 0o500);
    try {
      expect(await codeOf(journalDirectory(path).open("orders"))).toBe("journal-failed");
    } finally {
      await chmod(parent, 0o700);
    }
  });
});

describe("the file of a job", () => {
  it("has a plain name, whatever the job is called", () => {
    for (const job of [
      "../../etc/passwd",
      "a/b\\c",
      "%2f..%2f",
      "CON",
      ".",
      "-rf",
      "ＡＤＭＩＮ",
      "表",
      "a:b|c?*",
      "x".repeat(200),
    ]) {
      const name = jobFileName(job);
      expect(name, job).toMatch(/^job-[a-z0-9-]{20,69}$/u);
      expect(basename(name)).toBe(name);
    }
    expect(jobFileName("orders-2026-11-21")).toBe("job-orders-2026-11-21-ee3983fe7e3df469a633");
  });

  it("differs where jobs do, also in case, and not where they only look different to a machine", () => {
    const jobs = ["a", "A", "a/b", "a-b", "a.b", "ä", "a ", "аb"].filter((job) => job.trim() === job);
    expect(new Set(jobs.map((job) => jobFileName(job).toLowerCase())).size).toBe(jobs.length);
    expect(jobFileName("caf\u00e9")).toBe(jobFileName("cafe\u0301"));
  });
});

describe("the lock of a journal", () => {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  /** A process that opens the journal, says what came of it, and stays. */
  async function holder(job: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
    const module = new URL("../../dist/node/index.js", import.meta.url).href;
    const script = `
      import { journalDirectory } from ${JSON.stringify(module)};
      const said = await journalDirectory(${JSON.stringify(path)}).open(${JSON.stringify(job)}).then(() => "open", (error) => error.code);
      console.log(said);
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const [said] = await once(child.stdout, "data");
    return { child, said: String(said).trim() };
  }

  it("keeps a second process out, and falls to the next one when the first is killed", {
    timeout: 60_000,
  }, async () => {
    const first = await holder("orders");
    expect(first.said).toBe("open");
    const directory = journalDirectory(path);
    const error = await directory.open("orders").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "journal-locked" });
    expect((error as Error).message).toContain(`process ${first.child.pid} is running this upload`);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const journal = await directory.open("orders");
    expect((await readdir(path)).filter((name) => name.includes(".lock."))).toHaveLength(1);
    await journal.close();
  });

  it("goes to one of several processes that come together", { timeout: 60_000 }, async () => {
    const all = await Promise.all([holder("a"), holder("a"), holder("a"), holder("a")]);
    expect(all.map(({ said }) => said).sort()).toEqual([
      "journal-locked",
      "journal-locked",
      "journal-locked",
      "open",
    ]);
  });

  it("goes to one of many in this process that come together", async () => {
    const directory = journalDirectory(path);
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => directory.open("a")));
    const journals = opened.filter((result) => result.status === "fulfilled");
    expect(journals).toHaveLength(1);
    await journals[0]?.value.close();
  });

  it("of another machine is believed, and says how to end it", async () => {
    const directory = journalDirectory(path);
    const elsewhere = { pid: 7, startedAt: "1", host: "elsewhere", machine: "m", boot: "b" };
    await (await directory.open("a")).close();
    const lock = join(path, `${jobFileName("a")}.journal.lock.x`);
    await writeFile(lock, JSON.stringify(elsewhere));
    const error = await directory.open("a").catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain(
      `process 7 on elsewhere holds its lock, and cannot be looked at from here; if it has ended, remove ${lock}`,
    );
    await rm(lock);
    await (await directory.open("a")).close();
  });

  it("that is no lock, or of a process whose number was given to another, keeps nobody out", async () => {
    const directory = journalDirectory(path);
    await (await directory.open("a")).close();
    const name = join(path, `${jobFileName("a")}.journal.lock.`);
    await writeFile(`${name}empty`, "");
    await writeFile(`${name}odd`, '{"pid":"1"}');
    const journal = await directory.open("a");
    const [mine] = (await readdir(path)).filter((file) => file.includes(".lock."));
    const holderOfMine = JSON.parse(await readFile(join(path, mine ?? ""), "utf8"));
    await journal.close();
    expect(holderOfMine).toMatchObject({ pid: process.pid });
    await writeFile(`${name}reused`, JSON.stringify({ ...holderOfMine, startedAt: "1" }));
    await (await directory.open("a")).close();
    expect(await readdir(path)).toEqual([`${jobFileName("a")}.journal`]);
  });

  it("whose file the disk does not remove keeps nobody of this process out", async () => {
    let isBroken = false;
    const fileSystem: typeof nodeFileSystem = {
      ...nodeFileSystem,
      remove: (file) => (isBroken ? Promise.reject(new Error("EIO")) : nodeFileSystem.remove(file)),
    };
    const journal = await journalDirectory(path, { fileSystem }).open("a");
    isBroken = true;
    await journal.close();
    expect((await readdir(path)).filter((name) => name.includes(".lock."))).toHaveLength(1);
    await (await journalDirectory(path).open("a")).close();
    expect(await readdir(path)).toEqual([`${jobFileName("a")}.journal`]);
  });

  it("taken away stops the commit", async () => {
    const journal = await journalDirectory(path).open("a");
    await write(journal, start, "begun", "session", "block-sealed");
    for (const file of await readdir(path)) if (file.includes(".lock.")) await rm(join(path, file));
    expect(await codeOf(write(journal, start, "commit-intended"))).toBe("journal-locked");
    await journal.close();
  });
});

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { type LeftState, leaveLoad as leave } from "./left-loads.ts";
import { recordingIo } from "./recording-io.ts";

/** What the recording world's clock says. */
const now = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const day = 24 * hour;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "mctunnel-history-"));
});
afterEach(() => rmSync(home, { recursive: true }));

async function mctunnel(
  argv: readonly string[],
  world: Parameters<typeof recordingIo>[0] = {},
): Promise<{ exitCode: number; out: string; err: string; prompts: readonly string[] }> {
  const io = recordingIo({ homeDirectory: home, cwd: home, ...world });
  const exitCode = await run(argv, io);
  return { exitCode, out: io.out(), err: io.err(), prompts: io.prompts };
}

async function leaveLoad(job: string, state: LeftState, ageMs: number, directory?: string): Promise<void> {
  await leave(home, job, state, now - ageMs, directory);
}

describe("history", () => {
  it("lists loads, the newest first, with how they stand", async () => {
    await leaveLoad("old", "done", 2 * day);
    await leaveLoad("mid", "unknown", day);
    await leaveLoad("new", "resumable", hour);
    await leaveLoad("gone", "expired", 30 * hour);
    const { exitCode, out } = await mctunnel(["history"]);
    expect(exitCode).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^id +state +last change +rows +table +command$/);
    expect(lines.slice(1).map((line) => line.split(/\s{2,}/).slice(1))).toEqual([
      [
        "resumable",
        "2025-12-31T23:00:00Z",
        "1,234",
        "proj.people",
        "mctunnel upload 'my data.csv' proj.people",
      ],
      [
        "unknown",
        "2025-12-31T00:00:00Z",
        "1,234",
        "proj.people",
        "mctunnel upload 'my data.csv' proj.people",
      ],
      [
        "expired",
        "2025-12-30T18:00:00Z",
        "1,234",
        "proj.people",
        "mctunnel upload 'my data.csv' proj.people",
      ],
      ["done", "2025-12-30T00:00:00Z", "1,234", "proj.people", "mctunnel upload 'my data.csv' proj.people"],
    ]);
  });

  it("filters by table and state, and limits", async () => {
    await leaveLoad("a", "done", 2 * day);
    await leaveLoad("b", "resumable", day);
    const jobs = async (...argv: string[]): Promise<string[]> =>
      JSON.parse((await mctunnel(["history", "--json", ...argv])).out).loads.map(
        ({ job }: { job: string }) => job,
      );
    expect(await jobs()).toEqual(["b", "a"]);
    expect(await jobs("PROJ.people")).toEqual(["b", "a"]);
    expect(await jobs("people")).toEqual(["b", "a"]);
    expect(await jobs("proj.other")).toEqual([]);
    expect(await jobs("--state", "done")).toEqual(["a"]);
    expect(await jobs("-n", "1")).toEqual(["b"]);
    expect((await mctunnel(["history", "--limit", "1"])).out).toContain("… and 1 older; --limit 2 shows all");
  });

  it("says that there is none, and looks where it is told to", async () => {
    expect((await mctunnel(["history"])).out).toBe(
      `There is no load in ${join(home, ".local/state/mctunnel")}.\n`,
    );
    await leaveLoad("else", "done", day, "elsewhere");
    expect((await mctunnel(["history", "--state-dir", "elsewhere"])).out).toContain("done");
    const env = { MCTUNNEL_STATE_DIR: join(home, "elsewhere") };
    expect((await mctunnel(["history"], { env })).out).toContain("done");
  });

  it("lists a journal that is damaged", async () => {
    await leaveLoad("a", "done", day);
    const [name] = readdirSync(join(home, ".local/state/mctunnel")).filter((file) =>
      file.endsWith(".journal"),
    );
    writeFileSync(join(home, ".local/state/mctunnel", name!), "this is no journal\n");
    expect((await mctunnel(["history"])).out).toContain("damaged");
  });
});

describe("show", () => {
  it("shows one load with the next command, found by job, session, the beginning of one, or as the last", async () => {
    await leaveLoad("first", "done", day);
    await leaveLoad("second", "resumable", hour);
    const last = await mctunnel(["show", "--last"]);
    expect(last.out).toContain("  state        stopped: nothing is committed, and it can be resumed\n");
    expect(last.out).toContain("  session      session-second\n");
    expect(last.out).toContain("  refused rows 2\n");
    expect(last.out).toMatch(/ {2}next: mctunnel resume job-second-\w+\n$/);
    for (const id of ["second", "session-second", "session-s"]) {
      expect((await mctunnel(["show", id])).out).toBe(last.out);
    }
    expect(JSON.parse((await mctunnel(["show", "first", "--json"])).out)).toMatchObject({
      ok: true,
      command: "show",
      state: "done",
      sessionId: "session-first",
      rows: 1234,
      argv: ["upload", "my data.csv", "proj.people"],
    });
  });

  it("prints the rows that were refused", async () => {
    await leaveLoad("first", "done", day);
    writeFileSync(join(home, "rejects.jsonl"), '{"line":3}\n');
    expect((await mctunnel(["show", "first", "--rejects"])).out).toBe('{"line":3}\n');
    rmSync(join(home, "rejects.jsonl"));
    expect(await mctunnel(["show", "first", "--rejects"])).toMatchObject({ exitCode: 7 });
  });

  it("refuses what it cannot find, or finds twice", async () => {
    await leaveLoad("first", "done", day);
    await leaveLoad("second", "done", day);
    expect(await mctunnel(["show", "nothing"])).toMatchObject({
      exitCode: 8,
      err: expect.stringContaining("session 'nothing' not found"),
    });
    expect(await mctunnel(["show", "session-"])).toMatchObject({ exitCode: 2 });
    expect(await mctunnel(["show"])).toMatchObject({ exitCode: 2 });
    expect(await mctunnel(["show", "first", "--last"])).toMatchObject({ exitCode: 2 });
  });
});

describe("purge", () => {
  const left = async (): Promise<string[]> =>
    JSON.parse((await mctunnel(["history", "--json"])).out).loads.map(({ job }: { job: string }) => job);

  beforeEach(async () => {
    await leaveLoad("young", "done", day);
    await leaveLoad("old", "done", 40 * day);
    await leaveLoad("resumable", "resumable", 40 * day);
    await leaveLoad("doubtful", "unknown", 40 * day);
    await leaveLoad("ended", "ended", 40 * day);
  });

  it("lists first, and removes nothing where nobody can be asked", async () => {
    const { out, exitCode } = await mctunnel(["purge", "--older-than", "7d"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("job-old-");
    expect(out).not.toContain("job-resumable-");
    expect(out).toContain(
      "2 loads that can be resumed or have to be looked into will stay; --unfinished includes them.\n",
    );
    expect(out).toContain("Nothing was removed; --yes removes them.\n");
    expect(await left()).toHaveLength(5);
  });

  it("asks a person", async () => {
    const no = await mctunnel(["purge", "--older-than", "7d"], { isPerson: true, typed: [""] });
    expect(no.prompts).toEqual(["Forget this load? [y/N] "]);
    expect(await left()).toHaveLength(5);
    const yes = await mctunnel(["purge", "--older-than", "7d"], { isPerson: true, typed: ["y"] });
    expect(yes.out).toContain("1 load forgotten.\n");
    expect((await left()).sort()).toEqual(["doubtful", "ended", "resumable", "young"]);
  });

  it("goes ahead when told to, with 30 days as with 3, and never takes a commit in doubt", async () => {
    expect((await mctunnel(["purge", "--older-than", "30d", "--yes"])).exitCode).toBe(0);
    expect((await left()).sort()).toEqual(["doubtful", "ended", "resumable", "young"]);
    await mctunnel(["purge", "--older-than", "1h", "--unfinished", "--yes"]);
    expect(await left()).toEqual(["doubtful"]);
    expect(
      JSON.parse((await mctunnel(["purge", "--older-than", "0s", "--json", "--yes"])).out),
    ).toMatchObject({
      ok: true,
      candidates: [],
      removed: [],
    });
  });

  it("takes the file of rejected records along, unless it has a name of its own", async () => {
    const states = join(home, ".local/state/mctunnel");
    const id = readdirSync(states)
      .find((name) => name.startsWith("job-old-"))!
      .replace(/\.journal$/, "");
    writeFileSync(join(states, `${id}.rejects.jsonl`), "{}\n");
    writeFileSync(join(states, "another.rejects.jsonl"), "{}\n");
    writeFileSync(join(home, "rejects.jsonl"), "{}\n");
    expect((await mctunnel(["purge", "--older-than", "30d", "--yes"])).exitCode).toBe(0);
    const names = readdirSync(states);
    expect(names).not.toContain(`${id}.rejects.jsonl`);
    expect(names).toContain("another.rejects.jsonl");
    expect(existsSync(join(home, "rejects.jsonl"))).toBe(true);
  });

  it("keeps a load that is running", async () => {
    const journal = await journalDirectory(join(home, ".local/state/mctunnel")).open("old");
    try {
      expect((await mctunnel(["purge", "--older-than", "7d", "--yes"])).out).toContain("Nothing in");
    } finally {
      await journal.close();
    }
    expect(await left()).toHaveLength(5);
  });

  it.each(["7", "7 days", "-1d", "d"])("does not take %j for a length of time", async (text) => {
    expect(await mctunnel(["purge", `--older-than=${text}`])).toMatchObject({ exitCode: 2 });
  });
});

describe("in the old spelling", () => {
  it("they do the same", async () => {
    await leaveLoad("old", "done", 40 * day);
    await leaveLoad("young", "done", hour);
    const shown = await mctunnel(["tunnel", "show", "h", "-number=1"]);
    expect(shown.err).toBe("this is: mctunnel history --limit 1\n");
    expect(shown.out.trimEnd().split("\n")[1]).toContain("job-young-");
    const purged = await mctunnel(["tunnel", "purge", "30"]);
    expect(purged.err).toContain("this is: mctunnel purge --older-than 30d --yes\n");
    expect(purged.out).toContain("1 load forgotten.\n");
  });
});

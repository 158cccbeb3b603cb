import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

const bin = new URL("../dist/bin.js", import.meta.url).pathname;
const rowCount = 60_000;

let place: Workplace;
beforeEach(async () => {
  place = await startWorkplace(["create table big (id bigint, text string)"]);
  const lines = Array.from({ length: rowCount }, (_, id) => `${id},"row ${id}, with ""quotes"""\n`);
  place.write("big.csv", lines.join(""));
});
afterEach(() => place[Symbol.asyncDispose]());

const world = (): { homeDirectory: string; now: () => number } => ({
  homeDirectory: place.folder,
  now: Date.now,
});
const mctunnel = (...argv: string[]) => place.mctunnelIn(world(), ...argv);

async function expectEveryRowOnce(): Promise<void> {
  const rows = (await place.emulator.readRows("big")) as { id: bigint; text: string }[];
  expect(rows).toHaveLength(rowCount);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rowCount);
  for (const { id, text } of rows)
    if (text !== `row ${id}, with "quotes"`) throw new Error(`row ${id}: ${text}`);
}

const puts = (): number => place.emulator.requests.filter(({ method }) => method === "PUT").length;

/** Runs the built command in a process of its own, and kills it when so many blocks are stored. */
async function killedAfter(blocks: number, ...argv: string[]): Promise<void> {
  const env = { PATH: process.env["PATH"], HOME: place.folder, ...place.env };
  const child = spawn(process.execPath, [bin, ...argv], { cwd: place.folder, env, stdio: "ignore" });
  const exited = once(child, "exit");
  while (puts() < blocks && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await exited;
}

const upload = ["upload", "big.csv", "proj.big", "--block-size", "50KiB", "--compress", "none"];

describe("a load that was killed at nine tenths", { timeout: 120_000 }, () => {
  it("goes on where it was, and the table equals the file", async () => {
    // The other blocks wait, so that the kill comes when it is meant to.
    place.emulator.faults.add({
      match: { action: "put block", block: [36, 37, 38, 39, 40, 41, 42, 43, 44, 45] },
      effect: { kind: "delay", delayMs: 20_000 },
    });
    await killedAfter(36, ...upload, "--parallel", "2");
    expect(await place.emulator.readRows("big")).toEqual([]);
    place.emulator.faults.clear();
    const history = await mctunnel("history", "--state", "resumable");
    expect(history.out).toContain("mctunnel upload big.csv proj.big");
    const before = puts();
    const { exitCode, out, err } = await mctunnel("resume", "--last", "--json");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    const report = JSON.parse(out);
    expect(report).toMatchObject({ ok: true, command: "resume", rows: rowCount, rejected: 0 });
    expect(report.keptBlocks).toBeGreaterThanOrEqual(30);
    // Only what was missing has been sent.
    expect(puts() - before).toBe(report.blocks - report.keptBlocks);
    await expectEveryRowOnce();
    const again = await mctunnel("resume", "--last");
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.out).toMatch(/^Load upload-\S+ is done: 60,000 rows are committed\.\n$/);
    await expectEveryRowOnce();
  });

  it("is refused when the file has changed, and says what", async () => {
    await killedAfter(20, ...upload);
    const path = join(place.folder, "big.csv");
    const { atime, mtime } = statSync(path);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("row 7,", "row 8,"));
    utimesSync(path, atime, mtime);
    const { exitCode, err } = await mctunnel("resume", "--last");
    expect(exitCode).toBe(7);
    expect(err).toMatch(/^error: .*big\.csv/);
    expect(await place.emulator.readRows("big")).toEqual([]);
    // The same row of another length is noticed without reading.
    writeFileSync(path, text.replace("row 7,", "row 77,"));
    const longer = await mctunnel("resume", "--last");
    expect(longer.exitCode).toBe(7);
    expect(longer.err).toMatch(/the size of big\.csv was \d+ bytes, is \d+ bytes/);
    expect(longer.err.match(/Nothing was committed/g)).toHaveLength(1);
    expect(longer.err).toContain("\n  proj.big is as it was.\n");
  });
});

describe("a job", { timeout: 60_000 }, () => {
  const job = [...upload, "--job", "big-2026-11-22"];
  const wrongKey = () => ({ ...world(), env: { ...place.env, ODPS_ACCESS_KEY: "of somebody else" } });

  it("is loaded once, however often it is asked for", async () => {
    expect(await mctunnel(...job)).toMatchObject({ exitCode: 0 });
    const second = await mctunnel(...job);
    expect(second).toMatchObject({ exitCode: 0 });
    expect(second.out).toContain("60,000 rows had been committed to proj.big before; nothing was done.");
    await expectEveryRowOnce();
    expect((await mctunnel("history", "--json")).out).toContain('"job":"big-2026-11-22"');
  });

  it("keeps what it knows when a later run cannot even look", async () => {
    await killedAfter(20, ...job);
    const shutOut = await place.mctunnelIn(wrongKey(), ...job);
    expect(shutOut.exitCode).toBe(4);
    expect(shutOut.err).toContain("Nothing was committed: proj.big is as it was.");
    const { exitCode, out } = await mctunnel(...job, "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(out).keptBlocks).toBeGreaterThanOrEqual(16);
    await expectEveryRowOnce();
  });

  it("is not loaded again when its commit got no answer and a later run cannot look", async () => {
    place.emulator.faults.add({
      match: { action: "commit upload" },
      effect: { kind: "hang", when: "before-answer" },
    });
    const env = { PATH: process.env["PATH"], HOME: place.folder, ...place.env };
    const child = spawn(process.execPath, [bin, ...job], { cwd: place.folder, env, stdio: "ignore" });
    const exited = once(child, "exit");
    while ((await place.emulator.readRows("big")).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await exited;
    place.emulator.faults.clear();
    const shutOut = await place.mctunnelIn(wrongKey(), ...job);
    expect(shutOut.exitCode).toBe(6);
    expect(shutOut.err).toContain("load nothing again before that is known");
    expect(shutOut.err).toContain("next: mctunnel resume big-2026-11-22");
    expect(await mctunnel(...job)).toMatchObject({ exitCode: 0 });
    await expectEveryRowOnce();
  });

  it("needs its journal, and belongs to one table", async () => {
    expect(await mctunnel(...upload, "--job", "j", "--no-journal")).toMatchObject({ exitCode: 2 });
    expect(await mctunnel(...upload, "--job", "j")).toMatchObject({ exitCode: 0 });
    await place.emulator.createTable("create table other (id bigint, text string)");
    const other = await mctunnel("upload", "big.csv", "proj.other", "--job", "j");
    expect(other.exitCode).toBe(9);
    expect(other.err).toContain("proj.big");
  });
});

describe("resume", () => {
  it("refuses to go on at another service than it began with", async () => {
    place.emulator.faults.add({ match: { action: "put block" }, effect: { kind: "answer", status: 403 } });
    const failed = await mctunnel(...upload);
    expect(failed.exitCode).toBe(4);
    expect(failed.err).toMatch(/next: .*/);
    const { exitCode, err } = await mctunnel("resume", "--last", "--endpoint", "http://127.0.0.1:1");
    expect(exitCode).toBe(9);
    expect(err).toContain(`The load began with the endpoint ${place.emulator.endpoint}`);
    expect(err).toContain(`next: Say --endpoint ${place.emulator.endpoint}`);
  });

  it("runs the load's own command line, from the directory it was run in, with other flags where they are said", async () => {
    place.emulator.faults.add({
      match: { action: "put block", block: [3] },
      effect: { kind: "answer", status: 403 },
    });
    place.write("big.csv", `${readFileSync(join(place.folder, "big.csv"), "utf8")}no number,x\n`);
    const failed = await mctunnel(...upload);
    expect(failed.exitCode).toBe(4);
    place.emulator.faults.clear();
    const elsewhere = { ...world(), cwd: "/" };
    const refused = await place.mctunnelIn(elsewhere, "resume", "--last");
    expect(refused.exitCode).toBe(3);
    expect(refused.err).toContain("big.csv:60001:1: column id");
    const { exitCode, out } = await place.mctunnelIn(elsewhere, "resume", "--last", "--max-rejects", "1");
    expect(exitCode).toBe(11);
    expect(out).toContain("1 record rejected and left out");
    await expectEveryRowOnce();
  });

  it("refuses a load whose session somebody committed by hand, and its history says so from then on", async () => {
    place.emulator.faults.add({
      match: { action: "put block", block: [3] },
      effect: { kind: "answer", status: 403 },
    });
    expect((await mctunnel(...upload)).exitCode).toBe(4);
    place.emulator.faults.clear();
    const [load] = JSON.parse((await mctunnel("history", "--json")).out).loads;
    expect(load.state).toBe("resumable");
    expect((await mctunnel("commit", load.sessionId, "proj.big")).exitCode).toBe(0);
    const inTable = (await place.emulator.readRows("big")).length;
    for (const _ of ["once", "again"]) {
      const { exitCode, err } = await mctunnel("resume", "--last");
      expect(exitCode).toBe(9);
      expect(err).toContain("Look at proj.big before anything is loaded again.");
      const { loads } = JSON.parse((await mctunnel("history", "--state", "ended", "--json")).out);
      expect(loads).toMatchObject([{ id: load.id, state: "ended", refusal: "committed-elsewhere" }]);
    }
    const shown = await mctunnel("show", "--last");
    expect(shown.out).toContain(
      "state        stopped: its session was committed, or being committed, but not by it; the table may hold a part of its rows\n",
    );
    expect(shown.out).not.toContain("next:");
    expect(await place.emulator.readRows("big")).toHaveLength(inTable);
  });

  it("has nothing to go on with after a load that never began", async () => {
    expect(await mctunnel("upload", "big.csv", "proj.nobody")).toMatchObject({ exitCode: 8 });
    expect(await mctunnel("resume", "--last")).toMatchObject({ exitCode: 8 });
    expect(readdirSync(join(place.folder, ".local/state/mctunnel"))).toEqual([]);
  });
});

it("keeps no track of a load when told not to", async () => {
  expect(await mctunnel(...upload, "--no-journal")).toMatchObject({ exitCode: 0 });
  expect((await mctunnel("history")).out).toContain("There is no load");
});

it("goes on without a journal, and says so, where none can be written", async () => {
  const blocked = place.write("blocked", "a file where a folder should be");
  const here = { ...world(), env: { ...place.env, XDG_STATE_HOME: join(place.folder, blocked) } };
  const { exitCode, err } = await place.mctunnelIn(here, ...upload);
  expect(exitCode).toBe(0);
  expect(err).toMatch(/^warning: This load cannot be resumed, because its journal cannot be written/);
  const asked = await mctunnel(...upload, "--state-dir", blocked);
  expect(asked.exitCode).toBe(12);
});

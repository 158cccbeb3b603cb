import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { recordingIo } from "./recording-io.ts";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace(["create table logs (line string)"]);
  place.write("logs.csv", `${"x".repeat(999)}\n`.repeat(400));
});
afterAll(() => place[Symbol.asyncDispose]());

const upload = [
  "upload",
  "logs.csv",
  "proj.logs",
  "--overwrite",
  "--compress",
  "none",
  "--block-size",
  "40KB",
];

describe("--progress json", () => {
  it("tells each event as one object a line on stderr, and the last figures at the end", async () => {
    const { exitCode, err, out } = await place.mctunnel(...upload, "--progress", "json");
    expect(exitCode).toBe(0);
    expect(out).toContain("Replaced the contents");
    const events = err
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const kinds = new Set(events.map(({ event }) => event));
    expect([...kinds]).toEqual(["opened", "block-stored", "committing", "committed", "progress"]);
    expect(events.at(-1)).toMatchObject({
      event: "progress",
      phase: "committed",
      rows: 400,
      percent: 100,
      retries: 0,
    });
  });
});

describe("--bandwidth", () => {
  it("holds every block back", async () => {
    const before = place.emulator.requests.length;
    const io = recordingIo({ env: place.env, cwd: place.folder, homeDirectory: place.folder });
    // At this speed the load takes seven minutes; without a limit it is over before anybody can stop it.
    const done = run([...upload, "--bandwidth", "1KiB/s"], io);
    const isSending = (): boolean =>
      place.emulator.requests.slice(before).some(({ method }) => method === "PUT") || io.out() !== "";
    while (!isSending()) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    io.send("SIGINT");
    expect(await done).toBe(130);
    // The first one is smaller than the piece that may leave at once; the next would have to wait for it.
    expect(io.err()).not.toMatch(/with (?:[2-9]|\d\d+) blocks/);
  });
});

describe("a service that is asked too much", () => {
  it("gets every block in the end", { timeout: 60_000 }, async () => {
    const before = place.emulator.requests.length;
    place.emulator.faults.add({
      match: { action: "put block" },
      times: 3,
      effect: { kind: "answer", status: 429 },
    });
    const { exitCode, out } = await place.mctunnel(...upload, "--parallel", "4", "--json");
    expect(exitCode).toBe(0);
    const { blocks, retries, rows } = JSON.parse(out);
    expect({ rows, retries }).toEqual({ rows: 400, retries: 3 });
    const puts = place.emulator.requests.slice(before).filter(({ method }) => method === "PUT");
    expect(puts).toHaveLength(blocks + 3);
  });
});

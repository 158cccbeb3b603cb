import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
  it("sends no faster than it says", { timeout: 60_000 }, async () => {
    const before = performance.now();
    const { exitCode } = await place.mctunnel(...upload, "--bandwidth", "400KB/s", "-q");
    expect(exitCode).toBe(0);
    // 400 kB, less a quarter of a second's worth.
    expect(performance.now() - before).toBeGreaterThan(700);
    expect(await place.emulator.readRows("logs")).toHaveLength(400);
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

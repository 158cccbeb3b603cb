import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { startBreakingProxy } from "@maxcompute-tunnel/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { recordingIo } from "./recording-io.ts";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace(["create table logs (line string)"]);
});
afterAll(() => place[Symbol.asyncDispose]());

/** A load that waits for more input: its file is a pipe that a test holds open. */
async function startEndlessLoad(
  name: string,
  ...flags: string[]
): Promise<{
  readonly done: Promise<number>;
  readonly io: ReturnType<typeof recordingIo>;
  readonly close: () => Promise<void>;
}> {
  const path = join(place.folder, name);
  execFileSync("mkfifo", [path]);
  const io = recordingIo({ env: place.env, cwd: place.folder });
  const before = place.emulator.requests.length;
  const done = run(["upload", name, "proj.logs", ...flags], io);
  const pipe = await open(path, "w");
  await pipe.write("one\ntwo\n");
  // The session exists, and reading has begun.
  while (
    !place.emulator.requests
      .slice(before)
      .some(({ method, url }) => method === "POST" && url.includes("uploads"))
  ) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { done, io, close: () => pipe.close() };
}

describe("the first Ctrl-C", () => {
  it.each([
    ["SIGINT", 130, "Stopped by Ctrl-C."],
    ["SIGTERM", 143, "Stopped by SIGTERM."],
  ] as const)("(or %s) stops the load and says what is left", async (signal, exitCode, message) => {
    const load = await startEndlessLoad(`${signal}.csv`);
    load.io.send(signal);
    expect(await load.done).toBe(exitCode);
    await load.close();
    expect(load.io.err()).toContain("Stopping. Press Ctrl-C again to leave at once.");
    expect(load.io.err()).toContain(`error: ${message}\n`);
    expect(load.io.err()).toMatch(
      /Nothing was committed: proj\.logs is as it was\. Session \w+ is left on the server/,
    );
    expect(load.io.left).toEqual([]);
    expect(await place.emulator.readRows("logs")).toEqual([]);
  });
});

describe("the second Ctrl-C", () => {
  it("leaves at once", async () => {
    const load = await startEndlessLoad("twice.csv");
    load.io.send("SIGINT");
    load.io.send("SIGINT");
    expect(load.io.left).toEqual([130]);
    await load.done;
    await load.close();
  });
});

describe("the second Ctrl-C under --json", () => {
  it("leaves one JSON object behind", async () => {
    const load = await startEndlessLoad("json-twice.csv", "--json");
    load.io.send("SIGINT");
    load.io.send("SIGTERM");
    load.io.send("SIGTERM");
    expect(load.io.left).toEqual([143]);
    await load.done;
    await load.close();
    expect(JSON.parse(load.io.out())).toEqual({
      ok: false,
      command: "upload",
      exitCode: 143,
      error: { kind: "terminated", code: "terminated", message: "Stopped by SIGTERM." },
    });
  });
});

describe("Ctrl-C during the commit", () => {
  it("waits for the answer first, and then leaves with the outcome unknown and the command that tells it", async () => {
    let arrived = (): void => undefined;
    const commitArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await using proxy = await startBreakingProxy(place.emulator.endpoint, ({ method, url }) => {
      if (method !== "POST" || !url.includes("uploadid=")) return "pass";
      arrived();
      return "hold";
    });
    place.write("held.csv", "held\n");
    const io = recordingIo({
      env: { ...place.env, ODPS_TUNNEL_ENDPOINT: proxy.endpoint },
      cwd: place.folder,
    });
    const done = run(["upload", "held.csv", "proj.logs"], io);
    await commitArrived;
    io.send("SIGINT");
    expect(io.err()).toContain("The commit has been sent; waiting for its answer.");
    io.send("SIGINT");
    expect(io.left).toEqual([6]);
    expect(io.err()).toMatch(/outcome unknown\.\n {2}next: mctunnel resume upload-[\w-]+\n/);
    // In a test nobody has left: the answer comes, and the load is done after all.
    proxy.release();
    expect(await done).toBe(0);
    expect(await place.emulator.readRows("logs")).toEqual([{ line: "held" }]);
  });
});

describe("a real process", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends on %s with %i, although its pipe stays open", async (signal, exitCode) => {
    const path = join(place.folder, `process-${signal}.csv`);
    execFileSync("mkfifo", [path]);
    const bin = new URL("../dist/bin.js", import.meta.url).pathname;
    const child = spawn(process.execPath, [bin, "upload", path, "proj.logs"], {
      env: { PATH: process.env["PATH"], ...place.env },
    });
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    const before = place.emulator.requests.length;
    const pipe = await open(path, "w");
    await pipe.write("one\n");
    while (
      !place.emulator.requests
        .slice(before)
        .some(({ method, url }) => method === "POST" && url.includes("uploads"))
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill(signal);
    const [code] = (await once(child, "exit")) as [number | null];
    await pipe.close();
    expect({ code, err }).toEqual({
      code: exitCode,
      err: expect.stringMatching(/Session \w+ is left on the server/),
    });
  });
});

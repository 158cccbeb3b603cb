import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodes } from "../src/exit-codes.ts";
import { startWorkplace, type Workplace } from "./workplace.ts";

const bin = new URL("../dist/bin.js", import.meta.url).pathname;

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace([
    "create table people (id bigint, name string)",
    "create table times (at datetime)",
  ]);
});
afterAll(() => place[Symbol.asyncDispose]());

/** Runs the built command without blocking this process, in which the emulator lives. */
async function mctunnel(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return await shell(`"$0" "$@"`, process.execPath, bin, ...argv);
}

async function shell(
  script: string,
  ...argv: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env["PATH"], HOME: place.folder, ...place.env };
  const child = spawn("bash", ["-c", script, ...argv], {
    cwd: place.folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const read = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let text = "";
    for await (const chunk of stream) text += String(chunk);
    return text;
  };
  const [stdout, stderr, code] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1))),
  ]);
  return { code, stdout, stderr };
}

describe("the command", () => {
  it("tells its version, which is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(await mctunnel("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("explains itself, with examples and exit codes", async () => {
    const { code, stdout } = await mctunnel("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("mctunnel upload flights.csv proj.flights");
    for (const exitCode of Object.values(exitCodes))
      expect(stdout).toMatch(new RegExp(`\\b${exitCode} [a-zA-Z]`));
    expect((await mctunnel()).stdout).toBe(stdout);
  });

  it.each(["--version", "--help"])("loads nothing that moves data for %s", async (flag) => {
    const hook =
      'import{registerHooks}from"node:module";registerHooks({load(url,context,next){if(url.startsWith("file:"))console.error(url);return next(url,context)}})';
    const { code: exitCode, stderr } = await shell(
      `"$0" --import "data:text/javascript,$1" "$2" ${flag}`,
      process.execPath,
      encodeURIComponent(hook),
      bin,
    );
    const loaded = stderr.trim().split("\n");
    expect(exitCode).toBe(0);
    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.filter((url) => !url.includes("/packages/cli/dist/"))).toEqual([]);
    const code = loaded.map((url) => readFileSync(new URL(url), "utf8")).join("");
    expect(code).toContain("buildApplication");
    expect(code).not.toMatch(/WebAssembly|Dispatcher/);
  });

  it.each([
    { set: "", kept: ["compiled"] },
    { set: "NODE_DISABLE_COMPILE_CACHE=1", kept: [] },
  ])("keeps what was compiled in the user's cache, unless told not to ($set)", async ({ set, kept }) => {
    const caches = join(place.folder, `caches-${set}`);
    mkdirSync(join(caches, "mctunnel"), { recursive: true });
    const { code } = await shell(
      `XDG_CACHE_HOME="$1" ${set} "$0" "$2" --version`,
      process.execPath,
      caches,
      bin,
    );
    expect({ code, kept: readdirSync(join(caches, "mctunnel")) }).toEqual({ code: 0, kept });
  });

  it("reads a file by two worker threads", async () => {
    const ids = Array.from({ length: 20_000 }, (_, id) => id);
    place.write("many.csv", ids.map((id) => `${id},name of ${id}\n`).join(""));
    const { code, stderr } = await mctunnel(
      ...["upload", "many.csv", "proj.people", "--overwrite", "--quiet"],
      ...["--parallel", "2", "--block-size", "64KiB"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = await place.emulator.readRows("people");
    expect(rows.map(({ id }) => Number(id)).sort((one, other) => one - other)).toEqual(ids);
  });

  it("asks a proxy for a tunnel to a service behind TLS", async () => {
    const asked: string[] = [];
    const proxy = createServer().on("connect", (request: IncomingMessage, socket: Duplex) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
    try {
      place.write("one.csv", "3,c\n");
      const { code, stderr } = await shell(
        `HTTPS_PROXY="$1" ODPS_TUNNEL_ENDPOINT=https://tunnel.example "$0" "$2" upload one.csv proj.people --retries 0`,
        ...[process.execPath, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, bin],
      );
      expect({ code, asked }).toEqual({ code: exitCodes.network, asked: ["tunnel.example:443"] });
      expect(stderr).toContain("403");
    } finally {
      proxy.close();
    }
  });

  it("carries the licences of what its files contain", () => {
    const licences = readFileSync(new URL("../dist/bundle/licences.txt", import.meta.url), "utf8");
    for (const name of ["ky", "undici", "protobufjs", "hyparquet", "apache-arrow"])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
    expect(licences).toContain("Copyright (c) Matteo Collina and Undici contributors");
  });

  it.each(["upload", "status", "blocks", "commit"])("explains %s with an example", async (command) => {
    const { code, stdout } = await mctunnel(command, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`mctunnel ${command} [flags]`);
    expect(stdout).toMatch(new RegExp(`mctunnel ${command} (flights\\.csv|202405060708091a2b3c) `));
  });

  it("loads a file, reads it back, and writes no control codes to a pipe", async () => {
    place.write("people.csv", 'id,name\n1,"a,b"\n2,\n');
    const { code, stdout, stderr } = await mctunnel("upload", "people.csv", "proj.people", "--overwrite");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Replaced the contents of proj\.people with 2 rows\.\n {2}/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control codes are what must not be there.
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(await place.emulator.readRows("people")).toEqual([
      { id: 1n, name: "a,b" },
      { id: 2n, name: null },
    ]);
  });

  it("reads its profile from the home directory", async () => {
    execFileSync("mkdir", ["-p", join(place.folder, ".mctunnel")]);
    const { ODPS_ENDPOINT, ODPS_ACCESS_ID, ODPS_ACCESS_KEY } = place.env;
    place.write(
      ".mctunnel/config.toml",
      `[profiles.test]\nendpoint = "${ODPS_ENDPOINT}"\nproject = "proj"\naccess_id = "${ODPS_ACCESS_ID}"\naccess_key = "${ODPS_ACCESS_KEY}"\n`,
    );
    execFileSync("chmod", ["644", join(place.folder, ".mctunnel/config.toml")]);
    place.write("one.csv", "3,c\n");
    const { code, stderr } = await shell(
      'unset ODPS_ENDPOINT ODPS_ACCESS_ID ODPS_ACCESS_KEY; "$0" "$@"',
      ...[process.execPath, bin, "upload", "one.csv", "people", "--profile", "test"],
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: .*config\.toml holds a key and others may read it; run: chmod 600 /);
  });

  it("shows what a terminal would obey, in names of files and tables, and in what they hold", async () => {
    const name = "\u001b]0;owned\u0007\u202egpj.csv";
    place.write(name, "\u001b[2J\u0000\n");
    for (const table of ["people", "no\u001b[2Jsuch", "a\r\nb"]) {
      const { code, stderr } = await shell('"$0" "$@"', process.execPath, bin, "upload", name, table);
      expect(code).not.toBe(0);
      expect(stderr).not.toBe("");
      expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
    }
  });

  it("does not mind a reader that goes away", async () => {
    const { stderr } = await shell('"$0" "$@" | true', process.execPath, bin, "--help");
    expect(stderr).toBe("");
  });

  it("reads times in no process's zone", async () => {
    place.write("tz.csv", "2024-05-06 07:08:09\n");
    const { code } = await shell(
      'TZ=Asia/Tokyo "$0" "$@"',
      process.execPath,
      bin,
      "upload",
      "tz.csv",
      "proj.times",
    );
    expect(code).toBe(0);
    expect(await place.emulator.readRows("times")).toEqual([{ at: new Date("2024-05-06T07:08:09Z") }]);
  });
});

describe("on a terminal", () => {
  const hasScript = spawnSync("script", ["--version"]).status === 0;

  it.skipIf(!hasScript)(
    "draws one line over and over, no wider than the window, and leaves it clean",
    async () => {
      place.write("big.csv", "1,some text that fills a line\n".repeat(400_000));
      const { code, stdout } = await shell(
        `script -qec "stty cols 60; '$0' '$1' upload big.csv proj.people --overwrite" /dev/null`,
        process.execPath,
        bin,
      );
      expect(code).toBe(0);
      const frames = stdout.split("\r").filter((part) => part.endsWith("\u001b[K") && part !== "\u001b[K");
      expect(frames.length).toBeGreaterThan(0);
      for (const frame of frames) expect(frame.length - "\u001b[K".length).toBeLessThan(60);
      expect(frames.at(-1)).toMatch(/rows/);
      expect(stdout).toContain("\r\u001b[KReplaced the contents of proj.people with 400,000 rows.");
    },
  );
});

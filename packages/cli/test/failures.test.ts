import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { startBreakingProxy } from "@maxcompute-tunnel/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace([
    "create table people (id bigint not null, name varchar(5), price decimal(5,2), tiny tinyint)",
    "create table logs (line string)",
  ]);
});
afterAll(() => place[Symbol.asyncDispose]());

/** Loads a text into `people` and gives exit code and message, having checked that nothing arrived. */
async function refused(
  name: string,
  content: string | Uint8Array,
  ...flags: string[]
): Promise<{ exitCode: number; err: string }> {
  place.write(name, content);
  const before = (await place.emulator.readRows("people")).length;
  const { exitCode, err, out } = await place.mctunnel("upload", name, "proj.people", ...flags);
  expect(out).toBe("");
  expect(await place.emulator.readRows("people")).toHaveLength(before);
  return { exitCode, err };
}

describe("bad input", () => {
  it.each([
    [
      "value.csv",
      "1,a,,\n2,b,1x,\n",
      3,
      'value.csv:2:5: column price: expected a decimal number such as 12.50, got "1x".',
    ],
    ["range.csv", "1,a,,200\n", 3, "range.csv:1:6: column tiny: expected"],
    ["scale.csv", "1,a,1.239,\n", 3, "scale.csv:1:5: column price: expected"],
    ["digits.csv", "1,a,1234.00,\n", 3, "digits.csv:1:5: column price: expected"],
    ["long.csv", "1,abcdef,,\n", 3, "long.csv:1:3: column name: expected"],
    [
      "long.jsonl",
      '{"id":1,"name":"abcdef"}\n',
      3,
      'long.jsonl:1:16: column name: expected at most 5 characters for varchar(5), got "abcdef".',
    ],
    ["least.csv", "-9223372036854775808,a,,\n", 3, "least.csv:1:1: column id: expected"],
    [
      "null.csv",
      "1,a,,\n,b,,\n",
      3,
      "null.csv:2:1: column id: expected a value, because the column is NOT NULL",
    ],
    [
      "null.jsonl",
      '{"id":1}\n{"name":"b"}\n',
      3,
      "null.jsonl:2:1: column id: expected a value, because the column is NOT NULL",
    ],
    [
      "quote.csv",
      '1,a,,\n2,"b,,\n3,c,,\n',
      7,
      "quote.csv:2:3: expected a well-formed record (the quote that opens here is never closed",
    ],
    [
      "junk.csv",
      '1,"a"b,,\n',
      7,
      "junk.csv:1:6: expected a well-formed record (text follows a closing quote)",
    ],
    ["count.csv", "1,a,,\n2,b\n", 7, "count.csv:2:4: expected 4 fields (there are 2), got "],
    [
      "utf8.csv",
      Uint8Array.of(0x31, 0x2c, 0xc4, 0xe3, 0x2c, 0x2c, 0x0a),
      7,
      "utf8.csv:1:3: column name: expected text in UTF-8, got ",
    ],
    [
      "cut.jsonl",
      '{"id":1}\n{"id":2,"name":"b',
      7,
      "cut.jsonl:2:18: expected JSON (at character 18: expected the end of a string, found the end)",
    ],
    [
      "names.jsonl",
      '{"id":1,"nmae":"a"}\n',
      7,
      'names.jsonl:1:9: expected members that are columns; "nmae" is no column of the table; did you mean name?',
    ],
  ])("%s leaves nothing half-done and says where", async (name, content, exitCode, message) => {
    const found = await refused(name, content);
    expect(found.err).toContain(`error: ${message}`);
    expect(found.exitCode).toBe(exitCode);
    expect(found.err).toMatch(
      /Nothing was committed: proj\.people is as it was\. Session \w+ is left on the server/,
    );
  });

  it("stops in the middle of a load whose first blocks are stored already", async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => `${index},abc,1.00,1\n`);
    const { exitCode, err } = await refused(
      "late.csv",
      `${rows.join("")}x,abc,1.00,1\n`,
      "--block-size",
      "4KiB",
    );
    expect(exitCode).toBe(3);
    expect(err).toContain("late.csv:3001:1: column id");
    expect(err).toMatch(
      /Session \w+ with \d+ blocks is left on the server and expires on its own within 24 hours\./,
    );
  });

  it("does not ask the service about files that cannot be read", async () => {
    await using fresh = await startWorkplace([]);
    mkdirSync(join(fresh.folder, "folder"));
    fresh.write("data.txt", "1\n");
    expect(await fresh.mctunnel("upload", "missing.csv", "proj.people")).toMatchObject({
      exitCode: 7,
      err: "error: missing.csv: there is no such file.\n",
    });
    expect(await fresh.mctunnel("upload", "folder", "proj.people")).toMatchObject({
      exitCode: 0,
      out: "There are no files, and so no rows, to load.\n",
    });
    // To replace a table's rows by none is a decision that an empty folder must not make.
    expect(await fresh.mctunnel("upload", "folder", "proj.people", "--overwrite")).toMatchObject({
      exitCode: 7,
    });
    expect(await fresh.mctunnel("upload", "data.txt", "proj.people")).toMatchObject({
      exitCode: 2,
      err: "error: data.txt: neither its name nor its beginning tells the format.\n  next: Say which it is, such as: mctunnel upload data.txt proj.people --format csv\n",
    });
    fresh.write("packed.csv", Uint8Array.of(0x1f, 0x8b, 0x08, 0x00));
    expect(await fresh.mctunnel("upload", "packed.csv", "proj.people")).toMatchObject({ exitCode: 7 });
    expect(fresh.emulator.requests).toEqual([]);
  });

  it("reports a failure as one JSON object too", async () => {
    place.write("bad.csv", "1,a,,\nx,b,,\n");
    const { exitCode, out } = await place.mctunnel("upload", "bad.csv", "proj.people", "--json");
    expect(exitCode).toBe(3);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      command: "upload",
      exitCode: 3,
      sessionId: expect.any(String),
      error: {
        kind: "data",
        code: "invalid-text",
        message: 'bad.csv:2:1: column id: expected a whole number such as 42, got "x".',
        file: "bad.csv",
        line: 2,
        column: 1,
        byteOffset: 6,
        field: "id",
        safe: expect.stringContaining("Nothing was committed"),
        next: "Correct it, or leave up to a hundred such records out: mctunnel upload bad.csv proj.people --json --max-rejects 100",
      },
    });
  });
});

describe("the service", () => {
  it("names an unknown table and an unknown project", async () => {
    place.write("one.csv", "1,a,,\n");
    const table = await place.mctunnel("upload", "one.csv", "proj.nobody");
    expect(table.exitCode).toBe(8);
    expect(table.err).toMatch(/^error: .*NoSuchTable.*request id \w+.*\n {2}No rows were sent\.\n/);
    expect(await place.mctunnel("upload", "one.csv", "elsewhere.people")).toMatchObject({ exitCode: 8 });
  });

  it("says in one sentence that a key was refused, and never shows it", async () => {
    place.write("one.csv", "1,a,,\n");
    const env = { ...place.env, ODPS_ACCESS_KEY: "wrong-secret" };
    const { exitCode, err, out } = await place.mctunnelIn(
      { env },
      "upload",
      "one.csv",
      "proj.people",
      "--json",
    );
    expect(exitCode).toBe(4);
    expect(err.split("\n")[0]).toMatch(/^error: [^\n]+\.$/);
    expect(err + out).not.toContain("wrong-secret");
    expect(
      await place.mctunnelIn(
        { env: { ODPS_ENDPOINT: place.emulator.endpoint } },
        "upload",
        "one.csv",
        "proj.people",
      ),
    ).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining("No credentials were found."),
    });
  });

  it("gives up soon on an address where nobody answers", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    place.write("one.csv", "1,a,,\n");
    const { exitCode, err } = await place.mctunnel(
      "upload",
      "one.csv",
      "proj.people",
      "--endpoint",
      `http://127.0.0.1:${port}`,
    );
    expect(exitCode).toBe(5);
    expect(err).toContain(
      "Check the endpoint and the network, then try again: mctunnel upload one.csv proj.people --endpoint",
    );
  });

  it("sends a block again when its connection breaks, and counts it", async () => {
    let broken = 0;
    await using proxy = await startBreakingProxy(place.emulator.endpoint, ({ method }) => {
      if (method !== "PUT" || broken > 0) return "pass";
      broken += 1;
      return "lose-answer";
    });
    place.write("again.csv", "one\ntwo\n");
    const { exitCode, out } = await place.mctunnel(
      "upload",
      "again.csv",
      "proj.logs",
      "--tunnel-endpoint",
      proxy.endpoint,
    );
    expect(exitCode).toBe(0);
    expect(out).toContain("1 block, 1 retry");
    expect(await place.emulator.readRows("logs")).toEqual([{ line: "one" }, { line: "two" }]);
  });

  it("leaves a clear account when a block cannot be stored at all", async () => {
    await using proxy = await startBreakingProxy(place.emulator.endpoint, ({ method }) =>
      method === "PUT" ? "break" : "pass",
    );
    place.write("never.csv", "one\n");
    const { exitCode, err } = await place.mctunnel(
      "upload",
      "never.csv",
      "proj.logs",
      "--tunnel-endpoint",
      proxy.endpoint,
      "--retries",
      "0",
    );
    expect(exitCode).toBe(5);
    expect(err).toContain("Nothing was committed: proj.logs is as it was.");
    expect(err).toContain("then try again: mctunnel resume upload-");
  });
});

describe("a commit whose answer is lost", () => {
  const isCommit = ({ method, url }: { method: string; url: string }) =>
    method === "POST" && url.includes("uploadid=");

  it("is looked up, found done, and reported as done", async () => {
    await using proxy = await startBreakingProxy(place.emulator.endpoint, (sent) =>
      isCommit(sent) ? "lose-answer" : "pass",
    );
    place.write("lost.csv", "lost\n");
    const { exitCode, out } = await place.mctunnel(
      "upload",
      "lost.csv",
      "proj.logs",
      "--overwrite",
      "--tunnel-endpoint",
      proxy.endpoint,
    );
    expect(exitCode).toBe(0);
    expect(out).toContain("the commit's answer was lost; the session's status shows that it happened");
    expect(await place.emulator.readRows("logs")).toEqual([{ line: "lost" }]);
  });

  it("is reported as unknown, with the command that tells, when nothing can be looked up", async () => {
    let sentCommit = false;
    await using proxy = await startBreakingProxy(place.emulator.endpoint, (sent) => {
      if (isCommit(sent)) {
        sentCommit = true;
        return "lose-answer";
      }
      return sentCommit ? "break" : "pass";
    });
    place.write("unknown.csv", "unknown\n");
    const { exitCode, err } = await place.mctunnel(
      ...[
        "upload",
        "unknown.csv",
        "proj.logs",
        "--overwrite",
        "--tunnel-endpoint",
        proxy.endpoint,
        "--retries",
        "0",
      ],
    );
    expect(exitCode).toBe(6);
    expect(err).toContain("load nothing again before that is known");
    const next = /next: mctunnel (resume upload-[\w-]+)\n/.exec(err)![1]!;
    // The journal says what was sent, and the service what came of it; nothing is loaded again.
    const settled = await place.mctunnel(...next.split(" "), "--tunnel-endpoint", place.emulator.endpoint);
    expect(settled).toMatchObject({ exitCode: 0 });
    expect(settled.out).toContain("shows that it happened");
    expect(await place.emulator.readRows("logs")).toEqual([{ line: "unknown" }]);
  }, 120_000);
});

describe("usage", () => {
  it.each([
    [["upload", "a.csv"], "INPUT TABLE"],
    [["upload", "a.csv", "t", "--paralel", "3"], "did you mean --parallel?"],
    [["upload", "a.csv", "t", "--parallel", "0"], "--parallel: expected a whole number from 1 to 64"],
    [["upload", "a.csv", "t", "--block-size", "0"], "--block-size: expected a size of at least 1024 bytes"],
    [
      ["upload", "a.csv", "t", "--format", "xml"],
      '--format: expected auto, csv, tsv, jsonl, parquet, arrow, avro, got "xml"',
    ],
    [["uplod", "a.csv", "t"], "did you mean"],
    [["status", "id"], "TABLE is missing"],
    [["status", "id", "t", "more"], '"more" is one argument too many'],
    [["commit", "id", "t", "--blocks", "3-1"], "--blocks: expected block ids such as 0-3,7"],
  ])("%j is explained", async (argv, message) => {
    const { exitCode, err, out } = await place.mctunnel(...argv);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toMatch(/^error: /);
    expect(err).toContain(message);
    expect(err).toContain("--help\n");
  });

  it.each(["--access-key", "--access-id=x", "--access-key-secret", "-password", "--sts-token=x", "--secret"])(
    "%s is refused, and its value not repeated",
    async (flag) => {
      const { exitCode, err } = await place.mctunnel("upload", flag, "hunter2", "a.csv", "t");
      expect(exitCode).toBe(2);
      expect(err).toContain("keys on a command line end up in the shell's history");
      expect(err).not.toContain("hunter2");
    },
  );

  it.each([
    [["uplaod", "a.csv", "t"], undefined, 'There is no command "uplaod"'],
    [["upload", "a.csv", "t", "--nothing"], "upload", "There is no flag --nothing"],
    [["upload", "a.csv", "t", "--parallel", "x"], "upload", "--parallel: expected"],
    [["check", "a.csv"], "check", "INPUT TABLE"],
    [["upload", "a.csv", "t", "--access-key", "k"], "upload", "access-key"],
  ])("is refused as JSON, too, where JSON was asked for: %j", async (argv, command, message) => {
    const { exitCode, out, err } = await place.mctunnel(...argv, "--json");
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      ...{ ok: false, exitCode: 2 },
      error: { kind: "usage", message: expect.stringContaining(message) },
    });
    if (command !== undefined) expect(report.command).toBe(command);
    expect(report.error.message).not.toContain("error:");
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringMatching(/^error: /) });
    expect((await place.mctunnel(...argv)).out).toBe("");
  });

  it("notices that the table was written first", async () => {
    place.write("one.csv", "1,a,,\n");
    expect((await place.mctunnel("upload", "proj.people", "one.csv")).err).toContain(
      "next: Write the files first: mctunnel upload one.csv proj.people",
    );
  });

  it.each(["proj.a.b.c", "proj.people/", "a b", ""])("%j is no table", async (name) => {
    place.write("one.csv", "1,a,,\n");
    expect(await place.mctunnel("upload", "one.csv", name)).toMatchObject({ exitCode: 2 });
  });

  it("needs a project from somewhere", async () => {
    place.write("one.csv", "5,a,,\n");
    const { exitCode, err } = await place.mctunnel("upload", "one.csv", "people");
    expect(exitCode).toBe(2);
    expect(err).toContain("next: Write PROJECT.people, or set --project, ODPS_PROJECT");
    expect(await place.mctunnel("upload", "one.csv", "people", "--project", "proj")).toMatchObject({
      exitCode: 0,
    });
  });
});

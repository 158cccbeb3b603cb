import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openInputFile } from "./input-file.ts";
import { formatOf } from "./input-format.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mctunnel-input-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}

describe("openInputFile", () => {
  it("reads a file in chunks that stay as they are", async () => {
    const text = "0123456789abcdef".repeat(200_000);
    writeFileSync(join(folder, "big.csv"), text);
    const file = await openInputFile("big.csv", folder);
    expect(file.size).toBe(3_200_000);
    expect(await readAll(file.chunks(never))).toBe(text);
  });

  it("reads an empty file", async () => {
    writeFileSync(join(folder, "empty.csv"), "");
    expect(await readAll((await openInputFile("empty.csv", folder)).chunks(never))).toBe("");
  });

  it("reads a named pipe, whose size nobody knows", async () => {
    execFileSync("mkfifo", [join(folder, "pipe.csv")]);
    const file = await openInputFile("pipe.csv", folder);
    expect(file.size).toBeUndefined();
    const reading = readAll(file.chunks(never));
    execFileSync("sh", ["-c", `printf 'a,b\\n' > '${join(folder, "pipe.csv")}'`]);
    expect(await reading).toBe("a,b\n");
  });

  it("names a file that is not there, or is a directory", async () => {
    await expect(openInputFile("missing.csv", folder)).rejects.toMatchObject({
      code: "file-not-found",
      message: "missing.csv: there is no such file.",
    });
    mkdirSync(join(folder, "dir"));
    await expect(openInputFile("dir", folder)).rejects.toMatchObject({ code: "not-a-file" });
    await expect(openInputFile("big.csv/x", folder)).rejects.toMatchObject({ code: "file-not-found" });
  });

  it("refuses a file that changed since it was looked at", async () => {
    writeFileSync(join(folder, "growing.csv"), "a\n");
    const file = await openInputFile("growing.csv", folder);
    appendFileSync(join(folder, "growing.csv"), "b\n");
    await expect(readAll(file.chunks(never))).rejects.toMatchObject({ code: "file-changed" });
  });

  it("refuses a file that changes while it is read", async () => {
    writeFileSync(join(folder, "live.csv"), "a\n".repeat(2_000_000));
    const file = await openInputFile("live.csv", folder);
    const chunks = file.chunks(never);
    await chunks.next();
    appendFileSync(join(folder, "live.csv"), "b\n");
    await expect(readAll(chunks)).rejects.toMatchObject({ code: "file-changed" });
  });

  it("stops at an abort", async () => {
    const controller = new AbortController();
    const chunks = (await openInputFile("big.csv", folder)).chunks(controller.signal);
    await chunks.next();
    controller.abort(new Error("enough"));
    await expect(readAll(chunks)).rejects.toThrow("enough");
  });
});

it("knows a format by the name's ending, or by what was said", () => {
  expect([formatOf("a.CSV", undefined), formatOf("b.ndjson", undefined), formatOf("c.txt", "jsonl")]).toEqual(
    ["csv", "jsonl", "jsonl"],
  );
  expect(() => formatOf("c.txt", undefined)).toThrow("the name does not tell the format");
});

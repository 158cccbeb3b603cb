import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { describe, expect, it } from "vitest";
import { repeatPack } from "../src/data/repeated-pack.ts";
import { columns, syntheticRows } from "../src/data/synthetic-rows.ts";
import { decodePlain, encodePlain, toPlainRow } from "../src/peers/plain-protobufjs.ts";

/** Runs the short form, which ends with 1 when contenders that write the same rows write other bytes. */
async function bench(...args: readonly string[]): Promise<string> {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--short", ...args]);
  return stdout;
}

function expectLines(printed: string, ...lines: readonly string[]): void {
  for (const line of lines) expect(printed).toContain(line);
  expect(printed).not.toContain("NaN");
}

describe("the short form", () => {
  it("finds that rows, text and Arrow batches become the same packs, with the kernel and without", async () => {
    expectLines(
      await bench("rows", "text", "columns"),
      "| RecordPack, arrays",
      "| TextPack, quoted",
      "| ArrowPack",
      "| DuckDB, all NULL",
      "| Java SDK, set and write | not asked for |",
    );
  }, 120_000);

  it("uploads a file by command and by library, with and without threads", async () => {
    expectLines(
      await bench("upload-flights"),
      "| mctunnel upload --parallel 2",
      "| uploadFiles, two worker threads",
    );
  }, 120_000);

  it("sends packs to the emulator beside a server that only writes them down", async () => {
    expectLines(
      await bench("ingest", "--megabytes", "1"),
      "Wide rows, 1025 bytes a row, packs of 1 MB",
      "Rows of ten columns",
      "| node:http into a file |",
      "| the emulator |",
    );
  }, 60_000);

  it.runIf(process.platform === "linux")(
    "tells how much memory the emulator took",
    async () => {
      const printed = await bench("memory", "--megabytes", "2");
      expect(printed).toMatch(/\| one block \| 2 \| \d+ \| \d+ \| \*\*\d+\*\* \|/);
      expect(printed).toMatch(/\| 64 uploads at once \| 67 \| \d+ \| \d+ \| \*\*\d+\*\* \|/);
    },
    60_000,
  );
});

it("repeats rows into the pack that they would make one by one", () => {
  const repeated = repeatPack(columns, syntheticRows(30), 3);
  const bytes = Buffer.concat([...repeated.chunks()]);
  const rows = syntheticRows(30);
  expect(bytes.equals(encodeRecords(columns, [...rows, ...rows, ...rows]))).toBe(true);
  expect(repeated.recordCount).toBe(90);
  expect(repeated.byteLength).toBe(bytes.length);
});

it("hands protobufjs rows that survive their way", () => {
  const bytes = encodePlain(syntheticRows(3).map(toPlainRow));
  expect(decodePlain(bytes)).toBe(3);
  // The second row's id, 7919, as a zigzag varint behind the tag of field 1.
  expect(Buffer.from(bytes).toString("hex")).toContain("08de7b");
});

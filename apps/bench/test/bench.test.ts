import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { describe, expect, it } from "vitest";
import { decodePlain, encodePlain, toPlainRow } from "../src/plain-protobufjs.ts";
import { measure } from "../src/rate.ts";
import { repeatPack } from "../src/repeated-pack.ts";
import { replaceResults } from "../src/results-table.ts";
import { columns, sampleRow, sampleRows } from "../src/sample-rows.ts";

async function bench(...args: readonly string[]): Promise<string> {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--short", ...args]);
  return stdout;
}

it("runs from end to end on few rows", async () => {
  const printed = await bench("codec", "upload", "--rows", "2000");
  expect(printed).toContain("| RecordPack, rows as objects |");
  expect(printed).toContain("| RecordStreamValidator |");
  expect(printed).toContain("| tunnel.upload, compression deflate |");
  expect(printed).not.toContain("NaN");
}, 60_000);

it("sends packs to the emulator beside a server that only writes them down", async () => {
  const printed = await bench("ingest", "--megabytes", "1");
  expect(printed).toContain("Wide rows, 1025 bytes a row, packs of 1 MB");
  expect(printed).toContain("Rows of ten columns");
  expect(printed).toContain("| node:http into a file |");
  expect(printed).toContain("| the emulator |");
  expect(printed).not.toContain("NaN");
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

it("repeats rows into the pack that they would make one by one", () => {
  const repeated = repeatPack(columns, sampleRows(30), 3);
  const bytes = Buffer.concat([...repeated.chunks()]);
  const rows = sampleRows(30);
  expect(bytes.equals(encodeRecords(columns, [...rows, ...rows, ...rows]))).toBe(true);
  expect(repeated.recordCount).toBe(90);
  expect(repeated.byteLength).toBe(bytes.length);
});

it("hands protobufjs rows that survive their way", () => {
  const bytes = encodePlain(sampleRows(3).map(toPlainRow));
  expect(decodePlain(bytes)).toBe(3);
  // The second row's id, 7919, as a zigzag varint behind the tag of field 1.
  expect(Buffer.from(bytes).toString("hex")).toContain("08de7b");
});

it("gives the same row for the same index", () => {
  expect(sampleRow(4)).toEqual({
    id: 31676n,
    amount: 5,
    user: "user_4",
    city: "東京",
    note: "note for row number 4 with some more text",
    created: new Date("2023-11-14T22:13:24.000Z"),
    active: true,
    price: "4.50",
    quantity: 4,
    ratio: 2,
  });
});

describe("measure", () => {
  it("runs the contenders by turns and counts no warm-up", async () => {
    const order: string[] = [];
    const runners = ["a", "b"].map((name) => ({
      name,
      run: async () => {
        order.push(name);
        return { seconds: name === "a" ? 2 : 1, bytes: 4e6 };
      },
    }));
    const measured = await measure(runners, 10, 2);
    expect(order.join("")).toBe("ababababab");
    expect(measured).toEqual([
      { name: "a", rowsPerSecond: always(5), megabytesPerSecond: always(2), ratio: always(1) },
      { name: "b", rowsPerSecond: always(10), megabytesPerSecond: always(4), ratio: always(2) },
    ]);
  });
});

function always(value: number): object {
  return { min: value, median: value, max: value };
}

describe("replaceResults", () => {
  it("replaces what is between the marks", () => {
    const readme = "# A\n<!-- results: written by the benchmark -->\nold\n<!-- /results -->\nrest\n";
    expect(replaceResults(readme, "new\n")).toBe(
      "# A\n<!-- results: written by the benchmark -->\n\nnew\n\n<!-- /results -->\nrest\n",
    );
  });

  it("refuses a README without the marks", () => {
    expect(() => replaceResults("# A\n", "new\n")).toThrow("Expected the README to hold");
  });
});

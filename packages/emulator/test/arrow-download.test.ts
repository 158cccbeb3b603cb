import { encodeRecords, parseColumns, unframeArrow } from "@maxcompute-tunnel/codec";
import { batchRows, readBatches } from "@maxcompute-tunnel/testkit/arrow";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import { type ArrowCase, arrowCases } from "./support/arrow-golden.ts";
import { type Answer, type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;
let tables = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

const pyodps = { "user-agent": "pyodps/0.13.2 CPython/3.11.2 Linux/6.1" };
const java = { "user-agent": "JavaSDK Revision:abc Version:0.57.1 JavaVersion:17" };
const go = { "user-agent": "odps-go-sdk/0.4.24 Go/1.24 (linux; amd64)" };
/** -2^63 is no bigint, and the emulator refuses it. */
const cases = arrowCases();

describe("an Arrow download", () => {
  it.each(cases)("$name decodes to its rows with another Arrow library", async ({ schema, rows, framed }) => {
    const { path, columns } = await tableWith(schema, [framed]);
    const answer = await download(path, "", pyodps);
    expect(answer.status).toBe(200);
    const batches = readBatches(parseColumns(columns), unframeArrow(answer.bytes));
    expect(batches.flatMap((batch) => batchRows(parseColumns(columns), batch))).toEqual(
      asSent(columns, rows),
    );
  });

  it("has no batch over two blocks, and the rows of a range only", async () => {
    const { schema, framed } = caseOf("three_batches");
    const { path, columns } = await tableWith(schema, [framed, framed]);
    const whole = readBatches(parseColumns(columns), unframeArrow((await download(path, "", java)).bytes));
    expect(whole.map(({ numRows }) => numRows)).toEqual([6, 6]);
    const part = await download(path, "&rowrange=(4,3)", java);
    const batches = readBatches(parseColumns(columns), unframeArrow(part.bytes));
    expect(batches.map((batch) => batchRows(parseColumns(columns), batch))).toEqual([
      [
        ["5", "e"],
        ["6", "f"],
      ],
      [["1", "a"]],
    ]);
  });

  it("answers a range past the end, and an empty table, with the four bytes of no data", async () => {
    const { schema, framed } = caseOf("three_batches");
    const full = await tableWith(schema, [framed]);
    expect([...(await download(full.path, "&rowrange=(6,10)", java)).bytes]).toEqual([0, 0, 0, 0]);
    const empty = await tableWith(schema, []);
    expect([...(await download(empty.path, "", java)).bytes]).toEqual([0, 0, 0, 0]);
  });

  it("sends columns in the order asked for, but to PyODPS in the table's", async () => {
    const { schema, framed } = caseOf("three_batches");
    const { path, columns } = await tableWith(schema, [framed]);
    const swapped = columns.toReversed();
    for (const headers of [java, go]) {
      const answer = await download(path, "&rowrange=(0,1)&columns=c1,c0", headers);
      const batches = readBatches(parseColumns(swapped), unframeArrow(answer.bytes));
      expect(batches.flatMap((batch) => batchRows(parseColumns(swapped), batch))).toEqual([["a", "1"]]);
    }
    const answer = await download(path, "&rowrange=(0,1)&columns=c1,c0", pyodps);
    const batches = readBatches(parseColumns(columns), unframeArrow(answer.bytes));
    expect(batches.flatMap((batch) => batchRows(parseColumns(columns), batch))).toEqual([["1", "a"]]);
  });

  it("pads CHAR, as records are", async () => {
    const { path, columns } = await recordsTable([{ name: "c", type: "char(4)" }], [["中"]]);
    const batches = readBatches(parseColumns(columns), unframeArrow((await download(path, "", java)).bytes));
    expect(batches.flatMap((batch) => batchRows(parseColumns(columns), batch))).toEqual([["中   "]]);
  });

  it("gives decimal(p,0) 18 digits after the point for PyODPS only", async () => {
    const { path } = await recordsTable([{ name: "d", type: "decimal(10,0)" }], [["7"]]);
    const wide = [{ name: "d", type: "decimal(38,18)" }];
    const scaled = readBatches(parseColumns(wide), unframeArrow((await download(path, "", pyodps)).bytes));
    expect(scaled.flatMap((batch) => batchRows(parseColumns(wide), batch))).toEqual([["7"]]);
    const whole = [{ name: "d", type: "decimal(10,0)" }];
    const plain = readBatches(parseColumns(whole), unframeArrow((await download(path, "", java)).bytes));
    expect(plain.flatMap((batch) => batchRows(parseColumns(whole), batch))).toEqual([["7"]]);
  });

  it("refuses what Arrow cannot hold and says where", async () => {
    const seconds = 32_503_680_000n;
    const { path } = await recordsTable(
      [
        { name: "id", type: "bigint" },
        { name: "at", type: "timestamp" },
      ],
      [
        [1n, { seconds: 0n, nanos: 0 }],
        [2n, { seconds, nanos: 0 }],
      ],
    );
    const answer = await download(path, "", java);
    expect([answer.status, answer.json()["Code"]]).toEqual([400, "InvalidArgument"]);
    expect(answer.json()["Message"]).toMatch(/^row 1, column at: Arrow cannot hold the time 32503680000/);
    const other = await download(path, "&columns=id", java);
    expect(other.status).toBe(200);
  });
});

describe("a preview", () => {
  it("is a whole Arrow stream of the first rows, partition columns behind the others", async () => {
    await emulator.createTable("create table seen (id bigint, at timestamp) partitioned by (pt string)");
    const path = tablePath(emulator, "seen");
    const partition = "&partition=pt%3Da";
    const id = await createUpload(ask, path, `${partition}&create_partition=true`);
    const columns = [
      { name: "id", type: "bigint" },
      { name: "at", type: "timestamp" },
    ];
    const rows = [
      [1n, { seconds: 32_503_680_000n, nanos: 5 }],
      [2n, null],
      [3n, null],
    ];
    await ask("PUT", `${path}?uploadid=${id}&blockid=0${partition}`, {
      headers: tunnelHeaders,
      body: encodeRecords(columns, rows),
    });
    await ask("POST", `${path}?uploadid=${id}${partition}`, { headers: tunnelHeaders });
    const answer = await ask("GET", `${path}/preview?limit=2`, { headers: { ...tunnelHeaders, ...go } });
    const table = tableFromIPC(answer.bytes);
    expect(table.schema.fields.map((field) => `${field.name}: ${field.type}`)).toEqual([
      "id: Int64",
      "at: Struct<{sec:Int64, nano:Int32}>",
      "pt: Utf8",
    ]);
    expect(table.toArray().map((row) => row.toJSON())).toMatchObject([
      { id: 1n, pt: "a" },
      { id: 2n, at: null, pt: "a" },
    ]);
    expect(table.getChild("at")?.get(0)?.toJSON()).toEqual({ sec: 32_503_680_000n, nano: 5 });
  });

  it("of nothing is a schema", async () => {
    await emulator.createTable(
      "create table bare (a tinyint, b decimal(10,2), c date, d datetime, e array<map<string,double>>, f boolean, g interval_day_time, h interval_year_month, i float, j binary, k decimal)",
    );
    const answer = await ask("GET", `${tablePath(emulator, "bare")}/preview?limit=-1`, {
      headers: tunnelHeaders,
    });
    const table = tableFromIPC(answer.bytes);
    expect(table.numRows).toBe(0);
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
      "Int8",
      "Decimal[10e+2]",
      "Date32<DAY>",
      "Timestamp<MILLISECOND>",
      "List<Map<{key:Utf8, value:Float64}>>",
      "Bool",
      "Interval<DAY_TIME>",
      "Interval<YEAR_MONTH>",
      "Float32",
      "Binary",
      "Decimal[54e+18]",
    ]);
  });
});

type Columns = ArrowCase["schema"];

function caseOf(name: string): ArrowCase {
  const found = cases.find((golden) => golden.name === name);
  if (found === undefined) {
    throw new Error(`No golden case ${name}`);
  }
  return found;
}

async function tableWith(columns: Columns, bodies: readonly Uint8Array[], more = "&arrow") {
  tables += 1;
  const table = `d${tables}`;
  const list = columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  await emulator.createTable(`create table ${table} (${list})`);
  const path = tablePath(emulator, table);
  const id = await createUpload(ask, path);
  for (const [blockId, body] of bodies.entries()) {
    const stored = await ask("PUT", `${path}?uploadid=${id}&blockid=${blockId}${more}`, {
      headers: { ...tunnelHeaders, ...pyodps },
      body,
    });
    expect([stored.status, stored.text]).toEqual([200, ""]);
  }
  await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
  return { path, columns };
}

async function recordsTable(columns: Columns, rows: readonly (readonly unknown[])[]) {
  return tableWith(columns, [encodeRecords(columns, rows as never)], "");
}

async function download(path: string, more: string, headers: Record<string, string>): Promise<Answer> {
  const created = await ask("POST", `${path}?downloads`, { headers: tunnelHeaders });
  const id = String(created.json()["DownloadID"]);
  return ask("GET", `${path}?data&arrow&downloadid=${id}${more}`, {
    headers: { ...tunnelHeaders, ...headers },
  });
}

/** As the service sends them: decimals as short as they go, CHAR padded. */
function asSent(columns: Columns, rows: readonly (readonly unknown[])[]): unknown[][] {
  const short = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(short)
      : typeof value === "string" && value.includes(".")
        ? value.replace(/\.?0+$/, "")
        : value;
  return rows.map((row) =>
    row.map((value, index) => {
      const type = columns[index]?.type ?? "";
      const length = /^char\((\d+)\)$/.exec(type)?.[1];
      if (length !== undefined && typeof value === "string") {
        return value.padEnd(Number(length));
      }
      return type.includes("decimal") ? short(value) : value;
    }),
  );
}

import { frameArrow, parseType, unframeArrow } from "@maxcompute-tunnel/codec";
import {
  DateMillisecond,
  Decimal,
  Int64,
  IntervalDayTime,
  IntervalYearMonth,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  tableFromArrays,
  tableToIPC,
} from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import { type ArrowCase, arrowCases, shortened, told } from "./support/arrow-golden.ts";
import { type Answer, type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;
let tables = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

const cases = arrowCases();
const pyodps = { "user-agent": "pyodps/0.13.2 CPython/3.11.2 Linux/6.1" };

describe("an Arrow block", () => {
  it.each(cases)("$name is read back as its rows", async (golden) => {
    expect(await storedRows(golden, golden.framed)).toEqual(expectedRows(golden));
  });

  it.each(cases.filter(({ compressed }) => compressed !== undefined))(
    "$name is read back as its rows, as it was sent",
    async (golden) => {
      const { body, encoding } = golden.compressed ?? { body: new Uint8Array(0), encoding: "" };
      expect(await storedRows(golden, body, { "content-encoding": encoding })).toEqual(expectedRows(golden));
    },
  );

  it("may have intervals and decimals as the Java and Go clients lay them out", async () => {
    const { table, path, id } = await newUpload(
      "(n bigint, span interval_day_time, months interval_year_month, d decimal, at datetime)",
    );
    const batch = new RecordBatch({
      n: makeData({ type: new Int64(), length: 3, data: BigInt64Array.of(1n, 2n, 3n) }),
      span: makeData({
        type: new IntervalDayTime(),
        length: 3,
        nullCount: 1,
        nullBitmap: Uint8Array.of(0b011),
        data: Int32Array.of(1, 7_384_005, -1, -500, 0, 0),
      }),
      months: makeData({ type: new IntervalYearMonth(), length: 3, data: Int32Array.of(14, -13, 0) }),
      d: makeData({
        type: new Decimal(18, 38, 128),
        length: 3,
        data: Uint32Array.of(
          ...[0x4563_9182, 0, 0, 0],
          ...[0xffff_ffff, -1, -1, -1],
          ...[0, 0, 0, 0x4000_0000],
        ),
      }),
      at: makeData({ type: new DateMillisecond(), length: 3, data: BigInt64Array.of(1n, -1n, 0n) }),
    });
    const stream = new RecordBatchStreamWriter();
    stream.write(batch);
    stream.finish();
    const schema = new RecordBatchStreamWriter();
    schema.reset(undefined, batch.schema);
    schema.finish();
    // The library writes a stream: the schema before the batch, and eight bytes that end it.
    const payload = stream.toUint8Array(true).subarray(schema.toUint8Array(true).length - 8, -8);
    const stored = await put(path, id, frameArrow(payload), { "user-agent": "odps-go-sdk/0.4.24" });
    expect([stored.status, stored.text]).toEqual([200, ""]);
    await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(await emulator.readRows(table)).toEqual([
      {
        n: 1n,
        span: { seconds: 93_784n, nanos: 5_000_000 },
        months: 14,
        d: "0.000000001164153218",
        at: new Date(1),
      },
      {
        n: 2n,
        span: { seconds: -86_401n, nanos: 500_000_000 },
        months: -13,
        d: "-0.000000000000000001",
        at: new Date(-1),
      },
      { n: 3n, span: null, months: 0, d: "85070591730234615865.843651857942052864", at: new Date(0) },
    ]);
  });

  it("without any batch is the four bytes of a checksum", async () => {
    const { table, path, id } = await newUpload("(id bigint)");
    expect((await put(path, id, new Uint8Array(4))).status).toBe(200);
    const listed = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(listed.json()["UploadedBlockList"]).toMatchObject([{ BlockID: 0, RecordCount: 0 }]);
    expect((await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).status).toBe(200);
    expect(await emulator.readRows(table)).toEqual([]);
  });
});

describe("an Arrow block is refused", () => {
  it("when its body has no bytes at all, as a broken retry sends it", async () => {
    const { path, id } = await newUpload("(id bigint)");
    expectRefusal(await put(path, id, new Uint8Array(0)), "IncompleteBody");
  });

  it("with NULL in a NOT NULL column, and named", async () => {
    const { path, id } = await newUpload("(c0 bigint not null, c1 string)");
    const answer = await put(path, id, caseOf("three_batches").framed);
    expect(answer.json()["Message"]).toMatch(/^row 2, column c0: /);
    expectRefusal(answer, "MalformedDataStream");
  });

  it("with a text that is too long", async () => {
    const { path, id } = await newUpload("(c0 varchar(4))");
    const answer = await put(path, id, caseOf("string_unicode_empty_null").framed);
    expect(answer.json()["Message"]).toMatch(/^row 0, column c0: Expected at most 4 characters/);
  });

  it("with a decimal of more digits than the column", async () => {
    const { path, id } = await newUpload("(c0 decimal(9,2))");
    const answer = await put(path, id, caseOf("decimal_10_2").framed);
    expect(answer.json()["Message"]).toMatch(/^row 3, column c0: /);
  });

  it.each([
    ["fewer columns", "(c0 bigint)"],
    ["more columns", "(c0 bigint, c1 string, c2 bigint)"],
    ["columns of other types", "(c0 string, c1 array<bigint>)"],
  ])("when its batches are of a table with %s", async (_, columns) => {
    const { path, id } = await newUpload(columns);
    const answer = await put(path, id, caseOf("three_batches").framed);
    expectRefusal(answer, "MalformedDataStream");
    expect(answer.json()["Message"]).toContain("The Arrow body is malformed");
  });

  it("as a whole Arrow stream, which begins with its schema", async () => {
    const { path, id } = await newUpload("(n bigint)");
    const stream = tableToIPC(tableFromArrays({ n: BigInt64Array.of(1n) }), "stream");
    const answer = await put(path, id, frameArrow(stream));
    expectRefusal(answer, "MalformedDataStream");
    expect(answer.json()["Message"]).toContain("expected record batches only, got a schema");
  });

  it("with an end-of-stream marker", async () => {
    const { path, id } = await newUpload(ddl(caseOf("three_batches").schema));
    const payload = unframeArrow(caseOf("three_batches").framed);
    const marker = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
    expectRefusal(await put(path, id, frameArrow(Buffer.concat([payload, marker]))), "MalformedDataStream");
  });

  it("for any chunk or total checksum that is wrong", async () => {
    const { path, id } = await newUpload("(c0 bigint, c1 string)");
    const payload = unframeArrow(caseOf("three_batches").framed);
    const framed = frameArrow(payload, { chunkBytes: 100 });
    for (let at = 4; at < framed.length; at += 13) {
      const damaged = Uint8Array.from(framed);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expectRefusal(await put(path, id, damaged), "CorruptedDataStream");
    }
  });

  it("however many of its last bytes are missing", async () => {
    const { framed, schema } = caseOf("three_batches");
    const { path, id } = await newUpload(ddl(schema));
    for (let length = 1; length < framed.length; length += 37) {
      const answer = await put(path, id, framed.subarray(0, length));
      expect([answer.status, answer.json()["Code"]]).toEqual([
        400,
        expect.stringMatching(/^(IncompleteBody|CorruptedDataStream)$/),
      ]);
    }
    const payload = unframeArrow(framed);
    const short = frameArrow(payload.subarray(0, payload.length - 8));
    expectRefusal(await put(path, id, short), "IncompleteBody");
  });

  it("and leaves nothing behind, in the list or on the disk", async () => {
    const { path, id } = await newUpload("(c0 bigint)");
    expectRefusal(await put(path, id, caseOf("three_batches").framed), "MalformedDataStream");
    const listed = await ask("GET", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(listed.json()["UploadedBlockList"]).toEqual([]);
  });
});

function expectRefusal(answer: Answer, code: string): void {
  expect([answer.status, answer.json()["Code"]]).toEqual([400, code]);
}

function caseOf(name: string): ArrowCase {
  const found = cases.find((golden) => golden.name === name);
  if (found === undefined) {
    throw new Error(`No golden case ${name}`);
  }
  return found;
}

async function newUpload(columns: string): Promise<{ table: string; path: string; id: string }> {
  tables += 1;
  const table = `a${tables}`;
  await emulator.createTable(`create table ${table} ${columns}`);
  const path = tablePath(emulator, table);
  return { table, path, id: await createUpload(ask, path) };
}

function put(path: string, id: string, body: Uint8Array, headers = {}): Promise<Answer> {
  return ask("PUT", `${path}?uploadid=${id}&blockid=0&arrow`, {
    headers: { ...tunnelHeaders, ...pyodps, ...headers },
    body,
  });
}

async function storedRows({ schema }: ArrowCase, body: Uint8Array, headers = {}): Promise<unknown[][]> {
  const { table, path, id } = await newUpload(ddl(schema));
  const stored = await put(path, id, body, headers);
  expect([stored.status, stored.text]).toEqual([200, ""]);
  expect((await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).status).toBe(200);
  const rows = await emulator.readRows(table);
  return rows.map((row) => schema.map(({ name, type }) => told(row[name], parseType(type))));
}

function expectedRows({ schema, rows }: ArrowCase): unknown[][] {
  const types = schema.map(({ type }) => parseType(type));
  return rows.map((row) => types.map((type, index) => shortened(row[index], type)));
}

function ddl(schema: ArrowCase["schema"]): string {
  return `(${schema.map(({ name, type }) => `${name} ${type}`).join(", ")})`;
}

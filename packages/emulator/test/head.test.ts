import { encodeRecords } from "@maxcompute-tunnel/codec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import { type Ask, clientOf, createUpload, tablePath, tunnelHeaders } from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;

beforeAll(async () => {
  emulator = await startEmulator();
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

async function fill(table: string, types: Readonly<Record<string, string>>, rows: readonly unknown[][]) {
  const columns = Object.entries(types).map(([name, type]) => ({ name, type }));
  const list = columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  await emulator.createTable(`create table ${table} (${list}) partitioned by (pt string)`);
  for (const partition of ["&partition=pt%3Da", "&partition=pt%3Db"]) {
    const path = tablePath(emulator, table);
    const id = await createUpload(ask, path, `${partition}&create_partition=true`);
    await ask("PUT", `${path}?uploadid=${id}&blockid=0${partition}`, {
      headers: tunnelHeaders,
      body: encodeRecords(columns, rows as never),
    });
    await ask("POST", `${path}?uploadid=${id}${partition}`, { headers: tunnelHeaders });
  }
}

describe("the head of a table", () => {
  it("is CSV with every value in quotes, partition columns last, NULL as \\N", async () => {
    await fill("people", { id: "bigint", name: "string" }, [
      [1, 'say "中"'],
      [2, null],
    ]);
    const answer = await ask("GET", `${tablePath(emulator, "people")}?data&linenum=3`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(answer.text).toBe('"id","name","pt"\n"1","say ""中""","a"\n"2",\\N,"a"\n"1","say ""中""","b"\n');
  });

  it("is of the partition and columns that are named", async () => {
    await fill("cities", { id: "bigint", name: "string" }, [[1, "Rome"]]);
    const answer = await ask(
      "GET",
      `${tablePath(emulator, "cities")}?data&linenum=10&partition=pt%3Db&cols=pt,name`,
    );
    expect(answer.text).toBe('"pt","name"\n"b","Rome"\n');
    const missing = await ask("GET", `${tablePath(emulator, "cities")}?data&linenum=1&partition=pt%3Dx`);
    expect([missing.status, missing.text]).toEqual([404, expect.stringContaining("NoSuchPartition")]);
  });

  it("writes times, intervals, nested values and bytes as text", async () => {
    await fill(
      "kinds",
      {
        dt: "datetime",
        ts: "timestamp",
        day: "interval_day_time",
        months: "interval_year_month",
        list: "array<string>",
        pairs: "map<string,bigint>",
        record: "struct<x:bigint,y:string>",
        raw: "binary",
      },
      [
        [
          new Date("2024-01-02T03:04:05.678Z"),
          { seconds: -1n, nanos: 500_000_000 },
          { seconds: -90_062n, nanos: 500_000_000 },
          -14,
          ['a"b', null],
          [["k", 1n]],
          { x: null, y: "z" },
          Uint8Array.of(0x61, 0xff),
        ],
      ],
    );
    const answer = await ask("GET", `${tablePath(emulator, "kinds")}?data&linenum=1`);
    expect(answer.text.split("\n")[1]).toBe(
      '"2024-01-02 03:04:05.678","1969-12-31 23:59:59.500","-1 01:01:01.500000000","-1-2",' +
        '"[""a\\""b"",\\N]","{""k"":1}","{x:\\N,y:""z""}","a=FF","a"',
    );
  });

  it("refuses a number of lines that is none", async () => {
    await emulator.createTable("create table empty_head (id bigint)");
    const path = tablePath(emulator, "empty_head");
    expect((await ask("GET", `${path}?data&linenum=x`)).status).toBe(400);
    expect((await ask("GET", `${path}?data&linenum=5`)).text).toBe('"id"\n');
  });
});

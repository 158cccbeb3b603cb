import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { typeOfText, widest } from "../src/infer/infer-type.ts";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace([]);
});
afterAll(() => place[Symbol.asyncDispose]());

const csv = `Id,Flight No,price,day,at,exact,ok,code,note
1,LH1,1.5,2024-02-29,2024-05-06 07:08:09,2024-05-06 07:08:09.123456,true,007,
-2,"LH2",1e3,2024-03-01,2024-05-06T07:08:09.5Z,2024-05-06 07:08:09,FALSE,12,
`;

describe("infer", () => {
  it("suggests types that hold all that was seen, and names that columns can have", async () => {
    place.write("flights.csv.gz", gzipSync(csv));
    const { exitCode, out } = await place.mctunnel("infer", "flights.csv.gz");
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: `-- from 2 records, with a header
create table if not exists flights (
  \`id\` bigint,
  \`flight_no\` string,
  \`price\` double,
  \`day\` date,
  \`at\` datetime,
  \`exact\` timestamp,
  \`ok\` boolean,
  \`code\` string,
  \`note\` string
);
-- then: mctunnel upload flights.csv.gz flights --map 'Flight No=flight_no'
`,
    });
  });

  it("reads JSON lines, whose members need not be in every line", async () => {
    place.write(
      "e.jsonl",
      '{"id":9007199254740993,"tags":["a"]}\n{"id":1,"name":"12","big":12345678901234567890}\n',
    );
    const { out } = await place.mctunnel("infer", "e.jsonl", "--table", "proj.e", "--json");
    expect(JSON.parse(out)).toMatchObject({
      table: "proj.e",
      records: 2,
      isWhole: true,
      columns: [
        { name: "id", type: "bigint" },
        { name: "tags", type: "json" },
        { name: "name", type: "string" },
        { name: "big", type: "string" },
      ],
    });
  });

  it("numbers columns that have no names", async () => {
    place.write("plain.csv", "1|a\n2|b\n");
    const { out } = await place.mctunnel("infer", "plain.csv", "--delimiter", "|");
    expect(out).toContain("`c1` bigint,\n  `c2` string\n");
    const named = await place.mctunnel("infer", "plain.csv", "--delimiter", "|", "--columns", "id,name");
    expect(named.out).toContain("`id` bigint,\n  `name` string\n");
  });
});

describe("types of texts", () => {
  it.each([
    ["9223372036854775807", "bigint"],
    ["9223372036854775808", "string"],
    ["-9223372036854775808", "string"],
    ["0.1234567890123456", "string"],
    ["1.5E-3", "double"],
    ["007", "string"],
    ["2023-02-29", "string"],
    ["2024-05-06 25:00:00", "string"],
    ["TRUE", "boolean"],
    ["", "string"],
  ])("%s is %s", (text, type) => {
    expect(typeOfText(text)).toBe(type);
  });

  it("that differ become the narrowest that holds both", () => {
    expect([widest("bigint", "double"), widest("date", "datetime"), widest("timestamp", "date")]).toEqual([
      "double",
      "datetime",
      "timestamp",
    ]);
    expect([widest("boolean", "bigint"), widest("nothing", "date"), widest("json", "string")]).toEqual([
      "string",
      "date",
      "json",
    ]);
  });
});

describe("upload --create-table", () => {
  it("creates a missing table with the columns that the inputs suggest, and says so", async () => {
    place.write("flights.csv", csv);
    const unnamed = await place.mctunnel("upload", "flights.csv", "proj.flights", "--create-table");
    expect(unnamed.exitCode).toBe(2);
    expect(unnamed.err).toContain("next: Say what it is to be called, as in --map 'Flight No=flight_no'.");
    const argv = ["upload", "flights.csv", "proj.flights", "--create-table", "--map", "Flight No=flight_no"];
    const { exitCode, err } = await place.mctunnel(...argv);
    expect({ exitCode, err: exitCode === 0 ? "" : err }).toEqual({ exitCode: 0, err: "" });
    expect(err).toContain("created: create table if not exists `proj`.`flights` (\n  `id` bigint,");
    const rows = await place.emulator.readRows("flights");
    expect(rows.map(({ id, code, note }) => [id, code, note])).toEqual([
      [1n, "007", null],
      [-2n, "12", null],
    ]);
    // It is there now: nothing is created, and the rows are added.
    const again = await place.mctunnel(...argv);
    expect(again).toMatchObject({ exitCode: 0, err: "" });
    expect(await place.emulator.readRows("flights")).toHaveLength(4);
  });

  it("takes the columns that are said, and makes partition columns of the partition", async () => {
    place.write("s.csv", "1,2.50\n");
    const { exitCode, err } = await place.mctunnel(
      ...["upload", "s.csv", "proj.sales/dt=2024-05-06", "--create-partition", "--create-table"],
      ...["--table-schema", "id bigint, amount decimal(10,2)"],
    );
    expect({ exitCode, err: exitCode === 0 ? "" : err }).toEqual({ exitCode: 0, err: "" });
    expect(await place.emulator.readRows("sales", "dt=2024-05-06")).toEqual([
      { id: 1n, amount: expect.stringMatching(/^2\.50?$/) },
    ]);
  });
});

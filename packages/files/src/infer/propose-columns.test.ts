import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { sampleFiles } from "../sample-files.ts";

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));
}

const everyType = [
  "b boolean",
  "i8 tinyint",
  "i16 smallint",
  "i32 int",
  "i64 bigint",
  "u8 smallint",
  "u16 int",
  "u32 bigint",
  "u64 decimal(20,0)",
  "f32 float",
  "f64 double",
  "d9 decimal(9,2)",
  "d18 decimal(18,2)",
  "d38 decimal(38,18)",
  "day date",
  "ms datetime",
  "us timestamp",
  "ns timestamp",
  "clock timestamp_ntz",
  "s string",
  "bin binary",
  "fixed binary",
  "dict string",
  "list array<bigint>",
  "lists array<array<string>>",
  "map map<string,int>",
  "struct struct<x:bigint,y:struct<z:array<string>>>",
  "people array<struct<n:string,t:array<int>>>",
];

it.each(["every-type.snappy.parquet", "every-type.none.arrow"])(
  "%s suggests columns that hold it",
  async (name) => {
    const [sample] = await sampleFiles([fixture(name)]);
    expect(sample!.columns!.map(({ field, type }) => `${field} ${type}`)).toEqual(everyType);
  },
);

it("an Avro file suggests columns, too", async () => {
  const [sample] = await sampleFiles([fixture("every-type.null.avro")]);
  const columns = sample!.columns!.map(({ field, type }) => `${field} ${type}`);
  expect(columns.slice(5, 8)).toEqual(["d38 decimal(38,18)", "d9 decimal(9,2)", "day date"]);
  expect(columns.slice(-3)).toEqual([
    "list array<bigint>",
    "map map<string,int>",
    "struct struct<x:bigint,k:string>",
  ]);
});

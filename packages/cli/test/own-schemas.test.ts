import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeEach(async () => {
  place = await startWorkplace(["create table narrow (id bigint, name int)"]);
});
afterEach(() => place[Symbol.asyncDispose]());

function take(fixture: string, name = fixture): string {
  const path = new URL(`../../files/test/fixtures/${fixture}`, import.meta.url);
  copyFileSync(path, join(place.folder, name));
  return name;
}

const sameRows = [
  ["rows.delta.parquet", "parquet"],
  ["rows.dictionary.parquet", "parquet"],
  ["rows.none.arrows", "arrow"],
  ["rows.zstd.arrows", "arrow"],
  ["rows.lz4.arrows", "arrow"],
] as const;

describe("files with a schema of their own", () => {
  it.each([
    ["rows.delta.parquet", "`price` decimal(12,2)"],
    ["rows.zstd.arrows", "`tags` array<string>"],
    ["every-type.none.arrow", "`people` array<struct<n:string,t:array<int>>>"],
    ["every-type.snappy.avro", "`clock` timestamp_ntz"],
  ])("infer takes the columns of %s", async (fixture, column) => {
    const { exitCode, out } = await place.mctunnel("infer", take(fixture));
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringContaining(column) });
    expect(out).toMatch(/^-- from the files' own schemas\n/);
  });

  it("infer tells what is worth knowing, and contradictions", async () => {
    const { out } = await place.mctunnel("infer", take("every-type.none.parquet"), "--json");
    expect(JSON.parse(out).notes).toContainEqual({ field: "u64", note: "It may be larger than a bigint." });
    const both = await place.mctunnel("infer", take("rows.none.arrows"), take("flights.parquet"));
    expect(both.out).toContain("`tags` array<string>,\n  `score` float,\n  `carrier` string");
    const contrary = await place.mctunnel(
      "infer",
      take("every-type.none.arrow"),
      take("every-type.null.avro"),
    );
    expect(contrary).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Field "struct" is struct<'),
    });
  });

  it.each(sameRows)(
    "upload --create-table brings all rows of %s, and check counts them",
    async (fixture, format) => {
      const upload = ["upload", take(fixture), "proj.fresh", "--create-table", "--json"];
      const { exitCode, out } = await place.mctunnel(...upload);
      const report = JSON.parse(out);
      expect({ exitCode, rows: report.rows, format: report.files[0].format }).toEqual({
        exitCode: 0,
        rows: 3000,
        format,
      });
      const rows = await place.emulator.readRows("fresh");
      const checked = await place.mctunnel("check", fixture, "proj.fresh", "--json");
      expect(JSON.parse(checked.out)).toMatchObject({ ok: true, rows: 3000, rejected: 0 });

      // The same rows out of the first of these files.
      await place.mctunnel("upload", take("rows.delta.parquet"), "proj.other", "--create-table");
      expect(rows).toEqual(await place.emulator.readRows("other"));
    },
  );

  it.each([
    ["flights.parquet", "parquet"],
    ["rows.none.arrows", "arrow"],
    ["every-type.none.arrow", "arrow"],
    ["rows.avro", "avro"],
  ])("--format and the first bytes tell %s as %s whatever it is called", async (fixture, format) => {
    const name = take(fixture, "data.bin");
    const told = await place.mctunnel(
      "upload",
      name,
      "proj.told",
      "--create-table",
      "--format",
      format,
      "--json",
    );
    const found = await place.mctunnel("upload", name, "proj.found", "--create-table", "--json");
    expect([told.exitCode, found.exitCode]).toEqual([0, 0]);
    expect(JSON.parse(found.out).files[0]).toMatchObject({ format });
    expect(await place.emulator.readRows("found")).toEqual(await place.emulator.readRows("told"));
  });

  it("a column that cannot become the table's is data that does not fit", async () => {
    const { exitCode, out, err } = await place.mctunnel("upload", take("rows.avro"), "proj.narrow", "--json");
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: expect.stringContaining("name") });
    expect(JSON.parse(out).error).toMatchObject({ kind: "data", code: "wrong-type" });
  });

  it("rejects rows by their number, and a corrected row can be loaded again", async () => {
    const name = take("every-type.none.parquet");
    const argv = [
      "upload",
      name,
      "proj.tight",
      "--no-strict",
      "--create-table",
      "--table-schema",
      "i32 tinyint, s string",
    ];
    const refused = await place.mctunnel(...argv, "--json");
    expect(refused.exitCode).toBe(3);
    expect(refused.err).toMatch(/every-type\.none\.parquet: row \d: column i32: expected/);
    expect(JSON.parse(refused.out).error).toMatchObject({ file: name, row: 2 });
    const { exitCode, err } = await place.mctunnel(...argv, "--max-rejects", "2", "--rejects", "r.jsonl");
    expect({ exitCode, err }).toEqual({
      exitCode: 11,
      err: expect.stringContaining(`rejected: ${name}: row 2: column i32`),
    });
    const path = join(place.folder, "r.jsonl");
    const [line] = readFileSync(path, "utf8").trim().split("\n");
    const reject = JSON.parse(line!);
    place.write("r.jsonl", `${JSON.stringify({ ...reject, raw: '{"i32":5,"s":"mended"}' })}\n`);
    const again = await place.mctunnel("retry-rejects", "r.jsonl", "proj.tight");
    expect(again.exitCode).toBe(0);
    expect(await place.emulator.readRows("tight")).toContainEqual({ i32: 5, s: "mended" });
  });
});

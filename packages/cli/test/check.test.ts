import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace([
    `create table dirty (id bigint not null, name varchar(5), price decimal(5,2), tiny tinyint, day date, at datetime,
      yes boolean, doc json)`,
    "create table sales (id bigint) partitioned by (dt string)",
  ]);
});
afterAll(() => place[Symbol.asyncDispose]());

/** One record with each kind of fault, between two that are fine. */
const dirty = [
  "id,name,price,tiny,day,at,yes,doc",
  '1,ok,1.50,1,2024-02-29,2024-05-06 07:08:09,true,"{""a"":1}"',
  "x,,,,,,,",
  ",null,,,,,,",
  "3,too long,,,,,,",
  "4,,1.239,,,,,",
  "5,,1234,,,,,",
  "6,,,200,,,,",
  "7,,,,2024-02-30,,,",
  "8,,,,,2024-05-06 25:00:00,,",
  "9,,,,,,maybe,",
  "10,,,,,,,{",
  "11,short",
  '12,"a"b,,,,,,',
  "13,\u0000\u0001,,,,,,",
  "14,ok,,,,,,",
];

describe("check", () => {
  it("reads everything, says what would be rejected, and asks the service for nothing but the columns", async () => {
    place.write("dirty.csv", `${dirty.join("\n")}\n`);
    const before = place.emulator.requests.length;
    const { exitCode, out, err } = await place.mctunnel(
      "check",
      "dirty.csv",
      "proj.dirty",
      "--rejects",
      "r.jsonl",
    );
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: "" });
    expect(out).toMatch(/^3 rows would go into proj\.dirty; nothing was sent\.\n/);
    expect(out).toContain("  12 records would be rejected:\n    dirty.csv:3:1: column id: expected");
    expect(out).toContain("    … and 2 more\n  all of them are in ");
    expect(out).toMatch(/ {2}dirty\.csv: csv, with a header\n/);
    const asked = place.emulator.requests.slice(before).map(({ method, url }) => `${method} ${url}`);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^GET .*\/tables\/dirty/);
    const rejects = readFileSync(join(place.folder, "r.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rejects.map(({ line, column }) => [line, column])).toEqual([
      [3, "id"],
      [4, "id"],
      [5, "name"],
      [6, "price"],
      [7, "price"],
      [8, "tiny"],
      [9, "day"],
      [10, "at"],
      [11, "yes"],
      [12, "doc"],
      [13, undefined],
      [14, undefined],
    ]);
    expect(rejects[0]).toMatchObject({ file: "dirty.csv", raw: "x,,,,,,,", byteOffset: 94, value: '"x"' });
  });

  it("is fine with as many rejects as are allowed", async () => {
    place.write("dirty.csv", `${dirty.join("\n")}\n`);
    expect(await place.mctunnel("check", "dirty.csv", "proj.dirty", "--max-rejects", "12")).toMatchObject({
      exitCode: 0,
    });
    expect(await place.mctunnel("check", "dirty.csv", "proj.dirty", "--max-rejects", "79%")).toMatchObject({
      exitCode: 3,
    });
  });

  it("is what --dry-run does, and reports as JSON", async () => {
    place.write("fine.csv", "1\n2\n3\n");
    const { exitCode, out } = await place.mctunnel(
      "upload",
      "fine.csv",
      "proj.sales/dt=1",
      "--dry-run",
      "--json",
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      command: "check",
      table: "proj.sales/dt=1",
      rows: 3,
      rejected: 0,
      blocks: 1,
    });
    expect(await place.mctunnel("check", "fine.csv", "proj.sales")).toMatchObject({ exitCode: 2 });
    expect(await place.mctunnel("check", "fine.csv", "proj.nobody")).toMatchObject({ exitCode: 8 });
    expect(existsSync(join(place.folder, ".local"))).toBe(false);
  });
});

describe("a load with rejects", () => {
  it("loads the rest, keeps them beside its journal, and says so by its exit code", async () => {
    place.write("dirty.csv", `${dirty.join("\n")}\n`);
    const { exitCode, out, err } = await place.mctunnel(
      "upload",
      "dirty.csv",
      "proj.dirty",
      "--max-rejects",
      "12",
      "--overwrite",
    );
    expect(exitCode).toBe(11);
    expect(out).toMatch(/12 records rejected and left out: .*\.rejects\.jsonl\n/);
    expect(err).toMatch(/^rejected: dirty\.csv:3:1: column id: expected/);
    expect((await place.emulator.readRows("dirty")).map(({ id }) => id)).toEqual([1n, 13n, 14n]);
    const shown = await place.mctunnel("show", "--last", "--rejects");
    expect(shown.out.trimEnd().split("\n")).toHaveLength(12);
  });

  it("is refused above the limit, and nothing is committed", async () => {
    place.write("dirty.csv", `${dirty.join("\n")}\n`);
    const before = (await place.emulator.readRows("dirty")).length;
    const { exitCode, err } = await place.mctunnel(
      "upload",
      "dirty.csv",
      "proj.dirty",
      "--max-rejects",
      "11",
    );
    expect(exitCode).toBe(3);
    expect(err).toContain("this is reject 12, and 11 are allowed");
    expect(await place.emulator.readRows("dirty")).toHaveLength(before);
  });
});

describe("retry-rejects", () => {
  it("loads the raw texts again after they were corrected, under the names that their file gave its fields", async () => {
    await place.emulator.createTable("create table again (id bigint not null, name varchar(5))");
    place.write("mixed.csv", 'name,id\nada,1\n"too long",2\nbo,x\n');
    const flags = ["--max-rejects", "5", "--rejects", "bad.jsonl"];
    expect(await place.mctunnel("upload", "mixed.csv", "proj.again", ...flags)).toMatchObject({
      exitCode: 11,
    });
    const path = join(place.folder, "bad.jsonl");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll("too long", "short"));
    const argv = [
      "retry-rejects",
      "bad.jsonl",
      "proj.again",
      "--max-rejects",
      "5",
      "--rejects",
      "still.jsonl",
    ];
    const { exitCode, out } = await place.mctunnel(...argv);
    expect(exitCode).toBe(11);
    expect(out).toContain("Loaded 1 row into proj.again.");
    const rows = await place.emulator.readRows("again");
    expect(rows).toEqual([
      { id: 1n, name: "ada" },
      { id: 2n, name: "short" },
    ]);
    const still = JSON.parse(readFileSync(join(place.folder, "still.jsonl"), "utf8"));
    expect(still).toMatchObject({
      raw: "bo,x",
      file: "bad.jsonl (raw)",
      fields: ["name", "id"],
      format: "csv",
    });
  });

  it("sends nothing with --dry-run, and says what would be left out once more", async () => {
    await place.emulator.createTable("create table tried (id bigint not null)");
    place.write(
      "left.jsonl",
      '{"raw":"1","format":"csv","fields":["id"]}\n{"raw":"x","format":"csv","fields":["id"]}\n',
    );
    const before = place.emulator.requests.length;
    const { exitCode, out } = await place.mctunnel("retry-rejects", "left.jsonl", "proj.tried", "--dry-run");
    expect(exitCode).toBe(3);
    expect(out).toContain("1 row would go into proj.tried; nothing was sent.");
    expect(out).toContain("left.jsonl (raw):3:1: column id: expected");
    expect(place.emulator.requests.slice(before).every(({ method }) => method === "GET")).toBe(true);
    expect(await place.emulator.readRows("tried")).toEqual([]);
  });

  it("refuses what it cannot load as it was", async () => {
    place.write("none.jsonl", "");
    expect(await place.mctunnel("retry-rejects", "none.jsonl", "proj.dirty")).toMatchObject({ exitCode: 7 });
    expect(await place.mctunnel("retry-rejects", "missing.jsonl", "proj.dirty")).toMatchObject({
      exitCode: 7,
    });
    place.write("bytes.jsonl", `${JSON.stringify({ raw: "1,\ufffd", code: "bad-utf8" })}\n`);
    const bytes = await place.mctunnel("retry-rejects", "bytes.jsonl", "proj.dirty");
    expect(bytes.exitCode).toBe(3);
    expect(bytes.err).toContain("bytes.jsonl:1: the record's bytes were no text");
    place.write("two.jsonl", '{"raw":"1","format":"csv"}\n{"raw":"{}","format":"jsonl"}\n');
    expect(await place.mctunnel("retry-rejects", "two.jsonl", "proj.dirty")).toMatchObject({ exitCode: 2 });
  });
});

import { parseType } from "@maxcompute-tunnel/codec/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InsertTarget } from "../../src/sql/query/translate-insert.ts";
import { QuerySession } from "./query-session.ts";

let session: QuerySession;

beforeAll(async () => {
  session = await QuerySession.open({ src: { id: "bigint", name: "string", at: "datetime" } });
  await session.connection.run(
    "INSERT INTO main.src VALUES (1, 'one', '2024-01-02 03:04:05'), (2, NULL, NULL)",
  );
});

afterAll(() => session.close());

const column = (name: string, type: string): InsertTarget["columns"][number] => ({
  name,
  type: parseType(type),
});

const plain: InsertTarget = {
  columns: [column("id", "int"), column("name", "varchar(2)")],
  partitionColumns: [],
};

const partitioned: InsertTarget = {
  columns: [column("id", "bigint"), column("name", "string")],
  partitionColumns: [column("pt", "string"), column("hh", "bigint")],
};

describe("translateInsert", () => {
  it("gives rows in the table's types", async () => {
    expect(await session.insert("insert into t select id, name from src order by id", plain)).toMatchObject({
      filled: ["id", "name"],
      fixedLevels: [],
      dynamicLevels: [],
      rows: [
        [1, "on"],
        [2, null],
      ],
    });
    expect(
      (await session.insert("insert overwrite table t values ('3', 4), (2.9, null)", plain)).rows,
    ).toEqual([
      [3, "4"],
      [2, null],
    ]);
  });

  it("fills the columns it names, in the table's order", async () => {
    expect(await session.insert("insert into t (name) values ('x')", plain)).toMatchObject({
      filled: ["name"],
      rows: [[null, "x"]],
    });
    expect((await session.insert("insert into t (name, id) values ('x', 1)", plain)).rows).toEqual([
      [1, "x"],
    ]);
  });

  it("tells fixed partition levels from dynamic ones", async () => {
    expect(
      await session.insert("insert into p partition (pt='a', hh=1) values (1, 'x')", partitioned),
    ).toMatchObject({
      fixedLevels: [
        { key: "pt", value: "a" },
        { key: "hh", value: "1" },
      ],
      dynamicLevels: [],
      rows: [["1", "x"]],
    });
    expect(
      await session.insert(
        "insert into p partition (pt='a', hh) select id, name, id + 5 from src",
        partitioned,
      ),
    ).toMatchObject({
      fixedLevels: [{ key: "pt", value: "a" }],
      dynamicLevels: ["hh"],
      rows: [
        ["1", "one", "6"],
        ["2", null, "7"],
      ],
    });
    expect(
      (
        await session.insert(
          "insert into p partition (pt, hh) (id, name, pt, hh) select 1, 'n', 'b', 3",
          partitioned,
        )
      ).rows,
    ).toEqual([["1", "n", "b", "3"]]);
  });

  it("reads WITH in front of INSERT", async () => {
    const sql = "with x as (select id from src) insert into t (id) select id from x order by id";
    expect((await session.insert(sql, plain)).rows).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  it("fails on a value that does not fit, and never makes it NULL", async () => {
    await expect(session.insert("insert into t values (3000000000, 'x')", plain)).rejects.toThrow("INT32");
    await expect(session.insert("insert into t values ('many', 'x')", plain)).rejects.toThrow("'many'");
  });

  it.each([
    ["insert into t values (1)", plain, "expected 2 columns to insert, got 1"],
    ["insert into t (id, ID) values (1, 2)", plain, "column id is named twice"],
    ["insert into t (nope) values (1)", plain, "column nope cannot be resolved in the table to insert into"],
    ["insert into t partition (pt='a') values (1, 2)", plain, "expected no PARTITION, got pt"],
    ["insert into t values (1, 2)", partitioned, "expected PARTITION with pt, hh, got none"],
    [
      "insert into t partition (pt, hh=1) values (1, 2)",
      partitioned,
      "partition column hh has a value behind one without",
    ],
  ])("answers %s", async (sql, target, message) => {
    await expect(session.insert(sql, target)).rejects.toThrow(message);
  });
});

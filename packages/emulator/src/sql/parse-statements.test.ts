import { formatType } from "@maxcompute-tunnel/codec/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStatements } from "./parse-statements.ts";
import { isSqlError } from "./sql-error.ts";
import type { ColumnDefinition, Statement } from "./statement.ts";

/** The only statement of a script, its source left out and its types as text. */
function parseOne(sql: string): unknown {
  const [statement, ...rest] = parseStatements(sql);
  expect(rest).toEqual([]);
  return plain(statement);
}

function plain(statement: Statement | undefined): unknown {
  return JSON.parse(
    JSON.stringify(statement, (key, value: unknown) => {
      if (key === "source" || key === "tokens" || key === "line" || key === "column") return undefined;
      if (key === "columns" || key === "partitionColumns")
        return (value as ColumnDefinition[]).map(columnText);
      if (key === "table" || key === "like" || key === "schema" || key === "in") {
        return typeof value === "object" && value !== null ? Reflect.get(value, "levels") : value;
      }
      return value;
    }),
  );
}

function columnText({ name, type, nullable, comment, defaultValue }: ColumnDefinition): string {
  return [
    name,
    formatType(type),
    ...(nullable ? [] : ["not null"]),
    ...(defaultValue === undefined ? [] : [`default ${defaultValue}`]),
    ...(comment === "" ? [] : [`comment ${JSON.stringify(comment)}`]),
  ].join(" ");
}

const message = (sql: string): string => {
  try {
    parseStatements(sql);
  } catch (error) {
    if (isSqlError(error)) return error.message;
    throw error;
  }
  return "no error";
};

describe("CREATE TABLE as official clients write it", () => {
  it("reads PyODPS's, with every clause", () => {
    const sql =
      "CREATE TABLE IF NOT EXISTS P.`tt` (\n  `a` BIGINT,\n" +
      "  `b` ARRAY<MAP<STRING,STRUCT<`X`:BIGINT,`Y`:DECIMAL(10,2)>>> COMMENT 'it\\'s \\\"q\\\" \\\\ \\n x',\n" +
      "  `c` VARCHAR(20) NOT NULL,\n  `d` CHAR(3),\n  `e` TIMESTAMP_NTZ,\n  `f` DECIMAL,\n" +
      "  `g` INTERVAL_DAY_TIME,\n  `h` JSON\n)\nCOMMENT 'hello \\'w\\''\n" +
      "PARTITIONED BY (\n  `pt` STRING,\n  `hh` BIGINT COMMENT 'hour'\n)\nLIFECYCLE 7";
    expect(parseOne(sql)).toEqual({
      kind: "create-table",
      table: ["P", "tt"],
      ifNotExists: true,
      columns: [
        "a bigint",
        'b array<map<string,struct<x:bigint,y:decimal(10,2)>>> comment "it\'s \\"q\\" \\\\ \\n x"',
        "c varchar(20) not null",
        "d char(3)",
        "e timestamp_ntz",
        "f decimal",
        "g interval_day_time",
        "h json",
      ],
      partitionColumns: ["pt string", 'hh bigint comment "hour"'],
      primaryKey: [],
      comment: "hello 'w'",
      properties: [],
      lifecycleDays: 7,
    });
  });

  it("reads PyODPS's, from text and with a key", () => {
    expect(parseOne("CREATE TABLE P.`n` (\na bigint\n)\nPARTITIONED BY (\npt string\n)")).toMatchObject({
      columns: ["a bigint"],
      partitionColumns: ["pt string"],
    });
    expect(
      parseOne(
        "CREATE TABLE P.`n` (\n  `id` BIGINT NOT NULL,\n  `v` STRING,\n  PRIMARY KEY (`id`)\n)\n" +
          "TBLPROPERTIES (\n  'a' = 'b\\'c',\n  'transactional' = 'true'\n)",
      ),
    ).toMatchObject({
      columns: ["id bigint not null", "v string"],
      primaryKey: ["id"],
      properties: [
        { key: "a", value: "b'c" },
        { key: "transactional", value: "true" },
      ],
    });
  });

  it("reads the Java client's", () => {
    expect(
      parseOne(
        "CREATE TABLE IF NOT EXISTS `P`.`T` (`id` BIGINT,`name` STRING) PARTITIONED BY (`pt` STRING);",
      ),
    ).toEqual({
      kind: "create-table",
      table: ["P", "T"],
      ifNotExists: true,
      columns: ["id bigint", "name string"],
      partitionColumns: ["pt string"],
      primaryKey: [],
      comment: "",
      properties: [],
    });
    expect(
      parseOne(
        "CREATE TABLE `P`.`S`.`T` (`id` BIGINT NOT NULL,`name` STRING DEFAULT 'x' COMMENT 'c', PRIMARY KEY(`id`)) " +
          "COMMENT 't'  TBLPROPERTIES('transactional'='true','write.bucket.num'='4') LIFECYCLE 3;",
      ),
    ).toEqual({
      kind: "create-table",
      table: ["P", "S", "T"],
      ifNotExists: false,
      columns: ["id bigint not null", "name string default 'x' comment \"c\""],
      partitionColumns: [],
      primaryKey: ["id"],
      comment: "t",
      properties: [
        { key: "transactional", value: "true" },
        { key: "write.bucket.num", value: "4" },
      ],
      lifecycleDays: 3,
    });
    expect(parseOne("CREATE TABLE `P`.`T` LIFECYCLE 2 AS (select 1);")).toEqual({
      kind: "create-table-as",
      table: ["P", "T"],
      ifNotExists: false,
      query: { text: "(select 1)" },
      comment: "",
      properties: [],
      lifecycleDays: 2,
    });
  });

  it("reads the Go client's", () => {
    expect(
      parseOne(
        "create table  P.`t` (\n    `a` BIGINT  ,\n    `s` STRUCT<`x`:BIGINT,`y`:STRING>  comment 'c'\n)\n" +
          "partitioned by (`pt` STRING, `hh` BIGINT)\nlifecycle 5;",
      ),
    ).toMatchObject({
      table: ["P", "t"],
      columns: ["a bigint", 's struct<x:bigint,y:string> comment "c"'],
      partitionColumns: ["pt string", "hh bigint"],
      lifecycleDays: 5,
    });
  });
});

describe("CREATE TABLE", () => {
  it("reads every type", () => {
    const types = [
      "tinyint smallint int bigint float double boolean string binary date datetime timestamp timestamp_ntz",
      "interval_day_time interval_year_month json decimal decimal(38,18) char(255) varchar(65535) array<bigint>",
      "map<string,array<int>> struct<a:int,b:struct<c:string>>",
    ]
      .join(" ")
      .split(" ");
    const columns = types.map((type, index) => `c${index} ${type.toUpperCase()}`).join(", ");
    expect(parseOne(`create table t (${columns})`)).toMatchObject({
      columns: types.map((type, index) => `c${index} ${type}`),
    });
  });

  it("reads defaults as text", () => {
    const sql =
      'create table t (a int default 0, b int default - 5 not null, c string default "it\'s", d date default ' +
      "date'2024-01-02', e boolean default true, f datetime default getdate(), g string default concat('a', 'b'))";
    expect(parseOne(sql)).toMatchObject({
      columns: [
        "a int default 0",
        "b int not null default -5",
        "c string default 'it\\'s'",
        "d date default date '2024-01-02'",
        "e boolean default true",
        "f datetime default getdate()",
        "g string default concat('a', 'b')",
      ],
    });
  });

  it("takes keywords as names", () => {
    expect(
      parseOne(
        "create table table (select bigint, primary string, key int, comment string, partition date, date int)",
      ),
    ).toMatchObject({
      table: ["table"],
      columns: ["select bigint", "primary string", "key int", "comment string", "partition date", "date int"],
    });
  });

  it("reads LIKE and AS", () => {
    expect(parseOne("create table if not exists a like p.b lifecycle 3")).toEqual({
      kind: "create-table-like",
      table: ["a"],
      ifNotExists: true,
      like: ["p", "b"],
      comment: "",
      properties: [],
      lifecycleDays: 3,
    });
    expect(parseOne("create table a as with x as (select 1) select * from x")).toMatchObject({
      kind: "create-table-as",
      query: { text: "with x as (select 1) select * from x" },
    });
  });
});

describe("other statements", () => {
  it.each<[string, unknown]>([
    ["DROP TABLE IF EXISTS P.`n`", { kind: "drop-table", table: ["P", "n"], ifExists: true }],
    ["drop table p.s.`t`;", { kind: "drop-table", table: ["p", "s", "t"], ifExists: false }],
    ["TRUNCATE TABLE P.`t`", { kind: "truncate-table", table: ["P", "t"], partitions: [] }],
    [
      "TRUNCATE TABLE P.`t` PARTITION (pt='a'), PARTITION (pt='b',hh='1')",
      {
        kind: "truncate-table",
        table: ["P", "t"],
        partitions: [
          [{ key: "pt", value: "a" }],
          [
            { key: "pt", value: "b" },
            { key: "hh", value: "1" },
          ],
        ],
      },
    ],
    [
      "ALTER TABLE P.`ptt` ADD IF NOT EXISTS  PARTITION (pt='20240103')",
      {
        kind: "add-partitions",
        table: ["P", "ptt"],
        ifNotExists: true,
        partitions: [[{ key: "pt", value: "20240103" }]],
      },
    ],
    [
      "ALTER TABLE `P`.`T` ADD IF NOT EXISTS PARTITION (pt='v',region='cn');",
      {
        kind: "add-partitions",
        table: ["P", "T"],
        ifNotExists: true,
        partitions: [
          [
            { key: "pt", value: "v" },
            { key: "region", value: "cn" },
          ],
        ],
      },
    ],
    [
      "alter table P.`t` add if not exists\npartition (pt='a')\npartition (pt=2)\n;",
      {
        kind: "add-partitions",
        table: ["P", "t"],
        ifNotExists: true,
        partitions: [[{ key: "pt", value: "a" }], [{ key: "pt", value: "2" }]],
      },
    ],
    [
      "ALTER TABLE P.`t` DROP IF EXISTS  PARTITION (pt='x')",
      {
        kind: "drop-partitions",
        table: ["P", "t"],
        ifExists: true,
        partitions: [[{ key: "pt", value: "x" }]],
      },
    ],
    [
      "alter table P.`t` drop partition (pt='x'),\n partition (pt='y')\n;",
      {
        kind: "drop-partitions",
        table: ["P", "t"],
        ifExists: false,
        partitions: [[{ key: "pt", value: "x" }], [{ key: "pt", value: "y" }]],
      },
    ],
    [
      "ALTER TABLE `P`.`T` ADD COLUMNS IF NOT EXISTS (`x` BIGINT COMMENT 'c',`y` array<string>);",
      {
        kind: "add-columns",
        table: ["P", "T"],
        ifNotExists: true,
        columns: ['x bigint comment "c"', "y array<string>"],
      },
    ],
    ["ALTER TABLE P.`T` RENAME TO `U`;", { kind: "rename-table", table: ["P", "T"], to: "U" }],
    [
      "alter table t set lifecycle 9",
      { kind: "set-table", table: ["t"], change: { kind: "lifecycle", days: 9 } },
    ],
    [
      "alter table t set comment 'x'",
      { kind: "set-table", table: ["t"], change: { kind: "comment", comment: "x" } },
    ],
    [
      "alter table t set tblproperties ('a'='b')",
      {
        kind: "set-table",
        table: ["t"],
        change: { kind: "properties", properties: [{ key: "a", value: "b" }] },
      },
    ],
    ["desc t", { kind: "describe-table", table: ["t"], extended: false }],
    ["desc extended", { kind: "describe-table", table: ["extended"], extended: false }],
    [
      "describe extended p.t partition (pt='a')",
      { kind: "describe-table", table: ["p", "t"], extended: true, partition: [{ key: "pt", value: "a" }] },
    ],
    ["show tables", { kind: "show-tables" }],
    ["show tables in p.s like 'a*'", { kind: "show-tables", in: ["p", "s"], like: "a*" }],
    ["show partitions p.t", { kind: "show-partitions", table: ["p", "t"] }],
    ["show create table t", { kind: "show-create-table", table: ["t"] }],
    ["SHOW SCHEMAS IN p", { kind: "show-schemas", in: ["p"] }],
    ["CREATE SCHEMA p.s", { kind: "create-schema", schema: ["p", "s"], ifNotExists: false, comment: "" }],
    [
      "create schema if not exists s comment 'x'",
      { kind: "create-schema", schema: ["s"], ifNotExists: true, comment: "x" },
    ],
    ["DROP SCHEMA p.s", { kind: "drop-schema", schema: ["p", "s"], ifExists: false, cascade: false }],
    [
      "set odps.sql.type.system.odps2=true",
      { kind: "set", key: "odps.sql.type.system.odps2", value: "true" },
    ],
    ["set a-b.1x = 'q' r", { kind: "set", key: "a-b.1x", value: "'q' r" }],
    ["set a=", { kind: "set", key: "a", value: "" }],
    ["select * from `t`", { kind: "query", verb: "select", query: { text: "select * from `t`" } }],
    ["((select 1) union all select 2)", { kind: "query", verb: "select" }],
    ["with x as (select 1) select 2", { kind: "query", verb: "with" }],
    ["values (1)", { kind: "query", verb: "values" }],
    ["insert into t values (1)", { kind: "query", verb: "insert" }],
    ["from t insert into u select 1", { kind: "query", verb: "from" }],
  ])("reads %s", (sql, expected) => {
    expect(parseOne(sql)).toMatchObject(expected as object);
  });

  it("reads several statements, each with its own text and place", () => {
    const statements = parseStatements("-- first\nset a=1;;\n  select ';' from t -- end\n;");
    expect(statements.map(({ source }) => source)).toEqual([
      { line: 2, column: 1, text: "set a=1" },
      { line: 3, column: 3, text: "select ';' from t" },
    ]);
  });

  it("keeps the places of a query's tokens", () => {
    const [, statement] = parseStatements("set a=1;\nselect x");
    expect(statement?.kind === "query" && statement.query.tokens).toEqual([
      { kind: "word", text: "select", line: 2, column: 1, start: 9, end: 15 },
      { kind: "word", text: "x", line: 2, column: 8, start: 16, end: 17 },
      { kind: "end", text: "", line: 2, column: 9, start: 17, end: 17 },
    ]);
  });

  it("reads nothing from nothing", () => {
    expect(parseStatements(" ; -- x\n;")).toEqual([]);
  });
});

describe("refusals", () => {
  it.each([
    [
      "create tabel t",
      "ODPS-0130161:[1,8] Parse exception - invalid token 'tabel', expected TABLE or SCHEMA",
    ],
    [
      "create table t",
      "ODPS-0130161:[1,15] Parse exception - unexpected end of statement, expected '(', LIKE or AS",
    ],
    [
      "create table t (a strin)",
      "ODPS-0130161:[1,19] Parse exception - invalid token 'strin', expected a data type such as BIGINT, STRING or ARRAY<STRING>",
    ],
    [
      "create table t (a bigint,\n b varchar)",
      "ODPS-0130161:[2,11] Parse exception - invalid token ')', expected '('",
    ],
    [
      "create table t (a decimal(39,2))",
      "ODPS-0130161:[1,27] Parse exception - invalid token '39', expected a precision of 1 to 38",
    ],
    [
      "create table t (a decimal(5,6))",
      "ODPS-0130161:[1,29] Parse exception - invalid token '6', expected a scale of 0 to 5",
    ],
    [
      "create table t (a bigint, A string)",
      "ODPS-0130071:[1,27] Semantic analysis exception - column a is defined twice",
    ],
    [
      "create table t (a bigint) partitioned by (a string)",
      "ODPS-0130071:[1,43] Semantic analysis exception - column a is defined twice",
    ],
    [
      "create table t (a bigint) partitioned by (p double)",
      "ODPS-0130071:[1,43] Semantic analysis exception - partition column p is double, expected one of tinyint, smallint, int, bigint, string, varchar, char",
    ],
    [
      "create table t (a bigint, primary key (b))",
      "ODPS-0130071:[1,40] Semantic analysis exception - column b of the primary key is not defined",
    ],
    [
      "create table t (s struct<a:int,A:int>)",
      "ODPS-0130071:[1,32] Semantic analysis exception - the struct has the field a twice",
    ],
    [
      "create table t (a bigint) lifecycle 1 lifecycle 2",
      "ODPS-0130161:[1,39] Parse exception - expected one LIFECYCLE, got a second",
    ],
    [
      "create table t (a bigint) clustered by (a) into 4 buckets",
      "ODPS-0130161:[1,27] Parse exception - CLUSTERED in CREATE TABLE is not supported",
    ],
    ["create view v as select 1", "ODPS-0130161:[1,1] Parse exception - CREATE VIEW is not supported"],
    ["update t set a = 1", "ODPS-0130161:[1,1] Parse exception - the statement UPDATE is not supported"],
    ["alter table t touch", "ODPS-0130161:[1,15] Parse exception - ALTER TABLE … TOUCH is not supported"],
    ["alter table t drop columns a", "ODPS-0130161:[1,15] Parse exception - DROP COLUMNS is not supported"],
    [
      "alter table t drop partition (pt > 1)",
      "ODPS-0130161:[1,34] Parse exception - invalid token '>', expected '='",
    ],
    [
      "drop table a.b.c.d",
      "ODPS-0130161:[1,18] Parse exception - expected a table name of at most three levels",
    ],
    ["drop table ``", "ODPS-0130161:[1,12] Parse exception - invalid token ``, expected a table name"],
    [
      "drop table t u",
      "ODPS-0130161:[1,14] Parse exception - invalid token 'u', expected the end of the statement",
    ],
    [
      "alter table t add partition (a='1', A='2')",
      "ODPS-0130071:[1,37] Semantic analysis exception - the partition names the column A twice",
    ],
    ["set a b", "ODPS-0130161:[1,7] Parse exception - invalid token 'b', expected '='"],
    [
      "#",
      "ODPS-0130161:[1,1] Parse exception - invalid token '#', expected one of SELECT, WITH, VALUES, INSERT, CREATE, DROP, TRUNCATE, ALTER, DESC, SHOW and SET",
    ],
  ])("answers %j", (sql, expected) => {
    expect(message(sql)).toBe(expected);
  });

  it("bounds how deep types nest", () => {
    const nested = `create table t (a ${"array<".repeat(50_000)}int${">".repeat(50_000)})`;
    expect(message(nested)).toContain("expected at most 32 types inside each other");
  });

  it("says something of its own about any soup of words", () => {
    const word = fc.oneof(
      fc.constantFrom(
        ..."create table alter drop truncate desc show set partition partitioned by if not exists add columns".split(
          " ",
        ),
        ..."( ) , . ; = < > ` ' - array<int> struct<a:int> map decimal(3,2) bigint string comment 'x' 1 t".split(
          " ",
        ),
        ..."primary key default null lifecycle tblproperties like as select rename to".split(" "),
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        try {
          parseStatements(words.join(" "));
        } catch (error) {
          if (!isSqlError(error)) throw error;
          expect(error.message).toMatch(
            /^ODPS-0130(161|071):\[\d+,\d+\] (Parse|Semantic analysis) exception - ./,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
});

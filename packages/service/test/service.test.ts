import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { type Answer, inTurn, serve, text } from "@maxcompute-tunnel/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createPartition,
  discoverTunnelEndpoint,
  getPartition,
  getTable,
  listPartitions,
  partitionExists,
  runSql,
  type ServiceConnection,
  tableExists,
} from "../src/index.ts";
import { refusal, xml } from "./support/answers.ts";
import { connectTo, failure } from "./support/connection.ts";

let emulator: RunningEmulator;
let connection: ServiceConnection;
beforeAll(async () => {
  emulator = await startEmulator({
    project: "proj",
    tables: [
      "create table t (id bigint not null comment 'key', tags array<string>, price decimal(10,2)) comment 'a <table> & more' partitioned by (pt string, region string) lifecycle 30",
    ],
  });
  connection = connectTo(`${emulator.endpoint}/api`);
});
afterAll(() => emulator.close());

describe("tables", () => {
  it("are described with columns, partition keys and what else the service says", async () => {
    const table = await getTable(connection, "t");
    expect(table).toMatchObject({
      project: "proj",
      name: "t",
      comment: "a <table> & more",
      type: "MANAGED_TABLE",
      isView: false,
      lifecycleDays: 30,
      columns: [
        { name: "id", type: "bigint", nullable: false, comment: "key" },
        { name: "tags", type: "array<string>", nullable: true, comment: "" },
        { name: "price", type: "decimal(10,2)", nullable: true, comment: "" },
      ],
      partitionKeys: [
        { name: "pt", type: "string" },
        { name: "region", type: "string" },
      ],
    });
    expect(table.createdAt?.getFullYear()).toBeGreaterThan(2000);
  });

  it("exist or do not", async () => {
    expect(await tableExists(connection, "t")).toBe(true);
    expect(await tableExists(connection, { project: "proj", table: "nowhere" })).toBe(false);
    const error = await failure(getTable(connection, "nowhere"));
    expect(error).toMatchObject({ code: "no-such-table", table: "proj.nowhere" });
    expect(error.message).toBe("get table: there is no table proj.nowhere");
  });

  it("are not said to be missing when the project is, or when something else answers", async () => {
    await expect(tableExists({ ...connection, project: "elsewhere" }, "t")).rejects.toMatchObject({
      name: "TunnelError",
    });
    await using server = await serve(text(404, "<html>not found</html>"));
    await expect(tableExists(connectTo(server.endpoint), "t")).rejects.toMatchObject({ code: "not-found" });
  });

  it("are created by SQL", async () => {
    await runSql(connection, "create table made (a bigint) -- by a test");
    expect(await tableExists(connection, "made")).toBe(true);
    const error = await failure(runSql(connection, "create table made (a bigint)"));
    expect(error.code).toBe("sql-failed");
    expect(error.odpsCode).toMatch(/^ODPS-\d{7}$/);
    expect(error.instanceId).toMatch(/\w+/);
  });
});

describe("partitions", () => {
  it("are created, found and listed", async () => {
    const spec = { pt: "20240102", region: "cn" };
    expect(await partitionExists(connection, "t", spec)).toBe(false);
    expect((await failure(getPartition(connection, "t", spec))).message).toBe(
      "get partition: table proj.t has no partition pt='20240102',region='cn'",
    );
    await createPartition(connection, "t", spec);
    await createPartition(connection, "t", spec);
    expect(await partitionExists(connection, "t", spec)).toBe(true);
    expect(await getPartition(connection, "t", spec)).toMatchObject({
      levels: [
        { name: "pt", value: "20240102" },
        { name: "region", value: "cn" },
      ],
      recordCount: 0,
      createdAt: expect.any(Date),
    });
    expect((await failure(partitionExists(connection, "nowhere", spec))).code).toBe("no-such-table");
    const again = await failure(createPartition(connection, "t", spec, { ifNotExists: false }));
    expect(again.code).toBe("sql-failed");
  });

  it("keep odd values through SQL and back", async () => {
    const values = ["a\\b", "c;d -- e", "中 文", "x&<y>"];
    for (const value of values) await createPartition(connection, "t", { pt: value, region: "odd" });
    const found: string[] = [];
    for await (const { levels } of listPartitions(connection, "t")) {
      if (levels[1]?.value === "odd") found.push(levels[0]?.value ?? "");
    }
    expect(found.sort()).toEqual([...values].sort());
  });

  it("are listed page by page", async () => {
    for (const pt of ["p1", "p2", "p3", "p4", "p5"]) {
      await createPartition(connection, "t", [
        { name: "pt", value: pt },
        { name: "region", value: "paged" },
      ]);
    }
    const all: string[] = [];
    for await (const { levels } of listPartitions(connection, "t", { pageSize: 2 })) {
      all.push(levels.map(({ value }) => value).join("/"));
    }
    expect(all.filter((name) => name.endsWith("paged"))).toEqual([
      "p1/paged",
      "p2/paged",
      "p3/paged",
      "p4/paged",
      "p5/paged",
    ]);
    expect(new Set(all).size).toBe(all.length);
    const walk = async (): Promise<void> => {
      for await (const _ of listPartitions(connection, "nowhere")) break;
    };
    expect((await failure(walk())).code).toBe("no-such-table");
  });

  it("are not looked for under values that would mean another one", async () => {
    for (const spec of [{}, { pt: "" }, { pt: "it's" }, { "p t": "1" }, { pt: "a\nb" }, []]) {
      expect((await failure(getPartition(connection, "t", spec))).code).toBe("invalid-argument");
      expect((await failure(createPartition(connection, "t", spec))).code).toBe("invalid-argument");
    }
  });
});

describe("the three-level model", () => {
  it("reaches the same tables through their schema", async () => {
    const three = connectTo(`${emulator.endpoint}/api`, { schema: "default" });
    await createPartition(three, "t", { pt: "three", region: "levels" });
    expect(await partitionExists(connection, "t", { pt: "three", region: "levels" })).toBe(true);
    expect((await getTable(three, "t")).schema).toBe("default");
    expect(await tableExists(three, { schema: "elsewhere", table: "t" })).toBe(false);
  });

  it("names the schema in SQL and in requests", async () => {
    const accepted: Answer = (_, response) => {
      response.writeHead(201, { location: "/instances/i1" });
      response.end();
    };
    const done = xml(
      "<Instance><Status>Terminated</Status><Tasks><Task><Name>a</Name><Status>Success</Status></Task></Tasks></Instance>",
    );
    await using server = await serve(inTurn(accepted, done, done, done, refusal(404, "NoSuchTable")));
    const three = connectTo(server.endpoint, { schema: "s" });
    await createPartition(three, "t", { pt: "1" });
    const body = server.seen[0]?.body.toString() ?? "";
    expect(body).toContain("ALTER TABLE `proj`.`s`.`t` ADD IF NOT EXISTS PARTITION (pt='1');");
    expect(body).toContain("<Name>SQLAddPartitionTask</Name>");
    expect(body).toContain('"odps.namespace.schema":"true"');
    expect(await tableExists(three, "t")).toBe(false);
    expect(server.seen.at(-1)?.path).toBe("/projects/proj/tables/t");
    expect(server.seen.at(-1)?.query.get("curr_schema")).toBe("s");
  });
});

describe("names that cannot be sent", () => {
  it.each(["", "..", "a\u0000b", "\ud800"])("such as %j are refused", async (name) => {
    expect((await failure(getTable(connection, name))).code).toBe("invalid-argument");
    expect((await failure(getTable(connection, { project: name, table: "t" }))).code).toBe(
      "invalid-argument",
    );
  });

  it("such as a back-quote in SQL are refused", async () => {
    expect((await failure(createPartition(connection, "t`; drop table t; --", { pt: "1" }))).code).toBe(
      "invalid-argument",
    );
  });
});

describe("an answer that makes no sense", () => {
  const schema = (json: string): Answer =>
    xml(`<Table><Name>t</Name><Schema><![CDATA[${json}]]></Schema></Table>`);

  it.each([
    [xml("<Table><Name>t</Name></Table>"), "Expected <Schema> in <Table>, got none"],
    [schema("{"), "Schema: Expected JSON"],
    [schema("[]"), "Schema: Expected an object"],
    [schema('{"columns":7}'), "Schema.columns: Expected a list"],
    [schema('{"columns":[{"type":"int"}]}'), "Schema.columns[0].name: Expected the name of a column"],
    [schema('{"columns":[{"name":"a","type":7}]}'), "Schema.columns[0].type: Expected text"],
    [
      schema('{"columns":[{"name":"a","type":"int","isNullable":"yes"}]}'),
      "isNullable: Expected true or false",
    ],
    [schema(`{"columns":[${Array(10_001).fill("{}").join()}]}`), "Expected at most 10000 entries, got 10001"],
    [xml("<Project/>"), "Expected <Table>, got <Project>"],
    [text(200, "hello"), 'Expected XML, got "hello"'],
    [text(200, "<Table>"), "Expected well-formed XML"],
  ])("is refused: %#", async (answer, message) => {
    await using server = await serve(answer);
    const error = await failure(getTable(connectTo(server.endpoint), "t"));
    expect(error).toMatchObject({ code: "invalid-response", requestId: "r-1", operation: "get table" });
    expect(error.message).toContain(message);
  });

  it("takes null for absent, and negative counts for not known", async () => {
    await using server = await serve(
      schema(
        '{"columns":[{"name":"a","type":"int","comment":null}],"lifecycle":-1,"comment":null,"createTime":0}',
      ),
    );
    const table = await getTable(connectTo(server.endpoint), "t");
    expect(table).toEqual({
      project: "proj",
      name: "t",
      comment: "",
      columns: [{ name: "a", type: "int", nullable: true, comment: "" }],
      partitionKeys: [],
      isView: false,
    });
  });

  it("does not page for ever", async () => {
    await using server = await serve(
      xml('<Partitions><Marker>m</Marker><Partition><Column Name="pt" Value="1"/></Partition></Partitions>'),
    );
    const walk = async (): Promise<number> => {
      let count = 0;
      for await (const _ of listPartitions(connectTo(server.endpoint), "t")) count += 1;
      return count;
    };
    expect(await failure(walk())).toMatchObject({ code: "invalid-response" });
    expect(server.seen.map(({ query }) => query.get("marker"))).toEqual([null, "m"]);
  });
});

describe("discoverTunnelEndpoint", () => {
  it("asks the service and adds the service's own scheme", async () => {
    expect(await discoverTunnelEndpoint(connection)).toBe(emulator.endpoint);
  });

  it.each([
    ["dt.cn-hangzhou.maxcompute.aliyun.com", "http://dt.cn-hangzhou.maxcompute.aliyun.com"],
    [" 10.0.0.1:8080 \n", "http://10.0.0.1:8080"],
    ["[::1]:80", "http://[::1]:80"],
    ["localhost", "http://localhost"],
  ])("takes %j", async (answer, endpoint) => {
    await using server = await serve(text(200, answer));
    expect(await discoverTunnelEndpoint(connectTo(`${server.endpoint}/api`), { quotaName: "q" })).toBe(
      endpoint,
    );
    expect(server.seen[0]?.path).toBe("/api/projects/proj/tunnel");
    expect([...(server.seen[0]?.query ?? [])].sort()).toEqual([
      ["curr_project", "proj"],
      ["quotaName", "q"],
      ["service", ""],
    ]);
  });

  it.each([
    "",
    "<html>login</html>",
    "host/path",
    "user@host",
    "host:0",
    "host:99999",
    "host:port",
    "a b",
    "http://host",
    "-x",
    "h?q",
    "h#f",
  ])("refuses %j", async (answer) => {
    await using server = await serve(text(200, answer));
    const error = await failure(discoverTunnelEndpoint(connectTo(server.endpoint)));
    expect(error.code).toBe("invalid-response");
    expect(error.message).toContain("Expected host or host:port, got");
  });
});

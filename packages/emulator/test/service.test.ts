import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Answer,
  type Ask,
  clientOf,
  createUpload,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;

beforeAll(async () => {
  emulator = await startEmulator({ project: "proj" });
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

function job(sql: string, settings = "{}"): string {
  const query = sql.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return (
    '<?xml version="1.0" encoding="utf-8"?><Instance><Job><Priority>9</Priority><Tasks><SQL>' +
    "<Name>AnonymousSQLTask</Name><Config><Property><Name>settings</Name><Value>" +
    `${settings}</Value></Property></Config><Query>${query}</Query></SQL></Tasks>` +
    "<DAG><RunMode>Sequence</RunMode></DAG></Job></Instance>"
  );
}

/** Runs SQL as clients do: submit, ask for the task's status, then for its result. */
async function run(
  sql: string,
  settings?: string,
): Promise<{ status: string; result: string; instance: string }> {
  const submitted = await ask("POST", "/api/projects/proj/instances?curr_project=proj", {
    body: job(sql, settings),
  });
  expect([submitted.status, submitted.text]).toEqual([201, ""]);
  const instance = submitted.headers.get("location")?.split("/").at(-1) ?? "";
  const path = `/api/projects/proj/instances/${instance}`;
  expect((await ask("GET", path)).text).toContain("<Instance><Status>Terminated</Status></Instance>");
  const task = (await ask("GET", `${path}?taskstatus`)).text;
  const status =
    /<Task Type="SQL"><Name>AnonymousSQLTask<\/Name>.*<Status>(\w+)<\/Status>/s.exec(task)?.[1] ?? task;
  const answer = (await ask("GET", `${path}?result`)).text;
  const result = /<Result Format="text">(.*)<\/Result>/s.exec(answer)?.[1] ?? answer;
  return { status, result, instance };
}

function schemaOf(answer: Answer): Record<string, unknown> {
  return JSON.parse(/<Schema[^>]*><!\[CDATA\[(.*)\]\]><\/Schema>/s.exec(answer.text)?.[1] ?? "{}");
}

describe("the way to the tunnel", () => {
  it("is host and port, nothing around them", async () => {
    const answer = await ask("GET", "/api/projects/proj/tunnel?service&quotaName=q&curr_project=proj");
    expect([answer.status, answer.text]).toEqual([200, `127.0.0.1:${emulator.port}`]);
  });

  it("exists for projects that do", async () => {
    const answer = await ask("GET", "/api/projects/elsewhere/tunnel?service");
    expect(answer.status).toBe(404);
    expect(answer.text).toContain("<Code>NoSuchProject</Code>");
  });
});

describe("what clients ask first", () => {
  it("is answered: log view, tenant, project, logs", async () => {
    expect((await ask("GET", "/logview/host")).text).toBe(emulator.endpoint);
    expect((await ask("GET", "/tenants?curr_project=proj")).json()).toMatchObject({
      Tenant: { TenantState: "NORMAL", Parameters: { "odps.namespace.schema": "false" } },
    });
    const project = await ask("GET", "/projects/proj");
    expect(project.text).toContain("<Name>proj</Name>");
    expect(project.text).toContain("<Properties><Property>");
    expect(project.headers.get("x-odps-owner")).toBe("ALIYUN$emulator@emulator.local");
    for (const name of ["x-odps-creation-time", "last-modified"]) {
      expect(project.headers.get(name)).toMatch(/^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT$/);
    }
    expect((await ask("GET", "/projects/proj?properties=all")).status).toBe(200);
    const unknown = await ask("GET", "/projects/elsewhere");
    expect([unknown.status, unknown.text]).toEqual([
      404,
      expect.stringContaining("<Code>NoSuchObject</Code><Message>ODPS-0420111: Project not found"),
    ]);
    expect((await ask("GET", "/projects/proj?extended")).text).toContain("<ExtendedProperties>");
    expect((await ask("PUT", "/projects/proj/logs", { body: "a survey" })).status).toBe(200);
  });
});

describe("projects", () => {
  it("are listed, restricted by prefix and owner", async () => {
    const text = async (query: string): Promise<string> => (await ask("GET", `/projects?${query}`)).text;
    expect(await text("expectmarker=true")).toMatch(
      /<Projects><Marker\/?>.*<Project><Name>proj<\/Name><Type>managed<\/Type>/s,
    );
    expect(await text("name=pr")).toContain("<Name>proj</Name>");
    expect(await text("name=other")).not.toContain("<Project>");
    expect(await text("owner=somebody")).not.toContain("<Project>");
  });

  it("sign a token for the address of a log view", async () => {
    const answer = await ask("POST", "/projects/proj/authorization?sign_bearer_token", {
      body: '{"expires_in_hours":24,"policy":{}}',
    });
    expect([answer.status, answer.text]).toEqual([
      200,
      expect.stringMatching(/<Authorization><Result>\w+<\/Result><\/Authorization>$/),
    ]);
  });
});

describe("schemas", () => {
  const body = (name: string, more = ""): { body: string } => ({
    body: `<Schema><Project>proj</Project><Name>${name}</Name><Comment>a &amp; b</Comment>${more}</Schema>`,
  });

  it("are made, described, listed and removed", async () => {
    const path = "/projects/proj/schemas";
    expect((await ask("POST", path, body("Sales"))).status).toBe(201);
    const one = await ask("GET", `${path}/sales`);
    expect(one.text).toContain("<Name>sales</Name><Project>proj</Project>");
    expect(one.text).toContain("<Comment>a &amp; b</Comment>");
    for (const name of ["x-odps-owner", "x-odps-creation-time", "last-modified"]) {
      expect(one.headers.get(name)).toBeTruthy();
    }
    expect((await ask("GET", `${path}?expectmarker=true&name=sal`)).text).toMatch(
      /<Schemas><Marker\/?>.*<Schema><Name>sales<\/Name>/s,
    );
    expect((await run("create table sales.t (id bigint)", '{"odps.namespace.schema":"true"}')).status).toBe(
      "Success",
    );
    expect((await ask("DELETE", `${path}/sales`)).text).toContain("is not empty");
    await run("drop table sales.t", '{"odps.namespace.schema":"true"}');
    expect((await ask("DELETE", `${path}/sales`)).status).toBe(204);
    expect((await ask("GET", `${path}/sales`)).status).toBe(404);
  });

  it("are made once, under names that can be written", async () => {
    const make = async (name: string, more?: string): Promise<number> =>
      (await ask("POST", "/projects/proj/schemas", body(name, more))).status;
    expect(await make("twice")).toBe(201);
    expect(await make("twice")).toBe(409);
    expect(await make("twice", "<IfNotExists>true</IfNotExists>")).toBe(201);
    expect([await make(""), await make("../x"), await make("a.b")]).toEqual([400, 400, 400]);
    expect((await ask("DELETE", "/projects/proj/schemas/default")).status).toBe(400);
    expect((await ask("DELETE", "/projects/proj/schemas/twice")).status).toBe(204);
  });
});

describe("a schema that does not exist", () => {
  it("is no such object to the service's callers, who catch that", async () => {
    for (const path of ["schemas/nowhere", "tables/t?curr_schema=nowhere", "schemas/nowhere/tables/t"]) {
      const answer = await ask("GET", `/projects/proj/${path}`);
      expect([answer.status, answer.text]).toEqual([
        404,
        expect.stringContaining("<Code>NoSuchObject</Code><Message>ODPS-0130221:"),
      ]);
    }
  });
});

describe("SQL", () => {
  it("makes a table with everything that can be said about one", async () => {
    const made = await run(
      "create table if not exists all_of_it (ID bigint not null comment 'key', v array<struct<a:bigint,b:decimal(10,2)>>) " +
        "comment 'a table' partitioned by (pt string, hh bigint) lifecycle 7;",
    );
    expect(made).toMatchObject({ status: "Success", result: "" });
    const answer = await ask("GET", "/api/projects/proj/tables/ALL_OF_IT");
    expect(answer.text).toMatch(/<Name>all_of_it<\/Name><TableId>\w+<\/TableId><Project>proj<\/Project>/);
    expect(schemaOf(answer)).toMatchObject({
      columns: [
        { name: "id", type: "bigint", isNullable: false, comment: "key" },
        { name: "v", type: "array<struct<a:bigint,b:decimal(10,2)>>", isNullable: true },
      ],
      partitionKeys: [{ name: "pt" }, { name: "hh" }],
      comment: "a table",
      lifecycle: 7,
    });
    expect((await run("create table if not exists all_of_it (other string)")).status).toBe("Success");
    expect(await run("create table all_of_it (other string)")).toMatchObject({
      status: "Failed",
      result: "ODPS-0130141: Object already exists - table proj.all_of_it",
    });
  });

  it("says what a primary key is, where clients look for it", async () => {
    await run(
      "create table `proj`.`pk` (`id` bigint not null,`name` string, primary key(`id`)) tblproperties('transactional'='true');",
    );
    const schema = schemaOf(await ask("GET", "/projects/proj/tables/pk?extended"));
    expect(JSON.parse(String(schema["Reserved"]))).toEqual({
      Transactional: "true",
      schema_version: "0",
      PrimaryKey: ["id"],
    });
  });

  it("adds, lists and drops partitions", async () => {
    await run("create table parts (id bigint) partitioned by (pt string, hh bigint)");
    const added = await run(
      "alter table parts add if not exists partition (pt='a',hh=1) partition (pt='a',hh=2) partition (pt='b/c',hh=1)",
    );
    expect(added.status).toBe("Success");
    expect((await run("alter table parts add partition (pt='a',hh=1)")).result).toBe(
      "ODPS-0130141: Object already exists - partition pt=a,hh=1",
    );
    expect((await run("show partitions parts")).result).toBe("pt=a/hh=1\npt=a/hh=2\npt=b/c/hh=1\n");
    const path = "/projects/proj/tables/parts";
    expect((await ask("GET", `${path}?partition=pt%3D%27a%27%2Chh%3D%271%27`)).status).toBe(200);
    const missing = await ask("GET", `${path}?partition=pt%3D%27z%27%2Chh%3D%271%27`);
    expect([missing.status, missing.text.includes("<Code>NoSuchPartition</Code>")]).toEqual([404, true]);
    expect((await ask("GET", `${path}?partitions&name`)).text).toContain(
      "<Partition><Name>pt=a/hh=1</Name></Partition>",
    );

    const first = (await ask("GET", `${path}?partitions&expectmarker=true&maxitems=2`)).text;
    expect(first.match(/<Column Name="pt" Value="a"\/>/g)).toHaveLength(2);
    const marker = /<Marker>(.*)<\/Marker>/.exec(first)?.[1] ?? "";
    const second = (
      await ask("GET", `${path}?partitions&expectmarker=true&maxitems=2&marker=${encodeURIComponent(marker)}`)
    ).text;
    expect(second).toContain('<Column Name="pt" Value="b/c"/>');
    expect(second).toMatch(/<Marker\/>|<Marker><\/Marker>/);
    const some = (await ask("GET", `${path}?partitions&expectmarker=true&partition=hh%3D%271%27`)).text;
    expect(some.match(/<Partition>/g)).toHaveLength(2);

    expect((await run("alter table parts drop partition (pt='a',hh=1)")).status).toBe("Success");
    expect((await run("alter table parts drop partition (pt='a',hh=1)")).status).toBe("Failed");
    expect((await run("alter table parts drop if exists partition (pt='a',hh=1)")).status).toBe("Success");
    expect((await run("show partitions parts partition (pt='a')")).result).toBe("pt=a/hh=2\n");
  });

  it("truncates, renames, changes and drops tables", async () => {
    await run("create table old_name (id bigint, name string)");
    const path = "/projects/proj/tables/old_name";
    const id = await createUpload(ask, path);
    await ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: threeRecords });
    await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect(schemaOf(await ask("GET", `${path}?extended`))).toMatchObject({ recordNum: 3, FileNum: 1 });
    expect((await run("alter table old_name add columns (extra int)")).status).toBe("Success");
    // Rows from before the change have no value for the new column.
    expect((await emulator.readRows("old_name"))[0]).toEqual({ id: 1n, name: "a", extra: null });
    expect((await run("alter table old_name rename to new_name")).status).toBe("Success");
    expect((await ask("GET", path)).status).toBe(404);
    expect(await emulator.readRows("new_name")).toHaveLength(3);
    expect(
      (await run("alter table new_name set comment 'said'; alter table new_name set lifecycle 3")).status,
    ).toBe("Success");
    expect(schemaOf(await ask("GET", "/projects/proj/tables/new_name"))).toMatchObject({
      comment: "said",
      lifecycle: 3,
    });
    expect((await run("truncate table new_name")).status).toBe("Success");
    expect(await emulator.readRows("new_name")).toEqual([]);
    expect((await run("drop table new_name")).status).toBe("Success");
    expect(await run("drop table new_name")).toMatchObject({
      status: "Failed",
      result: "ODPS-0130131:[1,1] Table not found - table proj.new_name cannot be resolved",
    });
    expect((await run("drop table if exists new_name")).status).toBe("Success");
  });

  it("ends the sessions of a dropped table, also when one of that name is made again", async () => {
    await run("create table passing (id bigint, name string)");
    const path = "/projects/proj/tables/passing";
    const id = await createUpload(ask, path);
    await run("drop table passing; create table passing (id bigint, name string)");
    const answer = await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
    expect([answer.status, answer.json()["Code"]]).toEqual([404, "NoSuchUpload"]);
  });

  it("copies a table's definition with LIKE, and shows one as a statement that makes it", async () => {
    await run(
      "create table origin (id bigint not null, `odd name` string comment 'it''s') partitioned by (pt string)",
    );
    await run("create table copied like origin");
    const shown = (await run("show create table copied")).result;
    await run("drop table copied");
    const unescaped = shown.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
    expect((await run(unescaped)).status).toBe("Success");
    expect((await run("show create table copied")).result).toBe(shown);
  });

  it("works in schemas", async () => {
    expect((await run("create schema s1")).status).toBe("Success");
    const settings = '{"odps.namespace.schema":"true"}';
    expect((await run("create table s1.inner_table (id bigint)", settings)).status).toBe("Success");
    expect((await ask("GET", "/projects/proj/schemas/s1/tables/inner_table")).status).toBe(200);
    expect((await ask("GET", "/projects/proj/tables/inner_table?curr_schema=s1")).text).toContain(
      "<SchemaName>s1</SchemaName>",
    );
    expect(
      (await ask("GET", "/projects/proj/schemas?expectmarker=true")).text.match(/<Name>\w+<\/Name>/g),
    ).toEqual(["<Name>default</Name>", "<Name>s1</Name>"]);
    expect((await run("drop schema s1")).status).toBe("Failed");
    expect((await run("drop schema s1 cascade")).status).toBe("Success");
  });

  it("that is wrong or not offered fails with place and number", async () => {
    expect(await run("create table broken (id bigint,")).toMatchObject({
      status: "Failed",
      result: expect.stringMatching(/^ODPS-0130161:\[1,\d+\] Parse exception - /),
    });
    // A script that cannot be read runs nothing; one that fails on its way keeps what it did.
    expect((await run("create table unread (id bigint);\ncreate tabel x (id bigint)")).status).toBe("Failed");
    expect((await ask("GET", "/projects/proj/tables/unread")).status).toBe(404);
    expect((await run("create table done (id bigint);\ndrop table absent")).status).toBe("Failed");
    expect((await ask("GET", "/projects/proj/tables/done")).status).toBe(200);
    expect((await run("merge into t using u")).result).toMatch(/^ODPS-0130161:\[1,1\]/);
    expect((await run("truncate table absent")).result).toMatch(/^ODPS-0130131:/);
  });

  it("is handed back as it was submitted", async () => {
    const { instance } = await run("set a=b; create table if not exists src (v array<bigint>)", '{"k":"v"}');
    const source = (await ask("GET", `/projects/proj/instances/${instance}?source`)).text;
    expect(source).toContain(
      "<Query>set a=b; create table if not exists src (v array&lt;bigint&gt;)</Query>",
    );
    const status = await ask("GET", `/projects/proj/instances/${instance}`);
    for (const name of ["x-odps-owner", "x-odps-start-time", "x-odps-end-time"]) {
      expect(status.headers.get(name)).toBeTruthy();
    }
    const download = await ask("POST", `/projects/proj/instances/${instance}?downloads`, {
      headers: tunnelHeaders,
    });
    expect([download.status, download.json()["Code"]]).toEqual([400, "InstanceTypeNotSupported"]);
    expect((await ask("GET", "/projects/proj/instances/20240101")).status).toBe(404);
  });

  it("in a document that is none is refused", async () => {
    for (const body of ["not xml", "<Instance/>", "<Other/>"]) {
      const answer = await ask("POST", "/projects/proj/instances", { body });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain("<Code>MalformedXML</Code>");
    }
  });
});

describe("several tables", () => {
  it("are described at once, those that exist", async () => {
    await emulator.createTable("create table batch_a (id bigint)");
    await emulator.createTable("create table batch_b (name string)");
    const table = (name: string, project = "proj"): string =>
      `<Table><Project>${project}</Project><Name>${name}</Name><Schema></Schema></Table>`;
    const query = (body: string) => ask("POST", "/projects/proj/tables?query", { body });
    const answer = await query(
      `<Tables>${table("batch_b")}${table("absent")}${table("x", "elsewhere")}${table("BATCH_A", "")}</Tables>`,
    );
    expect(answer.status).toBe(200);
    expect([...answer.text.matchAll(/<Table><Name>(\w+)</g)].map(([, name]) => name)).toEqual([
      "batch_b",
      "batch_a",
    ]);
    expect(answer.text).toContain('"name":"name","type":"string"');
    expect((await query("<Other/>")).text).toContain("<Code>MalformedXML</Code>");
    expect((await query(`<Tables>${table("t").repeat(101)}</Tables>`)).status).toBe(400);
  });
});

describe("an instance", () => {
  const terminated = { body: "<Instance><Status>Terminated</Status></Instance>" };

  it("is stopped while its query runs", async () => {
    await emulator.createTable(
      "create table many as select 1 as x union all select 2 union all select 3 union all select 4",
    );
    // 4 to the power of 20 rows: nobody waits for that.
    const froms = Array.from({ length: 20 }, (_, index) => `many t${index}`).join(" cross join ");
    const submitted = await ask("POST", "/projects/proj/instances", {
      body: job(`select sum(t0.x + t19.x) from ${froms}`),
    });
    const path = `/projects/proj/instances/${submitted.headers.get("location")?.split("/").at(-1)}`;
    expect((await ask("GET", path)).text).toContain("<Status>Running</Status>");
    expect((await ask("PUT", path, { body: "<Instance><Status>Suspended</Status></Instance>" })).status).toBe(
      400,
    );
    expect((await ask("PUT", path, terminated)).status).toBe(200);
    expect((await ask("GET", path)).text).toContain("<Status>Terminated</Status>");
    expect((await ask("GET", `${path}?taskstatus`)).text).toContain("<Status>Cancelled</Status>");
    expect((await ask("GET", `${path}?result`)).status).toBe(200);
  });

  it("that has ended cannot be stopped", async () => {
    const { instance } = await run("show tables");
    const answer = await ask("PUT", `/projects/proj/instances/${instance}`, terminated);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("InvalidStateSetting")]);
    expect((await ask("PUT", "/projects/proj/instances/20240101", terminated)).status).toBe(404);
  });
});

describe("a list of instances", () => {
  it("comes in pages, restricted by status, owner and time", async () => {
    const ids = [(await run("show tables")).instance, (await run("show tables")).instance].sort();
    const names = async (query: string): Promise<string[]> => {
      const { text } = await ask("GET", `/projects/proj/instances?expectmarker=true&${query}`);
      return [...text.matchAll(/<Instance><Name>(\w+)</g)].flatMap(([, name = ""]) => name);
    };
    expect(await names("onlyowner=yes&status=Terminated")).toEqual(expect.arrayContaining(ids));
    expect(await names("status=Running")).toEqual([]);
    expect(await names("daterange=1:2")).toEqual([]);
    expect(await names("daterange=1:")).toEqual(expect.arrayContaining(ids));
    const [first, second] = await names("");
    expect(await names(`maxitems=1&marker=${first}`)).toEqual([second]);
    expect((await ask("GET", "/projects/proj/instances?daterange=today")).status).toBe(400);
  });
});

describe("a list of tables", () => {
  it("is sorted, restricted by prefix, and comes in pages", async () => {
    for (const name of ["list_c", "list_a", "list_b", "other"]) {
      await emulator.createTable(`create table ${name} (id bigint)`);
    }
    const names = async (query: string): Promise<[string[], string]> => {
      const { text } = await ask("GET", `/projects/proj/tables?expectmarker=true&${query}`);
      return [
        [...text.matchAll(/<Table><Name>(\w+)</g)].map((match) => match[1] ?? ""),
        /<Marker>(\w*)</.exec(text)?.[1] ?? "",
      ];
    };
    expect(await names("name=list_")).toEqual([["list_a", "list_b", "list_c"], ""]);
    expect(await names("name=list_&maxitems=2")).toEqual([["list_a", "list_b"], "list_b"]);
    expect(await names("name=list_&maxitems=2&marker=list_b")).toEqual([["list_c"], ""]);
    expect((await ask("GET", "/projects/proj/tables?maxitems=0")).status).toBe(400);
  });
});

describe("the fixture", () => {
  it("says what is wrong with a statement, and that a table is missing", async () => {
    await expect(emulator.createTable("create tabel t (id bigint)")).rejects.toMatchObject({
      name: "EmulatorError",
      code: "invalid-sql",
      message: expect.stringMatching(/^ODPS-0130161:\[1,8\]/),
    });
    await expect(emulator.readRows("absent")).rejects.toMatchObject({
      name: "EmulatorError",
      code: "not-found",
    });
  });

  it.each([
    [{ port: 70_000 }, "Expected port to be from 0 to 65535, got 70000"],
    [{ project: "a/b" }, 'Expected project to be letters, digits and _, got "a/b"'],
    [{ accessKeyId: "a:b" }, 'Expected an access key id without blanks, colons and slashes, got "a:b"'],
    [{ accessKeySecret: "" }, 'Expected a secret for the access key "emulator", got an empty one'],
  ])("refuses the options %j", async (options, message) => {
    await expect(startEmulator(options)).rejects.toMatchObject({ code: "invalid-option", message });
  });
});

import { type Answer, hangUp, inTurn, serve, text } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import { runSql } from "../src/index.ts";
import { refusal, xml } from "./support/answers.ts";
import { connectTo, failure } from "./support/connection.ts";

const created = (location: string): Answer => xml("", { location }, 201);
const accepted: Answer = (_, response) => {
  response.writeHead(201, { location: "http://service/api/projects/proj/instances/20240102i1" });
  response.end();
};
const status = (word: string): Answer => xml(`<Instance><Status>${word}</Status></Instance>`);
const task = (word: string): Answer =>
  xml(
    `<Instance><Status>Terminated</Status><Tasks><Task Type="SQL"><Name>AnonymousSQLTask</Name><Status>${word}</Status><Histories/></Task></Tasks></Instance>`,
  );
const result = (content: string, attributes = 'Format="csv"'): Answer =>
  xml(
    `<Instance><Tasks><Task Type="SQL"><Name>AnonymousSQLTask</Name><Result ${attributes}>${content}</Result></Task></Tasks></Instance>`,
  );

describe("runSql", () => {
  it("submits, waits and gives the result", async () => {
    await using server = await serve(
      inTurn(
        accepted,
        status("Running"),
        status("Running"),
        status("Terminated"),
        task("Success"),
        result('<![CDATA["n"\n3\n]]>'),
      ),
    );
    const connection = connectTo(`${server.endpoint}/api`);
    const waited: unknown[] = [];
    const outcome = await runSql(connection, "select count(*) n from t", {
      onWait: (waiting) => waited.push(waiting),
    });
    expect(outcome).toEqual({ instanceId: "20240102i1", text: '"n"\n3\n', format: "csv" });
    expect(waited).toEqual([
      { instanceId: "20240102i1", status: "Running", waitedMs: 0 },
      { instanceId: "20240102i1", status: "Running", waitedMs: 100 },
    ]);
    expect(connection.waits).toEqual([100, 150]);
    expect(server.seen.map(({ method, path, query }) => `${method} ${path}?${query}`)).toEqual([
      "POST /api/projects/proj/instances?curr_project=proj",
      "GET /api/projects/proj/instances/20240102i1?curr_project=proj",
      "GET /api/projects/proj/instances/20240102i1?curr_project=proj",
      "GET /api/projects/proj/instances/20240102i1?curr_project=proj",
      "GET /api/projects/proj/instances/20240102i1?taskstatus=&curr_project=proj",
      "GET /api/projects/proj/instances/20240102i1?result=&curr_project=proj",
    ]);
    const [submission] = server.seen;
    expect(submission?.headers["content-type"]).toMatch(/^application\/xml/);
    expect(submission?.body.toString()).toMatch(
      /<Name>uuid<\/Name><Value>[\da-f-]{36}<\/Value>.*<Query>select count\(\*\) n from t\n;<\/Query>/su,
    );
  });

  it("takes a result that comes at once", async () => {
    await using server = await serve(
      xml(
        '<Instance><Tasks><Task Type="SQL"><Name>a</Name><Status>Success</Status><Result Format="text"><![CDATA[OK]]></Result></Task></Tasks></Instance>',
      ),
    );
    expect(await runSql(connectTo(server.endpoint), "set x=1;")).toEqual({ text: "OK", format: "text" });
    expect(server.seen).toHaveLength(1);
  });

  it("takes a failure that comes at once", async () => {
    await using server = await serve(
      xml(
        "<Instance><Tasks><Task><Name>a</Name><Status>Failed</Status><Result>ODPS-0130161:[2,7] Parse exception - invalid token</Result></Task></Tasks></Instance>",
      ),
    );
    expect(await failure(runSql(connectTo(server.endpoint), "selekt 1"))).toMatchObject({
      code: "sql-failed",
      odpsCode: "ODPS-0130161",
      line: 2,
      column: 7,
    });
  });

  it("decodes a result in base64", async () => {
    const encoded = Buffer.from("列,a\n1,😀\n").toString("base64");
    await using server = await serve(
      inTurn(
        accepted,
        status("Terminated"),
        task("Success"),
        result(`\n${encoded}\n`, 'Format="csv" Transform="Base64"'),
      ),
    );
    expect((await runSql(connectTo(server.endpoint), "select 1")).text).toBe("列,a\n1,😀\n");
  });

  it("says why a statement failed, with MaxCompute's code and the place", async () => {
    const why = "ODPS-0130131:[1,15] Table not found - table proj.nowhere cannot be resolved";
    await using server = await serve(
      inTurn(accepted, status("Terminated"), task("Failed"), result(`<![CDATA[${why}]]>`)),
    );
    const error = await failure(runSql(connectTo(server.endpoint), "select * from nowhere"));
    expect(error).toMatchObject({
      code: "sql-failed",
      odpsCode: "ODPS-0130131",
      line: 1,
      column: 15,
      instanceId: "20240102i1",
    });
    expect(error.message).toBe(`run SQL: ${why}`);
  });

  it("says that a statement was canceled", async () => {
    await using server = await serve(inTurn(accepted, status("Terminated"), task("Cancelled"), result("")));
    expect((await failure(runSql(connectTo(server.endpoint), "select 1"))).code).toBe("sql-canceled");
  });

  it("keeps waiting while the instance is over and its task is not", async () => {
    await using server = await serve(
      inTurn(
        accepted,
        status("Terminated"),
        task("Running"),
        status("Terminated"),
        task("Success"),
        result("1"),
      ),
    );
    expect((await runSql(connectTo(server.endpoint), "select 1")).text).toBe("1");
  });

  it("gives up waiting when told how long", async () => {
    await using server = await serve(inTurn(accepted, status("Running")));
    const error = await failure(runSql(connectTo(server.endpoint), "select 1", { waitMs: 200 }));
    expect(error).toMatchObject({ code: "not-finished", instanceId: "20240102i1" });
    expect(error.message).toContain("is still Running after 250 ms; it goes on in MaxCompute");
  });

  it("stops waiting when the caller gives up, and says that the statement goes on", async () => {
    const controller = new AbortController();
    await using server = await serve(inTurn(accepted, status("Running")));
    const call = runSql(connectTo(server.endpoint), "select 1", {
      signal: controller.signal,
      onWait: () => controller.abort(),
    });
    await expect(call).rejects.toMatchObject({
      name: "TunnelError",
      code: "aborted",
      message: expect.stringContaining("instance 20240102i1 goes on in MaxCompute"),
    });
  });

  it("tries again when the project says not now, as long as it says", async () => {
    await using server = await serve(
      inTurn(
        refusal(409, "ObjectAlreadyExists", "busy", { "retry-after": "3" }),
        refusal(429, "RequestQuotaExceeded", "slow", { "retry-after": "7" }),
        refusal(409, "ObjectAlreadyExists", "busy"),
        accepted,
        status("Terminated"),
        task("Success"),
        result(""),
      ),
    );
    const connection = connectTo(server.endpoint);
    await runSql(connection, "select 1");
    expect(connection.waits).toEqual([3000, 7000, 5000]);
    const uuids = server.seen.slice(0, 4).map(({ body }) => /[\da-f-]{36}/u.exec(body.toString())?.[0]);
    expect(new Set(uuids).size).toBe(1);
  });

  it("does not try for ever", async () => {
    await using server = await serve(refusal(409, "ObjectAlreadyExists", "busy"));
    const connection = connectTo(server.endpoint);
    await expect(runSql(connection, "select 1")).rejects.toMatchObject({
      name: "TunnelError",
      code: "conflict",
    });
    expect(connection.waits.reduce((sum, ms) => sum + ms, 0)).toBe(180_000);
  });

  it("never submits twice when an answer is lost: the statement may be running", async () => {
    for (const lost of [hangUp, refusal(500, "InternalServerError"), text(502, "<html></html>")]) {
      await using server = await serve(lost);
      const error = await failure(runSql(connectTo(server.endpoint), "insert into t values (1)"));
      expect(error.code).toBe("outcome-unknown");
      expect(error.message).toContain("the statement may be running");
      expect(server.seen).toHaveLength(1);
    }
  });

  it("does not call it unknown when there was never a connection", async () => {
    const server = await serve(accepted);
    await server[Symbol.asyncDispose]();
    await expect(runSql(connectTo(server.endpoint), "insert into t values (1)")).rejects.toMatchObject({
      name: "TunnelError",
      code: "network",
    });
  });

  it("submits again when told that this does no harm", async () => {
    await using server = await serve(
      inTurn(hangUp, accepted, status("Terminated"), task("Success"), result("")),
    );
    await runSql(connectTo(server.endpoint), "create table if not exists t (a bigint)", { repeatable: true });
    expect(server.seen.filter(({ method }) => method === "POST")).toHaveLength(2);
  });

  it.each(["", "http://h/instances/", "/projects/proj/instances/../../etc", "nonsense"])(
    "does not follow the address %j",
    async (location) => {
      await using server = await serve(created(location));
      expect((await failure(runSql(connectTo(server.endpoint), "select 1"))).code).toBe("outcome-unknown");
      expect(server.seen).toHaveLength(1);
    },
  );

  it("says which instance it was when the service can no longer be asked", async () => {
    for (const strange of [text(200, "<html>"), xml("<Project/>"), refusal(404, "NoSuchObject"), hangUp]) {
      await using server = await serve(inTurn(accepted, strange));
      const error = await failure(runSql(connectTo(server.endpoint), "select 1"));
      expect(error).toMatchObject({ code: "outcome-unknown", instanceId: "20240102i1" });
    }
  });

  it.each([
    ["select '\u0000'", 'got the character "\\u0000" at offset 8'],
    ["select '\ud800'", "at offset 8"],
    ["  \n", "Expected SQL text, got none"],
  ])("refuses %j before anything is sent", async (sql, message) => {
    await using server = await serve(accepted);
    const error = await failure(runSql(connectTo(server.endpoint), sql));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toContain(message);
    expect(server.seen).toEqual([]);
  });

  it("turns the three-level model on when the connection has a schema", async () => {
    await using server = await serve(inTurn(accepted, status("Terminated"), task("Success"), result("")));
    await runSql(connectTo(server.endpoint, { schema: "s" }), "select 1;", {
      settings: { a: "b" },
      priority: 1,
    });
    const body = server.seen[0]?.body.toString() ?? "";
    expect(body).toContain('{"odps.namespace.schema":"true","odps.default.schema":"s","a":"b"}');
    expect(body).toContain("<Priority>1</Priority>");
    expect(body).toContain("<Query>select 1;</Query>");
  });

  it("leaves a wrong key to the caller as the service told it", async () => {
    await using server = await serve(refusal(403, "SignatureNotMatch", "wrong"));
    await expect(runSql(connectTo(server.endpoint), "select 1")).rejects.toMatchObject({
      name: "TunnelError",
      code: "credentials",
    });
  });
});

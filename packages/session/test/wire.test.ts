import { hangUp, inTurn, json, serve, text } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import { createUploadSession, resumeUploadSession, type TableName } from "../src/index.ts";
import { refusal, uploadAnswer } from "./support/answers.ts";
import { connectTo, failure } from "./support/connection.ts";
import { oneRow, threeRows } from "./support/packs.ts";

const table: TableName = { project: "proj", table: "t" };

/** The query as sent, sorted by name. */
const queryOf = (query: URLSearchParams): readonly string[] => [...query].map(([k, v]) => `${k}=${v}`).sort();

describe("every request of a session", () => {
  it("names table, partition, quota, project and tags, as the official clients do", async () => {
    const schema = {
      columns: [{ name: "id", type: "bigint" }],
      partitionKeys: [
        { name: "pt", type: "string" },
        { name: "region", type: "string" },
      ],
    };
    await using server = await serve((request, response) => {
      const closed = request.method === "POST" && request.query.has("uploadid");
      const blocks = [{ BlockID: 3, RecordCount: 3 }];
      return json(
        uploadAnswer({ Schema: schema, Status: closed ? "closed" : "normal", UploadedBlockList: blocks }),
      )(request, response);
    });
    const connection = connectTo(server.endpoint, {
      quotaName: "q 1",
      tags: ["x", "y z"],
      defaultProject: "home",
    });
    const session = await createUploadSession(
      connection,
      { project: "proj", schema: "s", table: "täble/1" },
      { partition: "pt='a b'/region=中", overwrite: true, createPartition: true },
    );
    await session.putBlock(3, threeRows, { contentEncoding: "deflate", recordCount: 3 });
    await session.putBlock(3, oneRow, { format: "arrow" });
    await session.status();
    await session.listBlocks();
    await session.commit([3]);

    const common = ["curr_project=home", "partition=pt=a b,region=中", "quotaName=q 1"];
    expect(server.seen.map(({ method, query }) => [method, queryOf(query)])).toEqual([
      [
        "POST",
        ["create_partition=true", ...common.slice(0, 1), "overwrite=true", ...common.slice(1), "uploads="],
      ],
      ["PUT", ["blockid=3", ...common, "uploadid=u1"]],
      ["PUT", ["arrow=", "blockid=3", ...common, "uploadid=u1"]],
      ["GET", [...common.slice(0, 1), "getblockid=false", ...common.slice(1), "uploadid=u1"]],
      ["GET", [...common.slice(0, 1), "getblockid=true", ...common.slice(1), "uploadid=u1"]],
      ["GET", [...common.slice(0, 1), "getblockid=true", ...common.slice(1), "uploadid=u1"]],
      ["POST", [...common, "uploadid=u1"]],
    ]);
    for (const { path, headers } of server.seen) {
      expect(path).toBe("/projects/proj/schemas/s/tables/t%C3%A4ble%2F1");
      expect(headers).toMatchObject({
        "x-odps-tunnel-version": "6",
        "odps-tunnel-date-transform": "v1",
        "odps-tunnel-sdk-support-schema-evolution": "true",
        "odps-tunnel-tags": "x,y z",
      });
    }
    const [, records, arrow] = server.seen;
    expect(records?.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-encoding": "deflate",
      "content-length": "51",
    });
    expect(records?.body).toEqual(Buffer.concat(threeRows));
    expect(arrow?.headers).not.toHaveProperty("content-encoding");
  });

  it("draws from the quota that the service put the session in", async () => {
    await using server = await serve(json(uploadAnswer({ QuotaName: "granted" })));
    const session = await createUploadSession(connectTo(server.endpoint, { quotaName: "asked" }), table);
    await session.status();
    expect(server.seen.map(({ query }) => query.get("quotaName"))).toEqual(["asked", "granted"]);
  });

  it.each([
    [{ project: "", table: "t" }, "project"],
    [{ project: "p", table: ".." }, "table"],
    [{ project: "p", table: "a\r\nb" }, "table"],
    [{ project: "p", schema: "\u0000", table: "t" }, "schema"],
    [{ project: "p", table: "\ud800" }, "table"],
  ])("is not sent to a name that is none: %j", async (name, kind) => {
    await using server = await serve(json(uploadAnswer()));
    const error = await failure(createUploadSession(connectTo(server.endpoint), name));
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(error.message).toContain(`Expected the name of a ${kind}`);
    expect(server.seen).toEqual([]);
  });

  it.each(["", "a b", "u1\r\n", "../u1", "u".repeat(257)])(
    "is not sent for the session id %j",
    async (id) => {
      await using server = await serve(json(uploadAnswer()));
      expect((await failure(resumeUploadSession(connectTo(server.endpoint), table, id))).code).toBe(
        "invalid-argument",
      );
      expect(server.seen).toEqual([]);
    },
  );

  it.each(["a,b", "", " a", "a\r\nx: y", "ü"])("is not sent with the tag %j", async (tag) => {
    await using server = await serve(json(uploadAnswer()));
    const error = await failure(createUploadSession(connectTo(server.endpoint, { tags: [tag] }), table));
    expect(error.code).toBe("invalid-argument");
    expect(server.seen).toEqual([]);
  });
});

describe("an answer that makes no sense", () => {
  it("is asked for again, and then named", async () => {
    await using server = await serve(json(uploadAnswer({ Schema: { columns: "many" } })));
    const connection = connectTo(server.endpoint);
    const error = await failure(createUploadSession(connection, table));
    expect(error).toMatchObject({
      code: "invalid-response",
      member: "Schema.columns",
      operation: "create upload session",
      table: "proj.t",
      requestId: "r-1",
    });
    expect(error.message).toBe(
      'create upload session: The server\'s answer, Schema.columns: Expected a list, got "many"',
    );
    expect(server.seen).toHaveLength(3);
    expect(connection.clock.waits).toHaveLength(2);
  });

  it("does no harm when a second one makes sense", async () => {
    await using server = await serve(inTurn(text(200, "<html>hello</html>"), hangUp, json(uploadAnswer())));
    const session = await createUploadSession(connectTo(server.endpoint), table);
    expect(session.id).toBe("u1");
  });

  it("about another session is not taken for ours", async () => {
    await using server = await serve(json(uploadAnswer({ UploadID: "u2" })));
    const error = await failure(resumeUploadSession(connectTo(server.endpoint), table, "u1"));
    expect(error).toMatchObject({ code: "invalid-response", member: "UploadID" });
  });
});

describe("legacy DATETIME", () => {
  const headers = { "odps-tunnel-date-transform": "true" };

  it("is refused, since values would arrive changed", async () => {
    const Schema = { columns: [{ name: "at", type: "array<DATETIME>" }], partitionKeys: [] };
    await using server = await serve(json(uploadAnswer({ Schema }), headers));
    const error = await failure(createUploadSession(connectTo(server.endpoint), table));
    expect(error).toMatchObject({ code: "date-transform", table: "proj.t", sessionId: "u1" });
    expect(error.message).toContain("would change column at of table proj.t silently");
  });

  it("does not matter to a table without DATETIME", async () => {
    await using server = await serve(json(uploadAnswer(), headers));
    expect((await createUploadSession(connectTo(server.endpoint), table)).id).toBe("u1");
  });
});

describe("the endpoint", () => {
  it("is asked for once, however many need it at the same time", async () => {
    await using server = await serve(json(uploadAnswer()));
    let asked = 0;
    const endpoint = async (): Promise<string> => {
      asked += 1;
      return server.endpoint;
    };
    const connection = { ...connectTo(server.endpoint), endpoint };
    await Promise.all([1, 2, 3].map(() => createUploadSession(connection, table)));
    await createUploadSession(connection, table);
    expect(asked).toBe(1);
  });

  it("is asked for again after a failure, which reaches everyone who waited for it", async () => {
    await using server = await serve(json(uploadAnswer()));
    let asked = 0;
    const endpoint = (): Promise<string> => {
      asked += 1;
      if (asked === 1) throw new Error("no route");
      return Promise.resolve(server.endpoint);
    };
    const connection = { ...connectTo(server.endpoint), endpoint };
    const first = await Promise.allSettled([1, 2].map(() => createUploadSession(connection, table)));
    expect(first.map((result) => result.status)).toEqual(["rejected", "rejected"]);
    expect((await createUploadSession(connection, table)).id).toBe("u1");
    expect(asked).toBe(2);
  });

  it("keeps others waiting when one gives up", async () => {
    await using server = await serve(json(uploadAnswer()));
    const controller = new AbortController();
    const endpoint = async (): Promise<string> => {
      controller.abort();
      return server.endpoint;
    };
    const connection = { ...connectTo(server.endpoint), endpoint };
    const patient = createUploadSession(connection, table);
    const hasty = createUploadSession(connection, table, { signal: controller.signal });
    await expect(hasty).rejects.toMatchObject({ name: "TunnelError", code: "aborted" });
    expect((await patient).id).toBe("u1");
  });
});

describe("a block", () => {
  it("is sent again, byte for byte, when an attempt fails", async () => {
    await using server = await serve(
      inTurn(json(uploadAnswer()), hangUp, refusal(503, "ServiceUnavailable"), text(200, "")),
    );
    const session = await createUploadSession(connectTo(server.endpoint), table);
    expect(await session.putBlock(1, threeRows)).toMatchObject({ attempts: 3 });
    const bodies = server.seen.slice(1).map(({ body }) => body);
    expect(bodies).toEqual([1, 2, 3].map(() => Buffer.concat(threeRows)));
  });

  it("that is streamed gets one attempt", async () => {
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield* oneRow;
    }
    await using server = await serve(
      inTurn(json(uploadAnswer()), refusal(500, "InternalServerError"), text(200, "")),
    );
    const session = await createUploadSession(connectTo(server.endpoint), table);
    await expect(session.putBlock(1, stream())).rejects.toMatchObject({
      name: "TunnelError",
      code: "server",
    });
    expect(server.seen).toHaveLength(2);
  });

  it("is not stored by a redirect", async () => {
    await using server = await serve(
      inTurn(json(uploadAnswer()), (_, response) => {
        response.writeHead(308, { location: "http://127.0.0.1:9/" });
        response.end();
      }),
    );
    const session = await createUploadSession(connectTo(server.endpoint), table);
    await expect(session.putBlock(1, oneRow)).rejects.toMatchObject({
      name: "TunnelError",
      code: "redirect",
    });
  });

  it("carries the server's cost report, where it can be read", async () => {
    const report = (metrics: string) => (_: unknown, response: import("node:http").ServerResponse) => {
      response.writeHead(200, { "odps-tunnel-metrics": metrics });
      response.end();
    };
    await using server = await serve(
      inTurn(
        json(uploadAnswer()),
        report('{"PanguIOCost":12,"ServerIOCost":3,"ServerTotalCost":20,"RateLimitCost":0}'),
        report("none"),
        report('{"PanguIOCost":"x","ServerTotalCost":-1}'),
      ),
    );
    const session = await createUploadSession(connectTo(server.endpoint), table);
    expect((await session.putBlock(1, oneRow)).metrics).toEqual({
      storageMicros: 12,
      ioMicros: 3,
      totalMicros: 20,
      rateLimitMicros: 0,
    });
    expect(await session.putBlock(1, oneRow)).not.toHaveProperty("metrics");
    expect((await session.putBlock(1, oneRow)).metrics).toEqual({});
  });

  it("that failed on the way is no longer compared with an earlier count", async () => {
    const blocks = [{ BlockID: 1, RecordCount: 3 }];
    await using server = await serve(
      inTurn(
        json(uploadAnswer()),
        text(200, ""),
        // Data that arrives broken is sent three times.
        refusal(400, "CorruptedDataStream"),
        refusal(400, "CorruptedDataStream"),
        refusal(400, "CorruptedDataStream"),
        json(uploadAnswer({ UploadedBlockList: blocks })),
        json(uploadAnswer({ Status: "closed", UploadedBlockList: blocks })),
      ),
    );
    const session = await createUploadSession(connectTo(server.endpoint), table);
    await session.putBlock(1, oneRow, { recordCount: 1 });
    await expect(session.putBlock(1, threeRows, { recordCount: 3 })).rejects.toMatchObject({
      code: "corrupt-data",
    });
    expect(await session.commit([1])).toMatchObject({ recordCount: 3 });
  });

  it("refused by conflict for no reason that the status shows is left as the service told it", async () => {
    await using server = await serve(
      inTurn(json(uploadAnswer()), refusal(409, "StatusConflict"), json(uploadAnswer({ Status: "normal" }))),
    );
    const session = await createUploadSession(connectTo(server.endpoint), table);
    await expect(session.putBlock(1, oneRow)).rejects.toMatchObject({
      name: "TunnelError",
      code: "conflict",
    });
  });

  it.each([
    ["closing", "session-closing"],
    ["committing", "session-closing"],
    ["canceled", "session-canceled"],
    ["critical", "session-critical"],
  ])("refused by conflict in status %s is explained as %s", async (status, code) => {
    await using server = await serve(
      inTurn(json(uploadAnswer()), refusal(409, "StatusConflict"), json(uploadAnswer({ Status: status }))),
    );
    const session = await createUploadSession(connectTo(server.endpoint), table);
    expect(await failure(session.putBlock(1, oneRow))).toMatchObject({ code, status: status.toUpperCase() });
  });
});

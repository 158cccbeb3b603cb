import { createServer } from "node:net";
import { getTable, isServiceError } from "@maxcompute-tunnel/service";
import { type Answer, json, rejection, serve, text } from "@maxcompute-tunnel/testkit";
import { createTransport } from "@maxcompute-tunnel/transport";
import { createTunnel, isSessionError, isTunnelError, type TableTunnel } from "maxcompute-tunnel";
import { describe, expect, it } from "vitest";
import { impatientClock, patience } from "../support/impatient-clock.ts";

const credentials = {
  kind: "access-key",
  accessKeyId: "hostile-id",
  accessKeySecret: "hostile-secret",
} as const;
const clock = impatientClock();

/** A client that tries everything twice and never waits. */
function tunnelTo(endpoint: string): TableTunnel {
  return createTunnel({
    ...{
      tunnelEndpoint: endpoint,
      project: "proj",
      clock,
      credentials,
      timeouts: patience,
      retry: { maxAttempts: 2 },
    },
  });
}

const isFailure = (error: unknown) => isTunnelError(error) || isSessionError(error) || isServiceError(error);

/** What came of asking a server for an upload session of table t. */
async function askFor(endpoint: string) {
  await using tunnel = tunnelTo(endpoint);
  return await rejection(tunnel.createUploadSession("t"), isFailure);
}

const session = {
  UploadID: "u1",
  Status: "normal",
  Schema: { columns: [{ name: "id", type: "bigint" }], partitionKeys: [] },
};

/** A server that sends these bytes to everybody who asks anything, and closes. */
async function serveBytes(bytes: string) {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(bytes));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { readonly port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

/** Writes the same bytes for as long as anybody listens, counting them. */
function endless(piece: string, sent: { bytes: number }): Answer {
  return (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const more = () => {
      while (!response.destroyed) {
        sent.bytes += piece.length;
        if (!response.write(piece)) return void response.once("drain", more);
      }
    };
    more();
  };
}

describe("an answer without an end", () => {
  it("is read for 64 MiB, and not asked for again", async () => {
    const sent = { bytes: 0 };
    await using server = await serve(endless(" ".repeat(65_536), sent));
    const error = await askFor(server.endpoint);
    expect(error).toMatchObject({ code: "too-large", attempts: 1 });
    expect(error.message).toBe(
      "create upload session: Expected an answer of at most 67108864 bytes, got more",
    );
    // What is on its way in the buffers of sockets comes on top.
    expect(sent.bytes).toBeLessThan(100 * 1024 * 1024);
    expect(server.seen).toHaveLength(1);
  });
});

describe("headers", () => {
  it.each([
    ["one of a megabyte", `x-odps-request-id: ${"r".repeat(1024 * 1024)}\r\n`],
    ["a hundred thousand", "x-a: b\r\n".repeat(100_000)],
  ])("of %s are a failed attempt, and nothing of them is told", async (_, headers) => {
    await using server = await serveBytes(`HTTP/1.1 200 OK\r\n${headers}content-length: 2\r\n\r\n{}`);
    const error = await askFor(server.endpoint);
    expect(error).toMatchObject({ code: "network" });
    expect(error.message.length).toBeLessThan(300);
  });
});

describe("a length that is wrong", () => {
  const body = JSON.stringify(session);
  const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

  it.each([
    ["too long", `${head}content-length: ${body.length + 1}\r\n\r\n${body}`, "network"],
    ["too short", `${head}content-length: ${body.length - 1}\r\n\r\n${body}`, "invalid-response"],
    ["negative", `${head}content-length: -1\r\n\r\n${body}`, "network"],
    ["no number", `${head}content-length: 0x10\r\n\r\n${body}`, "network"],
    ["two numbers", `${head}content-length: 2\r\ncontent-length: ${body.length}\r\n\r\n${body}`, "network"],
    [
      "said twice, in chunks and in bytes",
      `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      "network",
    ],
    ["that of a chunk", `${head}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n${body}`, "network"],
    ["too long for its last chunk", `${head}transfer-encoding: chunked\r\n\r\nff\r\n{}`, "network"],
  ])("since it is %s is no answer", async (_, bytes, code) => {
    await using server = await serveBytes(bytes);
    expect(await askFor(server.endpoint)).toMatchObject({ code });
  });
});

it("an answer that drips is given up when a call may take no longer, whatever comes", async () => {
  let isOver = () => {};
  const over = new Promise<void>((resolve) => (isOver = resolve));
  let drops = 0;
  await using server = await serve(async (_, response) => {
    response.writeHead(200);
    response.on("close", isOver);
    while (!response.destroyed) {
      response.write(" ");
      if (++drops === 50) timeIsUp();
      await new Promise(setImmediate);
    }
  });
  let timeIsUp = () => {};
  const transport = createTransport({
    credentials,
    timeouts: { callMs: 1234 },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (ms === 1234) timeIsUp = resolve;
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  });
  const request = {
    operation: "ask",
    kind: "control",
    method: "GET",
    endpoint: server.endpoint,
    path: ["p"],
  } as const;
  const error = await rejection(transport(request), isTunnelError);
  expect(error).toMatchObject({ code: "timeout", attempts: 1 });
  await over;
  expect(drops).toBeGreaterThanOrEqual(50);
});

describe("an answer that is", () => {
  it.each<[what: string, answer: Answer, message: string]>([
    ["JSON with more behind it", text(200, `${JSON.stringify(session)}{"UploadID":"u2"}`), "Expected JSON"],
    ["JSON with a NUL behind it", text(200, `${JSON.stringify(session)}\0`), "Expected JSON"],
    ["half of it", text(200, JSON.stringify(session).slice(0, -1)), "Expected JSON"],
    ["a hundred thousand brackets", text(200, "[".repeat(100_000)), "Expected JSON"],
    ["a list", json([session]), "Expected a JSON object, got a list of 1"],
    ["a number", json(7), "Expected a JSON object, got 7"],
    ["without a session", json({ ...session, UploadID: undefined }), "UploadID: Expected text, got nothing"],
    ["with a number for the session", json({ ...session, UploadID: 7 }), "UploadID: Expected text, got 7"],
    ["with a path for the session", json({ ...session, UploadID: "../../x" }), "UploadID: Expected"],
    ["with a header for the session", json({ ...session, UploadID: "u\r\nhost: x" }), "UploadID: Expected"],
    [
      "with a text for the schema",
      json({ ...session, Schema: "{}" }),
      `Expected an object at Schema, got "{}"`,
    ],
    [
      "with an object for the columns",
      json({ ...session, Schema: { columns: { length: 1 } } }),
      "Schema.columns: Expected a list, got an object",
    ],
    [
      "with an object for a name",
      json({ ...session, Schema: { columns: [{ name: { toLowerCase: 1 }, type: "bigint" }] } }),
      "Schema.columns[0].name: Expected text, got an object",
    ],
    [
      "with blocks of a negative number",
      json({ ...session, UploadedBlockList: [{ BlockID: -1 }] }),
      "UploadedBlockList[0].BlockID: Expected",
    ],
    [
      "with a block beyond numbers",
      text(200, JSON.stringify({ ...session, UploadedBlockList: [{ BlockID: 0 }] }).replace("0}", "1e400}")),
      "UploadedBlockList[0].BlockID: Expected",
    ],
    [
      "with a million columns",
      (_, response) => {
        const column = '{"name":"c","type":"bigint"}';
        response.end(
          `{"UploadID":"u1","Status":"normal","Schema":{"columns":[${`${column},`.repeat(999_999)}${column}]}}`,
        );
      },
      "Schema.columns: Expected at most 10000 entries, got a list of 1000000",
    ],
  ])("%s is refused", async (_, answer, message) => {
    await using server = await serve(answer);
    const error = await askFor(server.endpoint);
    expect(error).toMatchObject({ code: "invalid-response" });
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(500);
  });
});

describe("a redirect to another host", () => {
  it.each([301, 302, 303, 307, 308])(
    "%i takes no key there, before, amid and at the end of an upload",
    async (status) => {
      await using elsewhere = await serve(json(session));
      const away: Answer = (seen, response) => {
        response.writeHead(status, { location: `${elsewhere.endpoint}${seen.path}` }).end();
      };
      await using control = await serve(away);
      expect(await askFor(control.endpoint)).toMatchObject({ code: "redirect" });

      await using data = await serve((seen, response) => {
        const isWelcome = seen.method === "GET" || seen.query.has("uploads");
        return (isWelcome ? json(session) : away)(seen, response);
      });
      await using tunnel = tunnelTo(data.endpoint);
      const upload = await tunnel.createUploadSession("t");
      const writer = await upload.openRecordWriter(0);
      writer.write({ id: 1n });
      await expect(writer.close()).rejects.toMatchObject({ cause: { code: "redirect" } });
      expect(await rejection(upload.commit([]), isFailure)).toMatchObject({ code: "redirect" });
      expect(elsewhere.seen).toEqual([]);
    },
  );

  it("takes no key along where the service is asked for its Tunnel endpoint", async () => {
    await using elsewhere = await serve(text(200, "127.0.0.1:1"));
    await using service = await serve((_, response) => {
      response.writeHead(307, { location: elsewhere.endpoint }).end();
    });
    await using tunnel = createTunnel({
      ...{
        endpoint: `${service.endpoint}/api`,
        project: "proj",
        clock,
        credentials,
        timeouts: patience,
        retry: { maxAttempts: 2 },
      },
    });
    await expect(tunnel.createUploadSession("t")).rejects.toThrow("redirect");
    expect([service.seen.length, elsewhere.seen.length]).toEqual([1, 0]);
  });
});

describe("the XML of the service", () => {
  const bomb = `<!DOCTYPE lolz [<!ENTITY a0 "lol">${Array.from(
    { length: 12 },
    (_, level) => `<!ENTITY a${level + 1} "${`&a${level};`.repeat(10)}">`,
  ).join("")}]>`;
  const table = (comment: string) =>
    `<Table><Name>t</Name><Comment>${comment}</Comment><Schema><![CDATA[{"columns":[]}]]></Schema></Table>`;

  async function ask(xml: string) {
    await using server = await serve(text(200, xml));
    const transport = createTransport({ credentials });
    return await getTable({ transport, endpoint: server.endpoint, project: "proj" }, "t").then(
      (info) => JSON.stringify(info),
      (error: unknown) => {
        if (!isServiceError(error)) throw error;
        return `${error.code}: ${error.message}`;
      },
    );
  }

  it.each([
    ["entities within entities", `${bomb}${table("&a12;")}`],
    ["a file as an entity", `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${table("&f;")}`],
    ["a parameter entity", `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;]>${table("x")}`],
    [
      "one long entity, often",
      `<!DOCTYPE x [<!ENTITY a "${"x".repeat(50_000)}">]>${table("&a;".repeat(50_000))}`,
    ],
  ])("with %s is not expanded", async (_, xml) => {
    const came = await ask(xml);
    expect(came.length).toBeLessThanOrEqual(xml.length);
    expect(came).not.toMatch(/lollol|root:|x{100}/);
  });

  it("nested without end is refused", async () => {
    expect(await ask("<a>".repeat(100_000))).toMatch(/^invalid-response: /);
    expect(await ask(`${"<a>".repeat(5000)}${"</a>".repeat(5000)}`)).toMatch(/^invalid-response: /);
  });

  it("with a document type in a refusal leaves the judgement to the status", async () => {
    await using server = await serve(
      text(403, `${bomb}<Error><Code>NoPermission</Code><Message>&a12;</Message></Error>`),
    );
    const error = await askFor(server.endpoint);
    expect(error).toMatchObject({ code: "permission", status: 403 });
    expect(error.message).not.toContain("lollol");
    expect(error.message.length).toBeLessThan(3000);
  });
});

import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createTransport, isTunnelError } from "../src/index.ts";
import { accessKey, failure, quickTransport, recordedSleep, request, timeouts } from "./support/powers.ts";
import { answer, startServer } from "./support/scripted-server.ts";

const json = { "content-type": "application/json", "x-odps-request-id": "20261122ABC" };

describe("a refusal", () => {
  it("of the tunnel says what, where and which request", async () => {
    const body =
      '{"Code":"NoSuchUpload","Message":"The specified upload id does not exist.","RequestId":"other"}';
    await using server = await startServer(answer(404, body, json));
    const error = await failure(quickTransport()(request(server.endpoint, { operation: "put block 3" })));
    expect(error.message).toBe(
      "put block 3: NoSuchUpload: The specified upload id does not exist. (status 404, request id 20261122ABC)",
    );
    expect(error).toMatchObject({
      name: "TunnelError",
      code: "not-found",
      operation: "put block 3",
      status: 404,
      serviceCode: "NoSuchUpload",
      requestId: "20261122ABC",
      retryable: false,
      attempts: 1,
    });
    expect(isTunnelError(error)).toBe(true);
    expect(server.seen).toHaveLength(1);
  });

  it("of the REST service is XML, its request id may stand in the body only", async () => {
    const body =
      '<?xml version="1.0"?><Error><Code>NoSuchObject</Code><Message><![CDATA[ODPS-0130131:[1,1] Table not found]]></Message><RequestId>R1</RequestId><HostId>h</HostId></Error>';
    await using server = await startServer(answer(400, body));
    const error = await failure(quickTransport()(request(server.endpoint)));
    expect([error.code, error.serviceCode, error.requestId]).toEqual(["not-found", "NoSuchObject", "R1"]);
    expect(error.message).toContain("ODPS-0130131:[1,1] Table not found");
  });

  it.each([401, 403, 409])(
    "%i reaches a caller who is still sending, and the source is let go",
    async (status) => {
      await using server = await startServer((_, response) => {
        response.writeHead(status, { connection: "close" }).end('{"Code":"StatusConflict","Message":"no"}');
      });
      let pulled = 0;
      let isReturned = false;
      async function* rows() {
        try {
          for (; pulled < 10_000; pulled++) yield new Uint8Array(256 * 1024);
        } finally {
          isReturned = true;
        }
      }
      const body = { kind: "stream", stream: rows() } as const;
      const error = await failure(
        quickTransport()(request(server.endpoint, { method: "PUT", kind: "data", body })),
      );
      // A server that answers early and closes may be heard or may break the pipe first: both are one failed attempt.
      expect(["conflict", "network"]).toContain(error.code);
      expect(error.attempts).toBe(1);
      expect(pulled).toBeLessThan(10_000);
      await expect.poll(() => isReturned).toBe(true);
    },
  );

  it("is heard while sending when the server goes on reading", async () => {
    await using server = await startServer((incoming, response) => {
      incoming.resume();
      response.writeHead(403).end('{"Code":"NoPermission","Message":"no"}');
    });
    const chunks = Array.from({ length: 64 }, () => new Uint8Array(1024 * 1024));
    const body = { kind: "chunks", chunks } as const;
    const error = await failure(
      quickTransport()(request(server.endpoint, { method: "PUT", kind: "data", body })),
    );
    expect([error.code, error.status, error.attempts]).toEqual(["permission", 403, 1]);
  });

  it("tells by how much the clock is off when that is the reason", async () => {
    const headers = { ...json, date: "Sun, 22 Nov 2026 10:00:00 GMT" };
    await using server = await startServer(
      answer(403, '{"Code":"RequestTimeTooSkewed","Message":"Skewed."}', headers),
    );
    const clock = () => Date.parse("2026-11-22T09:30:00Z");
    const error = await failure(quickTransport({ clock })(request(server.endpoint)));
    expect(error.code).toBe("credentials");
    expect(error.message).toContain("this machine's clock is 1800 s behind the service's");
  });
});

describe("an error body", () => {
  it("that never ends is read for 64 KB", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(500);
      response.write('{"Code":"InternalServerError","Message":"');
      const more = () => {
        while (response.write("x".repeat(65_536)) && !response.destroyed);
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const transport = quickTransport({ retry: { maxAttempts: 1 } });
    const error = await failure(transport(request(server.endpoint)));
    expect([error.code, error.serviceCode]).toEqual(["server", "InternalServerError"]);
    expect(error.message.length).toBeLessThan(3_000);
  });

  it("that breaks off keeps its status and what it said so far", async () => {
    await using server = await startServer((incoming, response) => {
      response.writeHead(409, { "content-length": "1000" });
      response.write('{"Code":"StatusConflict","Message":"The upl', () => {
        setImmediate(() => incoming.socket.resetAndDestroy());
      });
    });
    const error = await failure(quickTransport()(request(server.endpoint)));
    expect([error.code, error.status, error.attempts]).toEqual(["conflict", 409, 1]);
  });

  it.each([
    ["nothing", "", "the service answered without a reason (status 502)"],
    ["a proxy's page", "<html><h1>Bad Gateway</h1>\r\n<p>squid", '"Bad Gateway squid" (status 502)'],
    ["garbage", Uint8Array.of(0, 255, 27, 91, 10), "(status 502)"],
  ])("of %s leaves the judgement to the status", async (_, body, message) => {
    await using server = await startServer(answer(502, body));
    const error = await failure(quickTransport({ retry: { maxAttempts: 1 } })(request(server.endpoint)));
    expect([error.code, error.serviceCode]).toEqual(["server", undefined]);
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/\p{Cc}/u);
  });
});

describe("throttling and failures of the service", () => {
  it("are waited out as long as the service asks, and a little more", async () => {
    const { sleep, waits } = recordedSleep((ms) => ms < 900_000);
    await using server = await startServer(
      answer(429, '{"Code":"FlowExceeded","Message":"slow","HoldClientMillis":"700"}'),
      answer(429, "", { "retry-after": "3" }),
      answer(503, '{"Code":"ServiceUnavailable","HoldClientMillis":99999999}'),
      answer(503, "", {
        "retry-after": "Sun, 22 Nov 2026 10:00:07 GMT",
        date: "Sun, 22 Nov 2026 10:00:00 GMT",
      }),
      answer(500),
      answer(200, "done"),
    );
    const transport = createTransport({ credentials: accessKey, sleep, timeouts, random: () => 0.5 });
    const response = await transport(request(server.endpoint, { method: "POST" }));
    expect([response.attempts, await response.text()]).toEqual([6, "done"]);
    expect(waits.filter((ms) => ms < 900_000)).toEqual([1_200, 4_000, 11_000, 8_000, 8_000]);
  });

  it("have every attempt signed anew and its body sent byte for byte the same", async () => {
    await using server = await startServer(answer(500), answer(429), answer(504), answer(200));
    let seconds = 0;
    const clock = () => Date.parse("2026-11-22T10:00:00Z") + seconds++ * 1_000;
    const chunks = [randomBytes(2_500_000), randomBytes(10)];
    const body = { kind: "chunks", chunks } as const;
    await quickTransport({ clock })(request(server.endpoint, { method: "PUT", kind: "data", body }));
    expect(server.seen).toHaveLength(4);
    for (const seen of server.seen) expect(seen.body.equals(Buffer.concat(chunks))).toBe(true);
    expect(new Set(server.seen.map(({ headers }) => headers.date)).size).toBe(4);
    expect(new Set(server.seen.map(({ headers }) => headers.authorization)).size).toBe(4);
  });

  it("end with the last error when the attempts are used up", async () => {
    await using server = await startServer(answer(500, '{"Code":"InternalServerError","Message":"m"}'));
    const error = await failure(quickTransport({ retry: { maxAttempts: 3 } })(request(server.endpoint)));
    expect([error.code, error.attempts, error.retryable, server.seen.length]).toEqual(["server", 3, true, 3]);
  });

  it("are met once where the caller wants one attempt, and where the body is a stream", async () => {
    await using server = await startServer(answer(500));
    async function* rows() {
      yield Uint8Array.of(1);
    }
    const once = request(server.endpoint, { method: "POST", retry: "none" });
    const stream = request(server.endpoint, {
      method: "PUT",
      kind: "data",
      body: { kind: "stream", stream: rows() },
    });
    expect((await failure(quickTransport()(once))).attempts).toBe(1);
    expect((await failure(quickTransport()(stream))).attempts).toBe(1);
    expect(server.seen).toHaveLength(2);
  });
});

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])(
    "%i of a data request is refused, and keys reach no other host",
    async (status) => {
      await using elsewhere = await startServer(answer(200));
      await using server = await startServer(
        answer(status, "", { location: `${elsewhere.endpoint}/projects/p` }),
      );
      const body = { kind: "chunks", chunks: [Uint8Array.of(1)] } as const;
      const error = await failure(
        quickTransport()(request(server.endpoint, { method: "PUT", kind: "data", body })),
      );
      expect([error.code, error.retryable, error.attempts]).toEqual(["redirect", false, 1]);
      expect(error.message).toContain("answered with a redirect, which is never followed");
      expect(elsewhere.seen).toHaveLength(0);
    },
  );

  it.each([301, 302, 304, 307, 308])("%i of a control request is refused with its status", async (status) => {
    await using elsewhere = await startServer(answer(200));
    await using server = await startServer(
      answer(status, "", { location: `${elsewhere.endpoint}/projects/p` }),
    );
    const error = await failure(quickTransport()(request(server.endpoint, { method: "POST" })));
    expect([error.code, error.status, error.attempts]).toEqual(["redirect", status, 1]);
    expect(error.message).toContain(
      `answered with a redirect to ${elsewhere.endpoint}, which is never followed`,
    );
    expect(elsewhere.seen).toHaveLength(0);
  });

  it("without a location, as the service uses 308, is no success either", async () => {
    await using server = await startServer(answer(308));
    const transport = quickTransport();
    expect((await failure(transport(request(server.endpoint)))).code).toBe("redirect");
    const data = request(server.endpoint, {
      method: "PUT",
      kind: "data",
      body: { kind: "chunks", chunks: [] },
    });
    expect((await failure(transport(data))).code).toBe("redirect");
  });
});

describe("an error", () => {
  it("shows no key, token, signature or header, whatever the service quotes and however it is printed", async () => {
    await using server = await startServer((incoming, response) => {
      response
        .writeHead(403)
        .end(JSON.stringify({ Code: "SignatureNotMatch", Message: JSON.stringify(incoming.headers) }));
    });
    const transport = quickTransport({
      credentials: { ...accessKey, accessKeySecret: "secret-of-key", securityToken: "sts-of-key" },
      application: { accessKeyId: "app", accessKeySecret: "secret-of-app", securityToken: "sts-of-app" },
      region: "cn-hangzhou",
    });
    const refused = await failure(transport(request(server.endpoint)));
    const refusedBearer = await failure(
      quickTransport({ credentials: { kind: "bearer", token: "jwt-of-user" } })(request(server.endpoint)),
    );
    const headers = server.seen.flatMap(({ headers }) => [
      headers.authorization,
      headers["sts-authentication"],
    ]);
    const signatures = headers
      .filter((value) => value !== undefined)
      .map((value) => String(value).split(":").at(-1)!);
    expect(signatures).toHaveLength(2);
    for (const error of [refused, refusedBearer]) {
      expect(error.code).toBe("credentials");
      const printed = `${inspect(error, { depth: null, showHidden: true })} ${JSON.stringify(error)}`;
      for (const secret of [
        "secret-of-key",
        "sts-of-key",
        "secret-of-app",
        "sts-of-app",
        "jwt-of-user",
        ...signatures,
      ]) {
        expect(printed).not.toContain(secret);
      }
    }
  });
});

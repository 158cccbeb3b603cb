import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createTransport } from "../src/index.ts";
import { canonicalCandidates, parseAuthorization, verifySignature } from "../src/signing/index.ts";
import { nodeHmac } from "./support/node-hmac.ts";
import { accessKey, failure, quickTransport, request } from "./support/powers.ts";
import { answer, type SeenRequest, startServer } from "./support/scripted-server.ts";

/** Judges a request as a server does: from what came over the wire. */
function isAuthentic(seen: SeenRequest, endpoint = ""): boolean {
  const parsed = parseAuthorization(seen.headers.authorization ?? "");
  const [proper] = canonicalCandidates({ ...seen, endpoint });
  return (
    parsed !== undefined &&
    verifySignature(parsed, {
      accessKeySecret: accessKey.accessKeySecret,
      candidates: [proper!],
      hmac: nodeHmac,
    })
  );
}

describe("a request", () => {
  it("arrives encoded, dated and signed, with the endpoint's own path sent and not signed", async () => {
    await using server = await startServer(answer(200, "{}"));
    const path = ["projects", "my project", "tables", "a+b/中'(1)"];
    const query = { uploads: "", partition: "pt=a b&c=1%/中+x", left_out: undefined };
    const clock = () => Date.parse("2026-11-22T10:00:00.999Z");
    await quickTransport({ clock })(
      request(`${server.endpoint}/api/`, {
        method: "POST",
        path,
        query,
        headers: { "x-odps-tunnel-version": "6" },
      }),
    );
    const [seen] = server.seen;
    expect(seen!.method).toBe("POST");
    expect(seen!.url).toBe(
      "/api/projects/my%20project/tables/a%2Bb%2F%E4%B8%AD%27%281%29?uploads&partition=pt%3Da%20b%26c%3D1%25%2F%E4%B8%AD%2Bx",
    );
    expect(seen!.headers.date).toBe("Sun, 22 Nov 2026 10:00:00 GMT");
    expect(isAuthentic(seen!, "/api")).toBe(true);
    expect(isAuthentic(seen!, "")).toBe(false);
  });

  it("signed with V4 is authentic too", async () => {
    await using server = await startServer(answer(200));
    await quickTransport({ region: "cn-hangzhou" })(request(server.endpoint));
    expect(server.seen[0]!.headers.authorization).toContain("/cn-hangzhou/odps/aliyun_v4_request:");
    expect(isAuthentic(server.seen[0]!)).toBe(true);
  });

  it("says who sends it in two headers of the same value and asks for no compression", async () => {
    await using server = await startServer(answer(200));
    await quickTransport({ userAgentSuffix: "loader/3" })(request(server.endpoint));
    const { headers } = server.seen[0]!;
    expect(headers["user-agent"]).toMatch(/^maxcompute-tunnel\/\d+\.\d+\.\d+\S* loader\/3$/);
    expect(headers["x-odps-user-agent"]).toBe(headers["user-agent"]);
    expect(headers["accept-encoding"]).toBe("identity");
  });

  it("without a body has a length of zero where the method could have one, and no content type", async () => {
    await using server = await startServer(answer(200));
    const transport = quickTransport();
    await transport(request(server.endpoint, { method: "POST" }));
    await transport(
      request(server.endpoint, { method: "PUT", kind: "data", body: { kind: "chunks", chunks: [] } }),
    );
    await transport(request(server.endpoint));
    const [post, put, get] = server.seen;
    expect([post!.headers["content-length"], post!.headers["content-type"]]).toEqual(["0", undefined]);
    expect([put!.headers["content-length"], put!.headers["content-type"]]).toEqual([
      "0",
      "application/octet-stream",
    ]);
    expect([get!.headers["content-length"], get!.headers["transfer-encoding"]]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("with text has its content type under the signature", async () => {
    await using server = await startServer(answer(200));
    const body = { kind: "text", text: "<Instance>中</Instance>", contentType: "application/xml" } as const;
    const headers = { "Content-MD5": "900150983cd24fb0d6963f7d28e17f72" };
    await quickTransport()(request(server.endpoint, { method: "POST", body, headers }));
    const [seen] = server.seen;
    expect(seen!.headers["content-type"]).toBe("application/xml");
    expect(seen!.headers["content-length"]).toBe("24");
    expect(seen!.body.toString()).toBe("<Instance>中</Instance>");
    expect(isAuthentic(seen!)).toBe(true);
  });

  it("with chunks has their length and bytes, in pieces of any size", async () => {
    await using server = await startServer(answer(200));
    const chunks = [new Uint8Array(0), randomBytes(3_000_001), Uint8Array.of(1), randomBytes(70_000)];
    await quickTransport()(
      request(server.endpoint, { method: "PUT", kind: "data", body: { kind: "chunks", chunks } }),
    );
    const [seen] = server.seen;
    expect(seen!.headers["content-length"]).toBe("3070002");
    expect(seen!.headers["transfer-encoding"]).toBeUndefined();
    expect(seen!.headers["content-type"]).toBe("application/octet-stream");
    expect(seen!.body.equals(Buffer.concat(chunks))).toBe(true);
    expect(isAuthentic(seen!)).toBe(true);
  });

  it("with a stream is chunked and carries every byte once", async () => {
    await using server = await startServer(answer(200));
    async function* rows() {
      yield Uint8Array.of(1, 2);
      yield new Uint8Array(0);
      yield new Uint8Array(300_000).fill(7);
    }
    await quickTransport()(
      request(server.endpoint, { method: "PUT", kind: "data", body: { kind: "stream", stream: rows() } }),
    );
    const [seen] = server.seen;
    expect(seen!.headers["transfer-encoding"]).toBe("chunked");
    expect(seen!.headers["content-length"]).toBeUndefined();
    expect(seen!.body.equals(Buffer.concat([Uint8Array.of(1, 2), new Uint8Array(300_000).fill(7)]))).toBe(
      true,
    );
    expect(isAuthentic(seen!)).toBe(true);
  });

  it("carries a temporary key's token, or a bearer token and no signature", async () => {
    await using server = await startServer(answer(200));
    await quickTransport({ credentials: { ...accessKey, securityToken: "sts" } })(request(server.endpoint));
    await quickTransport({ credentials: { kind: "bearer", token: "jwt" } })(request(server.endpoint));
    const [sts, bearer] = server.seen;
    expect(sts!.headers["authorization-sts-token"]).toBe("sts");
    expect(isAuthentic(sts!)).toBe(true);
    expect(bearer!.headers["x-odps-bearer-token"]).toBe("jwt");
    expect(bearer!.headers.authorization).toBeUndefined();
  });

  it("reuses its connection", async () => {
    await using server = await startServer(answer(200, "{}"));
    const transport = quickTransport();
    const body = { kind: "chunks", chunks: [randomBytes(2_000_000)] } as const;
    await transport(request(server.endpoint, { method: "PUT", kind: "data", body }));
    await new Promise(setImmediate);
    await transport(request(server.endpoint));
    expect(server.seen[1]!.socket).toBe(server.seen[0]!.socket);
  });
});

describe("an answer", () => {
  it("gives status, headers, the request id and its body as text, JSON or bytes", async () => {
    await using server = await startServer(
      answer(201, '{"UploadID":"中"}', { "x-odps-request-id": "2026ABC" }),
    );
    const response = await quickTransport()(request(server.endpoint, { method: "POST" }));
    expect([response.status, response.requestId, response.attempts]).toEqual([201, "2026ABC", 1]);
    expect(await response.text()).toBe('{"UploadID":"中"}');
    expect(await response.json()).toEqual({ UploadID: "中" });
    expect(await new Response(response.body).text()).toBe('{"UploadID":"中"}');
  });

  it("that should be JSON and is not is an error of its own", async () => {
    await using server = await startServer(answer(200, "dt.example.com", { "x-odps-request-id": "2026ABC" }));
    const response = await quickTransport()(request(server.endpoint));
    const error = await failure(response.json());
    expect([error.code, error.retryable, error.requestId]).toEqual(["invalid-response", false, "2026ABC"]);
    expect(error.message).toBe(
      "try something: Expected JSON, got 14 characters of something else (status 200, request id 2026ABC)",
    );
  });

  it("to a data GET is streamed: its first bytes are here while the rest is not sent yet", async () => {
    let finish: () => void = () => undefined;
    await using server = await startServer((_, response) => {
      response.writeHead(200).write("first");
      finish = () => response.end(" last");
    });
    const response = await quickTransport()(request(server.endpoint, { kind: "data" }));
    const reader = response.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe("first");
    finish();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe(" last");
    expect((await reader.read()).done).toBe(true);
  });
});

describe("credentials", () => {
  it("are asked for before every attempt, so that keys can rotate in the middle of an upload", async () => {
    await using server = await startServer(answer(503), answer(503), answer(200));
    const keys = ["key-one", "key-two", "key-three"];
    const given: string[] = [];
    const transport = quickTransport({
      credentials: async () => {
        const accessKeyId = keys[given.length]!;
        given.push(accessKeyId);
        return { ...accessKey, accessKeyId };
      },
    });
    const body = { kind: "chunks", chunks: [randomBytes(100)] } as const;
    await transport(request(server.endpoint, { method: "PUT", kind: "data", body }));
    expect(server.seen.map(({ headers }) => parseAuthorization(headers.authorization!)?.accessKeyId)).toEqual(
      keys,
    );
    expect(server.seen.every((seen) => isAuthentic(seen))).toBe(true);
  });

  it("that no header can carry are refused without being shown", async () => {
    await using server = await startServer(answer(200));
    const cases = [
      {
        credentials: { ...accessKey, accessKeySecret: "" },
        message: "the access key secret is missing or empty",
      },
      {
        credentials: { ...accessKey, accessKeyId: undefined as unknown as string },
        message: "the access key id is missing or empty",
      },
      { credentials: undefined as unknown as typeof accessKey, message: "the credentials are missing" },
      {
        credentials: { ...accessKey, securityToken: "from-a-file\n" },
        message:
          "the security token has a blank, line break or other character around or in it that no header can carry",
      },
      { credentials: { kind: "bearer", token: " jwt" } as const, message: "the bearer token has a blank" },
    ];
    for (const { credentials, message } of cases) {
      const error = await failure(createTransport({ credentials })(request(server.endpoint)));
      expect(error.code).toBe("credentials");
      expect(error.message).toContain(message);
      expect(error.message).not.toMatch(/from-a-file|jwt/);
    }
    expect(server.seen).toHaveLength(0);
  });

  it("of a provider that fails are an error that keeps the cause", async () => {
    const cause = new Error("metadata service away");
    const credentials = () => Promise.reject(cause);
    const error = await failure(createTransport({ credentials })(request("http://127.0.0.1:1")));
    expect([error.code, error.retryable, error.cause]).toEqual(["credentials", false, cause]);
  });
});

describe("a part passed in that is broken", () => {
  const defect = new TypeError("x is not a function");
  const broken = () => {
    throw defect;
  };

  it("is thrown as it is, once, and not taken for the network", async () => {
    const call = createTransport({ credentials: accessKey, clock: broken })(request("http://127.0.0.1:1"));
    await expect(call).rejects.toBe(defect);
  });

  it("and cannot sign is named so", async () => {
    const transport = createTransport({ credentials: accessKey, hmac: { sha1: broken, sha256: broken } });
    const error = await failure(transport(request("http://127.0.0.1:1")));
    expect([error.code, error.retryable, error.cause]).toEqual(["credentials", false, defect]);
  });
});

describe("a request that can never be sent", () => {
  it.each([
    ["", "Expected an endpoint such as https://dt.cn-hangzhou.maxcompute.aliyun.com"],
    ["dt.example.com", "Expected an endpoint such as https://dt.cn-hangzhou.maxcompute.aliyun.com"],
    ["ftp://dt.example.com", "Expected an endpoint with http:// or https://, got ftp:"],
    [
      "https://user:hunter2@dt.example.com",
      "Expected an endpoint of host and path only, got more on dt.example.com",
    ],
    [
      "https://dt.example.com/?token=hunter2",
      "Expected an endpoint of host and path only, got more on dt.example.com",
    ],
  ])("to the endpoint %j is refused with a reason and without its secrets", async (endpoint, reason) => {
    const error = await failure(quickTransport()(request(endpoint)));
    expect([error.code, error.attempts]).toEqual(["invalid-request", 0]);
    expect(error.message).toBe(`try something: ${reason}`);
  });

  it.each(["..", ".", ""])(
    "to a path segment %j is refused: it would lead to another resource",
    async (segment) => {
      const error = await failure(
        quickTransport()(request("http://127.0.0.1:1", { path: ["projects", segment] })),
      );
      expect(error.message).toBe(`try something: Expected a name as path segment, got "${segment}"`);
    },
  );

  it("with a header that HTTP cannot carry is refused by name", async () => {
    const error = await failure(
      quickTransport()(request("http://127.0.0.1:1", { headers: { "odps-tunnel-tags": "中" } })),
    );
    expect(error.code).toBe("invalid-request");
    expect(error.message).toContain("the header odps-tunnel-tags has a character in it");
  });

  it("with half a surrogate pair in a name is refused", async () => {
    const error = await failure(quickTransport()(request("http://127.0.0.1:1", { path: ["a\ud800"] })));
    expect(error.code).toBe("invalid-request");
  });
});

import { randomBytes } from "node:crypto";
import { getEventListeners, once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createTransport } from "../src/index.ts";
import { accessKey, failure, heldSleep, quickTransport, request, timeouts } from "./support/powers.ts";
import { answer, hangUp, startServer } from "./support/scripted-server.ts";

/** A transport in which time stands still until the test lets it pass. */
function heldTransport() {
  const held = heldSleep();
  const transport = createTransport({
    credentials: accessKey,
    sleep: held.sleep,
    timeouts,
    retry: { maxAttempts: 1 },
  });
  return { ...held, transport };
}

const megabytes = (count: number) => Array.from({ length: count }, () => new Uint8Array(1024 * 1024));

describe("a connection that breaks", () => {
  it("before the answer is tried again", async () => {
    await using server = await startServer(hangUp, answer(200, "done"));
    const response = await quickTransport()(request(server.endpoint, { method: "POST" }));
    expect([response.attempts, await response.text()]).toEqual([2, "done"]);
  });

  it("in the middle of a body has the whole body sent again, byte for byte", async () => {
    const chunks = [randomBytes(5_000_000), randomBytes(3_000_000)];
    await using server = await startServer((incoming) => {
      incoming.once("data", () => incoming.socket.resetAndDestroy());
    }, answer(200));
    const body = { kind: "chunks", chunks } as const;
    const response = await quickTransport()(request(server.endpoint, { method: "PUT", kind: "data", body }));
    expect(response.attempts).toBe(2);
    expect(server.seen[1]!.body.equals(Buffer.concat(chunks))).toBe(true);
  });

  it("in the middle of a control answer has the request made again", async () => {
    await using server = await startServer(
      (incoming, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"UploadID":', () => setImmediate(() => incoming.socket.resetAndDestroy()));
      },
      answer(200, '{"UploadID":"1"}'),
    );
    const response = await quickTransport()(request(server.endpoint));
    expect([response.attempts, await response.json()]).toEqual([2, { UploadID: "1" }]);
  });

  it("in the middle of streamed data reaches the reader as a TunnelError", async () => {
    await using server = await startServer((incoming, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("some", () => setTimeout(() => incoming.socket.resetAndDestroy(), 20));
    });
    const response = await quickTransport()(request(server.endpoint, { kind: "data" }));
    const error = await failure(response.text());
    expect([error.code, error.retryable]).toEqual(["network", true]);
  });

  it("stops the source: nothing is pulled from it after the attempt", async () => {
    await using server = await startServer((incoming) => {
      incoming.once("data", () => incoming.socket.resetAndDestroy());
    });
    let pulled = 0;
    let isReturned = false;
    async function* rows() {
      try {
        for (;;) {
          pulled++;
          yield new Uint8Array(64 * 1024);
        }
      } finally {
        isReturned = true;
      }
    }
    const body = { kind: "stream", stream: rows() } as const;
    const error = await failure(
      quickTransport()(request(server.endpoint, { method: "PUT", kind: "data", body })),
    );
    expect([error.code, error.attempts]).toEqual(["network", 1]);
    await expect.poll(() => isReturned).toBe(true);
    const pulledAtTheEnd = pulled;
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(pulled).toBe(pulledAtTheEnd);
  });

  it("that was never there is named with its reason and without a header", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const transport = quickTransport({ retry: { maxAttempts: 2 } });
    const error = await failure(transport(request(`http://127.0.0.1:${port}`)));
    expect([error.code, error.attempts, error.sent]).toEqual(["network", 2, "no"]);
    expect(error.message).toBe(
      `try something: the exchange with http://127.0.0.1:${port} failed: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/authorization|ODPS LTAI4/i);
  });

  it("that was there for a first attempt may have brought the request over", async () => {
    const server = createServer((socket) => {
      socket.once("data", () => {
        server.close();
        socket.resetAndDestroy();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const transport = quickTransport({ retry: { maxAttempts: 2 } });
    const error = await failure(transport(request(`http://127.0.0.1:${port}`)));
    expect(error.message).toContain("ECONNREFUSED");
    expect([error.code, error.attempts, error.sent]).toEqual(["network", 2, "maybe"]);
  });

  it("to a port that fetch never connects to is refused as a request", async () => {
    const error = await failure(quickTransport()(request("http://127.0.0.1:9")));
    expect([error.code, error.attempts, error.sent]).toEqual(["invalid-request", 1, "no"]);
    expect(error.message).toContain(
      "the exchange with http://127.0.0.1:9 cannot be made: port 9 is one of those that fetch never connects to",
    );
  });

  it("to a host that does not exist is not tried again", async () => {
    const error = await failure(quickTransport()(request("http://no-such-host.invalid")));
    expect([error.code, error.retryable, error.attempts]).toEqual(["network", false, 1]);
    expect(error.sent).toBe("no");
  });
});

describe("an answer that comes too early", () => {
  it("is no success: the body was not stored whole", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200).end();
    });
    const body = { kind: "chunks", chunks: megabytes(64) } as const;
    const transport = quickTransport({ retry: { maxAttempts: 1 } });
    const error = await failure(transport(request(server.endpoint, { method: "PUT", kind: "data", body })));
    expect([error.code, error.status]).toEqual(["network", 200]);
    expect(error.message).toBe("try something: the service answered 200 before it had the whole body");
  });
});

describe("a phase that takes too long", () => {
  it("is a timeout when the server never answers", async () => {
    await using server = await startServer(() => undefined);
    const { transport, pass } = heldTransport();
    const call = failure(transport(request(server.endpoint)));
    await pass(timeouts.firstByteMs);
    const error = await call;
    expect([error.code, error.retryable]).toEqual(["timeout", true]);
    expect(error.message).toBe(
      `try something: ${server.endpoint} did not take or answer the request for ${timeouts.firstByteMs} ms`,
    );
  });

  it("is a timeout when the server has everything and does not answer", async () => {
    let hasEverything = false;
    await using server = await startServer((incoming) => {
      incoming.resume().on("end", () => {
        hasEverything = true;
      });
    });
    const { transport, pass } = heldTransport();
    const body = { kind: "chunks", chunks: megabytes(3) } as const;
    const call = failure(transport(request(server.endpoint, { method: "PUT", kind: "data", body })));
    await expect.poll(() => hasEverything).toBe(true);
    await pass(timeouts.firstByteMs);
    expect((await call).message).toContain("did not answer after the last byte of the request");
  });

  it("is a timeout when the server stops reading", async () => {
    await using server = await startServer((incoming) => {
      incoming.pause();
    });
    const { transport, pass } = heldTransport();
    const body = { kind: "chunks", chunks: megabytes(64) } as const;
    const call = failure(transport(request(server.endpoint, { method: "PUT", kind: "data", body })));
    await pass(timeouts.idleMs);
    const error = await call;
    expect([error.code, error.retryable]).toEqual(["timeout", true]);
    expect(error.message).toContain("did not take any more of the request's bytes");
  });

  it("is a timeout when a streamed answer stops", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200).write("some");
    });
    const { transport, pass, pending } = heldTransport();
    const response = await transport(request(server.endpoint, { kind: "data" }));
    expect(pending()).toEqual([]);
    const reading = failure(response.text());
    await pass(timeouts.idleMs);
    expect((await reading).message).toContain("did not send any more of the answer's bytes");
  });

  it("in an error's body does not hide the error", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(409).write('{"Code":"StatusConflict","Message":"closed"');
    });
    const { transport, pass } = heldTransport();
    const call = failure(transport(request(server.endpoint)));
    await pass(timeouts.idleMs);
    const error = await call;
    expect([error.code, error.status, error.serviceCode]).toEqual(["conflict", 409, "StatusConflict"]);
    expect(error.message).toContain("StatusConflict: closed");
  });

  it("does not run while the caller's own stream has nothing", async () => {
    await using server = await startServer(answer(200));
    const { transport, pending } = heldTransport();
    const waitsSeen: (readonly number[])[] = [];
    async function* slowRows() {
      for (let row = 0; row < 3; row++) {
        yield new Uint8Array(1000);
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        waitsSeen.push(pending());
      }
    }
    const body = { kind: "stream", stream: slowRows() } as const;
    await transport(request(server.endpoint, { method: "PUT", kind: "data", body }));
    expect(waitsSeen).toEqual([[timeouts.callMs], [timeouts.callMs], [timeouts.callMs]]);
    expect(pending()).toEqual([]);
  });

  it("of the whole call ends it for good", async () => {
    await using server = await startServer(() => undefined);
    const { transport, pass } = heldTransport();
    const call = failure(transport(request(server.endpoint)));
    await pass(timeouts.callMs);
    const error = await call;
    expect([error.code, error.retryable]).toEqual(["timeout", false]);
    expect(error.message).toBe(`try something: took longer than ${timeouts.callMs} ms`);
  });

  it("of the whole call ends a pause, and the failure before it is not forgotten", async () => {
    await using server = await startServer(answer(503, '{"Code":"ServiceUnavailable","Message":"busy"}'));
    const held = heldSleep();
    const transport = createTransport({
      credentials: accessKey,
      sleep: held.sleep,
      timeouts,
      random: () => 0.999,
    });
    const call = failure(transport(request(server.endpoint)));
    await expect.poll(held.pending).toContain(999);
    await held.pass(timeouts.callMs);
    const error = await call;
    expect(error.code).toBe("timeout");
    expect(error.message).toContain("the last attempt failed with: try something: ServiceUnavailable: busy");
    expect(held.pending()).toEqual([]);
  });
});

describe("the caller's signal", () => {
  const reason = new Error("changed my mind");

  it("that has aborted already sends nothing", async () => {
    await using server = await startServer(answer(200));
    const signal = AbortSignal.abort(reason);
    const error = await failure(quickTransport()(request(server.endpoint, { signal })));
    expect([error.code, error.retryable, error.cause]).toEqual(["aborted", false, reason]);
    expect(server.seen).toHaveLength(0);
  });

  it("ends an upload under way and lets the source go", async () => {
    await using server = await startServer((incoming) => {
      incoming.resume();
    });
    const controller = new AbortController();
    let isReturned = false;
    async function* rows() {
      try {
        for (let row = 0; ; row++) {
          if (row === 20) controller.abort(reason);
          yield new Uint8Array(64 * 1024);
        }
      } finally {
        isReturned = true;
      }
    }
    const body = { kind: "stream", stream: rows() } as const;
    const upload = request(server.endpoint, { method: "PUT", kind: "data", body, signal: controller.signal });
    const error = await failure(quickTransport()(upload));
    expect([error.code, error.cause]).toEqual(["aborted", reason]);
    await expect.poll(() => isReturned).toBe(true);
  });

  it("ends a pause between attempts", async () => {
    await using server = await startServer(answer(503));
    const controller = new AbortController();
    const held = heldSleep();
    const transport = createTransport({
      credentials: accessKey,
      sleep: held.sleep,
      timeouts,
      random: () => 0.999,
    });
    const call = failure(transport(request(server.endpoint, { signal: controller.signal })));
    await expect.poll(held.pending).toContain(999);
    controller.abort(reason);
    expect((await call).code).toBe("aborted");
    expect(server.seen).toHaveLength(1);
  });

  it("ends a credentials provider that knows no signal", async () => {
    const controller = new AbortController();
    const transport = quickTransport({ credentials: () => new Promise(() => undefined) });
    const call = failure(transport(request("http://127.0.0.1:1", { signal: controller.signal })));
    controller.abort(reason);
    expect((await call).code).toBe("aborted");
  });

  it("ends a streamed answer after the call has settled", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200).write("some");
    });
    const controller = new AbortController();
    const response = await quickTransport()(
      request(server.endpoint, { kind: "data", signal: controller.signal }),
    );
    const reading = failure(response.text());
    controller.abort(reason);
    expect((await reading).code).toBe("aborted");
  });

  it("may be shared by many requests and keeps none of their listeners", async () => {
    await using server = await startServer(answer(200, "rows"));
    const { signal } = new AbortController();
    const transport = quickTransport();
    const calls = Array.from({ length: 30 }, async (_, call) => {
      const response = await transport(
        request(server.endpoint, { kind: call % 2 === 0 ? "data" : "control", signal }),
      );
      return response.text();
    });
    expect(await Promise.all(calls)).toEqual(calls.map(() => "rows"));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

describe("a stream to be sent that fails", () => {
  it("is named as the reason, with its own error as the cause", async () => {
    await using server = await startServer(answer(200));
    const cause = new Error("disk gone");
    async function* rows() {
      yield new Uint8Array(10);
      throw cause;
    }
    const body = { kind: "stream", stream: rows() } as const;
    const error = await failure(
      quickTransport()(request(server.endpoint, { method: "PUT", kind: "data", body })),
    );
    expect([error.code, error.retryable, error.cause]).toEqual(["body-source", false, cause]);
  });

  it("because it gives something else than bytes is told so", async () => {
    await using server = await startServer(answer(200));
    const stream = (async function* () {
      yield "text" as unknown as Uint8Array;
    })();
    const put = request(server.endpoint, { method: "PUT", kind: "data", body: { kind: "stream", stream } });
    const error = await failure(quickTransport()(put));
    expect(error.code).toBe("body-source");
    expect((error.cause as Error).message).toBe("Expected the stream to give Uint8Array, got string");
  });
});

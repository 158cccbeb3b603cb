import { inspect } from "node:util";
import { secretWatch } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import type { LogFields, Logger, Span, Tracer } from "../src/index.ts";
import { accessKey, failure, quickTransport, request } from "./support/powers.ts";
import { answer, startServer } from "./support/scripted-server.ts";

function recordingLogger() {
  const lines: { level: string; message: string; fields: LogFields }[] = [];
  const at = (level: string) => (message: string, fields: LogFields) => {
    secretWatch().look(`${message} ${JSON.stringify(fields)}`, "a log line");
    lines.push({ level, message, fields });
  };
  return { lines, logger: { debug: at("debug"), info: at("info"), warn: at("warn") } satisfies Logger };
}

function recordingTracer() {
  const calls: unknown[][] = [];
  const note = (call: unknown[]) => {
    secretWatch().look(inspect(call, { depth: null }), "a span");
    calls.push(call);
  };
  const record =
    (name: string) =>
    (...values: unknown[]) => {
      note([name, ...values]);
    };
  const span: Span = {
    setAttribute: record("setAttribute"),
    addEvent: record("addEvent"),
    recordException: record("recordException"),
    setStatus: record("setStatus"),
    end: record("end"),
  };
  const tracer: Tracer = {
    startSpan: (...values) => {
      note(["startSpan", ...values]);
      return span;
    },
  };
  return { calls, tracer };
}

describe("whoever sends a request", () => {
  it("is told before it is sent again, and cannot stop that by throwing", async () => {
    await using server = await startServer(answer(503, ""), answer(503, ""), answer(200, ""));
    const attempts: number[] = [];
    const onRetry = (attempt: number): never => {
      attempts.push(attempt);
      throw new Error("not the upload's business");
    };
    const response = await quickTransport()(request(server.endpoint, { method: "GET", onRetry }));
    expect([response.attempts, attempts]).toEqual([3, [2, 3]]);
  });
});

describe("a logger", () => {
  it("is told of every attempt and every pause, and of no secret", async () => {
    await using server = await startServer(
      answer(503, '{"Code":"ServiceUnavailable","Message":"m"}', { "x-odps-request-id": "R1" }),
      answer(200, "", { "x-odps-request-id": "R2" }),
    );
    const { lines, logger } = recordingLogger();
    const transport = quickTransport({
      logger,
      clock: () => 0,
      random: () => 0.5,
      credentials: { ...accessKey, securityToken: "sts-token-value" },
    });
    await transport(request(server.endpoint, { method: "POST", query: { uploads: "" } }));
    const about = {
      operation: "try something",
      method: "POST",
      origin: server.endpoint,
      path: "/projects/p",
    };
    const refused = {
      attempt: 1,
      code: "server",
      status: 503,
      serviceCode: "ServiceUnavailable",
      requestId: "R1",
    };
    expect(lines).toEqual([
      { level: "debug", message: "request failed", fields: { ...about, ...refused, durationMs: 0 } },
      { level: "warn", message: "trying again", fields: { ...about, ...refused, waitMs: 500 } },
      {
        level: "debug",
        message: "request answered",
        fields: { ...about, attempt: 2, status: 200, requestId: "R2", durationMs: 0 },
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/sts-token-value|exampleSecret|ODPS /);
  });

  it("that throws does not disturb the request", async () => {
    await using server = await startServer(answer(200));
    const logger: Logger = {
      debug: () => {
        throw new Error("log disk full");
      },
    };
    expect((await quickTransport({ logger })(request(server.endpoint))).status).toBe(200);
  });
});

describe("a tracer", () => {
  it("gets one span for a call with its retries and outcome", async () => {
    await using server = await startServer(answer(500), answer(201, "", { "x-odps-request-id": "R2" }));
    const { calls, tracer } = recordingTracer();
    await quickTransport({ tracer, random: () => 0.5 })(request(server.endpoint));
    const attributes = {
      "maxcompute.operation": "try something",
      "http.request.method": "GET",
      "server.address": "127.0.0.1",
      "url.path": "/projects/p",
    };
    expect(calls).toEqual([
      ["startSpan", "try something", { kind: 2, attributes }],
      ["addEvent", "retry", { "maxcompute.error_code": "server", "maxcompute.wait_ms": 500 }],
      ["setAttribute", "http.response.status_code", 201],
      ["setAttribute", "maxcompute.attempts", 2],
      ["setAttribute", "maxcompute.request_id", "R2"],
      ["end"],
    ]);
  });

  it("gets the error of a call that failed", async () => {
    await using server = await startServer(answer(404, '{"Code":"NoSuchTable","Message":"m"}'));
    const { calls, tracer } = recordingTracer();
    const error = await failure(quickTransport({ tracer })(request(server.endpoint)));
    expect(calls.slice(1)).toEqual([
      ["setAttribute", "error.type", "not-found"],
      ["setAttribute", "http.response.status_code", 404],
      ["setAttribute", "maxcompute.service_code", "NoSuchTable"],
      ["setAttribute", "maxcompute.attempts", 1],
      ["recordException", error],
      ["setStatus", { code: 2, message: error.message }],
      ["end"],
    ]);
  });
});

import { inspect } from "node:util";
import { type Answer, json, rejection, secretWatch, serve, watched } from "@maxcompute-tunnel/testkit";
import {
  createMemoryJournals,
  createTunnel,
  isSessionError,
  isTableTunnelError,
  isTunnelError,
  isWriterError,
} from "maxcompute-tunnel";
import { describe, expect, it } from "vitest";
import { impatientClock, patience } from "../support/impatient-clock.ts";

const secrets = { accessKeySecret: "quoted-secret-of-key", securityToken: "quoted-token-of-key" } as const;
const isFailure = (error: unknown) =>
  isTunnelError(error) || isSessionError(error) || isWriterError(error) || isTableTunnelError(error);

const session = {
  ...{ UploadID: "u1", Status: "normal" },
  Schema: { columns: [{ name: "id", type: "bigint" }], partitionKeys: [] },
};

/** Says back, in some place, every header that it was sent. */
function quoting(answer: (quote: string) => Answer): Answer {
  return (seen, response) =>
    answer(`${seen.headers.authorization} ${JSON.stringify(seen.headers)}`)(seen, response);
}

const refusing =
  (status: number, body: (quote: string) => string): ((quote: string) => Answer) =>
  (quote) =>
  (_, response) => {
    response.writeHead(status).end(body(quote));
  };

describe("a service that quotes what it was sent", () => {
  it.each<[where: string, answer: (quote: string) => Answer]>([
    ["a refusal in JSON", refusing(403, (Message) => JSON.stringify({ Code: "NoPermission", Message }))],
    ["the code of a refusal", refusing(400, (Code) => JSON.stringify({ Code, Message: "no" }))],
    [
      "a refusal in XML",
      refusing(403, (quote) => `<Error><Code>No</Code><Message><![CDATA[${quote}]]></Message></Error>`),
    ],
    ["a failure that is tried again", refusing(503, (Message) => JSON.stringify({ Code: "Busy", Message }))],
    ["a page of a proxy", refusing(502, (quote) => `<html>${quote}</html>`)],
    ["an answer that is no JSON", refusing(200, (quote) => quote)],
    ["the session's id", (quote) => json({ ...session, UploadID: quote })],
    ["the session's status", (quote) => json({ ...session, Status: quote })],
    [
      "the type of a column",
      (quote) => json({ ...session, Schema: { columns: [{ name: "id", type: quote }] } }),
    ],
    ["the list of blocks", (quote) => json({ ...session, UploadedBlockList: [{ BlockID: quote }] })],
    ["the id of the request", (quote) => json(7, { "x-odps-request-id": quote.slice(0, 200) })],
    [
      "where it redirects to",
      (quote) => (_, response) => {
        response.writeHead(302, { location: `http://127.0.0.1:1/${encodeURIComponent(quote)}` }).end();
      },
    ],
  ])("in %s finds none of it in errors, log lines, spans and events", async (_, answer) => {
    await using server = await serve(quoting(answer));
    const told: unknown[] = [];
    const tell =
      (what: string) =>
      (...values: unknown[]) =>
        void told.push([what, ...values]);
    const span = {
      ...{ setAttribute: tell("attribute"), addEvent: tell("event"), recordException: tell("exception") },
      ...{ setStatus: tell("status"), end: tell("end") },
    };
    await using tunnel = createTunnel({
      ...{ tunnelEndpoint: server.endpoint, project: "proj", clock: impatientClock(), timeouts: patience },
      credentials: { accessKeyId: "quoted-id", ...secrets },
      retry: { maxAttempts: 2 },
      logger: { debug: tell("debug"), info: tell("info"), warn: tell("warn") },
      tracer: {
        startSpan(...values) {
          tell("span")(...values);
          return span;
        },
      },
    });
    const upload = tunnel.upload("t", [{ id: 1n }], {
      job: "quoted",
      journal: createMemoryJournals(),
      onEvent: watched(tell("progress")),
    });
    told.push(await rejection(upload, isFailure));
    const text = inspect(told, {
      depth: null,
      showHidden: true,
      maxStringLength: null,
      maxArrayLength: null,
    });
    secretWatch().look(text, "what was told");
    expect(told.length).toBeGreaterThan(2);
    for (const { headers } of server.seen) {
      const signature = `${headers.authorization}`.split(":").at(-1) ?? "";
      expect(signature.length).toBeGreaterThan(20);
      expect(text).not.toContain(signature);
    }
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  });
});

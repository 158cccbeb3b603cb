import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Answers a request whose body has been read. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export interface TestServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly seen: SeenRequest[];
}

/** A real HTTP server on loopback. */
export async function serve(answer: Answer): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const url = new URL(request.url ?? "", "http://test");
    const record: SeenRequest = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    seen.push(record);
    await answer(record, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The n-th request gets the n-th answer, all further ones the last. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let next = 0;
  return (request, response) => {
    const answer = answers[Math.min(next, answers.length - 1)];
    next += 1;
    return answer?.(request, response);
  };
}

export function json(document: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "x-odps-request-id": "r-1", ...headers });
    response.end(JSON.stringify(document));
  };
}

export function text(status: number, body: string): Answer {
  return (_, response) => {
    response.writeHead(status, { "x-odps-request-id": "r-1" });
    response.end(body);
  };
}

export function refusal(status: number, Code: string, Message = "no"): Answer {
  return text(status, JSON.stringify({ Code, Message }));
}

/** Ends the connection without an answer. */
export const hangUp: Answer = (_, response) => {
  response.destroy();
};

/** An upload session as the service describes it; members can be replaced. */
export function uploadAnswer(
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    UploadID: "u1",
    Status: "normal",
    Initiated: new Date().toUTCString(),
    MaxFieldSize: 8388608,
    QuotaName: "",
    Schema: {
      columns: [
        { column_id: "0", name: "id", type: "bigint", nullable: true, comment: "" },
        { column_id: "1", name: "name", type: "string", nullable: true, comment: "" },
      ],
      partitionKeys: [],
    },
    UploadedBlockList: [],
    ...more,
  };
}

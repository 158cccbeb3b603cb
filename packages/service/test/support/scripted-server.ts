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

export function text(status: number, body: string): Answer {
  return (_, response) => {
    response.writeHead(status, { "x-odps-request-id": "r-1" });
    response.end(body);
  };
}

export function xml(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/xml", "x-odps-request-id": "r-1", ...headers });
    response.end(`<?xml version="1.0"?>\n${body}`);
  };
}

export function refusal(
  status: number,
  code: string,
  message = "no",
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return xml(
    `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>r-1</RequestId><HostId>h</HostId></Error>`,
    headers,
    status,
  );
}

/** Ends the connection without an answer. */
export const hangUp: Answer = (_, response) => {
  response.destroy();
};

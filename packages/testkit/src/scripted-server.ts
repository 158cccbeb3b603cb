import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Loopback, listenOnLoopback } from "./loopback.ts";

/** A request whose body has been read. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Answers a request, in its own time, or breaks its connection. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** A server that tells what it was sent. */
export interface ScriptedServer extends Loopback {
  /** Every request whose body came whole, in the order of arrival. */
  readonly seen: readonly SeenRequest[];
}

/** A real HTTP server on loopback that answers as it is told. */
export async function serve(answer: Answer): Promise<ScriptedServer> {
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
  return { ...(await listenOnLoopback(server)), seen };
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

/** 200 with a JSON document. */
export function json(document: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "x-odps-request-id": "r-1", ...headers });
    response.end(JSON.stringify(document));
  };
}

/** Some text, without saying what it is. */
export function text(status: number, body: string): Answer {
  return (_, response) => {
    response.writeHead(status, { "x-odps-request-id": "r-1" });
    response.end(body);
  };
}

/** Ends the connection without an answer. */
export const hangUp: Answer = (_, response) => {
  response.destroy();
};

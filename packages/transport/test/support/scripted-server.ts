import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Loopback, listenOnLoopback } from "@maxcompute-tunnel/testkit";

/** What arrived of one request; `body` grows while it comes in. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly socket: Socket;
  body: Buffer;
}

/** Answers one request; it may read, ignore, stall or break the connection as it likes. */
export type Step = (
  request: IncomingMessage,
  response: ServerResponse,
  seen: SeenRequest,
) => void | Promise<void>;

export interface ScriptedServer extends Loopback {
  readonly seen: readonly SeenRequest[];
}

/** A real HTTP server whose n-th request is handled by the n-th step, all further ones by the last. */
export async function startServer(...steps: readonly Step[]): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const record: SeenRequest = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      socket: request.socket,
      body: Buffer.alloc(0),
    };
    const step = steps[Math.min(seen.length, steps.length - 1)];
    seen.push(record);
    request.on("error", () => undefined);
    void step?.(request, response, record);
  });
  server.keepAliveTimeout = 30_000;
  return { ...(await listenOnLoopback(server)), seen };
}

/** Reads the whole body, then answers. */
export function answer(
  status: number,
  body: string | Uint8Array = "",
  headers: Record<string, string> = {},
): Step {
  return async (request, response, seen) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    seen.body = Buffer.concat(pieces);
    response.writeHead(status, headers).end(body);
  };
}

/** Breaks the connection without an answer. */
export const hangUp: Step = (request) => {
  request.socket.resetAndDestroy();
};

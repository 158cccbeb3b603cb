import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import { EmulatorError } from "../errors.ts";
import type { NewId } from "./ids.ts";
import type { ResolvedLimits } from "./limits.ts";
import type { RequestHandler } from "./request-handler.ts";

/** A server that accepts requests. */
export interface HttpServer {
  readonly port: number;
  /** Accepts nothing new, ends what is under way, and resolves when all connections are gone. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  readonly port: number;
  readonly host: string;
  readonly limits: ResolvedLimits;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly handler: RequestHandler;
}

/**
 * Starts serving routes.
 *
 * @throws EmulatorError `address-in-use` when the port is taken
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { limits, handler } = options;
  const server = createServer(
    {
      // A block may take hours: the body has no deadline, only the idle rule that routes apply.
      requestTimeout: 0,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 10_000),
      // The default of 5 s resets connections that clients are about to use again.
      keepAliveTimeout: limits.idleConnectionMs,
      maxHeaderSize: limits.headerBytes,
      noDelay: true,
    },
    (request, response) => {
      void handler.serve(request, response);
    },
  );
  server.on("clientError", (error, socket) => {
    refuseUnreadable(error, socket, options.newId(options.clock.now()));
  });
  server.maxRequestsPerSocket = 0;
  server.timeout = 0;
  server.maxConnections = limits.connections;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const port = await listen(server, options);

  let closed: Promise<void> | undefined;
  return {
    port,
    close() {
      closed ??= (async () => {
        const ended = new Promise<void>((resolve) => server.close(() => resolve()));
        const stopped = handler.stop();
        for (const socket of sockets) {
          socket.destroy();
        }
        await ended;
        await stopped;
      })();
      return closed;
    },
  };
}

async function listen(
  server: Server,
  { port, host }: Pick<HttpServerOptions, "port" | "host">,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      reject(
        new EmulatorError(
          taken ? "address-in-use" : "invalid-option",
          taken ? `Port ${port} of ${host} is in use` : `Cannot listen on port ${port}: ${cause.message}`,
          { cause },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Answers what is not HTTP, or has headers beyond all measure; nothing is known of the request. */
function refuseUnreadable(error: Error, socket: Duplex, requestId: string): void {
  const code = "code" in error ? error.code : undefined;
  if (socket.destroyed || !socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status = unreadableStatuses[code as keyof typeof unreadableStatuses] ?? "400 Bad Request";
  socket.end(
    `HTTP/1.1 ${status}\r\nx-odps-request-id: ${requestId}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
  );
}

const unreadableStatuses = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
} as const;

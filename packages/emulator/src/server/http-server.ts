import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Authenticator } from "../auth/authenticate.ts";
import { requirePermission } from "../auth/permissions.ts";
import type { Clock } from "../clock.ts";
import { EmulatorError } from "../errors.ts";
import type { EmulatorLogger, RequestRecord } from "../options.ts";
import { asRefusal, Refusal } from "../refusal.ts";
import { renderServiceError, renderTunnelError } from "../service/documents/error-document.ts";
import { idleConnectionMs } from "../storage/lifetimes.ts";
import { parseTarget } from "./call.ts";
import { drainRequest } from "./drain-request.ts";
import { newId } from "./ids.ts";
import type { ResolvedLimits } from "./limits.ts";
import type { Reply } from "./reply.ts";
import { createRouter, type Dialect, permissionOf, type Route } from "./router.ts";
import { writeReply } from "./write-reply.ts";

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
  readonly routes: readonly Route[];
  readonly authenticate: Authenticator;
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  /** Told about every answer. */
  readonly onAnswered: (record: RequestRecord) => void;
}

/**
 * Starts serving routes.
 *
 * @throws EmulatorError `address-in-use` when the port is taken
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { limits } = options;
  const findRoute = createRouter(options.routes);
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = newId(options.clock.now());
    const url = request.url ?? "/";
    const host = request.headers.host ?? "127.0.0.1";
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    let dialect: Dialect = "x-odps-tunnel-version" in request.headers ? "tunnel" : "service";
    let reply: Reply;
    let refusal: Refusal | undefined;
    try {
      const method = request.method ?? "GET";
      if (underWay.size >= limits.requests) {
        throw tooManyRequests(limits.requests);
      }
      if (url.length > limits.urlBytes) {
        throw new Refusal("InvalidURI", `A path and its query may have ${limits.urlBytes} bytes.`);
      }
      const target = { method, ...parseTarget(url) };
      const { route, names } = findRoute(target);
      dialect = route.dialect;
      const identity = options.authenticate({ method, url, headers: headerPairs(request.rawHeaders) });
      const project = names.get("project");
      if (project !== undefined) {
        requirePermission(identity, project, permissionOf(route));
      }
      reply = await route.handle({
        ...target,
        requestId,
        identity,
        request,
        host,
        name: (parameter) => names.get(parameter) ?? "",
        signal: AbortSignal.any([gone.signal, stopping.signal]),
        limits,
      });
    } catch (error) {
      refusal = asRefusal(error);
      if (refusal.status >= 500 && !stopping.signal.aborted) {
        options.logger.error({ requestId, error: refusal.cause ?? refusal }, "request failed");
      }
      reply = errorReply(refusal, dialect, { requestId, host });
    }
    const code = refusal === undefined ? {} : { code: refusal.code };
    options.onAnswered({ requestId, method: request.method ?? "", url, status: reply.status, ...code });
    await writeReply(response, reply, { requestId, clock: options.clock, idleMs: idleConnectionMs });
    if (refusal?.code === "RequestTimeOut") {
      request.destroy();
    } else {
      await drainRequest(request, options.clock);
    }
  };

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
      const done: Promise<void> = serve(request, response)
        .catch((error: unknown) => {
          options.logger.warn({ error }, "answer not delivered");
          response.destroy();
        })
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
  );
  server.on("clientError", (error, socket) => {
    refuseUnreadable(error, socket, newId(options.clock.now()));
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
        stopping.abort();
        for (const socket of sockets) {
          socket.destroy();
        }
        await ended;
        await Promise.all(underWay);
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

function errorReply(
  refusal: Refusal,
  dialect: Dialect,
  { requestId, host }: { readonly requestId: string; readonly host: string },
): Reply {
  const document = { code: refusal.code, message: refusal.message, requestId, hostId: host };
  return dialect === "tunnel"
    ? {
        status: refusal.status,
        headers: { "content-type": "application/json", ...refusal.headers },
        body: renderTunnelError(document),
      }
    : {
        status: refusal.status,
        headers: { "content-type": "application/xml", ...refusal.headers },
        body: renderServiceError(document),
      };
}

function tooManyRequests(limit: number): Refusal {
  return new Refusal("ServiceUnavailable", `${limit} requests are being served already; ask again later.`, {
    headers: { "retry-after": "1" },
  });
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

function headerPairs(raw: readonly string[]): (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  }
  return pairs;
}

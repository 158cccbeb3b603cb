import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Authenticator } from "../auth/authenticate.ts";
import { requirePermission } from "../auth/permissions.ts";
import type { Clock } from "../clock.ts";
import { type Control, isControlTarget } from "../control/control.ts";
import { EmulatorError } from "../errors.ts";
import { deliverAnswer } from "../faults/deliver-answer.ts";
import type { RequestFacts } from "../faults/fault-book.ts";
import { noFaults } from "../faults/fault-plan.ts";
import type { FaultRegister } from "../faults/faults.ts";
import { type FaultPowers, performWork, type Work } from "../faults/perform-work.ts";
import { requestFacts } from "../faults/request-facts.ts";
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
  /** What goes wrong. */
  readonly faults: FaultRegister;
  readonly faultPowers: Pick<FaultPowers, "limitDisk" | "endSession">;
  /** Answers requests below `/__emulator`. @default there is nothing */
  readonly control?: Control;
  /** Told about every answer, with the header fields of the request. */
  readonly onAnswered: (record: Omit<RequestRecord, "headers">, headers: IncomingMessage["headers"]) => void;
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
  const faultPowers = { ...options.faultPowers, clock: options.clock, stopping: stopping.signal };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = newId(options.clock.now());
    const url = request.url ?? "/";
    const host = request.headers.host ?? "127.0.0.1";
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, stopping.signal]);
    if (options.control !== undefined && isControlTarget(url)) {
      await options.control(request, response, signal);
      return;
    }
    let dialect: Dialect = "x-odps-tunnel-version" in request.headers ? "tunnel" : "service";
    let work: Work;
    let refusal: Refusal | undefined;
    let facts: RequestFacts | undefined;
    let plan = noFaults;
    try {
      const method = request.method ?? "GET";
      if (underWay.size >= limits.requests) {
        throw tooManyRequests(limits.requests);
      }
      if (url.length > limits.urlBytes) {
        throw new Refusal("InvalidURI", `A path and its query may have ${limits.urlBytes} bytes.`);
      }
      const target = { method, ...parseTarget(url) };
      const match = findRoute(target);
      const { route, names } = match;
      facts = requestFacts(match, target.query);
      dialect = route.dialect;
      const identity = options.authenticate({ method, url, headers: headerPairs(request.rawHeaders) });
      const project = names.get("project");
      if (project !== undefined) {
        requirePermission(identity, project, permissionOf(route));
      }
      const name = (parameter: string): string => names.get(parameter) ?? "";
      const call = { ...target, requestId, identity, request, host, name, signal, limits };
      plan = options.faults.planFor(facts);
      work = await performWork(plan, call, route, faultPowers);
    } catch (error) {
      refusal = asRefusal(error);
      if (refusal.status >= 500 && !stopping.signal.aborted) {
        options.logger.error({ requestId, error: refusal.cause ?? refusal }, "request failed");
      }
      work = { reply: errorReply(refusal, dialect, { requestId, host }) };
    }
    const { reply, again } = work;
    const { clock } = options;
    options.onAnswered(
      {
        requestId,
        at: clock.now(),
        method: request.method ?? "",
        url,
        ...facts,
        status: reply.status,
        ...(refusal === undefined ? {} : { code: refusal.code }),
        ...(plan.rules.length === 0 ? {} : { faults: plan.rules }),
      },
      request.headers,
    );
    await deliverAnswer(plan, { response, reply, requestId, clock, idleMs: idleConnectionMs, signal });
    await again?.();
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
  // PyODPS takes NoSuchSchema for a schema version of a stream that is yet to come, and NoSuchObject for what is missing.
  const code = dialect === "service" && refusal.code === "NoSuchSchema" ? "NoSuchObject" : refusal.code;
  const document = { code, message: refusal.message, requestId, hostId: host };
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

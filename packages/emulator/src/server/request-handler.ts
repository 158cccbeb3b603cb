import type { IncomingMessage } from "node:http";
import type { Authenticator } from "../auth/authenticate.ts";
import { requirePermission } from "../auth/permissions.ts";
import type { Clock } from "../clock.ts";
import { type Control, isControlTarget } from "../control/control.ts";
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
import type { AnswerChannel } from "./answer-channel.ts";
import { parseTarget } from "./call.ts";
import { drainRequest } from "./drain-request.ts";
import type { NewId } from "./ids.ts";
import type { ResolvedLimits } from "./limits.ts";
import type { Reply } from "./reply.ts";
import { createRouter, type Dialect, permissionOf, type Route } from "./router.ts";

/** What requests are served with, however they arrive. */
export interface RequestHandlerOptions {
  readonly limits: ResolvedLimits;
  readonly routes: readonly Route[];
  readonly authenticate: Authenticator;
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly newId: NewId;
  /** What goes wrong. */
  readonly faults: FaultRegister;
  readonly faultPowers: Pick<FaultPowers, "limitDisk" | "endSession">;
  /** Answers requests below `/__emulator`. @default there is nothing */
  readonly control?: Control;
  /** Told about every answer, with the header fields of the request. */
  readonly onAnswered: (record: Omit<RequestRecord, "headers">, headers: IncomingMessage["headers"]) => void;
}

/** Serves requests one by one, and knows which are under way. */
export interface RequestHandler {
  /** Serves a request to its end. Never rejects: an answer that cannot be delivered cuts its connection. */
  serve(request: IncomingMessage, response: AnswerChannel): Promise<void>;
  /** Ends what is under way, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Makes the handler that every way into the emulator shares: find the route, check who asks, work, answer. */
export function createRequestHandler(options: RequestHandlerOptions): RequestHandler {
  const { limits } = options;
  const findRoute = createRouter(options.routes);
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const faultPowers = { ...options.faultPowers, clock: options.clock, stopping: stopping.signal };

  const serve = async (request: IncomingMessage, response: AnswerChannel): Promise<void> => {
    const requestId = options.newId(options.clock.now());
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

  return {
    serve(request, response) {
      const done: Promise<void> = serve(request, response)
        .catch((error: unknown) => {
          options.logger.warn({ error }, "answer not delivered");
          response.destroy();
        })
        .finally(() => underWay.delete(done));
      underWay.add(done);
      return done;
    },
    async stop() {
      stopping.abort();
      while (underWay.size > 0) {
        await Promise.all(underWay);
      }
    },
  };
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

function headerPairs(raw: readonly string[]): (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  }
  return pairs;
}

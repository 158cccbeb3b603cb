import type { IncomingMessage } from "node:http";
import type { AdjustableClock } from "../clock.ts";
import { EmulatorError } from "../errors.ts";
import type { FaultRegister } from "../faults/faults.ts";
import type { RequestRecord } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { AnswerChannel } from "../server/answer-channel.ts";
import { parseTarget } from "../server/call.ts";
import type { ResolvedLimits } from "../server/limits.ts";
import { readText } from "../service/read-text.ts";
import { denyControl } from "./control-guard.ts";
import { filterRequests } from "./filter-requests.ts";

/** What the control paths show and change. */
export interface ControlServices {
  readonly faults: FaultRegister;
  readonly clock: AdjustableClock;
  readonly requests: readonly RequestRecord[];
  readonly limits: ResolvedLimits;
}

/** Answers one request below `/__emulator`. */
export type Control = (
  request: IncomingMessage,
  response: AnswerChannel,
  signal: AbortSignal,
) => Promise<void>;

/** First segment of the paths that control the emulator. */
export const controlPath = "__emulator";

/** True for a request target below `/__emulator`. */
export function isControlTarget(url: string): boolean {
  return url === `/${controlPath}` || url.startsWith(`/${controlPath}/`);
}

/** Ten years: far enough for any test, and every date stays one that can be written. */
const longestAdvanceMs = 10 * 365 * 86_400_000;

/** Answers the paths that control a running emulator: fault rules, the request log, the clock. */
export function createControl(services: ControlServices): Control {
  return async (request, response, signal) => {
    const answer = await answerTo(request, services, signal);
    const body = `${JSON.stringify(answer.document)}\n`;
    response.writeHead(answer.status, {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // What was not read of a refused request is not waited for.
      ...(request.complete ? {} : { connection: "close" }),
    });
    response.end(body);
  };
}

interface ControlAnswer {
  readonly status: number;
  readonly document: object;
}

async function answerTo(
  request: IncomingMessage,
  services: ControlServices,
  signal: AbortSignal,
): Promise<ControlAnswer> {
  const { method = "GET", headers, url = "/" } = request;
  const denial = denyControl({ method, headers, peer: request.socket.remoteAddress });
  if (denial !== undefined) {
    return failure(denial.status, "denied", denial.message);
  }
  try {
    const { path, query } = parseTarget(url);
    const [, what = "", ...rest] = path;
    switch (`${method} ${what}${rest.length > 0 ? "/" : ""}`) {
      case "GET faults":
        return found({ faults: services.faults.list() });
      case "POST faults":
        return addFaults(services, await readJson(request, services, signal));
      case "DELETE faults":
        return found({ removed: services.faults.clear() });
      case "DELETE faults/":
        return removeFault(services, rest.join("/"));
      case "GET requests":
        return found({ requests: filterRequests(services.requests, query) });
      case "GET clock":
        return found(clockDocument(services));
      case "POST clock":
        return advance(services, await readJson(request, services, signal));
      default:
        return ["faults", "requests", "clock"].includes(what)
          ? failure(405, "not-allowed", `${method} is not offered for ${url}.`)
          : failure(404, "not-found", `There is nothing at ${url}; there are faults, requests and clock.`);
    }
  } catch (error) {
    if (error instanceof EmulatorError) {
      return failure(400, error.code, error.message, error.path);
    }
    if (error instanceof Refusal) {
      return failure(error.status, "not-read", error.message);
    }
    throw error;
  }
}

function addFaults({ faults }: ControlServices, document: unknown): ControlAnswer {
  const rules = Array.isArray(document)
    ? document.map((value: unknown, index) => ({ value, path: `[${index}]` }))
    : [{ value: document, path: "" }];
  const ids = new Set(faults.addAll(rules));
  return { status: 201, document: { faults: faults.list().filter(({ id }) => ids.has(id)) } };
}

function removeFault({ faults }: ControlServices, id: string): ControlAnswer {
  return faults.remove(id)
    ? found({ removed: 1 })
    : failure(404, "not-found", `There is no fault rule ${JSON.stringify(id)}.`);
}

function advance(services: ControlServices, document: unknown): ControlAnswer {
  const given = typeof document === "object" && document !== null ? Object.entries(document) : [];
  const [[name, advanceMs] = []] = given;
  if (given.length !== 1 || name !== "advanceMs" || !isDuration(advanceMs)) {
    return failure(
      400,
      "invalid-option",
      `Expected {"advanceMs": milliseconds from 0 to ${longestAdvanceMs}}, got ${JSON.stringify(document)?.slice(0, 100)}`,
    );
  }
  services.clock.advance(advanceMs);
  return found(clockDocument(services));
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= longestAdvanceMs;
}

function clockDocument({ clock }: ControlServices): object {
  const nowMs = clock.now();
  return { now: new Date(nowMs).toISOString(), nowMs };
}

async function readJson(
  request: IncomingMessage,
  { clock, limits }: ControlServices,
  signal: AbortSignal,
): Promise<unknown> {
  const text = await readText({ request, limits, signal }, clock);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmulatorError("invalid-option", `The body is not JSON: ${reason}`, { cause });
  }
}

function found(document: object): ControlAnswer {
  return { status: 200, document };
}

function failure(status: number, code: string, message: string, path?: string): ControlAnswer {
  return { status, document: { error: { code, message, ...(path === undefined ? {} : { path }) } } };
}

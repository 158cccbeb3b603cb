import type { IncomingMessage } from "node:http";
import type { Identity } from "../auth/authenticate.ts";
import { Refusal } from "../refusal.ts";
import type { ResolvedLimits } from "./limits.ts";

/** A request on its way to the route that serves it. */
export interface Call {
  readonly requestId: string;
  readonly method: string;
  /** Decoded path segments below the endpoint. */
  readonly path: readonly string[];
  /** Decoded parameters; a bare key has the value "". Unknown ones are never looked at. */
  readonly query: ReadonlyMap<string, string>;
  /** A name that the route's path took from the request's; "" where the pattern has none of that name. */
  name(parameter: string): string;
  readonly identity: Identity;
  /** The request as node:http hands it over; its body has not been read. */
  readonly request: IncomingMessage;
  /** `host:port` that the request was sent to. */
  readonly host: string;
  /** Aborted when the client goes away or the emulator stops. */
  readonly signal: AbortSignal;
  readonly limits: ResolvedLimits;
}

/** Cuts a request target into decoded segments and parameters; `/api` in front of the path is the endpoint's own. */
export function parseTarget(url: string): Pick<Call, "path" | "query"> {
  const mark = url.indexOf("?");
  const path = (mark < 0 ? url : url.slice(0, mark)).split("/").slice(1).map(decodeSegment);
  if (path[0] === "api") {
    path.shift();
  }
  if (path.at(-1) === "") {
    path.pop();
  }
  const query = new Map<string, string>();
  for (const parameter of mark < 0 ? [] : url.slice(mark + 1).split("&")) {
    if (parameter !== "") {
      const equals = parameter.indexOf("=");
      const name = equals < 0 ? parameter : parameter.slice(0, equals);
      query.set(decodeParameter(name), equals < 0 ? "" : decodeParameter(parameter.slice(equals + 1)));
    }
  }
  return { path, query };
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new Refusal("InvalidURI", "The request's path or query is not percent-encoded UTF-8.", { cause });
  }
}

function decodeParameter(text: string): string {
  return decodeSegment(text.replaceAll("+", " "));
}

import { TunnelError } from "./errors.ts";
import type { TunnelRequest } from "./request.ts";

/** A request's address: encoded to be sent, decoded to be signed. */
export interface RequestAddress {
  /** The whole URL, percent-encoded. */
  readonly url: string;
  /** Scheme, host and port: what a message may say about where a request went. */
  readonly origin: string;
  /** The decoded path below the endpoint's own. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
}

/** Encodes path and query of a request; throws a TunnelError `invalid-request` where no URL can come of them. */
export function addressOf(request: TunnelRequest): RequestAddress {
  const endpoint = checkEndpoint(request);
  for (const segment of request.path) checkSegment(segment, request.operation);
  const query: [string, string][] = [];
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.push([name, value]);
  }
  try {
    const path = request.path.map((segment) => `/${percentEncode(segment)}`).join("");
    const parameters = query.map(([name, value]) =>
      value === "" ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(value)}`,
    );
    const search = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
    return {
      url: `${endpoint.origin}${endpoint.pathname.replace(/\/+$/, "")}${path}${search}`,
      origin: endpoint.origin,
      path: request.path.map((segment) => `/${segment}`).join(""),
      query,
    };
  } catch (cause) {
    throw invalid(request.operation, "a name or parameter has half a surrogate pair in it", cause);
  }
}

/** Percent-encoding that leaves only the unreserved characters of RFC 3986, which every server decodes alike. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function checkEndpoint({ endpoint, operation }: TunnelRequest): URL {
  if (!URL.canParse(endpoint)) {
    throw invalid(operation, "Expected an endpoint such as https://dt.cn-hangzhou.maxcompute.aliyun.com");
  }
  const url = new URL(endpoint);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid(operation, `Expected an endpoint with http:// or https://, got ${url.protocol}`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw invalid(operation, `Expected an endpoint of host and path only, got more on ${url.host}`);
  }
  return url;
}

/** URL parsers resolve dot segments, encoded or not, so that they would lead to another resource. */
function checkSegment(segment: string, operation: string): void {
  if (segment === "" || segment === "." || segment === "..") {
    throw invalid(operation, `Expected a name as path segment, got ${JSON.stringify(segment)}`);
  }
}

function invalid(operation: string, message: string, cause?: unknown): TunnelError {
  return new TunnelError(message, { code: "invalid-request", operation, attempts: 0, cause });
}

import type { HeaderFields, SignableRequest } from "./canonical-request.ts";

/** A request as it stands on the wire, seen by a server or written down in a test vector. */
export interface WireRequest {
  readonly method: string;
  /** The request target: an absolute URL or path and query, percent-encoded as sent. */
  readonly url: string;
  readonly headers: HeaderFields;
  /** The endpoint, a URL or only its path (`/api`): this much of the path is not signed. @default no path */
  readonly endpoint?: string;
}

/** Path and query of a request target, still percent-encoded, without host, fragment and the endpoint's own path. */
export interface RawTarget {
  readonly path: string;
  readonly query: string | undefined;
}

/**
 * What the signature of a request on the wire covers, decoded as the Java and Go SDKs decode it: `+` is a blank in
 * the query and itself in the path.
 */
export function signableRequest(request: WireRequest): SignableRequest {
  const { path, query } = rawTarget(request);
  return {
    method: request.method,
    path: percentDecode(path),
    query: parseQuery(query),
    headers: request.headers,
  };
}

/** Cuts a request target into its raw path and query. */
export function rawTarget(request: Pick<WireRequest, "url" | "endpoint">): RawTarget {
  const target = withoutOrigin(request.url);
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return {
    path: belowEndpoint(path, request.endpoint ?? ""),
    query: mark < 0 ? undefined : target.slice(mark + 1),
  };
}

/** Decoded name and value of every parameter of a raw query, in order, bare keys with an empty value. */
export function parseQuery(query: string | undefined): readonly (readonly [string, string])[] {
  if (query === undefined || query === "") return [];
  return query
    .split("&")
    .filter((parameter) => parameter !== "")
    .map((parameter) => {
      const equals = parameter.indexOf("=");
      const name = equals < 0 ? parameter : parameter.slice(0, equals);
      const value = equals < 0 ? "" : parameter.slice(equals + 1);
      return [formDecode(name), formDecode(value)] as const;
    });
}

/** Percent-decoding that never fails: what is no escape stays, what is no UTF-8 becomes U+FFFD. */
export function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    const bytes = escapes.slice(1).split("%");
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      Uint8Array.from(bytes, (hex) => Number.parseInt(hex, 16)),
    );
  });
}

/** Percent-decoding in which `+` is a blank, as in HTML forms and the queries of the official clients. */
export function formDecode(text: string): string {
  return percentDecode(text.replaceAll("+", " "));
}

function withoutOrigin(url: string): string {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  const fragment = target.indexOf("#");
  return fragment < 0 ? target : target.slice(0, fragment);
}

function belowEndpoint(path: string, endpoint: string): string {
  const prefix = (withoutOrigin(endpoint).split("?")[0] ?? "").replace(/\/+$/, "");
  if (prefix === "" || !path.startsWith(prefix)) return path;
  const rest = path.slice(prefix.length);
  return rest === "" || rest.startsWith("/") ? rest : path;
}

import {
  canonicalString,
  type HeaderFields,
  headerPairs,
  type SignableRequest,
} from "./canonical-request.ts";
import {
  formDecode,
  parseQuery,
  percentDecode,
  rawTarget,
  signableRequest,
  type WireRequest,
} from "./request-target.ts";

/**
 * Every canonical string that an official client may have signed for this request, the proper one first, each once.
 * A server accepts a signature that fits any of them. The sequence is lazy: nothing is computed after a match.
 *
 * Protocol: MaxCompute Tunnel, authentication. The variants are: PyODPS decodes path and query before it splits them
 * and again after; the Go SDK does not lift `x-odps-*` parameters and takes the first of repeated ones; the Java SDK
 * reads `+` in a path as a blank; Java's HTTP client adds a content type after signing.
 */
export function* canonicalCandidates(request: WireRequest): Generator<string, undefined> {
  const seen = new Set<string>();
  for (const signable of decodings(request)) {
    for (const headers of [signable.headers, withoutContentType(signable.headers)]) {
      for (const query of [signable.query, [...signable.query].reverse()]) {
        for (const liftQueryParameters of [true, false]) {
          const text = canonicalString({ ...signable, headers, query }, { liftQueryParameters });
          if (seen.has(text)) continue;
          seen.add(text);
          yield text;
        }
      }
    }
  }
  return undefined;
}

function* decodings(request: WireRequest): Generator<SignableRequest, undefined> {
  const proper = signableRequest(request);
  yield proper;
  yield { ...proper, ...decodedBeforeSplitting(request) };
  yield { ...proper, path: formDecode(rawTarget(request).path) };
  return undefined;
}

/** PyODPS decodes the whole target, splits it, and decodes the parameters a second time. */
function decodedBeforeSplitting(request: WireRequest): Pick<SignableRequest, "path" | "query"> {
  const { path, query } = rawTarget(request);
  const decoded = percentDecode(query === undefined ? path : `${path}?${query}`);
  const target = decoded.split("#", 1)[0] ?? "";
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, query: [] }
    : { path: target.slice(0, mark), query: parseQuery(target.slice(mark + 1)) };
}

function withoutContentType(headers: HeaderFields): HeaderFields {
  return [...headerPairs(headers)].filter(([name]) => name.toLowerCase() !== "content-type");
}

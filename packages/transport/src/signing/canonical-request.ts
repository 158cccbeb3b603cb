/** Header fields as pairs (a `Headers` object is one such) or as an object; repeated fields are joined with a comma. */
export type HeaderFields =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The part of a request that its signature covers. Everything in it is decoded. */
export interface SignableRequest {
  readonly method: string;
  /** The decoded path below the endpoint's own path, such as `/projects/p/tables/t`. */
  readonly path: string;
  /** Decoded query parameters; an empty value is a bare key. Of a repeated name the last counts. */
  readonly query: readonly (readonly [string, string])[];
  /** Header fields in any case; only `content-md5`, `content-type`, `date` and `x-odps-*` are covered. */
  readonly headers: HeaderFields;
}

/** How a canonical string is put together where clients differ. */
export interface CanonicalOptions {
  /**
   * Whether query parameters named `x-odps-*` also count as signed headers: PyODPS and the Java SDK lift them,
   * the Go SDK does not.
   * @default true
   */
  readonly liftQueryParameters?: boolean;
}

/**
 * The text that both signature versions sign.
 *
 * Protocol: MaxCompute Tunnel, authentication: method, content-md5, content-type and date on lines of their own, then
 * every `x-odps-*` header as `name:value` sorted by name, then the canonical resource, without a final newline.
 */
export function canonicalString(request: SignableRequest, options: CanonicalOptions = {}): string {
  const fields = signedFields(request.headers);
  if (options.liftQueryParameters ?? true) {
    for (const [name, value] of request.query) if (name.startsWith(signedPrefix)) fields.set(name, value);
  }
  const lines = [request.method.toUpperCase()];
  for (const name of ["content-md5", "content-type", "date"]) {
    lines.push(fields.get(name) ?? "");
    fields.delete(name);
  }
  for (const [name, value] of sortedByName([...fields])) lines.push(`${name}:${value}`);
  lines.push(canonicalResource(request.path, request.query));
  return lines.join("\n");
}

/** The decoded path and, sorted by name, the decoded parameters: the last line of the canonical string. */
export function canonicalResource(path: string, query: readonly (readonly [string, string])[]): string {
  if (query.length === 0) return path;
  const parameters = sortedByName([...new Map(query)]);
  return `${path}?${parameters.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&")}`;
}

/** Header fields as pairs, one for each value, whatever shape they came in. */
export function* headerPairs(headers: HeaderFields): Iterable<readonly [string, string]> {
  if (isIterable(headers)) {
    yield* headers;
    return;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") yield [name, value];
    else for (const one of value ?? []) yield [name, one];
  }
}

const signedPrefix = "x-odps-";
const plainFields: ReadonlySet<string> = new Set(["content-md5", "content-type", "date"]);

function signedFields(headers: HeaderFields): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of headerPairs(headers)) {
    const lower = name.toLowerCase();
    if (!plainFields.has(lower) && !lower.startsWith(signedPrefix)) continue;
    const before = fields.get(lower);
    fields.set(lower, before === undefined ? value : `${before},${value}`);
  }
  return fields;
}

function isIterable(headers: HeaderFields): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers;
}

function sortedByName(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

import { TunnelError } from "./errors.ts";
import { retryAfterMs } from "./retry/retry-after.ts";
import { classifyAnswer } from "./service-codes.ts";

/** What an error document says, as far as it says it. */
export interface ErrorDocument {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
  /** How long the service asks to hold back, in milliseconds, at most ten seconds. */
  readonly holdClientMs: number | undefined;
}

/** The most of an error's body that is read: an honest one has a few hundred bytes. */
export const errorBodyLimit: number = 64 * 1024;

/**
 * Reads an error document, JSON or XML, whole or cut off.
 *
 * Protocol: MaxCompute Tunnel, errors: the tunnel answers JSON, the REST service XML, both with Code, Message and
 * RequestId; HoldClientMillis is a string or a number and counts for ten seconds at most.
 */
export function parseErrorDocument(text: string): ErrorDocument {
  const read = text.trimStart().startsWith("<") ? xmlReader(text) : jsonReader(text);
  const hold = Number(read("HoldClientMillis") ?? Number.NaN);
  return {
    code: nonEmpty(read("Code")),
    message: nonEmpty(read("Message")),
    requestId: nonEmpty(read("RequestId")),
    holdClientMs: hold >= 0 ? Math.min(hold, 10_000) : undefined,
  };
}

/** The answer to one attempt, as far as an error needs it. */
export interface FailedAnswer {
  readonly operation: string;
  readonly attempts: number;
  readonly status: number;
  readonly headers: Headers;
  /** The body as text, cut at {@link errorBodyLimit}. */
  readonly text: string;
  /** When it came, in milliseconds since the epoch. */
  readonly now: number;
  /** Takes keys, tokens and signatures out of a text. */
  readonly redact: (text: string) => string;
}

/** The error for an answer that is not 2xx. */
export function errorFromAnswer(answer: FailedAnswer): TunnelError {
  const { status, headers, operation, attempts, redact } = answer;
  const document = parseErrorDocument(answer.text);
  const givenId = headers.get("x-odps-request-id") ?? document.requestId;
  const requestId = givenId === undefined ? undefined : redact(givenId);
  const told = [document.code, document.message ?? excerpt(answer.text)].filter((part) => part !== undefined);
  const facts = [`status ${status}`, ...(requestId === undefined ? [] : [`request id ${requestId}`])];
  const skew = document.code === "RequestTimeTooSkewed" ? clockSkew(headers, answer.now) : "";
  const waits = [document.holdClientMs, retryAfterMs(headers, answer.now)].filter((ms) => ms !== undefined);
  const said = told.length === 0 ? withoutReason(status, headers) : told.join(": ");
  return new TunnelError(oneLine(redact(`${said}${skew} (${facts.join(", ")})`)), {
    code: classifyAnswer(status, document.code, document.message),
    operation,
    status,
    serviceCode: document.code === undefined ? undefined : redact(document.code),
    requestId,
    retryAfterMs: waits.length === 0 ? undefined : Math.max(...waits),
    attempts,
  });
}

/** What an answer without an error document comes to. */
function withoutReason(status: number, headers: Headers): string {
  const location = headers.get("location");
  if (location === null || status < 300 || status >= 400) return "the service answered without a reason";
  const host = URL.canParse(location) ? ` to ${new URL(location).origin}` : "";
  return `the service answered with a redirect${host}, which is never followed: the signature is for this host only`;
}

type FieldReader = (name: string) => string | undefined;

function jsonReader(text: string): FieldReader {
  const document = parseObject(text);
  if (document === undefined) return (name) => jsonFieldInPieces(text, name);
  const nested = document["Error"];
  const fields = isObject(nested) ? { ...nested, ...document } : document;
  return (name) => {
    const value = fields[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of a JSON document that is cut off or has something before or after it. */
function jsonFieldInPieces(text: string, name: string): string | undefined {
  const literal = new RegExp(`"${name}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*"|\\d+)`).exec(text)?.[1];
  if (literal === undefined) return undefined;
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}

/** The first element of each name; these four are all that is wanted, so no parser is. */
function xmlReader(text: string): FieldReader {
  return (name) => {
    const open = text.indexOf(`<${name}>`);
    if (open < 0) return undefined;
    const start = open + name.length + 2;
    const end = text.indexOf(`</${name}>`, start);
    return end < 0 ? undefined : xmlText(text.slice(start, end));
  };
}

function xmlText(raw: string): string {
  const cdata = /^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/.exec(raw)?.[1];
  if (cdata !== undefined) return cdata;
  return raw.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return namedEntities[String(name).toLowerCase()] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

const namedEntities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The start of a body that is no error document, such as a proxy's page: better than nothing. */
function excerpt(text: string): string | undefined {
  const words = text
    .replace(/<[^<>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return words === "" ? undefined : `"${words.slice(0, 200)}${words.length > 200 ? "…" : ""}"`;
}

function clockSkew(headers: Headers, now: number): string {
  const server = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(server)) return "";
  const seconds = Math.round((now - server) / 1000);
  return `; this machine's clock is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} the service's`;
}

/** One line of bounded length: control characters would forge lines in a log. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return line.length <= 2_000 ? line : `${line.slice(0, 2_000)}…`;
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}

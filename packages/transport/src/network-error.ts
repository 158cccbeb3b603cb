import { TunnelError, type TunnelErrorCode } from "./errors.ts";
import type { Attempt } from "./retry/retry.ts";

/** Where and when something was thrown instead of an answer. */
export interface FailedExchange extends Attempt {
  readonly operation: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly kind: "control" | "data";
}

/** The error for an exchange that brought no complete answer. */
export function errorFromThrown(thrown: unknown, exchange: FailedExchange): TunnelError {
  const { operation, attempts, sentBefore, origin, kind } = exchange;
  const chain = causes(thrown);
  const told = chain.findLast((cause) => cause.message !== "") ?? { code: "", message: "unknown failure" };
  const names = new Set(chain.map((cause) => cause.code));
  const options = { operation, attempts, cause: thrown };
  if (kind === "data" && chain.some((cause) => /\bredirect\b/i.test(cause.message))) {
    const message = `${origin} answered with a redirect, which is never followed: the signature is for this host only`;
    return new TunnelError(message, { ...options, code: "redirect" });
  }
  const detail = isPortBlocked(chain)
    ? `port ${new URL(origin).port} is one of those that fetch never connects to`
    : told.code === "" || told.message.includes(told.code)
      ? told.message
      : `${told.code}: ${told.message}`;
  const isRefusedByProxy = chain.some(({ message }) => /\bproxy\b.*\b4\d\d\b/i.test(message));
  const code = isRefusedByProxy ? "network" : codeOf(names, chain);
  const verb = code === "timeout" ? "timed out" : code === "invalid-request" ? "cannot be made" : "failed";
  return new TunnelError(`the exchange with ${origin} ${verb}: ${detail.replace(/\.$/, "")}`, {
    ...options,
    code,
    sent: code === "invalid-request" || isUnconnected(names) ? sentBefore : "maybe",
    retryable: code !== "invalid-request" && !isRefusedByProxy && !isHopeless(names),
  });
}

interface Cause {
  readonly code: string;
  readonly message: string;
}

/** The thrown value and what caused it, outermost first. */
function causes(thrown: unknown): readonly Cause[] {
  const chain: Cause[] = [];
  let current = thrown;
  while (current instanceof Error && chain.length < 8) {
    const code: unknown = "code" in current ? current.code : undefined;
    chain.push({ code: typeof code === "string" ? code : "", message: current.message });
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return chain;
}

const timeoutNames: readonly string[] = [
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
];
const requestNames: readonly string[] = ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "ERR_INVALID_URL"];

function codeOf(names: ReadonlySet<string>, chain: readonly Cause[]): TunnelErrorCode {
  if (timeoutNames.some((name) => names.has(name))) return "timeout";
  if (requestNames.some((name) => names.has(name))) return "invalid-request";
  return isPortBlocked(chain) ? "invalid-request" : "network";
}

/** What fetch says of the ports that it never connects to. */
function isPortBlocked(chain: readonly Cause[]): boolean {
  return chain.some(({ message }) => message === "bad port");
}

/** Whether no connection was made, so that the request cannot have arrived; as Node and undici name it. */
function isUnconnected(names: ReadonlySet<string>): boolean {
  const unconnected =
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_.*|(DEPTH_ZERO_)?SELF_SIGNED_CERT.*|UNABLE_TO_.*)$/;
  return [...names].some((name) => unconnected.test(name));
}

/** A certificate that is not trusted, a name that does not exist or a closed agent will be so in a minute, too. */
function isHopeless(names: ReadonlySet<string>): boolean {
  const hopeless =
    /^(ENOTFOUND|UND_ERR_CLOSED|UND_ERR_DESTROYED|ERR_TLS_.*|ERR_SSL_.*|EPROTO|CERT_.*|(DEPTH_ZERO_)?SELF_SIGNED_CERT.*|UNABLE_TO_.*)$/;
  return [...names].some((name) => hopeless.test(name));
}

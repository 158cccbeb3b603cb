import { isLoopback } from "../server/loopback.ts";

/** What of a request tells whether it may control the emulator. */
export interface ControlRequest {
  readonly method: string;
  /** Address of the other end of the connection. */
  readonly peer: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Why a request may not control the emulator. */
export interface ControlDenial {
  readonly status: 403 | 415;
  readonly message: string;
}

/** Headers that only browsers and proxies send. */
const foreignHeaders = ["origin", "forwarded", "x-forwarded-for", "x-forwarded-host", "via"] as const;

/**
 * Decides whether a request may control the emulator: it must come from this machine, have been sent to a name of this
 * machine (or a page could reach it by pointing its own name here), and not come from a browser or through a proxy.
 *
 * A body must be JSON by its content type, which no page can send to another origin without being asked for leave
 * first; leave is never given.
 *
 * @returns `undefined` when it may
 */
export function denyControl({ method, peer, headers }: ControlRequest): ControlDenial | undefined {
  if (peer === undefined || !isLoopback(peer)) {
    return { status: 403, message: "The emulator is controlled from its own machine only." };
  }
  if (!isLocalHost(headers["host"])) {
    return {
      status: 403,
      message: "Expected the Host header to be localhost or a loopback address.",
    };
  }
  const foreign = foreignHeaders.find((name) => headers[name] !== undefined);
  if (foreign !== undefined) {
    return {
      status: 403,
      message: `Expected no ${foreign} header: browsers and proxies cannot control the emulator.`,
    };
  }
  const type = headers["content-type"];
  if (method === "POST" && !(typeof type === "string" && /^application\/json\s*(;|$)/i.test(type))) {
    return { status: 415, message: "Expected the content type application/json." };
  }
  return undefined;
}

function isLocalHost(host: string | readonly string[] | undefined): boolean {
  const [, name] = typeof host === "string" ? (/^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host) ?? []) : [];
  return name !== undefined && isLoopback(name.toLowerCase());
}

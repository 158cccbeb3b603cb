import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { FailureKind } from "../../exit-codes.ts";
import type { CheckResult } from "./check-result.ts";
import { judgeClock } from "./clock-skew.ts";

/** How the checks go out. */
export interface Probe {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An undici dispatcher. */
  readonly dispatcher: unknown;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Looks the endpoint's host up. */
export async function checkDns(endpoint: string, { env }: Probe): Promise<CheckResult> {
  const { hostname, protocol } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0)
    return { name: "dns", status: "skipped", message: `${host} is an address, not a name` };
  const variable = protocol === "https:" ? ["HTTPS_PROXY", "HTTP_PROXY"] : ["HTTP_PROXY"];
  const proxy = variable.find((name) => env[name] || env[name.toLowerCase()]);
  if (proxy !== undefined) {
    return { name: "dns", status: "skipped", message: `the proxy of ${proxy} looks names up` };
  }
  try {
    const addresses = await lookup(host, { all: true });
    return {
      name: "dns",
      status: "ok",
      message: `${host} is ${addresses.map(({ address }) => address).join(", ")}`,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      name: "dns",
      status: "failed",
      message: `${host} has no address (${code})`,
      fix:
        code === "ENOTFOUND"
          ? "Check the endpoint's spelling; inside a private network, check that its names are looked up there."
          : "Check the network and its name server.",
      kind: "network",
    };
  }
}

/** Asks the endpoint for anything at all, unsigned: every answer shows that it can be reached. */
export async function checkEndpointAndClock(
  endpoint: string,
  probe: Probe,
): Promise<readonly [endpoint: CheckResult, clock: CheckResult]> {
  const before = probe.now();
  const signal = AbortSignal.any([probe.signal, AbortSignal.timeout(patienceMs)]);
  // The dispatcher is undici's option, which the platform's types do not know.
  const options = { redirect: "manual", signal, dispatcher: probe.dispatcher } as RequestInit;
  try {
    const response = await fetch(endpoint, options);
    await response.body?.cancel();
    return [answered(response), judgeClock(response.headers.get("date"), before, probe.now())];
  } catch (error) {
    probe.signal.throwIfAborted();
    const { message, fix, kind = "network" } = explain(error, signal, endpoint);
    return [
      { name: "endpoint", status: "failed", message: `${endpoint}: ${message}`, fix, kind },
      { name: "clock", status: "skipped", message: "nothing answered" },
    ];
  }
}

function answered(response: Response): CheckResult {
  const { status } = response;
  if (status < 300 || status >= 400) {
    return { name: "endpoint", status: "ok", message: `it answers (HTTP ${status} to an unsigned request)` };
  }
  const message = `it sends elsewhere (HTTP ${status})`;
  const fix = "Check the endpoint: the service itself never does that; a portal or a load balancer may.";
  return { name: "endpoint", status: "failed", message, fix, kind: "network" };
}

interface Explained {
  readonly message: string;
  readonly fix: string;
  /** @default "network" */
  readonly kind?: FailureKind;
}

function explain(error: unknown, signal: AbortSignal, endpoint: string): Explained {
  if (signal.aborted) {
    return {
      message: `no answer within ${patienceMs / 1000} seconds`,
      fix: "Check that a firewall or a missing route does not swallow what is sent.",
    };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = String((cause as NodeJS.ErrnoException).code ?? (cause as Error).message);
  if (/SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_UNTRUSTED/.test(code)) {
    return {
      message: `its certificate comes from an authority that is not trusted (${code})`,
      fix: "Give that authority's certificate with --ca-file, MCTUNNEL_CA_FILE or ca_file in the profile.",
    };
  }
  if (/ALTNAME|CERT_/.test(code)) {
    return {
      message: `its certificate does not hold (${code})`,
      fix: "Check the host's name and its certificate.",
    };
  }
  if (/SSL|TLS|EPROTO/.test(code)) {
    return {
      message: `it does not speak TLS (${code})`,
      fix: "Check whether the endpoint is http or https.",
    };
  }
  if (code === "bad port") {
    return {
      message: `port ${new URL(endpoint).port} is one of those that fetch never connects to`,
      fix: "Check the endpoint's port.",
      kind: "usage",
    };
  }
  if (code === "ECONNREFUSED") {
    return { message: "the connection is refused", fix: "Check the endpoint's host and port." };
  }
  return {
    message: `it cannot be reached (${code})`,
    fix: "Check the endpoint, the network and the proxies.",
  };
}

const patienceMs = 15_000;

import { getCACertificates } from "node:tls";
import { Agent, EnvHttpProxyAgent, Pool } from "undici";
import { checkProxies, type ProxySettings, proxiesOf } from "./proxy.ts";

/** Settings of an agent. */
export interface AgentOptions {
  /** Connections to one host at a time; further requests wait for one. @default no limit */
  readonly connections?: number;
  /** To open a connection, TLS included, in milliseconds. @default 30000 */
  readonly connectMs?: number;
  /**
   * Until the answer begins, while the connection is idle, in milliseconds: a server that neither takes nor sends
   * anything. Waiting for the caller's own stream does not count. @default 300000
   */
  readonly firstByteMs?: number;
  /** Between two pieces of an answer, in milliseconds. @default 120000 */
  readonly idleMs?: number;
  /** How long an unused connection is kept unless the server says otherwise, in milliseconds. @default 4000 */
  readonly keepAliveMs?: number;
  /** Certificate authorities in PEM form to trust beside those of Node, for servers and proxies. @default none */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Proxies: those of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, none, or these. @default "environment" */
  readonly proxy?: "environment" | "none" | ProxySettings;
}

/** This process's connections to MaxCompute, shared by the transports that are given its `dispatcher`. */
export interface NodeAgent {
  /** For the `dispatcher` option of `createTransport`. */
  readonly dispatcher: unknown;
  /** Waits for the requests under way, then closes every connection. */
  close(): Promise<void>;
  /** Closes every connection at once; requests under way fail with `network`. */
  destroy(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes an agent: a pool of connections for Node's fetch, with timeouts per phase, proxies and private certificate
 * authorities. Plain `http://` requests go to a proxy whole, `https://` ones through a CONNECT tunnel.
 * Throws a RangeError or TypeError for settings that make no sense.
 */
export function createAgent(options: AgentOptions = {}): NodeAgent {
  const dispatcher = createDispatcher(options);
  const close = (): Promise<void> => dispatcher.close();
  return { dispatcher, close, destroy: () => dispatcher.destroy(), [Symbol.asyncDispose]: close };
}

function createDispatcher(options: AgentOptions): Agent | EnvHttpProxyAgent {
  const { connections, proxy = "environment" } = options;
  const tls = { timeout: timer("connectMs", options.connectMs ?? 30_000), ...trusting(options.ca) };
  const pool = {
    connect: tls,
    headersTimeout: timer("firstByteMs", options.firstByteMs ?? 300_000),
    bodyTimeout: timer("idleMs", options.idleMs ?? 120_000),
    keepAliveTimeout: positive("keepAliveMs", options.keepAliveMs ?? 4_000),
    ...(connections === undefined ? {} : { connections: positive("connections", connections) }),
  };
  const proxies =
    proxy === "none" ? undefined : proxy === "environment" ? proxiesOf(process.env) : checkProxies(proxy);
  if (!proxies?.httpProxy && !proxies?.httpsProxy) return new Agent(pool);
  return new EnvHttpProxyAgent({
    ...pool,
    ...proxies,
    requestTls: tls,
    proxyTls: tls,
    // Proxies commonly allow CONNECT to port 443 only.
    proxyTunnel: false,
    factory: (origin, own) => new Pool(origin, { ...pool, ...own }),
  });
}

/** `ca` replaces what Node trusts, so what Node trusts goes along. */
function trusting(ca: AgentOptions["ca"]): { readonly ca?: string[] } {
  if (ca === undefined) return {};
  const own = typeof ca === "string" || ca instanceof Uint8Array ? [ca] : ca;
  const pems = own.map((pem) => (typeof pem === "string" ? pem : new TextDecoder().decode(pem)));
  for (const pem of pems) {
    if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
      throw new TypeError("Expected ca to hold certificates in PEM form (-----BEGIN CERTIFICATE-----)");
    }
  }
  return { ca: [...getCACertificates("default"), ...pems] };
}

/** undici writes "no limit" as 0. */
function timer(name: string, ms: number): number {
  return positive(name, ms) === Number.POSITIVE_INFINITY ? 0 : ms;
}

function positive(name: string, value: number): number {
  if (!(value > 0)) throw new RangeError(`Expected ${name} to be more than 0, got ${value}`);
  return value;
}

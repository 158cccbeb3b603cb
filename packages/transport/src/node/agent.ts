/** Settings of an agent. */
export interface AgentOptions {
  /** Connections to one host at a time; further requests wait for one. @default no limit */
  readonly connections?: number;
  /** To open a connection, TLS and proxy included, in milliseconds. @default 30000 */
  readonly connectMs?: number;
  /** From the last byte of a request to the first of its answer, in milliseconds. @default 300000 */
  readonly firstByteMs?: number;
  /** Between two pieces of an answer, in milliseconds. @default 120000 */
  readonly idleMs?: number;
  /** How long an unused connection is kept, unless the server says less, in milliseconds. @default 4000 */
  readonly keepAliveMs?: number;
  /** Further certificate authorities to trust, in PEM form, beside those that Node trusts already. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Proxies: those of the environment, none, or these. @default "environment" */
  readonly proxy?: "environment" | "none" | ProxySettings;
}

/** Proxies by scheme of the requested URL. */
export interface ProxySettings {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  /** Hosts that are reached directly: names, which include their subdomains, with or without a port; `*` for all. */
  readonly noProxy?: string;
}

/** Connections of this process to MaxCompute, shared by the transports that are given its `dispatcher`. */
export interface NodeAgent {
  /** For the `dispatcher` option of `createTransport`. */
  readonly dispatcher: unknown;
  /** Waits for the requests under way, then closes every connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes an agent: a pool of connections with timeouts per phase, proxies and certificate authorities of your own. */
export function createAgent(options: AgentOptions = {}): NodeAgent {
  void options;
  throw new Error("not built yet");
}

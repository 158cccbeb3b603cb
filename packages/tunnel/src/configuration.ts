import type { SessionClock } from "@maxcompute-tunnel/session";
import type {
  AccessKey,
  ApplicationAccount,
  Credentials,
  CredentialsProvider,
  Logger,
  Pace,
  RetryOptions,
  RetryPolicy,
  Timeouts,
  Tracer,
} from "@maxcompute-tunnel/transport";

/** An access key; with `securityToken` (STS) a temporary one. Short for credentials of the kind `access-key`. */
export interface KeyPair extends AccessKey {
  readonly securityToken?: string;
}

/** Who to be, where to go, and how to behave on the way. */
export interface TunnelConfiguration {
  /**
   * The service endpoint, e.g. `https://service.cn-hangzhou.maxcompute.aliyun.com/api`; it names the Tunnel endpoint.
   * Needed unless `tunnelEndpoint` is given. @default none
   */
  readonly endpoint?: string;
  /** The Tunnel endpoint, e.g. `https://dt.cn-hangzhou.maxcompute.aliyun.com`. @default what the service says */
  readonly tunnelEndpoint?: string;
  /** The project of tables that are named without one. */
  readonly project: string;
  /** The schema of tables that are named without one, in projects of the three-level model. @default none */
  readonly schema?: string;
  /** Keys, a bearer token, or a function that is asked before every request, so that keys can rotate. */
  readonly credentials: KeyPair | Credentials | CredentialsProvider;
  /** Sign with version 4 for this region, e.g. `cn-hangzhou`. @default version 1, which needs no region */
  readonly region?: string;
  /** The application that acts for the user and countersigns. @default none */
  readonly application?: ApplicationAccount;
  /** The Tunnel quota to draw from. @default the project's own */
  readonly quotaName?: string;
  /** Marks every request in the service's accounting. @default none */
  readonly tags?: readonly string[];
  /** Goes behind our own name in the user agent. @default nothing */
  readonly userAgentSuffix?: string;
  /** Told about requests, retries and waits; `console` fits. @default none */
  readonly logger?: Logger;
  /** Gets a span for every call; an OpenTelemetry tracer fits as it is. @default none */
  readonly tracer?: Tracer;
  /** How failed requests are repeated. @default the transport's: throttling, 5xx and network faults, with back-off */
  readonly retry?: RetryOptions | RetryPolicy;
  /** Limits the speed at which blocks are sent; `createPace` of `@maxcompute-tunnel/transport` makes one. @default none */
  readonly pace?: Pace;
  /** How long each phase of a request may take. @default the transport's */
  readonly timeouts?: Partial<Timeouts>;
  /** Sends requests. @default the platform's `fetch` */
  readonly fetch?: typeof fetch;
  /** An undici dispatcher for Node's `fetch`. @default on Node an agent of this tunnel's own; `close()` closes it */
  readonly dispatcher?: unknown;
  /** Time and chance for pauses, time limits and signatures; for simulations. @default the machine's */
  readonly clock?: SessionClock;
}

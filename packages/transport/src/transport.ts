import type { Logger, Tracer } from "./observe.ts";
import type { Timeouts, Transport } from "./request.ts";
import type { Sleep } from "./retry/retry.ts";
import type { RetryOptions, RetryPolicy } from "./retry/retry-policy.ts";
import type { Credentials, CredentialsProvider } from "./signing/credentials.ts";
import type { SignerOptions } from "./signing/signer.ts";

/** What a transport is made of. Only `credentials` is needed. */
export interface TransportOptions extends SignerOptions {
  /** Who is asking; a function is asked before every attempt, so that keys can rotate. */
  readonly credentials: Credentials | CredentialsProvider;
  /** How failed attempts are repeated: settings of the usual policy, or a policy of your own. */
  readonly retry?: RetryOptions | RetryPolicy;
  readonly timeouts?: Partial<Timeouts>;
  /** Sent with every request; a request's own headers win. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes behind our own name in `User-Agent` and `x-odps-user-agent`. */
  readonly userAgentSuffix?: string;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
  /** An undici dispatcher for Node's fetch; `createAgent` of the `./node` subpath makes one. */
  readonly dispatcher?: unknown;
  readonly logger?: Logger;
  readonly tracer?: Tracer;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
  /** Waits, or rejects as soon as its signal aborts. @default the platform's timers */
  readonly sleep?: Sleep;
  /** From 0 up to 1. @default Math.random */
  readonly random?: () => number;
}

/** Makes a transport: it signs every attempt, sends it, tries again where that is safe, and classifies what failed. */
export function createTransport(options: TransportOptions): Transport {
  void options;
  throw new Error("not built yet");
}

import { type AttemptContext, attemptOnce, isStreamed } from "./attempt.ts";
import { startCall } from "./call-signal.ts";
import type { Logger, Tracer } from "./observe.ts";
import { observeCall } from "./observe-call.ts";
import type { Pace } from "./pace.ts";
import type { Timeouts, Transport } from "./request.ts";
import { mergeHeaders } from "./request-headers.ts";
import { addressOf } from "./request-url.ts";
import { withRetry } from "./retry/retry.ts";
import { createRetryPolicy, neverRetry, type RetryOptions, type RetryPolicy } from "./retry/retry-policy.ts";
import type { Credentials, CredentialsProvider } from "./signing/credentials.ts";
import { createSigner, type SignerOptions } from "./signing/signer.ts";
import { platformSleep, type Sleep } from "./sleep.ts";
import { resolveTimeouts } from "./timeouts.ts";
import { userAgentHeaders } from "./user-agent.ts";

/** What a transport is made of. Only `credentials` is needed. */
export interface TransportOptions extends SignerOptions {
  /** Who is asking; a function is asked before every attempt, so that keys can rotate. */
  readonly credentials: Credentials | CredentialsProvider;
  /** How failed attempts are repeated: settings of the usual policy, or a policy of your own. @default the usual */
  readonly retry?: RetryOptions | RetryPolicy;
  /** How long each phase may take. @default those of {@link Timeouts} */
  readonly timeouts?: Partial<Timeouts>;
  /** Sent with every request; a request's own headers win. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes behind our own name in `User-Agent` and `x-odps-user-agent`. @default nothing */
  readonly userAgentSuffix?: string;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
  /** An undici dispatcher for Node's fetch; `createAgent` of the `./node` subpath makes one. @default none */
  readonly dispatcher?: unknown;
  /** Told about every attempt and pause; `console` fits. @default none */
  readonly logger?: Logger;
  /** Gets a span for every call; an OpenTelemetry tracer fits as it is. @default none */
  readonly tracer?: Tracer;
  /** Milliseconds since the epoch: dates what is signed and measures the retry budget. @default Date.now */
  readonly clock?: () => number;
  /** Waits, or rejects as soon as its signal aborts: pauses and timeouts go through it. @default the platform's timers */
  readonly sleep?: Sleep;
  /** Limits the speed at which bodies are sent: {@link createPace} makes one. @default as fast as they go */
  readonly pace?: Pace;
  /** From 0 up to 1. @default Math.random */
  readonly random?: () => number;
}

/** Makes a transport: it signs every attempt, sends it, tries again where that is safe, and classifies what failed. */
export function createTransport(options: TransportOptions): Transport {
  const { credentials, retry, clock = Date.now, sleep = platformSleep, random = Math.random } = options;
  const defaultTimeouts = resolveTimeouts(options.timeouts);
  const policy = typeof retry === "function" ? retry : createRetryPolicy(retry);
  const signer = createSigner(options);
  const provider: CredentialsProvider = typeof credentials === "function" ? credentials : () => credentials;
  const ownHeaders = { "accept-encoding": "identity", ...userAgentHeaders(options.userAgentSuffix) };

  return async (request) => {
    const address = addressOf(request);
    const timeouts = resolveTimeouts(defaultTimeouts, request.timeouts);
    const headers = mergeHeaders(request.operation, ownHeaders, options.headers, request.headers);
    const call = startCall(request, timeouts, sleep);
    const context: AttemptContext = {
      request,
      address,
      headers,
      credentials: provider,
      application: options.application,
      signer,
      timeouts,
      fetch: options.fetch,
      dispatcher: options.dispatcher,
      clock,
      sleep,
      pace: options.pace,
      call,
    };
    const observer = observeCall(request, address, options);
    const isRepeatable = request.retry !== "none" && request.body?.kind !== "stream";
    let outlives = false;
    try {
      const response = await withRetry(
        (attempt) => observer.attempt(attempt.attempts, () => attemptOnce(attempt, context)),
        {
          policy: isRepeatable ? policy : neverRetry,
          clock,
          sleep,
          random,
          signal: call.signal,
          interrupted: (last) => call.interrupted(last.attempts, last),
          onRetry: observer.onRetry,
        },
      );
      outlives = isStreamed(request);
      observer.onSuccess(response);
      return response;
    } catch (error) {
      observer.onFailure(error);
      throw error;
    } finally {
      call.settle();
      if (!outlives) call.release();
    }
  };
}

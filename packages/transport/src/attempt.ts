import { type FollowingSignal, follow } from "./abort.ts";
import { answerStream } from "./answer-stream.ts";
import { askForCredentials, checkApplication } from "./ask-credentials.ts";
import { type AttemptBody, openBody } from "./body.ts";
import type { CallSignal } from "./call-signal.ts";
import { errorBodyLimit, errorFromAnswer } from "./error-response.ts";
import { isTunnelError, TunnelError } from "./errors.ts";
import { sendOnce } from "./ky-transport.ts";
import { errorFromThrown } from "./network-error.ts";
import type { Pace } from "./pace.ts";
import { type Phase, PhaseWatch } from "./phase-watch.ts";
import type { Timeouts, TunnelRequest, TunnelResponse } from "./request.ts";
import { mergeHeaders } from "./request-headers.ts";
import type { RequestAddress } from "./request-url.ts";
import { readUpTo, readWhole, tunnelResponse } from "./response.ts";
import type { Attempt } from "./retry/retry.ts";
import { quotesSecrets, redactor, type SecretSources } from "./secrets.ts";
import type { ApplicationAccount, Credentials, CredentialsProvider } from "./signing/credentials.ts";
import type { RequestSigner } from "./signing/signer.ts";
import type { Sleep } from "./sleep.ts";

/** What stays the same over all attempts of a call. */
export interface AttemptContext {
  readonly request: TunnelRequest;
  readonly address: RequestAddress;
  /** Headers before those of the signature, which win over those of the body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: CredentialsProvider;
  readonly application: ApplicationAccount | undefined;
  readonly signer: RequestSigner;
  readonly timeouts: Timeouts;
  readonly fetch: typeof fetch | undefined;
  readonly dispatcher: unknown;
  readonly clock: () => number;
  readonly sleep: Sleep;
  readonly pace: Pace | undefined;
  readonly call: CallSignal;
}

/** Whether the answer to a request is handed over as it comes, and outlives the call. */
export function isStreamed({ kind, method }: TunnelRequest): boolean {
  return kind === "data" && method === "GET";
}

/**
 * Makes one attempt: asks for the credentials, signs, sends, and turns the answer, or the lack of one, into a result
 * or a TunnelError. When it settles nothing of it is left, no timer, no listener, no source being read, except for an
 * answer that is streamed: that one ends with its reader.
 */
export async function attemptOnce(attempt: Attempt, context: AttemptContext): Promise<TunnelResponse> {
  const { attempts } = attempt;
  const { request, address, timeouts, call } = context;
  const { operation, kind } = request;
  const { origin } = address;
  const life = follow(call.signal);
  const watch = new PhaseWatch(context.sleep, (phase, ms) => {
    const message = `${origin} ${phaseWords[phase]} for ${ms} ms`;
    life.abort(new TunnelError(message, { code: "timeout", operation, attempts }));
  });
  const body = openBody(
    request.body,
    {
      onSending: () => watch.begin("sending", timeouts.idleMs),
      onWaitingForSource: () => watch.rest(),
      onComplete: () => watch.begin("first-byte", timeouts.firstByteMs),
    },
    context.pace === undefined ? undefined : { pace: context.pace, signal: life.signal },
  );
  const end = (): void => {
    watch.rest();
    life.release();
    body.stop();
  };
  /** What ended the attempt from outside: the call's signal, or a phase that took too long. */
  const interruption = (): TunnelError | undefined => {
    if (call.signal.aborted) return call.interrupted(attempts);
    return isTunnelError(life.signal.reason) ? life.signal.reason : undefined;
  };
  /** Why there was no answer, or no more of it: an interruption, the caller's own stream, the network. */
  const toError = (thrown: unknown): TunnelError => {
    const failure = body.failure();
    if (failure !== undefined) {
      const options = { code: "body-source", operation, attempts, cause: failure.reason } as const;
      return interruption() ?? new TunnelError("the stream to be sent failed", options);
    }
    return interruption() ?? errorFromThrown(thrown, { ...attempt, operation, origin, kind });
  };

  try {
    const { response, secrets } = await exchange(attempt, context, { life, watch, body, toError });
    const head = {
      ...{ operation, status: response.status, headers: response.headers, attempts },
      ...{ redact: redactor(secrets), quotesSecrets: quotesSecrets(secrets) },
    };
    const streamed = isStreamed(request);
    const onEnd = (): void => {
      end();
      if (streamed) call.release();
    };
    const content = answerStream(response, { watch, idleMs: timeouts.idleMs, toError, onEnd });
    return tunnelResponse(head, streamed ? content : await readWhole(content, head));
  } catch (thrown) {
    end();
    throw isTunnelError(thrown) ? thrown : (interruption() ?? thrown);
  }
}

interface AttemptParts {
  readonly life: FollowingSignal;
  readonly watch: PhaseWatch;
  readonly body: AttemptBody;
  readonly toError: (thrown: unknown) => TunnelError;
}

interface SignedExchange {
  readonly response: Response;
  /** What the request was signed with. */
  readonly secrets: SecretSources;
}

/** Gives the 2xx answer with its body unread; throws a TunnelError for every other. */
async function exchange(
  attempt: Attempt,
  context: AttemptContext,
  parts: AttemptParts,
): Promise<SignedExchange> {
  const { attempts } = attempt;
  const { request, address, timeouts, application } = context;
  const { operation } = request;
  const { life, watch, body, toError } = parts;
  checkApplication(application, attempt, operation);
  const credentials = await askForCredentials(context.credentials, attempt, {
    operation,
    signal: life.signal,
  });
  const unsigned = mergeHeaders(operation, body.headers, context.headers);
  const signedHeaders = await sign(attempt, context, unsigned, credentials);
  watch.begin("connection", timeouts.firstByteMs);
  const response = await sendOnce({
    method: request.method,
    url: address.url,
    headers: { ...unsigned, ...signedHeaders },
    content: body.content,
    redirect: request.kind === "data" ? "error" : "manual",
    signal: life.signal,
    fetch: context.fetch,
    dispatcher: context.dispatcher,
  }).catch((thrown: unknown) => {
    throw toError(thrown);
  });
  watch.rest();
  const secrets = { credentials, application, signedHeaders };
  if (response.ok && body.isComplete()) return { response, secrets };
  body.stop();
  const { status, headers } = response;
  if (response.ok) {
    void response.body?.cancel().catch(() => undefined);
    throw new TunnelError(`the service answered ${status} before it had the whole body`, {
      code: "network",
      operation,
      status,
      requestId: redactor(secrets)(headers.get("x-odps-request-id") ?? "") || undefined,
      attempts,
    });
  }
  watch.begin("receiving", timeouts.idleMs);
  const text = await errorText(response);
  watch.rest();
  const redact = redactor(secrets);
  throw errorFromAnswer({ operation, attempts, status, headers, text, now: context.clock(), redact });
}

async function sign(
  { attempts, sentBefore }: Attempt,
  { request: { method, operation }, address: { path, query }, signer, clock }: AttemptContext,
  headers: Readonly<Record<string, string>>,
  credentials: Credentials,
): Promise<Readonly<Record<string, string>>> {
  try {
    return await signer({ method, path, query, headers }, credentials, new Date(clock()));
  } catch (cause) {
    throw new TunnelError("the request cannot be signed", {
      code: "credentials",
      operation,
      attempts,
      sent: sentBefore,
      cause,
    });
  }
}

/** As much of an error's body as comes: the status is known and must not be lost to a broken connection. */
async function errorText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const { bytes } = await readUpTo(response.body, errorBodyLimit);
  return new TextDecoder().decode(bytes);
}

const phaseWords: Readonly<Record<Phase, string>> = {
  connection: "did not take or answer the request",
  "first-byte": "did not answer after the last byte of the request",
  sending: "did not take any more of the request's bytes",
  receiving: "did not send any more of the answer's bytes",
};

import { isTunnelError, type TunnelError } from "./errors.ts";
import type { LogFields, Logger, Span, Tracer } from "./observe.ts";
import type { TunnelRequest, TunnelResponse } from "./request.ts";
import type { RequestAddress } from "./request-url.ts";

/** Tells logger and tracer about one call. Whatever they throw is not the upload's business and is dropped. */
export interface CallObserver {
  attempt<T extends TunnelResponse>(attempt: number, run: () => Promise<T>): Promise<T>;
  onRetry(error: TunnelError, waitMs: number): void;
  onSuccess(response: TunnelResponse): void;
  onFailure(error: unknown): void;
}

/** The observers and the clock to measure with. */
export interface Observers {
  readonly logger?: Logger;
  readonly tracer?: Tracer;
  readonly clock?: () => number;
}

/** Starts observing a call: one span for the call, one log line for each attempt. */
export function observeCall(
  request: TunnelRequest,
  address: RequestAddress,
  observers: Observers,
): CallObserver {
  const { logger, tracer, clock = Date.now } = observers;
  const about = {
    operation: request.operation,
    method: request.method,
    origin: address.origin,
    path: address.path,
  };
  const log = (level: keyof Logger, message: string, fields: LogFields): void =>
    quietly(() => logger?.[level]?.(message, { ...about, ...fields }));
  const span: Span | undefined = quietly(() => tracer?.startSpan(request.operation, spanOptions(about)));

  return {
    attempt: async (attempt, run) => {
      const startedAt = clock();
      try {
        const response = await run();
        const { status, requestId } = response;
        log("debug", "request answered", { attempt, status, requestId, durationMs: clock() - startedAt });
        return response;
      } catch (error) {
        log("debug", "request failed", { attempt, ...factsOf(error), durationMs: clock() - startedAt });
        throw error;
      }
    },
    onRetry: (error, waitMs) => {
      log("warn", "trying again", { attempt: error.attempts, waitMs, ...factsOf(error) });
      quietly(() => request.onRetry?.(error.attempts + 1));
      quietly(() =>
        span?.addEvent("retry", { "maxcompute.error_code": error.code, "maxcompute.wait_ms": waitMs }),
      );
    },
    onSuccess: ({ status, attempts, requestId }) =>
      quietly(() => {
        span?.setAttribute("http.response.status_code", status);
        span?.setAttribute("maxcompute.attempts", attempts);
        if (requestId !== undefined) span?.setAttribute("maxcompute.request_id", requestId);
        span?.end();
      }),
    onFailure: (error) =>
      quietly(() => {
        for (const [name, value] of Object.entries(errorAttributes(error))) {
          if (value !== undefined) span?.setAttribute(name, value);
        }
        if (error instanceof Error) {
          span?.recordException(error);
          span?.setStatus({ code: spanStatusError, message: error.message });
        }
        span?.end();
      }),
  };
}

/** SpanKind.CLIENT and SpanStatusCode.ERROR of OpenTelemetry. */
const spanKindClient = 2;
const spanStatusError = 2;

function spanOptions({
  operation,
  method,
  origin,
  path,
}: Record<"operation" | "method" | "origin" | "path", string>) {
  return {
    kind: spanKindClient,
    attributes: {
      "maxcompute.operation": operation,
      "http.request.method": method,
      "server.address": new URL(origin).hostname,
      "url.path": path,
    },
  };
}

function factsOf(error: unknown): LogFields {
  if (!isTunnelError(error)) return { code: "defect" };
  const { code, status, serviceCode, requestId } = error;
  return { code, status, serviceCode, requestId };
}

function errorAttributes(error: unknown): LogFields {
  const { code, status, serviceCode, requestId } = factsOf(error);
  return {
    "error.type": code,
    "http.response.status_code": status,
    "maxcompute.service_code": serviceCode,
    "maxcompute.request_id": requestId,
    "maxcompute.attempts": isTunnelError(error) ? error.attempts : undefined,
  };
}

function quietly<T>(tell: () => T): T | undefined {
  try {
    return tell();
  } catch {
    return undefined;
  }
}

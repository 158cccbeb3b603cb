/** What an observer is told beside the message: plain values, never a key, token, signature or body. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where to tell what happens; `console` fits, and so do pino-like loggers behind a small adapter. */
export interface Logger {
  debug?(message: string, fields: LogFields): void;
  info?(message: string, fields: LogFields): void;
  warn?(message: string, fields: LogFields): void;
}

/** The part of an OpenTelemetry span that is used here. */
export interface Span {
  setAttribute(key: string, value: string | number | boolean): unknown;
  addEvent(name: string, attributes?: Record<string, string | number | boolean>): unknown;
  recordException(error: Error): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): unknown;
}

/** The part of an OpenTelemetry tracer that is used here: `trace.getTracer("…")` fits as it is. */
export interface Tracer {
  startSpan(
    name: string,
    options?: { kind?: number; attributes?: Record<string, string | number | boolean> },
  ): Span;
}

/** Options of every call that sends a request. */
export interface CallOptions {
  /** Breaks the call off. @default none */
  readonly signal?: AbortSignal;
}

/** A request as it reaches an emulator without a socket. */
export interface InProcessRequest {
  readonly method: string;
  /** Path and query, such as `/projects/p/tables/t?uploads`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Taken piece by piece as the emulator reads; pieces are copied. When it throws the connection is gone. @default none */
  readonly body?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** The client goes away when it aborts; what was read by then is what arrived. @default it stays */
  readonly signal?: AbortSignal;
}

/** An answer as it leaves an emulator without a socket. */
export interface InProcessAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Throws when the emulator cuts the connection before the end. Read it once. */
  readonly body: AsyncIterable<Uint8Array>;
}

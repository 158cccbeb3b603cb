/** One request to MaxCompute, before it is encoded, signed and sent. */
export interface TunnelRequest {
  /** What is being done, in words, such as `create upload session`: it goes into errors, logs and traces. */
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `http(s)://host[:port][/path]`. Its own path is sent but not signed. */
  readonly endpoint: string;
  /** Decoded path segments below the endpoint: `["projects", project, "tables", table]`. Each is encoded here. */
  readonly path: readonly string[];
  /** Decoded query parameters. An empty value is sent as a bare key, `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /**
   * `control`: a small exchange; the answer is read whole (and read again when it breaks off).
   * `data`: rows travel; the answer to a GET is streamed, and a redirect is refused before anything is read.
   */
  readonly kind: "control" | "data";
  /** `none`: exactly one attempt, for what must not happen twice. @default "default" */
  readonly retry?: "default" | "none";
  readonly signal?: AbortSignal;
  /**
   * Told that the request is going to be sent again, before the pause that comes first; `attempt` counts from 2. What it
   * throws is dropped. @default not told
   */
  readonly onRetry?: (attempt: number) => void;
  /** Replaces the transport's timeouts one by one. */
  readonly timeouts?: Partial<Timeouts>;
}

/**
 * What is sent.
 *
 * - `chunks`: bytes in memory, with a Content-Length; sent again from the start on every attempt. They are only read,
 *   never copied: leave them alone until the call settles.
 * - `stream`: sent once, chunked, in constant memory; a failed call is never repeated.
 * - `text`: a small document with its content type.
 */
export type RequestBody =
  | { readonly kind: "chunks"; readonly chunks: readonly Uint8Array[] }
  | { readonly kind: "stream"; readonly stream: AsyncIterable<Uint8Array> }
  | { readonly kind: "text"; readonly text: string; readonly contentType: string };

/** How long each phase may take, in milliseconds; `Infinity` waits for ever. */
export interface Timeouts {
  /** From the last byte of the request to the first of the answer. @default 300000 (5 minutes) */
  readonly firstByteMs: number;
  /**
   * Without any progress while the network has something to do: connecting, taking the request's bytes, delivering
   * the answer's. Waiting for the caller's own stream, or for the caller to read, does not count. @default 120000
   */
  readonly idleMs: number;
  /** The whole call with all attempts and pauses, until it settles. @default Infinity */
  readonly callMs: number;
}

/** A 2xx answer. */
export interface TunnelResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The service's id of this request, from `x-odps-request-id`. */
  readonly requestId: string | undefined;
  /** How often the request was sent. */
  readonly attempts: number;
  /** The answer's bytes. For a `data` GET they come as the network delivers them; read them to the end or cancel. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** The whole answer as text. Throws a TunnelError (`network`, `timeout`, `aborted`) when it breaks off. */
  text(): Promise<string>;
  /** The whole answer as JSON. Throws a TunnelError `invalid-response` when it is none. */
  json(): Promise<unknown>;
}

/** Sends one request, tries again where that is safe and useful, resolves on 2xx only and rejects with a TunnelError. */
export type Transport = (request: TunnelRequest) => Promise<TunnelResponse>;

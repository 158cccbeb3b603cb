import ky, { isNetworkError } from "ky";

/** One HTTP exchange, complete and signed. */
export interface HttpExchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | undefined;
  /** `error` also keeps Node's fetch from holding the whole body in memory for a second sending. */
  readonly redirect: "error" | "manual";
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch | undefined;
  readonly dispatcher: unknown;
}

/**
 * Sends one exchange once and gives whatever answer comes; what is thrown is what fetch threw.
 *
 * ky's own retry is off: it would sign once for all attempts, leave out POST, and copy the body.
 */
export async function sendOnce(exchange: HttpExchange): Promise<Response> {
  const { url, content, fetch, dispatcher, ...options } = exchange;
  try {
    return await ky(url, {
      ...options,
      ...(content === undefined ? {} : { body: content }),
      ...(fetch === undefined ? {} : { fetch }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
    });
  } catch (error) {
    // ky's wrapper carries the request, and with it the Authorization header, to wherever an error is printed.
    throw isNetworkError(error) ? (error.cause ?? new Error(error.message)) : error;
  }
}

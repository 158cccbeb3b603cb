import type { InProcessAnswer, InProcessRequest } from "./message.ts";

/** Makes a `fetch` of something that takes requests in memory; it follows no redirect. */
export function fetchBy(send: (request: InProcessRequest) => Promise<InProcessAnswer>): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    const { signal } = request;
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const answer = await Promise.race([
        aborted.promise,
        send({
          method: request.method,
          url: pathname + search,
          headers: Object.fromEntries(request.headers),
          ...(request.body === null ? {} : { body: request.body }),
          signal,
        }),
      ]);
      if (request.redirect === "error" && answer.status >= 300 && answer.status < 400) {
        throw new Error("unexpected redirect");
      }
      const { status, headers } = answer;
      const body = status === 204 || status === 304 ? null : ReadableStream.from(answer.body);
      return new Response(body, { status, headers });
    } catch (cause) {
      throw signal.aborted ? signal.reason : new TypeError("fetch failed", { cause });
    } finally {
      signal.removeEventListener("abort", abort);
    }
  };
}

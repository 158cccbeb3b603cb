import type { Pace } from "./pace.ts";
import type { RequestBody } from "./request.ts";

/** The body of one attempt. */
export interface AttemptBody {
  /** What to give to fetch. */
  readonly content: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the network has taken the last byte. */
  isComplete(): boolean;
  /** What the caller's stream threw, wrapped so that `undefined` can be told from nothing. */
  failure(): { readonly reason: unknown } | undefined;
  /** Ends the attempt: nothing is pulled from the source any more. */
  stop(): void;
}

/** Told how a body proceeds, so that a stalled network can be told from a slow source. */
export interface BodyObserver {
  /** The network holds a piece and has not asked for the next. */
  onSending(): void;
  /** The network asked and the source has nothing yet. */
  onWaitingForSource(): void;
  /** The network has taken the last byte. */
  onComplete(): void;
}

/** The piece in which bytes in memory are handed over, in bytes: fetch is fastest with about a megabyte at a time. */
export const sliceBytes: number = 1024 * 1024;

/** The piece in which bytes are handed over where their speed is limited. */
const turnBytes = 64 * 1024;

/** A limit on the speed at which a body leaves. */
export interface PacedBody {
  readonly pace: Pace;
  /** Aborts when the attempt is over. */
  readonly signal: AbortSignal;
}

/** Opens a body for one attempt. Chunks are replayed from the start each time, as views and never as copies. */
export function openBody(
  body: RequestBody | undefined,
  observer: BodyObserver,
  paced?: PacedBody,
): AttemptBody {
  switch (body?.kind) {
    case "chunks": {
      const total = body.chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0);
      const headers = { "content-type": "application/octet-stream", "content-length": String(total) };
      const source =
        paced === undefined ? sliced(body.chunks) : inTurn(sliced(body.chunks, turnBytes), paced);
      return total === 0 ? noBytes(headers) : streamed(source, total, headers, observer);
    }
    case "stream":
      return streamed(
        paced === undefined ? body.stream : inTurn(body.stream, paced),
        undefined,
        { "content-type": "application/octet-stream" },
        observer,
      );
    case "text": {
      const bytes = new TextEncoder().encode(body.text);
      const headers = { "content-type": body.contentType, "content-length": String(bytes.byteLength) };
      return { ...noBytes(headers), content: bytes };
    }
    default:
      return noBytes({});
  }
}

function noBytes(headers: Readonly<Record<string, string>>): AttemptBody {
  return {
    content: undefined,
    headers,
    isComplete: () => true,
    failure: () => undefined,
    stop: () => undefined,
  };
}

function* sliced(chunks: readonly Uint8Array[], bytes = sliceBytes): Generator<Uint8Array, undefined> {
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.byteLength; start += bytes) {
      yield chunk.subarray(start, start + bytes);
    }
  }
  return undefined;
}

async function* inTurn(source: Source, { pace, signal }: PacedBody): AsyncGenerator<Uint8Array, undefined> {
  for await (const piece of source) {
    await pace(piece.byteLength, signal);
    yield piece;
  }
  return undefined;
}

type Source = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
type BodyState = "open" | "complete" | "stopped";

function streamed(
  source: Source,
  total: number | undefined,
  headers: Readonly<Record<string, string>>,
  observer: BodyObserver,
): AttemptBody {
  let state: BodyState = "open";
  let handedOver = 0;
  let failure: { readonly reason: unknown } | undefined;
  let iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array> | undefined;

  const stop = (): void => {
    if (state !== "open") return;
    state = "stopped";
    // The source may be waiting itself; its end is not waited for, and its last words are not wanted.
    void Promise.resolve(iterator?.return?.()).catch(() => undefined);
  };

  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    try {
      iterator ??=
        Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
      for (;;) {
        // A connection that is gone goes on pulling in some Node versions.
        if (state !== "open") return controller.error(new Error("The attempt has ended"));
        observer.onWaitingForSource();
        const next = await iterator.next();
        if (state !== "open") return controller.error(new Error("The attempt has ended"));
        if (next.done) {
          state = "complete";
          observer.onComplete();
          return controller.close();
        }
        if (!(next.value instanceof Uint8Array)) {
          throw new TypeError(`Expected the stream to give Uint8Array, got ${typeof next.value}`);
        }
        if (next.value.byteLength === 0) continue;
        handedOver += next.value.byteLength;
        observer.onSending();
        return controller.enqueue(next.value);
      }
    } catch (reason) {
      failure = { reason };
      stop();
      controller.error(reason);
    }
  };

  return {
    content: new ReadableStream<Uint8Array>({ pull, cancel: stop }, { highWaterMark: 0 }),
    headers,
    // The answer to the last byte of a known length may be here before the network asks for more.
    isComplete: () => state === "complete" || handedOver === total,
    failure: () => failure,
    stop,
  };
}

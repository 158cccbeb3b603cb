import { TunnelError } from "./errors.ts";
import type { TunnelResponse } from "./request.ts";

/** The head of an answer and how it came about. */
export interface AnswerHead {
  readonly operation: string;
  readonly status: number;
  readonly headers: Headers;
  readonly attempts: number;
  /** Takes keys, tokens and signatures out of a text. */
  readonly redact: (text: string) => string;
  /** Whether a text holds a key, token or signature of the request. */
  readonly quotesSecrets: (text: string) => boolean;
}

/** The most bytes of an answer that is read whole: twenty thousand blocks listed at length are a tenth of it. */
export const wholeAnswerLimit: number = 64 * 1024 * 1024;

/** An answer whose bytes are here already, or come through a stream that reports its failures as TunnelErrors. */
export function tunnelResponse(
  head: AnswerHead,
  content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
): TunnelResponse {
  const { operation, status, headers, attempts } = head;
  const givenId = headers.get("x-odps-request-id");
  const requestId = givenId === null ? undefined : head.redact(givenId);
  let stream = content instanceof Uint8Array ? undefined : content;
  const text = async (): Promise<string> => {
    const bytes = content instanceof Uint8Array ? content : await readWhole(content, head);
    const answer = new TextDecoder().decode(bytes);
    if (!head.quotesSecrets(answer)) return answer;
    // Whoever reads it would show parts of it in messages, where nobody knows any more what is secret.
    throw new TunnelError(
      `Expected an answer, got one that quotes the key, token or signature of the request (status ${status}, request id ${requestId ?? "unknown"})`,
      { code: "invalid-response", operation, status, requestId, attempts },
    );
  };
  return {
    status,
    headers,
    requestId,
    attempts,
    get body() {
      stream ??= new Response(content as Uint8Array<ArrayBuffer>).body ?? undefined;
      return stream ?? null;
    },
    text,
    json: async () => {
      const document = await text();
      try {
        return JSON.parse(document) as unknown;
      } catch {
        const got = document === "" ? "nothing" : `${document.length} characters of something else`;
        throw new TunnelError(
          `Expected JSON, got ${got} (status ${status}, request id ${requestId ?? "unknown"})`,
          {
            code: "invalid-response",
            operation,
            status,
            requestId,
            attempts,
          },
        );
      }
    },
  };
}

/** Reads an answer to its end; throws a TunnelError `too-large` beyond {@link wholeAnswerLimit}. */
export async function readWhole(
  stream: ReadableStream<Uint8Array>,
  { operation, status, attempts }: Pick<AnswerHead, "operation" | "status" | "attempts">,
): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes, end } = await readUpTo(stream, wholeAnswerLimit);
  if (end.kind === "whole") return bytes;
  if (end.kind === "broken") throw end.reason;
  throw new TunnelError(`Expected an answer of at most ${wholeAnswerLimit} bytes, got more`, {
    code: "too-large",
    operation,
    status,
    attempts,
  });
}

/** What was read of a stream, and how that ended: with its last byte, at the limit, or by a failure. */
export interface ReadResult {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly end: { readonly kind: "whole" | "cut" } | { readonly kind: "broken"; readonly reason: unknown };
}

/** Reads a stream as far as it goes, at most to the limit; the rest is cancelled. It does not reject. */
export async function readUpTo(stream: ReadableStream<Uint8Array>, limit: number): Promise<ReadResult> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let end: ReadResult["end"] = { kind: "whole" };
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value);
      length += next.value.byteLength;
      if (length <= limit) continue;
      end = { kind: "cut" };
      length = limit;
      void reader.cancel().catch(() => undefined);
      break;
    }
  } catch (reason) {
    end = { kind: "broken", reason };
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    const fitting = piece.subarray(0, length - offset);
    bytes.set(fitting, offset);
    offset += fitting.byteLength;
  }
  return { bytes, end };
}

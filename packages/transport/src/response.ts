import { TunnelError } from "./errors.ts";
import type { TunnelResponse } from "./request.ts";

/** The head of an answer and how it came about. */
export interface AnswerHead {
  readonly operation: string;
  readonly status: number;
  readonly headers: Headers;
  readonly attempts: number;
}

/** The most bytes of an answer that is read whole: twenty thousand blocks listed at length are a tenth of it. */
export const wholeAnswerLimit: number = 64 * 1024 * 1024;

/** An answer whose bytes are here already, or come through a stream that reports its failures as TunnelErrors. */
export function tunnelResponse(
  head: AnswerHead,
  content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
): TunnelResponse {
  const { operation, status, headers, attempts } = head;
  const requestId = headers.get("x-odps-request-id") ?? undefined;
  let stream = content instanceof Uint8Array ? undefined : content;
  const text = async (): Promise<string> => {
    const bytes = content instanceof Uint8Array ? content : await readWhole(content, head);
    return new TextDecoder().decode(bytes);
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
  { operation, status, attempts }: AnswerHead,
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

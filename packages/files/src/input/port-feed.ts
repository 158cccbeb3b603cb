import type { MessagePort } from "node:worker_threads";
import { fromPlainError, type PlainError, toPlainError } from "../plain-error.ts";

type ToReader =
  | { readonly kind: "chunk"; readonly chunk: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly error: PlainError };

/** Answers each demand from the other end of a port with the next chunk; ends when the port is closed. */
export function feedPort(port: MessagePort, chunks: AsyncIterator<Uint8Array>): void {
  const answer = async (): Promise<void> => {
    try {
      const next = await chunks.next();
      if (next.done === true) {
        port.postMessage({ kind: "end" } satisfies ToReader);
        return;
      }
      const chunk = whole(next.value);
      port.postMessage({ kind: "chunk", chunk } satisfies ToReader, [chunk.buffer]);
    } catch (error) {
      port.postMessage({ kind: "failed", error: toPlainError(error) } satisfies ToReader);
    }
  };
  port.on("message", () => void answer());
}

/** The chunks that the other end of a port has; the next one is asked for while this one is worked on. */
export async function* portChunks(port: MessagePort): AsyncGenerator<Uint8Array> {
  const waiting: ToReader[] = [];
  let wake = (): void => undefined;
  port.on("message", (message: ToReader) => {
    waiting.push(message);
    wake();
  });
  const receive = async (): Promise<ToReader> => {
    if (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return waiting.shift()!;
  };
  try {
    port.postMessage("next");
    for (;;) {
      const message = await receive();
      if (message.kind === "end") return;
      if (message.kind === "failed") throw fromPlainError(message.error);
      port.postMessage("next");
      yield message.chunk;
    }
  } finally {
    port.close();
  }
}

/** A chunk that shares its buffer with nothing else, so that the buffer may be handed over. */
function whole(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = chunk;
  const alone = chunk.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return alone ? (chunk as Uint8Array<ArrayBuffer>) : new Uint8Array(chunk);
}

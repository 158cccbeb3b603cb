import type { PhaseWatch } from "./phase-watch.ts";

/** What an answer's stream needs from its attempt. */
export interface AnswerStreamOptions {
  readonly watch: PhaseWatch;
  readonly idleMs: number;
  /** Turns what the network threw into the error that the reader gets. */
  readonly toError: (thrown: unknown) => Error;
  /** Told once, when the stream has ended, failed or been cancelled. */
  readonly onEnd: () => void;
}

/** The body of an answer under the idle timer, which runs only while the reader is waiting for the network. */
export function answerStream(response: Response, options: AnswerStreamOptions): ReadableStream<Uint8Array> {
  const { watch, idleMs, toError, onEnd } = options;
  const reader = response.body?.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          watch.begin("receiving", idleMs);
          const next = await reader?.read();
          watch.rest();
          if (next?.value !== undefined) {
            controller.enqueue(next.value);
            return;
          }
          onEnd();
          controller.close();
        } catch (thrown) {
          onEnd();
          controller.error(toError(thrown));
        }
      },
      async cancel(reason) {
        onEnd();
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

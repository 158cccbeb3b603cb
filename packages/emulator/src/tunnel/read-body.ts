import type { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import type { ResolvedLimits } from "../server/limits.ts";
import { idleConnectionMs } from "../storage/lifetimes.ts";
import { BodyGatherer, type PieceHandling } from "./body-gatherer.ts";
import { openContentDecoder } from "./encoding/content-decoder.ts";

/**
 * Reads a request's body to its end, decoded, piece by piece; while pieces are handled the client is held back.
 *
 * @throws Refusal `IncompleteBody` when the client goes away, `RequestTimeOut` when it sends nothing for 120 s,
 * `CorruptedDataStream` when the content encoding does not fit, `MaxMessageLengthExceeded` beyond the limits of a body
 */
export async function readBody(
  call: Pick<Call, "request" | "signal" | "limits">,
  options: PieceHandling & { readonly clock: Clock },
): Promise<void> {
  const { request, signal, limits } = call;
  const decoder = openContentDecoder(request.headers["content-encoding"]);
  const source: Readable = decoder === undefined ? request : request.pipe(decoder.stream);
  const gatherer = new BodyGatherer(options);
  // Decoders go on using the memory of what they gave.
  const done = source === request ? freeAtOnce : (): void => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let waiting = false;
      let sourceEnded = false;
      let received = 0;
      let decoded = 0;
      let heardAt = options.clock.now();
      let cancelIdle: () => void;
      const watch = (delayMs: number): void => {
        cancelIdle = options.clock.schedule(delayMs, () => {
          const idleMs = options.clock.now() - heardAt;
          if (idleMs < idleConnectionMs || waiting) {
            watch(waiting ? idleConnectionMs : idleConnectionMs - idleMs);
          } else {
            finish(new Refusal("RequestTimeOut", "No data came over the connection for 120 seconds."));
          }
        });
      };
      const heard = (chunk: Uint8Array): void => {
        heardAt = options.clock.now();
        received += chunk.length;
      };
      const take = (chunk: Uint8Array): void => {
        decoded += chunk.length;
        const excess = excessOf({ received, decoded }, limits);
        if (excess !== undefined) {
          finish(new Refusal("MaxMessageLengthExceeded", excess));
          return;
        }
        const wait = gatherer.add(chunk);
        if (wait === undefined) {
          done(chunk);
        } else {
          waiting = true;
          source.pause();
          wait.then(() => {
            done(chunk);
            waiting = false;
            heardAt = options.clock.now();
            if (sourceEnded) {
              finish();
            } else {
              source.resume();
            }
          }, finish);
        }
      };
      const ended = (): void => {
        if (decoder !== undefined && decoder.used(received) !== received) {
          finish(new Refusal("CorruptedDataStream", "Bytes follow the end of the compressed body."));
        } else if (!waiting) {
          finish();
        }
        // A source may end behind its last chunk while it is held back because of that very chunk.
        sourceEnded = true;
      };
      const gone = (): void => {
        // Also when all of it had arrived: what is destroyed before it was read never ends.
        if (!request.readableEnded) {
          finish(new Refusal("IncompleteBody", "The connection ended before the body did."));
        }
      };
      const broken = (cause: Error): void => {
        finish(
          new Refusal("CorruptedDataStream", `The compressed body is damaged: ${cause.message}`, { cause }),
        );
      };
      const finish = (error?: unknown): void => {
        cancelIdle();
        request.off("data", heard);
        request.off("close", gone);
        request.off("error", gone);
        signal.removeEventListener("abort", gone);
        source.off("data", take);
        source.off("end", ended);
        if (decoder !== undefined) {
          request.unpipe(decoder.stream);
          decoder.stream.off("error", broken);
          decoder.stream.on("error", () => undefined);
          decoder.stream.destroy();
        }
        if (error === undefined) {
          resolve();
        } else {
          reject(error);
        }
      };
      watch(idleConnectionMs);
      request.on("data", heard);
      request.on("close", gone);
      request.on("error", gone);
      signal.addEventListener("abort", gone);
      source.on("data", take);
      source.on("end", ended);
      decoder?.stream.on("error", broken);
      if (request.destroyed || signal.aborted) {
        // It went before anybody listened.
        gone();
      }
    });
    await gatherer.end();
  } finally {
    await gatherer.release();
  }
}

/**
 * Frees the memory of a chunk that node:http made for it and that nobody needs any more.
 *
 * Left to the collector, such chunks make it go through the whole heap every few hundred of them, which takes as long as
 * checking wide rows, and there are tens of megabytes of them at any time.
 */
function freeAtOnce({ buffer, length }: Uint8Array): void {
  // A small chunk may lie in memory that it shares with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length && length >= ownMemoryBytes) {
    buffer.transfer(0);
  }
}

const ownMemoryBytes = 16 * 1024;

/** Why a body is too much; `undefined` while it is not. */
function excessOf(
  { received, decoded }: { readonly received: number; readonly decoded: number },
  { bodyBytes, inflateRatio, inflateFreeBytes }: ResolvedLimits,
): string | undefined {
  if (decoded > bodyBytes) {
    return `A body may have ${bodyBytes} bytes.`;
  }
  if (decoded > inflateFreeBytes && decoded > received * inflateRatio) {
    return `A compressed body may decode to ${inflateRatio} times its size.`;
  }
  return undefined;
}

import type { IncomingMessage } from "node:http";
import type { Clock } from "../clock.ts";

/** A client that was refused may send this much more before its connection is cut. */
const drainBytes = 256 * 1024 * 1024;
const drainMs = 30_000;

/**
 * Reads what is left of a request that was answered before its end.
 *
 * Closing at once would reset the connection, and many clients would then see the reset instead of the answer.
 */
export async function drainRequest(request: IncomingMessage, clock: Clock): Promise<void> {
  if (request.complete || request.destroyed) {
    return;
  }
  await new Promise<void>((resolve) => {
    let left = drainBytes;
    const cancel = clock.schedule(drainMs, () => request.destroy());
    request.on("data", (chunk: Uint8Array) => {
      left -= chunk.length;
      if (left < 0) {
        request.destroy();
      }
    });
    const done = (): void => {
      cancel();
      request.socket.off("close", done);
      resolve();
    };
    request.once("end", done);
    request.once("error", done);
    // An answered request is no longer told when its connection goes; the socket is.
    request.socket.once("close", done);
    request.resume();
  });
}

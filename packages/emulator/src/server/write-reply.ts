import type { Clock } from "../clock.ts";
import type { AnswerChannel } from "./answer-channel.ts";
import type { Reply } from "./reply.ts";

/**
 * Writes an answer, and waits while the client is slow to take it.
 *
 * When a stream fails halfway the connection is cut, so that the client cannot take the part for the whole; so it is
 * when the client takes nothing for `idleMs`.
 */
export async function writeReply(
  response: AnswerChannel,
  reply: Reply,
  {
    requestId,
    clock,
    idleMs,
  }: { readonly requestId: string; readonly clock: Clock; readonly idleMs: number },
): Promise<void> {
  if (response.destroyed) {
    return;
  }
  const headers = { "x-odps-request-id": requestId, ...reply.headers };
  if (reply.body === undefined || typeof reply.body === "string") {
    const body = Buffer.from(reply.body ?? "");
    response.writeHead(reply.status, { ...headers, "content-length": String(body.length) });
    response.end(body);
    await taken(response, "finish", clock, idleMs);
    return;
  }
  response.writeHead(reply.status, headers);
  for await (const bytes of reply.body) {
    if (response.destroyed) {
      return;
    }
    if (!response.write(bytes)) {
      await taken(response, "drain", clock, idleMs);
    }
  }
  response.end();
  await taken(response, "finish", clock, idleMs);
}

/** Waits until the client took what was written, or is gone. */
function taken(
  response: AnswerChannel,
  event: "drain" | "finish",
  clock: Clock,
  idleMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed || (event === "finish" && response.writableFinished)) {
      resolve();
      return;
    }
    const cancel = clock.schedule(idleMs, () => response.destroy());
    const done = (): void => {
      cancel();
      response.off(event, done);
      response.off("close", done);
      resolve();
    };
    response.on(event, done);
    response.on("close", done);
  });
}

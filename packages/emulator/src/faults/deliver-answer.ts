import { STATUS_CODES } from "node:http";
import type { Clock } from "../clock.ts";
import type { AnswerChannel } from "../server/answer-channel.ts";
import type { Reply } from "../server/reply.ts";
import { writeReply } from "../server/write-reply.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { atRate, durationMs, pause } from "./pause.ts";
import { drawBytes } from "./random.ts";

/** An answer on its way. */
export interface Delivered {
  readonly response: AnswerChannel;
  readonly reply: Reply;
  readonly requestId: string;
  readonly clock: Clock;
  readonly idleMs: number;
  /** Aborted when the client goes away or the emulator stops. */
  readonly signal: AbortSignal;
}

/** Sends an answer, with everything that goes wrong on its way. */
export async function deliverAnswer(plan: FaultPlan, delivered: Delivered): Promise<void> {
  const { response, clock, signal } = delivered;
  await pause(clock, plan.delayBeforeAnswerMs, signal);
  if (response.destroyed) {
    return;
  }
  const { delivery, answerBytesPerSecond } = plan;
  const reply =
    answerBytesPerSecond === undefined ? delivered.reply : throttled(delivered, answerBytesPerSecond);
  switch (delivery.kind) {
    case "whole":
      return writeReply(response, reply, delivered);
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "hang":
      return aborted(signal);
    case "truncate":
      return writePart({ ...delivered, reply }, delivery.in ?? "body", delivery.bytes ?? 0);
    case "content-length":
      return writeWrongLength({ ...delivered, reply }, delivery.by);
    case "garbage": {
      if (delivery.in === "head") {
        return writeRaw(response, [drawBytes(delivery.seed ?? 1, 256)]);
      }
      const { body = "" } = reply;
      const length = Math.max(32, typeof body === "string" ? Buffer.byteLength(body) : 4096);
      const garbage = drawBytes(delivery.seed ?? 1, length);
      return writeReply(response, withBytes(reply, garbage), delivered);
    }
  }
}

function withBytes(reply: Reply, bytes: Uint8Array): Reply {
  const headers = { ...reply.headers, "content-length": String(bytes.length) };
  return { ...reply, headers, body: stream([bytes]) };
}

function throttled({ reply, clock, signal }: Delivered, bytesPerSecond: number): Reply {
  const slowed = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      for (const piece of atRate(bytes, bytesPerSecond)) {
        await pause(clock, durationMs(piece.length, bytesPerSecond), signal);
        yield piece;
      }
    }
  };
  const { body = "" } = reply;
  if (typeof body !== "string") {
    return { ...reply, body: slowed(body) };
  }
  const bytes = Buffer.from(body);
  const headers = { ...reply.headers, "content-length": String(bytes.length) };
  return { ...reply, headers, body: slowed(stream([bytes])) };
}

async function* stream(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** Announces another length than there is and leaves the connection open, as a server with that defect would. */
async function writeWrongLength(
  { response, reply, requestId, signal }: Delivered,
  by: number,
): Promise<void> {
  const headers = { "x-odps-request-id": requestId, ...reply.headers };
  const { body = "" } = reply;
  if (typeof body === "string") {
    const length = Math.max(0, Buffer.byteLength(body) + by);
    // Without a body there is nothing to spill, so that one is made up.
    const text = by < 0 && body.length < -by ? " ".repeat(-by) : body;
    response.writeHead(reply.status, { ...headers, "content-length": String(length) });
    response.end(text);
    return;
  }
  response.writeHead(reply.status, headers);
  for await (const bytes of body) {
    response.write(bytes);
  }
  await aborted(signal);
}

/** Sends the answer up to some byte and closes the connection. */
async function writePart(
  { response, reply, requestId }: Delivered,
  part: "head" | "body",
  bytes: number,
): Promise<void> {
  const { body = "" } = reply;
  const text = typeof body === "string" ? Buffer.from(body) : undefined;
  const framing =
    text === undefined ? { "transfer-encoding": "chunked" } : { "content-length": String(text.length) };
  const lines = Object.entries({ "x-odps-request-id": requestId, ...reply.headers, ...framing });
  const head = Buffer.from(
    [
      `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ""}`,
      ...lines.map(([name, value]) => `${name}: ${value}`),
      "\r\n",
    ].join("\r\n"),
  );
  if (part === "head" || text?.length === 0) {
    const length = part === "head" ? bytes : head.length >> 1;
    return writeRaw(response, [head.subarray(0, Math.min(length, head.length - 1))]);
  }
  if (text !== undefined) {
    return writeRaw(response, [head, text.subarray(0, Math.min(bytes, text.length - 1))]);
  }
  const pieces: Uint8Array[] = [head];
  let left = bytes;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    const sent = piece.subarray(0, left);
    left -= sent.length;
    // The chunk is announced whole, and ends early with everything else.
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), Uint8Array.from(sent));
    if (left <= 0) {
      break;
    }
    pieces.push(Buffer.from("\r\n"));
  }
  return writeRaw(response, pieces);
}

/** Writes bytes as they are where an answer was to stand, and closes the connection behind them. */
async function writeRaw(response: AnswerChannel, pieces: readonly Uint8Array[]): Promise<void> {
  const { socket } = response;
  for (const bytes of pieces) {
    socket?.write(bytes);
  }
  socket?.destroySoon();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}
